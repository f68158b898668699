// Rules of the run under a policy: chains find their parts by themselves, and severities, actions
// and exemptions are theirs as they are any rule's.
#include <gtest/gtest.h>

#include "core/engine.h"
#include "manifests/policy/config.h"
#include "manifests/policy/policy.h"
#include "tests/support/audit.h"

namespace kaudit {
namespace {

// Exposed, root beside the socket, and privileged: KA9001 and KA9002.
constexpr std::string_view kPod = R"(apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: shop
  annotations:
    kaudit.dev/exposure: internet
    kaudit.dev/exempt: exposed-privileged
    kaudit.dev/exempt-reason: asked
spec:
  containers:
    - name: first
      image: registry.example/shop:1.4.2
      securityContext: {privileged: true, runAsUser: 0}
    - name: second
      image: registry.example/tool:1.4.2
      securityContext: {privileged: true, runAsUser: 0}
  volumes:
    - {name: docker, hostPath: {path: /var/run/docker.sock}}
)";

// "slug=action(severity)@line …", exempted ones with "exempt" for the action.
std::string found(const std::string& policy_text, std::string_view text = kPod, bool ranks = true) {
  auto policy = parse_config(policy_text, "p");
  EXPECT_TRUE(policy) << policy_text;
  PlanOptions options = policy->plan_options();
  options.ranks = ranks;
  std::string out;
  for (const Finding& finding :
       testing::audit(Plan(options), "a.yaml", std::string(text), nullptr, ranks).findings) {
    if (!out.empty()) out += ' ';
    out.append(finding.rule->slug)
        .append("=")
        .append(finding.exemption != nullptr ? "exempt" : name_of(finding.action));
    out.append("(").append(name_of(finding.severity)).append(")@");
    out.append(std::to_string(finding.where.begin.line));
  }
  return out;
}

TEST(RunRules, ChainsUnderAPolicy) {
  const std::string only = "include: [exposed-privileged]\n";
  const struct {
    const char* name;
    std::string policy;
    const char* expect;
  } kCases[] = {
      {"alone", only, "exposed-privileged=deny(critical)@14"},
      {"alone, with two parts", "include: [exposed-runtime-socket]\n",
       "exposed-runtime-socket=deny(critical)@19"},
      {"with its part", "include: [exposed-privileged, privileged-container]\n",
       "privileged-container=deny(critical)@14 privileged-container=deny(critical)@17 "
       "exposed-privileged=deny(critical)@14"},
      {"its part alone", "include: [privileged-container]\n",
       "privileged-container=deny(critical)@14 privileged-container=deny(critical)@17"},
      {"its part is off",
       "include: [exposed-privileged, privileged-container]\n"
       "rules: {privileged-container: {action: off}}\n",
       "exposed-privileged=deny(critical)@14"},
      {"a part below the severity",
       "include: [exposed-runtime-socket, run-as-root]\nseverity: critical\n",
       "exposed-runtime-socket=deny(critical)@19"},
      {"its part is exempted",
       only + "exemptions: [{rules: [privileged-container], names: [web], reason: r}]\n", ""},
      {"its part is exempted for one container",
       only + "exemptions: [{rules: [privileged-container], containers: [first], reason: r}]\n",
       "exposed-privileged=deny(critical)@17"},
      {"deny", only + "rules: {exposed-privileged: {action: deny}}\n",
       "exposed-privileged=deny(critical)@14"},
      {"warn", only + "rules: {exposed-privileged: {action: warn}}\n",
       "exposed-privileged=warn(critical)@14"},
      {"audit", only + "rules: {exposed-privileged: {action: audit}}\n",
       "exposed-privileged=audit(critical)@14"},
      {"off",
       "include: [exposed-privileged, exposed-runtime-socket]\n"
       "rules: {exposed-privileged: {action: off}}\n",
       "exposed-runtime-socket=deny(critical)@19"},
      {"its part warns", only + "rules: {privileged-container: {action: warn}}\n",
       "exposed-privileged=deny(critical)@14"},
      {"severity", only + "rules: {exposed-privileged: {severity: low}}\n",
       "exposed-privileged=deny(low)@14"},
      {"severity below what is asked for",
       only + "severity: high\nrules: {exposed-privileged: {severity: low}}\n", ""},
      {"profile of the namespace", only + "namespaces: [{names: [shop], profile: baseline}]\n",
       "exposed-privileged=deny(critical)@14"},
      {"the namespace is exempt", only + "namespaces: [{names: [shop], exempt: true, reason: r}]\n",
       ""},
      {"exempted", only + "exemptions: [{rules: [exposed-privileged], names: [web], reason: r}]\n",
       "exposed-privileged=exempt(critical)@14"},
      {"exempted elsewhere",
       only + "exemptions: [{rules: [exposed-privileged], names: [api], reason: r}]\n",
       "exposed-privileged=deny(critical)@14"},
      {"one container exempted",
       only + "exemptions: [{rules: [exposed-privileged], containers: [first], reason: r}]\n",
       "exposed-privileged=deny(critical)@17"},
      {"both containers exempted",
       only + "exemptions: [{rules: [exposed-privileged], images: [registry.example/**], reason: "
              "r}]\n",
       "exposed-privileged=exempt(critical)@14"},
      {"annotations count where they may", only + "annotations: allow\n",
       "exposed-privileged=exempt(critical)@14"},
      {"advice is in no profile", "profile: core\ninclude: [exposed-privileged]\n", ""},
  };
  for (const auto& c : kCases) EXPECT_EQ(found(c.policy), c.expect) << c.name;
}

TEST(RunRules, AreNotForRunsThatDoNotRank) {
  EXPECT_EQ(found("include: [exposed-privileged, no-network-policy]\n", kPod, false), "");
  EXPECT_EQ(found("include: [exposed-privileged, privileged-container]\n", kPod, false),
            "privileged-container=deny(critical)@14 privileged-container=deny(critical)@17");
}

TEST(RunRules, AnExemptChainStaysOne) {
  PlanOptions options;
  options.ranks = options.annotations_allowed = true;
  options.include = {find_rule("exposed-privileged")};
  const auto findings =
      testing::audit(Plan(options), "a.yaml", std::string(kPod), nullptr, true).findings;
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].annotation_reason, "asked");
  EXPECT_EQ(
      findings[0].message,
      "internet (stated by annotation kaudit.dev/exposure): Pod shop/web (always running); it "
      "is privileged: whoever takes it over has the node");
  EXPECT_EQ(findings[0].fix, "Set `privileged: false`, or let nothing from outside reach it.");
}

// What is found only for a chain changes nothing that is listed.
TEST(RunRules, PartsReplaceNoOtherFinding) {
  const std::string both = "include: [exposed-runtime-socket, host-path]\n";
  EXPECT_EQ(found(both), "host-path=warn(medium)@19 exposed-runtime-socket=deny(critical)@19");
}

TEST(RunRules, NoNetworkPolicyUnderAPolicy) {
  const std::string only = "include: [no-network-policy]\n";
  EXPECT_EQ(found(only), "no-network-policy=audit(low)@10");
  EXPECT_EQ(found(only + "rules: {no-network-policy: {action: warn, severity: high}}\n"),
            "no-network-policy=warn(high)@10");
  EXPECT_EQ(
      found(only + "exemptions: [{rules: [no-network-policy], namespaces: [shop], reason: r}]\n"),
      "no-network-policy=exempt(low)@10");
  EXPECT_EQ(found("profile: core\ninclude: [no-network-policy]\n"), "");
  EXPECT_EQ(found("severity: medium\ninclude: [no-network-policy]\n"), "");
}

}  // namespace
}  // namespace kaudit
