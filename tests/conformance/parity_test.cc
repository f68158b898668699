// The two doors of the rule model: what the audit of a file finds in an object, the webhook answers
// to a review of it. Fixtures and real manifests as themselves, and pods as the template of every
// kind that makes pods.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "manifests/adapt.h"
#include "manifests/load.h"
#include "tests/support/audit.h"
#include "tests/support/reviews.h"
#include "tests/support/shared.h"
#include "tests/support/workloads.h"
#include "webhook/admission.h"

namespace kaudit {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr Route kAsked[] = {Route::core, Route::baseline, Route::restricted};

// The rules whose findings deny, as `rule field`.
using Verdict = std::multiset<std::string>;

void add(const Finding& finding, Verdict& verdict) {
  if (finding.action == Action::deny && finding.exemption == nullptr) {
    verdict.insert(std::string(finding.rule->slug) + ' ' + finding.field);
  }
}

class LastDecision final : public Recorder {
 public:
  void decided(const Decision& decision) override {
    outcome = decision.outcome;
    message = decision.message;
    denying.clear();
    for (const Finding& finding : decision.findings) add(finding, denying);
  }
  Outcome outcome = Outcome::malformed;
  std::string message;
  Verdict denying;
};

struct Named {
  std::string_view kind, resource;
};
constexpr Named kResources[] = {
    {"Pod", "pods"},
    {"Deployment", "deployments"},
    {"ReplicaSet", "replicasets"},
    {"StatefulSet", "statefulsets"},
    {"DaemonSet", "daemonsets"},
    {"Job", "jobs"},
    {"CronJob", "cronjobs"},
    {"ReplicationController", "replicationcontrollers"},
    {"PodTemplate", "podtemplates"},
};

std::string text_of(const Json& object, const char* member) {
  const auto found = object.find(member);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

// A request to create that object, if an API server would send one.
std::optional<std::string> review_of_object(const Json& object) {
  if (!object.is_object()) return std::nullopt;
  const std::string api_version = text_of(object, "apiVersion");
  const std::string kind = text_of(object, "kind");
  testing::ReviewParts parts;
  parts.kind = kind;
  parts.resource = "things";
  for (const Named& row : kResources) {
    if (row.kind == kind) parts.resource = row.resource;
  }
  const auto slash = api_version.find('/');
  parts.group = slash == std::string::npos ? "" : api_version.substr(0, slash);
  parts.version = slash == std::string::npos ? api_version : api_version.substr(slash + 1);
  // Text that needs an escape stands for no kind.
  const auto is_plain = [](const std::string& text) {
    return text.find_first_of("\"\\\n") == std::string::npos;
  };
  if (kind.empty() || api_version.empty() || !is_plain(kind) || !is_plain(api_version)) {
    return std::nullopt;
  }
  parts.ns = "";
  parts.object = object.dump(-1, ' ', false, Json::error_handler_t::replace);
  return testing::review_of(parts);
}

// A pod without any image.
bool is_patch(const std::string& text) {
  bool any = false;
  testing::Workloads workloads([&](const Workload& workload) { any |= workload.patch; });
  KubernetesAdapter adapter;
  JsonParser parser;
  const auto document = parser.parse(std::make_shared<const Source>("", text), Limits{});
  if (document) adapter.adapt(**document, workloads);
  return any;
}

class Parity : public ::testing::Test {
 protected:
  void SetUp() override {
    shared_ = testing::shared_dir();
    if (!shared_) GTEST_SKIP() << "SKIPPED: no ../shared beside this clone: nothing to compare";
    // In no namespace, for files mostly say none.
    policy_.today = Day{0};
  }

  const Admission& admission(std::uint8_t minor) {
    auto& admission = admissions_[minor];
    if (!admission) {
      policy_.minor = minor;
      admission = std::make_unique<Admission>(policy_, AdmissionOptions{});
    }
    return *admission;
  }

  // What a file's audit finds that would deny, worked out by the audit's own plan.
  Verdict offline(Route route, std::uint8_t minor, const std::string& text) {
    auto& plan = plans_[{route, minor}];
    if (!plan) {
      policy_.minor = minor;
      plan = std::make_unique<Plan>(policy_.admission_options(name_of(route)));
    }
    Verdict verdict;
    for (const Finding& finding : testing::audit(*plan, "object.json", text).findings) {
      if (finding.profiles.any()) add(finding, verdict);
    }
    return verdict;
  }

  // Compares both doors for one object on every route.
  void compare(const Json& object, std::uint8_t minor) {
    const auto body = review_of_object(object);
    if (!body) return;
    const std::string text = object.dump(-1, ' ', false, Json::error_handler_t::replace);
    for (const Route route : kAsked) {
      LastDecision decision;
      const Answer answer = reviewer_.review(admission(minor), route, *body, &decision);
      ASSERT_EQ(answer.status, 200) << answer.body;
      const bool allowed = Json::parse(answer.body).at("response").at("allowed").get<bool>();
      const Verdict expected = offline(route, minor, text);
      ++compared_;
      if (!expected.empty()) ++denied_;
      if (decision.outcome == Outcome::not_judged) {
        EXPECT_TRUE(expected.empty() || !carries_pod(object)) << text.substr(0, 2000);
        continue;
      }
      if (decision.outcome == Outcome::unjudgeable) {
        // Types that Kubernetes refuses: denied, with or without a rule that says so.
        EXPECT_FALSE(allowed);
        ++unjudgeable_;
        continue;
      }
      if (is_patch(text)) {
        // A file without any image patches another object, and may leave things out; what a
        // cluster is asked to store is no patch.
        ++patches_;
        EXPECT_TRUE(std::ranges::includes(decision.denying, expected)) << text;
        continue;
      }
      EXPECT_EQ(allowed, expected.empty()) << name_of(route) << ' ' << decision.message;
      EXPECT_EQ(decision.denying, expected) << name_of(route) << ' ' << text.substr(0, 2000);
    }
  }

  static bool carries_pod(const Json& object) {
    const std::string kind = text_of(object, "kind");
    return std::ranges::any_of(kResources, [&](const Named& row) { return row.kind == kind; });
  }

  std::optional<fs::path> shared_;
  Policy policy_;
  std::map<std::uint8_t, std::unique_ptr<Admission>> admissions_;
  std::map<std::pair<Route, std::uint8_t>, std::unique_ptr<Plan>> plans_;
  Reviewer reviewer_;
  std::size_t compared_ = 0, denied_ = 0, unjudgeable_ = 0, patches_ = 0;
};

// The documents of a file as JSON, each kept as a text.
std::vector<Json> documents_of(const std::string& name, const std::string& text) {
  static const Plan kPlan{PlanOptions{}};
  std::vector<Json> out;
  for (const std::string& json : testing::audit(kPlan, name, text).as_json) {
    Json parsed = Json::parse(json, nullptr, false);
    if (!parsed.is_discarded()) out.push_back(std::move(parsed));
  }
  return out;
}

TEST_F(Parity, OfEveryPodSecurityFixture) {
  std::size_t fixtures = 0;
  for (const auto& entry : fs::recursive_directory_iterator(*shared_ / "conformance/psa")) {
    if (entry.path().extension() != ".yaml") continue;
    SCOPED_TRACE(entry.path().string());
    ++fixtures;
    const std::string version =
        entry.path().parent_path().parent_path().filename().string().substr(sizeof "v1." - 1);
    const auto minor = static_cast<std::uint8_t>(std::stoi(version));
    for (const Json& pod : documents_of(entry.path(), testing::read_text(entry.path()))) {
      compare(pod, minor);
      if (minor != kNewestMinor) continue;
      const Json pod_template = {{"metadata", pod.at("metadata")}, {"spec", pod.at("spec")}};
      for (const testing::TemplateKind& kind : testing::kTemplateKinds) {
        compare(Json::parse(testing::wrapped(kind, pod_template.dump())), minor);
      }
    }
  }
  EXPECT_EQ(fixtures, 4537U);
  EXPECT_GT(compared_, 15'000U);
  EXPECT_GT(denied_, 3'000U);
  EXPECT_EQ(unjudgeable_, 0U);
}

TEST_F(Parity, OfEveryRealManifest) {
  std::size_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(*shared_ / "corpus")) {
    if (!entry.is_regular_file()) continue;
    const std::string extension = entry.path().extension();
    if (extension != ".yaml" && extension != ".yml" && extension != ".json") continue;
    SCOPED_TRACE(entry.path().string());
    ++files;
    for (const Json& document : documents_of(entry.path(), testing::read_text(entry.path()))) {
      if (!document.is_object()) continue;
      const auto items = document.find("items");
      if (text_of(document, "kind") == "List" && items != document.end() && items->is_array()) {
        for (const Json& item : *items) compare(item, kNewestMinor);
        continue;
      }
      compare(document, kNewestMinor);
      if (text_of(document, "kind") != "Pod" || !document.contains("spec")) continue;
      Json pod_template = {{"spec", document.at("spec")}};
      if (document.contains("metadata")) pod_template["metadata"] = document.at("metadata");
      const std::string text = pod_template.dump(-1, ' ', false, Json::error_handler_t::replace);
      for (const testing::TemplateKind& kind : testing::kTemplateKinds) {
        compare(Json::parse(testing::wrapped(kind, text)), kNewestMinor);
      }
    }
  }
  EXPECT_GT(files, 1'000U);
  EXPECT_GT(denied_, 500U);
  // A few are wrong on purpose; most are not.
  EXPECT_LT(unjudgeable_ * 20, compared_);
  EXPECT_LT(patches_ * 20, compared_);
}

}  // namespace
}  // namespace kaudit
