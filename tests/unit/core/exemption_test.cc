#include "core/exemption.h"

#include <gtest/gtest.h>

#include "core/engine.h"
#include "tests/support/audit.h"

namespace kaudit {
namespace {

// A pod with two containers; each rule below finds something in one of them or in the pod.
constexpr std::string_view kPod = R"(apiVersion: v1
kind: Pod
metadata: {name: agent-1, namespace: infra}
spec:
  hostNetwork: true
  runtimeClassName: kata
  containers:
    - {name: agent, image: "reg.io/team/agent:1.2", securityContext: {privileged: true}}
    - {name: side, image: "reg.io/other/side:3"}
)";

const Rule* rule(std::string_view slug) { return find_rule(slug); }

PlanOptions core_options(std::vector<Exemption> exemptions) {
  PlanOptions options;
  options.include = {rule("privileged-container"), rule("host-network")};
  options.exemptions = std::move(exemptions);
  options.today = *parse_day("2026-03-31");
  return options;
}

// The slugs of what still denies, one after the other.
std::string denied(PlanOptions options, std::string_view text = kPod) {
  const Plan plan(std::move(options));
  std::string slugs;
  for (const Finding& finding : testing::audit(plan, "pod.yaml", std::string(text)).findings) {
    EXPECT_EQ(finding.exemption != nullptr, finding.action == Action::audit);
    if (finding.action == Action::deny)
      slugs.append(slugs.empty() ? "" : " ").append(finding.rule->slug);
  }
  return slugs;
}

constexpr std::string_view kBoth = "privileged-container host-network";

struct Case {
  std::string_view name;
  void (*edit)(Exemption&);
  std::string_view denied;
};

constexpr Case kCases[] = {
    {"everything", [](Exemption&) {}, ""},
    {"one rule", [](Exemption& e) { e.rules = {rule("host-network")}; }, "privileged-container"},
    {"namespace", [](Exemption& e) { e.namespaces = {"infra"}; }, ""},
    {"another namespace", [](Exemption& e) { e.namespaces = {"infra-2", "inf"}; }, kBoth},
    {"namespaces by wildcard", [](Exemption& e) { e.namespaces = {"in*"}; }, ""},
    {"kind", [](Exemption& e) { e.kinds = {"Pod"}; }, ""},
    {"another kind", [](Exemption& e) { e.kinds = {"Deployment"}; }, kBoth},
    {"name", [](Exemption& e) { e.names = {"agent-?"}; }, ""},
    {"part of a name", [](Exemption& e) { e.names = {"agent"}; }, kBoth},
    {"container", [](Exemption& e) { e.containers = {"agent"}; }, "host-network"},
    {"all containers", [](Exemption& e) { e.containers = {"agent", "side"}; }, ""},
    {"image", [](Exemption& e) { e.images = {"reg.io/team/agent"}; }, "host-network"},
    {"all images", [](Exemption& e) { e.images = {"reg.io/**"}; }, ""},
    {"one segment of an image", [](Exemption& e) { e.images = {"reg.io/*"}; }, kBoth},
    {"container and image of another",
     [](Exemption& e) {
       e.containers = {"agent"};
       e.images = {"reg.io/other/side"};
     },
     kBoth},
    {"a user, of whom files know none", [](Exemption& e) { e.users = {"*"}; }, kBoth},
    {"a group", [](Exemption& e) { e.groups = {"*"}; }, kBoth},
    {"runtime class", [](Exemption& e) { e.runtime_classes = {"kata"}; }, ""},
    {"another runtime class", [](Exemption& e) { e.runtime_classes = {"gvisor"}; }, kBoth},
    {"two conditions, one of which fails",
     [](Exemption& e) {
       e.namespaces = {"infra"};
       e.names = {"other"};
     },
     kBoth},
    {"until today", [](Exemption& e) { e.expires = parse_day("2026-03-31"); }, ""},
    {"until yesterday", [](Exemption& e) { e.expires = parse_day("2026-03-30"); }, kBoth},
    {"an image that is no pattern", [](Exemption& e) { e.images = {"*"}; }, kBoth},
};

TEST(Exemptions, MatchWhatTheySay) {
  for (const Case& one : kCases) {
    SCOPED_TRACE(one.name);
    Exemption exemption;
    exemption.reason = "because";
    one.edit(exemption);
    EXPECT_EQ(denied(core_options({exemption})), one.denied);
  }
}

}  // namespace
}  // namespace kaudit
