// The parts of the policy that say where and for whom it does not hold.
#include "manifests/policy/policy.h"

#include <gtest/gtest.h>

#include "manifests/policy/config.h"
#include "tests/support/audit.h"
#include "tests/support/golden.h"

namespace kaudit {
namespace {

Policy policy_of(const std::string& text) {
  auto policy = parse_config(text, "p.yaml");
  EXPECT_TRUE(policy) << to_string(policy.error());
  return policy ? *std::move(policy) : Policy();
}

TEST(PolicyFile, ReadsExemptionsAndNamespaces) {
  const Policy policy = policy_of(R"(namespaces:
  - {names: [shop, shop-*], profile: restricted}
  - names: [kube-system]
    exempt: true
    reason: run by the cloud provider
    owner: platform
    expires: 2026-12-31
exemptions:
  - rules: [host-network, KA1001]
    namespaces: [infra]
    kinds: [DaemonSet, Pod]
    names: [agent-*]
    containers: [agent]
    images: ["reg.io/team/*", "*.mirror.example/**"]
    users: ["system:serviceaccount:infra:*"]
    groups: ["system:nodes"]
    runtime-classes: [kata]
    reason: the agent configures the network
    owner: net@example.org
    expires: "2026-12-31"
  - {rules: ["*"], names: [legacy], reason: old}
workload-templates: warn
annotations: allow
)");
  ASSERT_EQ(policy.namespaces.size(), 1U);
  EXPECT_EQ(policy.namespaces[0].names, (std::vector<std::string>{"shop", "shop-*"}));
  EXPECT_EQ(policy.namespaces[0].profile, "restricted");
  ASSERT_EQ(policy.exemptions.size(), 3U);
  const Exemption& system = policy.exemptions[0];
  EXPECT_TRUE(system.rules.empty());
  EXPECT_EQ(system.namespaces, std::vector<std::string>{"kube-system"});
  EXPECT_EQ(system.reason, "run by the cloud provider");
  EXPECT_EQ(system.owner, "platform");
  EXPECT_EQ(system.expires, parse_day("2026-12-31"));
  EXPECT_EQ(system.where.begin, (Mark{3, 5}));
  const Exemption& agent = policy.exemptions[1];
  ASSERT_EQ(agent.rules.size(), 2U);
  EXPECT_EQ(agent.rules[0]->slug, "host-network");
  EXPECT_EQ(agent.rules[1]->slug, "privileged-container");
  EXPECT_EQ(agent.namespaces, std::vector<std::string>{"infra"});
  EXPECT_EQ(agent.kinds, (std::vector<std::string>{"DaemonSet", "Pod"}));
  EXPECT_EQ(agent.names, std::vector<std::string>{"agent-*"});
  EXPECT_EQ(agent.containers, std::vector<std::string>{"agent"});
  EXPECT_EQ(agent.images, (std::vector<std::string>{"reg.io/team/*", "*.mirror.example/**"}));
  EXPECT_EQ(agent.users, std::vector<std::string>{"system:serviceaccount:infra:*"});
  EXPECT_EQ(agent.groups, std::vector<std::string>{"system:nodes"});
  EXPECT_EQ(agent.runtime_classes, std::vector<std::string>{"kata"});
  EXPECT_EQ(agent.reason, "the agent configures the network");
  EXPECT_EQ(agent.owner, "net@example.org");
  EXPECT_EQ(agent.expires, parse_day("2026-12-31"));
  EXPECT_EQ(agent.where.source, "p.yaml");
  EXPECT_EQ(policy.exemptions[2].expires, std::nullopt);
  EXPECT_EQ(policy.templates, Action::warn);
  EXPECT_EQ(policy.annotations, true);
}

// What stands in the block of that language, without the fences.
std::string example_in(const std::string& markdown) {
  constexpr std::string_view kOpen = "```yaml\n";
  const std::size_t begin = markdown.find(kOpen) + kOpen.size();
  return markdown.substr(begin, markdown.find("```", begin) - begin);
}

TEST(PolicyFile, TheExamplesOfTheDocumentationAreWhole) {
  const std::string text =
      example_in(testing::read_text(testing::source_dir() / "manifests/policy/README.md"));
  const Policy policy = policy_of(text);
  EXPECT_EQ(policy.profile, "baseline");
  EXPECT_EQ(policy.namespaces.size(), 1U);
  EXPECT_EQ(policy.exemptions.size(), 4U);
  EXPECT_EQ(policy.templates, Action::deny);
  EXPECT_EQ(policy.annotations, false);
  EXPECT_EQ(policy.pod_templates.size(), 1U);
  const std::string front = testing::read_text(testing::source_dir() / "README.md");
  EXPECT_EQ(policy_of(example_in(front.substr(front.find("`.kaudit.yaml`")))).exemptions.size(),
            1U);
}

TEST(PolicyFile, RefusesWhatCanOnlyBeASlip) {
  struct Case {
    std::string text, expect;
  };
  const std::string e = "exemptions:\n  - ";
  const std::string n = "namespaces:\n  - ";
  for (const Case& c : {
           Case{"exemption: []\n",
                "p:1:1: unknown key \"exemption\"; did you mean \"exemptions\"?"},
           Case{"exemptions:\n", "p:1:1: exemptions must be a list"},
           Case{"exemptions: {}\n", "p:1:13: exemptions must be a list"},
           Case{e + "host-network\n", "p:2:5: an entry of exemptions must be a mapping"},
           Case{e + "{reason: r}\n",
                "p:2:5: an entry of exemptions needs rules: a list of them, or [\"*\"]"},
           Case{e + "{rules: [\"*\"], names: [a]}\n",
                "p:2:5: an entry of exemptions needs a reason: why the findings are accepted"},
           Case{e + "{rules: [\"*\"], reason: \"  \"}\n",
                "p:2:28: exemptions.reason must not be empty"},
           Case{e + "{rules: [\"*\"], reason: }\n", "p:2:20: exemptions.reason has no value"},
           Case{e + "{rules: [\"*\"], reason: [r]}\n",
                "p:2:28: exemptions.reason must be one word"},
           Case{e + "{rules: host-network, reason: r}\n",
                "p:2:13: exemptions.rules must be a list"},
           Case{e + "{rules: [], reason: r}\n", "p:2:13: exemptions.rules must not be empty"},
           Case{e + "{rules: [host-net], reason: r}\n",
                "p:2:14: exemptions.rules: unknown rule \"host-net\"; did you mean "
                "\"host-network\"?"},
           Case{e + "{rules: [KA1001, \"*\"], reason: r}\n",
                "p:2:22: exemptions.rules: \"*\" means all rules, so it stands alone"},
           Case{e + "{rule: [KA1001], reason: r}\n",
                "p:2:6: unknown key \"rule\"; did you mean \"rules\"?"},
           Case{e + "{rules: [KA1001], reason: r, reason: s}\n",
                "p:2:34: key \"reason\" is written twice"},
           Case{e + "{rules: [KA1001], reason: r, namespace: [a]}\n",
                "p:2:34: unknown key \"namespace\"; did you mean \"namespaces\"?"},
           // Empty, it would be no condition at all.
           Case{e + "{rules: [KA1001], reason: r, namespaces: []}\n",
                "p:2:46: exemptions.namespaces must not be empty"},
           Case{e + "{rules: [KA1001], reason: r, namespaces: [\"\"]}\n",
                "p:2:47: exemptions.namespaces must not be empty"},
           Case{e + "{rules: [KA1001], reason: r, namespaces: [a, ]}\n", "accepted"},
           Case{e + "{rules: [KA1001], reason: r, namespaces: [a, ~]}\n",
                "p:2:34: exemptions.namespaces has no value"},
           Case{e + "{rules: [KA1001], reason: r, namespaces: [Prod]}\n",
                "p:2:47: exemptions.namespaces: \"Prod\" is no name: such names are small letters, "
                "digits and dashes"},
           Case{e + "{rules: [KA1001], reason: r, containers: [a/b]}\n",
                "p:2:47: exemptions.containers: \"a/b\" is no name: such names are small letters, "
                "digits and dashes"},
           Case{e + "{rules: [KA1001], reason: r, runtime-classes: [kata.v2, Kata]}\n",
                "p:2:61: exemptions.runtime-classes: \"Kata\" is no name: such names are small "
                "letters, digits, dashes and dots"},
           Case{e + "{rules: [KA1001], reason: r, kinds: [pod]}\n",
                "p:2:42: exemptions.kinds: \"pod\" is no kind; kinds begin with a capital letter, "
                "as in Pod"},
           Case{e + "{rules: [KA1001], reason: r, images: [\"reg.io*/x\"]}\n",
                "p:2:43: exemptions.images: \"reg.io*/x\" has a wildcard in the registry that "
                "others' hosts match; only *. may begin it"},
           Case{e + "{rules: [KA1001], reason: r, images: [\"*\"]}\n",
                "p:2:43: exemptions.images: \"*\" does not say of which registry; write it, as in "
                "docker.io/library/*, or ** for every image"},
           Case{e + "{rules: [KA1001], reason: r, images: [\"reg.io/App\"]}\n",
                "p:2:43: exemptions.images: \"reg.io/App\" is no reference of an image"},
           Case{e + "{rules: [KA1001], reason: r, users: [" + std::string(1025, 'u') + "]}\n",
                "p:2:42: exemptions.users: \"" + std::string(200, 'u') +
                    "…\" is longer than any name"},
           Case{e + "{rules: [KA1001], reason: r, expires: 2026-02-30}\n",
                "p:2:43: exemptions.expires: \"2026-02-30\" is no day such as 2026-12-31"},
           Case{e + "{rules: [KA1001], reason: r, expires: 31.12.2026}\n",
                "p:2:43: exemptions.expires: \"31.12.2026\" is no day such as 2026-12-31"},
           Case{e + "{rules: [KA1001], reason: r, expires: }\n",
                "p:2:34: exemptions.expires has no value"},
           Case{n + "{profile: core}\n", "p:2:5: an entry of namespaces needs names"},
           Case{n + "{names: [a]}\n",
                "p:2:5: an entry of namespaces needs either a profile or exempt: true"},
           Case{n + "{names: [a], profile: core, exempt: true, reason: r}\n",
                "p:2:5: an entry of namespaces needs either a profile or exempt: true"},
           Case{n + "{names: [a], exempt: true}\n",
                "p:2:5: an entry of namespaces with exempt: true needs a reason"},
           Case{n + "{names: [a], exempt: false}\n",
                "p:2:26: namespaces.exempt is true or not written"},
           Case{n + "{names: [a], exempt: yes}\n",
                "p:2:26: namespaces.exempt must be true or false"},
           Case{n + "{names: [a], profile: core, reason: r}\n",
                "p:2:5: reason, owner and expires go with exempt: true"},
           Case{n + "{names: [a], profile: all}\n",
                "p:2:27: namespaces.profile: \"all\" is no profile of a namespace (core, baseline, "
                "restricted)"},
           Case{n + "{names: [a], profile: core}\n  - {names: [b, a], profile: baseline}\n",
                "p:3:17: namespaces.names: \"a\" is named twice; the first entry would count"},
           Case{n + "{name: [a], profile: core}\n",
                "p:2:6: unknown key \"name\"; did you mean \"names\"?"},
           Case{"workload-templates: audit\n",
                "p:1:21: workload-templates: \"audit\" is no action for templates (deny, warn)"},
           Case{"annotations: true\n",
                "p:1:14: annotations: \"true\" is no way to take annotations (allow, ignore)"},
       }) {
    const auto policy = parse_config(c.text, "p");
    EXPECT_EQ(policy ? "accepted" : to_string(policy.error()), c.expect) << c.text;
  }
}

// Host network breaks core and baseline, the host's processes baseline, root core and restricted,
// privilege escalation restricted; no limits are bad advice.
std::string pod(const std::string& ns) {
  return "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: " + ns +
         "}\nspec:\n  hostNetwork: true\n  hostPID: true\n  containers:\n"
         "    - {name: c, image: \"reg.io/c:1\", securityContext: {runAsUser: 0}}\n";
}

// "host-network=deny …" of some rules that stand for their profiles.
std::string actions(PlanOptions options, const std::string& text) {
  options.include = {find_rule("host-network"), find_rule("host-pid"), find_rule("run-as-root"),
                     find_rule("privilege-escalation"), find_rule("no-resource-limits")};
  options.only = {};
  std::string out;
  for (const Finding& finding : testing::audit(Plan(options), "p.yaml", text).findings) {
    const std::string entry =
        std::string(finding.rule->slug) + "=" + std::string(name_of(finding.action));
    if (out.find(entry) == std::string::npos) out += (out.empty() ? "" : " ") + entry;
  }
  return out;
}

constexpr std::string_view kCoreActions =
    "host-network=deny host-pid=warn run-as-root=deny privilege-escalation=warn "
    "no-resource-limits=audit";
constexpr std::string_view kBaselineActions =
    "host-network=deny host-pid=deny run-as-root=warn privilege-escalation=warn "
    "no-resource-limits=audit";
constexpr std::string_view kRestrictedActions =
    "host-network=deny host-pid=deny run-as-root=deny privilege-escalation=deny "
    "no-resource-limits=audit";
constexpr std::string_view kExemptActions =
    "host-network=audit host-pid=audit run-as-root=audit privilege-escalation=audit "
    "no-resource-limits=audit";

TEST(PolicyActions, FollowProfileNamespaceAndRoute) {
  const std::string namespaces = R"(namespaces:
  - {names: [strict], profile: restricted}
  - {names: ["b-*"], profile: baseline}
  - {names: ["*-loose"], profile: core}
  - {names: [system], exempt: true, reason: theirs}
)";
  struct Case {
    std::string policy, ns;
    std::optional<std::string_view> route;
    std::string_view expect;
  };
  for (const Case& c : {
           Case{"", "a", {}, kCoreActions},
           Case{"profile: all\n", "a", {}, kCoreActions},
           Case{"profile: core\n", "a", {}, kCoreActions},
           Case{"profile: baseline\n", "a", {}, kBaselineActions},
           Case{"profile: restricted\n", "a", {}, kRestrictedActions},
           Case{"profile: core\n" + namespaces, "strict", {}, kRestrictedActions},
           Case{"profile: core\n" + namespaces, "stricter", {}, kCoreActions},
           Case{"profile: restricted\n" + namespaces, "b-1", {}, kBaselineActions},
           Case{"profile: restricted\n" + namespaces, "b-loose", {}, kBaselineActions},
           Case{"profile: restricted\n" + namespaces, "c-loose", {}, kCoreActions},
           Case{"profile: restricted\n" + namespaces, "system", {}, kExemptActions},
           Case{"profile: restricted\n" + namespaces, "strict", "core", kCoreActions},
           Case{namespaces, "c-loose", "baseline", kBaselineActions},
           Case{namespaces, "b-1", "restricted", kRestrictedActions},
           Case{namespaces, "system", "restricted", kExemptActions},
           Case{"rules: {host-network: {action: warn}}\n", "a", "restricted",
                "host-network=warn host-pid=deny run-as-root=deny privilege-escalation=deny "
                "no-resource-limits=audit"},
           Case{"exemptions: [{rules: [host-pid], namespaces: [a], reason: r}]\n", "a",
                "restricted",
                "host-network=deny host-pid=audit run-as-root=deny privilege-escalation=deny "
                "no-resource-limits=audit"},
       }) {
    SCOPED_TRACE(c.policy + c.ns + "/" + std::string(c.route.value_or("")));
    const Policy policy = policy_of(c.policy);
    EXPECT_EQ(actions(policy.admission_options(c.route), pod(c.ns)), c.expect);
    if (!c.route) {
      EXPECT_EQ(actions(policy.plan_options(), pod(c.ns)), c.expect);
    }
  }
}

TEST(PolicyActions, ADenialOfATemplateMayBeAWarning) {
  const std::string deployment = R"(apiVersion: apps/v1
kind: Deployment
metadata: {name: p, namespace: a}
spec:
  selector: {matchLabels: {a: b}}
  template:
    metadata: {labels: {a: b}}
    spec:
      hostNetwork: true
      containers: [{name: c, image: "reg.io/c:1"}]
)";
  const Policy denies = policy_of("workload-templates: deny\n");
  const Policy warns = policy_of("workload-templates: warn\n");
  constexpr std::string_view kRest = " privilege-escalation=warn no-resource-limits=audit";
  EXPECT_EQ(actions(denies.plan_options(), deployment), "host-network=deny" + std::string(kRest));
  EXPECT_EQ(actions(warns.plan_options(), deployment), "host-network=warn" + std::string(kRest));
  EXPECT_EQ(actions(warns.plan_options(), pod("a")), kCoreActions);
}

TEST(PolicyActions, AProfileOfTheCommandLineStandsInPlaceOfAllInTheFile) {
  Policy policy = policy_of("profile: baseline\nnamespaces: [{names: [a], profile: restricted}]\n");
  Policy options;
  options.profile = "core";
  policy.overlay(options);
  EXPECT_EQ(actions(policy.plan_options(), pod("a")), kCoreActions);
  EXPECT_EQ(policy.plan_options().only, kCore);
  EXPECT_EQ(policy.admission_options().only, Profiles{});
}

TEST(PolicyActions, ExemptionsEndWithTheirDay) {
  Policy policy = policy_of(
      "exemptions: [{rules: [\"*\"], namespaces: [a], reason: r, expires: 2026-03-31}]\n");
  policy.today = parse_day("2026-03-31");
  EXPECT_EQ(actions(policy.plan_options(), pod("a")), kExemptActions);
  policy.today = parse_day("2026-04-01");
  EXPECT_EQ(actions(policy.plan_options(), pod("a")), kCoreActions);
  EXPECT_EQ(actions(policy.admission_options(), pod("a")), kCoreActions);
}

TEST(Today, IsADayOfThisMillennium) {
  EXPECT_GT(today_utc(), *parse_day("2026-01-01"));
  EXPECT_LT(today_utc(), *parse_day("3000-01-01"));
}

}  // namespace
}  // namespace kaudit
