#include "core/exemption.h"

#include <gtest/gtest.h>

#include <memory>

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
std::string denied(PlanOptions options, std::string_view text = kPod,
                   const Requester* requester = nullptr) {
  const Plan plan(std::move(options));
  std::string slugs;
  for (const Finding& finding :
       testing::audit(plan, "pod.yaml", std::string(text), requester).findings) {
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

TEST(Exemptions, OfARequestKnowWhoAsksAndWhere) {
  struct RequestCase {
    std::string_view name;
    void (*edit)(Exemption&);
    Requester requester;
    std::string_view denied;
  };
  const Requester nobody{"", {}, "infra"};
  const Requester operators{"system:serviceaccount:infra:operator", {"system:nodes", "a"}, "infra"};
  for (const RequestCase& one : {
           RequestCase{"user",
                       [](Exemption& e) { e.users = {"system:serviceaccount:infra:operator"}; },
                       operators, ""},
           RequestCase{"users by wildcard",
                       [](Exemption& e) { e.users = {"system:serviceaccount:infra:*"}; }, operators,
                       ""},
           RequestCase{"part of a user's name",
                       [](Exemption& e) { e.users = {"system:serviceaccount:infra:oper"}; },
                       operators, kBoth},
           RequestCase{"another's service account of that name",
                       [](Exemption& e) { e.users = {"system:serviceaccount:infra:*"}; },
                       Requester{"system:serviceaccount:evil:infra:x", {}, "infra"}, kBoth},
           RequestCase{"nobody", [](Exemption& e) { e.users = {"*"}; }, nobody, kBoth},
           RequestCase{"one of its groups", [](Exemption& e) { e.groups = {"b", "a"}; }, operators,
                       ""},
           RequestCase{"none of its groups", [](Exemption& e) { e.groups = {"system:node"}; },
                       operators, kBoth},
           RequestCase{"no groups", [](Exemption& e) { e.groups = {"*"}; }, nobody, kBoth},
           RequestCase{"user and group",
                       [](Exemption& e) {
                         e.users = {"*:operator"};
                         e.groups = {"b"};
                       },
                       operators, kBoth},
           // What the object says of its namespace is the author's word, the request's is not.
           RequestCase{"the request's namespace", [](Exemption& e) { e.namespaces = {"prod"}; },
                       Requester{"u", {}, "prod"}, ""},
           RequestCase{"not the object's", [](Exemption& e) { e.namespaces = {"infra"}; },
                       Requester{"u", {}, "prod"}, kBoth},
           RequestCase{"the object's where the request has none",
                       [](Exemption& e) { e.namespaces = {"infra"}; },
                       Requester{"u", {}, std::nullopt}, ""},
           RequestCase{"none at all", [](Exemption& e) { e.namespaces = {"*"}; },
                       Requester{"u", {}, ""}, kBoth},
       }) {
    SCOPED_TRACE(one.name);
    Exemption exemption;
    exemption.reason = "because";
    one.edit(exemption);
    EXPECT_EQ(denied(core_options({exemption}), kPod, &one.requester), one.denied);
  }
}

// The same with one container, whose annotations stand in `metadata`.
std::string annotated(const std::string& annotations) {
  return "apiVersion: v1\nkind: Pod\nmetadata: {name: p, annotations: {" + annotations +
         "}}\nspec:\n  hostNetwork: true\n  containers:\n    - {name: app, image: a, "
         "securityContext: {privileged: true}}\n";
}

TEST(Exemptions, ByAnnotationOnlyWhereThePolicyAllowsIt) {
  struct AnnotationCase {
    std::string annotations;
    std::string_view denied;
  };
  const std::string because = ", kaudit.dev/exempt-reason: because";
  for (const AnnotationCase& one : {
           AnnotationCase{"kaudit.dev/exempt: host-network" + because, "privileged-container"},
           AnnotationCase{"kaudit.dev/exempt: \"KA1003 , privileged-container\"" + because, ""},
           AnnotationCase{"kaudit.dev/exempt: \",,host-network,\"" + because,
                          "privileged-container"},
           AnnotationCase{"kaudit.dev/exempt.app: privileged-container" + because, "host-network"},
           AnnotationCase{"kaudit.dev/exempt.app: host-network" + because, kBoth},
           AnnotationCase{"kaudit.dev/exempt.ap: privileged-container" + because, kBoth},
           AnnotationCase{"kaudit.dev/exempt.: privileged-container" + because, kBoth},
           AnnotationCase{"kaudit.dev/exempt: host-network", kBoth},
           AnnotationCase{"kaudit.dev/exempt: host-network, kaudit.dev/exempt-reason: ' '", kBoth},
           AnnotationCase{"kaudit.dev/exempt: '*'" + because, kBoth},
           AnnotationCase{"kaudit.dev/exempt: 'host-*'" + because, kBoth},
           AnnotationCase{"kaudit.dev/exempt: HOST-NETWORK" + because, kBoth},
           AnnotationCase{"kaudit.dev/exempt: [host-network]" + because, kBoth},
           AnnotationCase{"Kaudit.dev/exempt: host-network" + because, kBoth},
           AnnotationCase{
               "kaudit.dev/exempt: \"host-network," + std::string(5000, ' ') + "\"" + because,
               kBoth},
       }) {
    SCOPED_TRACE(one.annotations.substr(0, 100));
    PlanOptions options = core_options({});
    EXPECT_EQ(denied(options, annotated(one.annotations)), kBoth) << "not allowed";
    options.annotations_allowed = true;
    EXPECT_EQ(denied(options, annotated(one.annotations)), one.denied);
  }
}

TEST(Exemptions, ByAnnotationOfATemplateNotOfWhatIsAboveIt) {
  const auto deployment = [](std::string_view above, std::string_view below) {
    return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d, annotations: {" +
           std::string(above) + "}}\nspec:\n  template:\n    metadata: {annotations: {" +
           std::string(below) +
           "}}\n    spec:\n      hostNetwork: true\n      containers: [{name: app, image: a}]\n";
  };
  constexpr std::string_view kExempt =
      "kaudit.dev/exempt: host-network, kaudit.dev/exempt-reason: because";
  PlanOptions options = core_options({});
  options.annotations_allowed = true;
  EXPECT_EQ(denied(options, deployment(kExempt, "")), "host-network");
  EXPECT_EQ(denied(options, deployment("", kExempt)), "");
}

TEST(Exemptions, TheReasonOfAnAnnotationIsTheObjectsAndHoldsNoSecret) {
  PlanOptions options = core_options({});
  options.annotations_allowed = true;
  const Plan plan(options);
  const auto findings = testing::audit(plan, "p",
                                       annotated("kaudit.dev/exempt: host-network, "
                                                 "kaudit.dev/exempt-reason: \" token "
                                                 "ghp_0123456789abcdefghijklmnopqrstuvwxyz \""))
                            .findings;
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[1].exemption, &plan.exemptions().by_annotation());
  EXPECT_TRUE(findings[1].annotation_reason.starts_with("token "));
  EXPECT_EQ(findings[1].annotation_reason.find("456789abcdefghijklmnop"), std::string::npos);
}

TEST(Exemptions, OfTheMoreSpecificRuleHoldForWhatItTakesThePlaceOf) {
  constexpr std::string_view kSocket = R"(apiVersion: v1
kind: Pod
metadata: {name: p, namespace: infra}
spec:
  containers: [{name: app, image: a}]
  volumes: [{name: v, hostPath: {path: /var/run/docker.sock}}]
)";
  const auto actions = [&](std::string_view slug) {
    PlanOptions options;
    options.include = {rule("runtime-socket"), rule("host-path"), rule("sensitive-host-path")};
    options.deny = kCore | kBaseline;
    if (!slug.empty()) {
      Exemption exemption;
      exemption.rules = {rule(slug)};
      options.exemptions = {exemption};
    }
    const Plan plan(options);
    std::string text;
    for (const Finding& finding : testing::audit(plan, "p", std::string(kSocket)).findings) {
      text.append(finding.rule->slug).append("=").append(name_of(finding.action));
    }
    return text;
  };
  EXPECT_EQ(actions(""), "runtime-socket=deny");
  EXPECT_EQ(actions("runtime-socket"), "runtime-socket=audit");
  EXPECT_EQ(actions("host-path"), "runtime-socket=deny");
}

TEST(Exemptions, OfAPlanOutliveItsCopies) {
  Exemption exemption;
  exemption.reason = "because";
  auto plan = std::make_unique<const Plan>(core_options({exemption}));
  const Plan copy = *plan;
  const auto findings = testing::audit(*plan, "p", std::string(kPod)).findings;
  plan.reset();
  ASSERT_FALSE(findings.empty());
  EXPECT_EQ(findings[0].exemption, copy.exemptions().list().data());
  EXPECT_EQ(findings[0].exemption->reason, "because");
}

TEST(Exemptions, AreTooWideWhenNothingNarrowsThemDown) {
  struct WideCase {
    void (*edit)(Exemption&);
    bool wide;
  };
  for (const WideCase& one : {
           WideCase{[](Exemption&) {}, true},
           WideCase{[](Exemption& e) { e.rules = {rule("host-network")}; }, false},
           WideCase{[](Exemption& e) { e.namespaces = {"*"}; }, true},
           WideCase{[](Exemption& e) { e.namespaces = {"a", "**"}; }, true},
           WideCase{[](Exemption& e) { e.namespaces = {"a*"}; }, false},
           WideCase{[](Exemption& e) { e.kinds = {"Pod"}; }, true},
           WideCase{[](Exemption& e) { e.images = {"**"}; }, true},
           WideCase{[](Exemption& e) { e.images = {"reg.io/**"}; }, false},
           WideCase{[](Exemption& e) { e.groups = {"system:authenticated"}; }, true},
           WideCase{[](Exemption& e) { e.groups = {"system:masters"}; }, false},
           WideCase{[](Exemption& e) { e.users = {"*"}; }, true},
           WideCase{[](Exemption& e) {
                      e.namespaces = {"*"};
                      e.names = {"a"};
                    },
                    false},
       }) {
    Exemption exemption;
    one.edit(exemption);
    EXPECT_EQ(is_too_wide(exemption), one.wide);
  }
}

TEST(Exemptions, TheNamespaceOfANamespaceIsItself) {
  Object object;
  object.kind = "Namespace";
  object.name = "infra";
  EXPECT_EQ(namespace_of(object, nullptr), "infra");
  object.kind = "ClusterRole";
  EXPECT_EQ(namespace_of(object, nullptr), "");
  const Requester requester{"u", {}, "prod"};
  EXPECT_EQ(namespace_of(object, &requester), "prod");
}

}  // namespace
}  // namespace kaudit
