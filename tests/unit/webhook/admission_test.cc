#include "webhook/admission.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "tests/support/reviews.h"

namespace kaudit {
namespace {

using testing::kTemplateKinds;
using testing::pod_of;
using testing::review_of;
using testing::ReviewParts;
using testing::TemplateKind;
using testing::wrapped;
using Json = nlohmann::json;

constexpr std::string_view kUid = "705ab4f5-6393-11e8-b7cc-42010a800002";

const std::string kGood = pod_of(R"("containers":[{"name":"app","image":"r.example/app:1.0"}])");
const std::string kBad = pod_of(R"("containers":[{"name":"app","image":"r.example/app:1.0",)"
                                R"("securityContext":{"privileged":true}}])");

class Noting final : public Recorder {
 public:
  void decided(const Decision& decision) override {
    ++calls;
    outcome = decision.outcome;
    mode = decision.mode;
    text = std::string(decision.operation) + ' ' + std::string(decision.group) + '/' +
           std::string(decision.resource) + '/' + std::string(decision.subresource) + ' ' +
           std::string(decision.kind) + ' ' + std::string(decision.ns) + '/' +
           std::string(decision.name) + ' ' + std::string(decision.user) + ' ' +
           std::string(decision.uid) + (decision.dry_run ? " dry" : "");
    message = decision.message;
    findings = decision.findings.size();
  }
  int calls = 0;
  Outcome outcome = Outcome::malformed;
  Mode mode = Mode::enforce;
  std::string text, message;
  std::size_t findings = 0;
};

struct Reviewed {
  int status = 0;
  Json body;
  std::string text;
  Noting decision;
  [[nodiscard]] bool allowed() const { return body.at("response").at("allowed").get<bool>(); }
};

Reviewed review(const std::string& body, const Policy& policy = {}, Route route = Route::policy,
                Mode mode = Mode::enforce) {
  const Admission admission(policy, {.mode = mode});
  Reviewer reviewer;
  Reviewed out;
  Answer answer = reviewer.review(admission, route, body, &out.decision);
  out.status = answer.status;
  out.text = answer.body;
  out.body = Json::parse(answer.body);
  EXPECT_EQ(out.decision.calls, 1);
  return out;
}

Policy with(std::string_view slug, Action action) {
  Policy policy;
  policy.settings.emplace_back(find_rule(slug), RuleSetting{.has_action = true, .action = action});
  return policy;
}

// ---- Whole answers -----------------------------------------------------------------------------

TEST(Admission, AWholeAnswerToAGoodPod) {
  // What its profiles ask for, so that nothing warns.
  const Policy quiet = [] {
    Policy policy;
    policy.include = {find_rule("privileged-container")};
    return policy;
  }();
  EXPECT_EQ(review(review_of({.object = kGood}), quiet).text,
            R"({"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","response":{)"
            R"("uid":"705ab4f5-6393-11e8-b7cc-42010a800002","allowed":true}})");
}

TEST(Admission, AWholeAnswerToABadPod) {
  Policy policy;
  policy.include = {find_rule("privileged-container"), find_rule("host-network"),
                    find_rule("host-port")};
  ReviewParts parts;
  parts.object = pod_of(
      R"("hostNetwork":true,"containers":[{"name":"app","image":"a:1",)"
      R"("ports":[{"containerPort":80,"hostPort":80}]}],)"
      R"("initContainers":[{"name":"init","image":"a:1","securityContext":{"privileged":true}}])",
      R"(,"uid":"7")");
  EXPECT_EQ(Json::parse(review(review_of(parts), policy).text), Json::parse(R"({
        "kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1",
        "response": {
          "uid": "705ab4f5-6393-11e8-b7cc-42010a800002",
          "allowed": false,
          "status": {
            "status": "Failure",
            "message": "Pod \"shop\" breaks rules in 2 places. Init container \"init\": privileged-container (KA1001) at spec.initContainers[0].securityContext.privileged: sets securityContext.privileged to true; it must be false or unset; it works on the node's network: grant NET_ADMIN or NET_RAW where it changes or listens to it. Fix: privileged: false. Pod: host-network (KA1003) at spec.hostNetwork: sets hostNetwork to true; it must be false or unset. Fix: hostNetwork: false.",
            "reason": "Forbidden",
            "code": 403,
            "details": {
              "name": "shop", "kind": "pods", "uid": "7",
              "causes": [
                {"reason": "FieldValueForbidden",
                 "message": "privileged-container (KA1001): init container \"init\" sets securityContext.privileged to true; it must be false or unset; it works on the node's network: grant NET_ADMIN or NET_RAW where it changes or listens to it. Fix: privileged: false.",
                 "field": "spec.initContainers[0].securityContext.privileged"},
                {"reason": "FieldValueForbidden",
                 "message": "host-network (KA1003): pod sets hostNetwork to true; it must be false or unset. Fix: hostNetwork: false.",
                 "field": "spec.hostNetwork"}
              ]
            }
          },
          "auditAnnotations": {
            "denied": "privileged-container spec.initContainers[0].securityContext.privileged; host-network spec.hostNetwork",
            "warned": "host-port spec.containers[0].ports[0].hostPort"
          },
          "warnings": ["host-port: container \"app\" uses hostPort 80; it must be unset"]
        }})"));
}

TEST(Admission, AuditModeAllowsAndSaysWhatItWouldHaveDenied) {
  const Reviewed r = review(review_of({.object = kBad}), {}, Route::core, Mode::audit);
  EXPECT_TRUE(r.allowed());
  EXPECT_FALSE(r.body.at("response").contains("status"));
  EXPECT_EQ(r.body.at("response").at("auditAnnotations").at("would-deny"),
            "privileged-container spec.containers[0].securityContext.privileged");
  EXPECT_EQ(r.decision.outcome, Outcome::would_deny);
  EXPECT_EQ(r.decision.mode, Mode::audit);
  EXPECT_EQ(r.decision.message,
            "Pod \"shop\" breaks a rule. Container \"app\": privileged-container (KA1001) at "
            "spec.containers[0].securityContext.privileged: sets securityContext.privileged to "
            "true; it must be false or unset. Fix: privileged: false.");
  // What cannot be judged is let through as well, and said.
  const Reviewed broken = review(review_of({.object = R"({"kind":"Pod","apiVersion":"v1"})"}), {},
                                 Route::core, Mode::audit);
  EXPECT_TRUE(broken.allowed());
  EXPECT_EQ(broken.decision.outcome, Outcome::unjudgeable);
  EXPECT_EQ(broken.body.at("response").at("auditAnnotations").at("would-deny"),
            "Pod \"shop\" cannot be judged, so it is denied: it holds no pod specification");
}

TEST(Admission, TheRecorderHearsWhoAskedForWhat) {
  ReviewParts parts;
  parts.object = kGood;
  parts.dry_run = true;
  EXPECT_EQ(review(review_of(parts)).decision.text,
            "CREATE /pods/ Pod prod/shop ann 705ab4f5-6393-11e8-b7cc-42010a800002 dry");
  ReviewParts scale{.operation = "UPDATE",
                    .group = "autoscaling",
                    .kind = "Scale",
                    .resource = "deployments",
                    .subresource = "scale",
                    .resource_group = "apps"};
  scale.object = "{}";
  EXPECT_EQ(review(review_of(scale)).decision.text,
            "UPDATE apps/deployments/scale Scale prod/shop ann "
            "705ab4f5-6393-11e8-b7cc-42010a800002");
}

TEST(Admission, TheSameReviewGetsTheSameAnswerOnEveryThread) {
  const Admission admission(Policy{}, {});
  const std::string body = review_of({.object = kBad});
  const std::string first = Reviewer().review(admission, Route::policy, body, nullptr).body;
  std::vector<std::thread> threads;
  threads.reserve(8);
  std::atomic<int> different{0};
  for (int n = 0; n < 8; ++n) {
    threads.emplace_back([&] {
      Reviewer reviewer;
      for (int m = 0; m < 100; ++m) {
        if (reviewer.review(admission, Route::policy, body, nullptr).body != first) ++different;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(different, 0);
}

// ---- Operations and resources ------------------------------------------------------------------

struct Case {
  std::string operation, subresource, object, old_object;
  Outcome outcome;
};

TEST(Admission, OperationsAndSubresourcesOfPods) {
  const std::string deleted =
      pod_of(R"("containers":[{"name":"app","image":"a:1",)"
             R"("securityContext":{"privileged":true}}],"hostNetwork":true)",
             R"(,"deletionTimestamp":"2026-01-01T00:00:00Z")");
  const std::string exec = R"({"kind":"PodExecOptions","apiVersion":"v1","command":["id"]})";
  constexpr auto kAllowed = Outcome::allowed;
  constexpr auto kDenied = Outcome::denied;
  constexpr auto kNotJudged = Outcome::not_judged;
  constexpr auto kUnjudgeable = Outcome::unjudgeable;
  const Case table[] = {
      {"CREATE", "", kGood, "null", kAllowed},
      {"CREATE", "", kBad, "null", kDenied},
      {"CREATE", "", "null", "null", kNotJudged},
      {"CREATE", "", "null", kBad, kNotJudged},
      {"CREATE", "", "{}", "null", kUnjudgeable},
      {"CREATE", "", "[]", "null", kUnjudgeable},
      {"CREATE", "", "[" + kBad + "]", "null", kUnjudgeable},
      {"CREATE", "", "\"x\"", "null", kUnjudgeable},
      {"CREATE", "", "7", "null", kUnjudgeable},
      {"CREATE", "", "false", "null", kUnjudgeable},
      // Of an object that is made anew the time of deletion is a lie.
      {"CREATE", "", deleted, "null", kDenied},
      {"UPDATE", "", kBad, kGood, kDenied},
      {"UPDATE", "", kBad, kBad, kAllowed},
      {"UPDATE", "", kGood, kBad, kAllowed},
      {"UPDATE", "", kBad, "null", kDenied},
      {"UPDATE", "", kBad, "[]", kDenied},
      {"UPDATE", "", kBad, "{}", kDenied},
      {"UPDATE", "", "null", kBad, kNotJudged},
      {"UPDATE", "", "null", "null", kNotJudged},
      {"UPDATE", "", deleted, deleted, kNotJudged},
      {"UPDATE", "", deleted, kGood, kDenied},
      {"DELETE", "", "null", kBad, kNotJudged},
      {"DELETE", "", "null", "null", kNotJudged},
      {"DELETE", "", kBad, kBad, kNotJudged},
      {"CONNECT", "", "null", "null", kNotJudged},
      {"CONNECT", "exec", exec, "null", kNotJudged},
      {"CONNECT", "attach", exec, "null", kNotJudged},
      {"CONNECT", "portforward", exec, "null", kNotJudged},
      {"CONNECT", "proxy", exec, "null", kNotJudged},
      {"CONNECT", "proxy", "null", "null", kNotJudged},
      {"CREATE", "exec", exec, "null", kNotJudged},
      {"CREATE", "attach", exec, "null", kNotJudged},
      {"CREATE", "portforward", exec, "null", kNotJudged},
      {"CREATE", "binding", R"({"kind":"Binding","apiVersion":"v1"})", "null", kNotJudged},
      {"CREATE", "eviction", R"({"kind":"Eviction","apiVersion":"policy/v1"})", "null", kNotJudged},
      {"UPDATE", "log", kBad, "null", kNotJudged},
      {"UPDATE", "status", kBad, kGood, kNotJudged},
      {"UPDATE", "ephemeralcontainers", kBad, kGood, kDenied},
      {"UPDATE", "ephemeralcontainers", kBad, kBad, kAllowed},
      {"UPDATE", "resize", kBad, kGood, kDenied},
      {"UPDATE", "resize", kBad, kBad, kAllowed},
      {"UPDATE", "resize", "null", kBad, kNotJudged},
      {"UPDATE", "somethingnew", kBad, kGood, kDenied},
      {"CREATE", "somethingnew", kBad, "null", kDenied},
      {"CREATE", "somethingnew", kGood, "null", kAllowed},
      {"CREATE", "somethingnew", exec, "null", kUnjudgeable},
      {"DELETE", "somethingnew", "null", kBad, kNotJudged},
  };
  for (const Case& c : table) {
    SCOPED_TRACE(c.operation + " pods/" + c.subresource + " " + c.object + " was " + c.old_object);
    ReviewParts parts{.operation = c.operation, .subresource = c.subresource};
    parts.object = c.object;
    parts.old_object = c.old_object;
    const Reviewed r = review(review_of(parts), {}, Route::core);
    EXPECT_EQ(r.status, 200);
    EXPECT_EQ(name_of(r.decision.outcome), name_of(c.outcome));
    EXPECT_EQ(r.body.at("response").at("uid"), kUid);
    const bool allowed = c.outcome == kAllowed || c.outcome == kNotJudged;
    EXPECT_EQ(r.allowed(), allowed);
    EXPECT_EQ(r.body.at("response").contains("status"), !allowed);
  }
}

TEST(Admission, WhatMakesPodsIsJudgedByItsTemplate) {
  const std::string bad =
      R"({"spec":{"hostNetwork":true,"containers":[{"name":"a","image":"a:1"}]}})";
  const std::string good = R"({"spec":{"containers":[{"name":"a","image":"a:1"}]}})";
  for (const TemplateKind& kind : kTemplateKinds) {
    SCOPED_TRACE(kind.kind);
    EXPECT_EQ(review(review_of(kind, wrapped(kind, good))).decision.outcome, Outcome::allowed);
    EXPECT_EQ(review(review_of(kind, wrapped(kind, bad))).decision.outcome, Outcome::denied);
    EXPECT_EQ(review(review_of(kind, wrapped(kind, "null"))).decision.outcome,
              Outcome::unjudgeable);
    EXPECT_EQ(review(review_of(kind, wrapped(kind, "{}"))).decision.outcome, Outcome::unjudgeable);
    EXPECT_EQ(review(review_of(kind, wrapped(kind, "[]"))).decision.outcome, Outcome::unjudgeable);
    Policy warn;
    warn.templates = Action::warn;
    const Reviewed warned = review(review_of(kind, wrapped(kind, bad)), warn, Route::core);
    EXPECT_EQ(warned.decision.outcome, Outcome::allowed);
    EXPECT_EQ(warned.body.at("response").at("warnings").at(0),
              "host-network: pod sets hostNetwork to true; it must be false or unset");
  }
}

TEST(Admission, OtherResourcesAreAllowedUnjudged) {
  struct Row {
    std::string group, version, kind, resource, subresource, object;
  };
  const Row table[] = {
      {"", "v1", "ConfigMap", "configmaps", "", R"({"kind":"ConfigMap","apiVersion":"v1"})"},
      {"", "v1", "Secret", "secrets", "", R"({"kind":"Secret","apiVersion":"v1","data":7})"},
      {"", "v1", "Service", "services", "", R"({"kind":"Service","apiVersion":"v1"})"},
      {"", "v1", "Namespace", "namespaces", "", R"({"kind":"Namespace","apiVersion":"v1"})"},
      {"", "v1", "Node", "nodes", "", R"({"kind":"Node","apiVersion":"v1","spec":{}})"},
      {"rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", "",
       R"({"kind":"ClusterRole","apiVersion":"rbac.authorization.k8s.io/v1"})"},
      {"autoscaling", "v1", "Scale", "deployments", "scale", R"({"kind":"Scale"})"},
      {"apps", "v1", "Deployment", "deployments", "status", "{}"},
      {"example.org", "v1", "Shop", "shops", "",
       R"({"kind":"Shop","apiVersion":"example.org/v1","spec":{"size":3}})"},
      {"metrics.k8s.io", "v1beta1", "PodMetrics", "pods", "",
       R"({"kind":"PodMetrics","apiVersion":"metrics.k8s.io/v1beta1"})"},
  };
  for (const Row& row : table) {
    SCOPED_TRACE(row.kind);
    ReviewParts parts{.group = row.group,
                      .version = row.version,
                      .kind = row.kind,
                      .resource = row.resource,
                      .subresource = row.subresource};
    parts.object = row.object;
    EXPECT_EQ(review(review_of(parts)).decision.outcome, Outcome::not_judged);
  }
}

TEST(Admission, CustomResourcesThatCarryPodsAreJudged) {
  const std::string pod = R"({"hostNetwork":true,"containers":[{"name":"a","image":"a:1"}]})";
  ReviewParts rollout{
      .group = "argoproj.io", .version = "v1alpha1", .kind = "Rollout", .resource = "rollouts"};
  rollout.object = R"({"apiVersion":"argoproj.io/v1alpha1","kind":"Rollout","spec":{"template":)"
                   R"({"spec":)" +
                   pod + "}}}";
  EXPECT_EQ(review(review_of(rollout)).decision.outcome, Outcome::denied);
  // By its shape, and by a path of the policy.
  ReviewParts task{.group = "example.org", .kind = "Task", .resource = "tasks"};
  task.object = R"({"apiVersion":"example.org/v1","kind":"Task","spec":{"work":)" + pod + "}}";
  EXPECT_EQ(review(review_of(task)).decision.outcome, Outcome::not_judged);
  Policy policy;
  policy.pod_templates.push_back({"example.org", "Task", "spec.work", true});
  EXPECT_EQ(review(review_of(task), policy).decision.outcome, Outcome::denied);
  task.object = R"({"apiVersion":"example.org/v1","kind":"Task","x":{"podSpec":)" + pod + "}}";
  EXPECT_EQ(review(review_of(task)).decision.outcome, Outcome::denied);
}

TEST(Admission, OneReviewerServesOnePolicyAfterTheOther) {
  ReviewParts task{.group = "example.org", .kind = "Task", .resource = "tasks"};
  task.object =
      R"({"apiVersion":"example.org/v1","kind":"Task","spec":{"work":{"hostNetwork":true,)"
      R"("containers":[{"name":"a","image":"a:1"}]}}})";
  Policy policy;
  policy.pod_templates.push_back({"example.org", "Task", "spec.work", true});
  const Admission without(Policy{}, {});
  const Admission with(policy, {});
  Reviewer reviewer;
  Noting decision;
  for (int n = 0; n < 2; ++n) {
    (void)reviewer.review(without, Route::policy, review_of(task), &decision);
    EXPECT_EQ(decision.outcome, Outcome::not_judged);
    (void)reviewer.review(with, Route::policy, review_of(task), &decision);
    EXPECT_EQ(decision.outcome, Outcome::denied);
  }
}

// ---- Policy ------------------------------------------------------------------------------------

TEST(Admission, RoutesChooseTheProfile) {
  const std::string host_pid =
      pod_of(R"("hostPID":true,"containers":[{"name":"a","image":"a:1"}])");
  struct Row {
    Route route;
    const std::string& object;
    bool allowed;
  };
  for (const Row& row :
       {Row{Route::policy, kGood, true}, Row{Route::policy, host_pid, true},
        Row{Route::policy, kBad, false}, Row{Route::core, kGood, true},
        Row{Route::core, host_pid, true}, Row{Route::core, kBad, false},
        Row{Route::baseline, kGood, true}, Row{Route::baseline, host_pid, false},
        Row{Route::baseline, kBad, false}, Row{Route::restricted, kGood, false},
        Row{Route::restricted, host_pid, false}, Row{Route::restricted, kBad, false}}) {
    EXPECT_EQ(review(review_of({.object = row.object}), {}, row.route).allowed(), row.allowed)
        << name_of(row.route) << ' ' << row.object;
  }
  Policy policy;
  policy.profile = "restricted";
  EXPECT_FALSE(review(review_of({.object = kGood}), policy).allowed());
  EXPECT_TRUE(review(review_of({.object = kGood}), policy, Route::baseline).allowed());
}

TEST(Admission, AdviceIsSilentUnlessThePolicyGivesItAnAction) {
  const std::string body = review_of({.object = kGood});
  const auto names = [&](const Policy& policy) {
    return review(body, policy).text.find("no-resource-limits") != std::string::npos;
  };
  EXPECT_FALSE(names({}));
  EXPECT_TRUE(names(with("no-resource-limits", Action::audit)));
  EXPECT_TRUE(names(with("no-resource-limits", Action::warn)));
  EXPECT_FALSE(review(body, with("no-resource-limits", Action::deny)).allowed());
  EXPECT_TRUE(
      review(review_of({.object = kBad}), with("privileged-container", Action::off)).allowed());
  EXPECT_TRUE(
      review(review_of({.object = kBad}), with("privileged-container", Action::warn)).allowed());
}

TEST(Admission, TheNamespaceOfTheRequestCounts) {
  Policy policy;
  Exemption exemption;
  exemption.namespaces = {"kube-system"};
  exemption.reason = "the node's own agents";
  policy.exemptions.push_back(exemption);
  ReviewParts parts{.ns = "prod", .object = pod_of("")};
  parts.object = R"({"apiVersion":"v1","kind":"Pod","metadata":{"namespace":"kube-system"},)"
                 R"("spec":{"hostNetwork":true,"containers":[{"name":"a","image":"a:1"}]}})";
  EXPECT_FALSE(review(review_of(parts), policy).allowed());
  parts.ns = "kube-system";
  const Reviewed exempt = review(review_of(parts), policy);
  EXPECT_TRUE(exempt.allowed());
  EXPECT_EQ(exempt.decision.outcome, Outcome::allowed);
  const std::string annotation = exempt.body.at("response").at("auditAnnotations").at("exempted");
  EXPECT_TRUE(annotation.starts_with("host-network spec.hostNetwork (the node's own agents); "))
      << annotation;
}

TEST(Admission, UsersAndGroupsAreThoseOfTheRequest) {
  Policy policy;
  Exemption exemption;
  exemption.rules = {find_rule("privileged-container")};
  exemption.groups = {"operators"};
  exemption.reason = "they know";
  policy.exemptions.push_back(exemption);
  ReviewParts parts{.object = kBad};
  EXPECT_FALSE(review(review_of(parts), policy).allowed());
  parts.user = R"({"username":"bob","groups":["x","operators"]})";
  EXPECT_TRUE(review(review_of(parts), policy).allowed());
  for (const char* nobody : {"null", "{}", R"({"username":null,"groups":null})"}) {
    parts.user = nobody;
    EXPECT_FALSE(review(review_of(parts), policy).allowed()) << nobody;
  }
}

}  // namespace
}  // namespace kaudit
