// Nothing is found or missed because of how an object is written. Every fixture of Kubernetes' Pod
// Security Standards and of our rules is rewritten in ways that mean the same: what is found stays
// the same, and so does the webhook's verdict. And a violation in addition takes nothing away.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "manifests/adapt.h"
#include "manifests/load.h"
#include "tests/conformance/rewrites.h"
#include "tests/support/audit.h"
#include "tests/support/reviews.h"
#include "tests/support/shared.h"
#include "webhook/admission.h"

namespace kaudit {
namespace {

namespace fs = std::filesystem;
using testing::Json;
using testing::Rewrite;

// What is found, whatever it is wrapped into and wherever in a list it stands: rule and container.
using Findings = std::multiset<std::string>;

class Judge final : public DocumentVisitor {
 public:
  void document(const Document& document) override { adapter_.adapt(document, evaluation_); }
  void error(Error error) override { errors.push_back(to_string(error)); }

  void judge(const std::string& text) {
    errors.clear();
    all.clear();
    of_profiles.clear();
    read_manifest(std::make_shared<const Source>("object", text), Limits{}, *this);
    for (const Finding& finding : evaluation_.findings()) {
      if (finding.rule->slug == "duplicate-key" || finding.rule->slug == "exception-problem") {
        continue;  // about the text, and about annotations that exempt nothing
      }
      const std::string what = std::string(finding.rule->slug) + ' ' + finding.container;
      all.insert(what);
      if (finding.profiles.any()) of_profiles.insert(what);
    }
    evaluation_.findings().clear();
    for (const Error& each : evaluation_.errors()) errors.push_back(to_string(each));
    evaluation_.errors().clear();
  }

  std::vector<std::string> errors;
  Findings all, of_profiles;

 private:
  static const Plan& plan() {
    static const Plan kPlan{PlanOptions{}};
    return kPlan;
  }
  KubernetesAdapter adapter_;
  Evaluation evaluation_{plan()};
};

std::string read_file(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return std::move(text).str();
}

// Without any image it is a patch of another object, and leaves things out.
bool is_patch(const Json& object) { return object.dump().find("\"image\":") == std::string::npos; }

// What these say takes parts of the standards back.
bool is_relaxed(const Json& spec) { return spec.contains("os") || spec.contains("hostUsers"); }

// Each object once: the fixtures of one version are mostly those of the one before.
class Metamorphic : public ::testing::Test {
 protected:
  void SetUp() override {
    take(testing::source_dir() / "tests" / "rules");
    EXPECT_GT(objects_.size(), 200U);
    if (const auto shared = testing::shared_dir()) {
      const std::size_t ours = objects_.size();
      take(*shared / "conformance" / "psa");
      EXPECT_GT(objects_.size(), ours + 300);
    } else {
      std::puts("SKIPPED the Pod Security fixtures: no ../shared beside this clone");
    }
  }

  void take(const fs::path& root) {
    static const Plan kPlan{PlanOptions{}};
    std::set<std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
      const std::string name = entry.path().filename();
      if (!entry.is_regular_file() || !name.ends_with(".yaml") || name.ends_with(".compose.yaml")) {
        continue;
      }
      const std::string text = read_file(entry.path());
      if (!files.insert(text).second) continue;
      for (const std::string& json : testing::audit(kPlan, name, text).as_json) {
        const Json object = Json::parse(json, nullptr, false);
        if (!object.is_object()) continue;
        Judge judge;
        judge.judge(object.dump());
        // What cannot be judged is tested elsewhere.
        if (judge.errors.empty()) objects_.emplace(object.dump(), object);
      }
    }
  }

  // The verdict on a pod, by the strictest route.
  bool allowed(const std::string& pod) {
    static const Admission kAdmission(Policy{}, {});
    testing::ReviewParts parts;
    parts.object = pod;
    const Answer answer =
        reviewer_.review(kAdmission, Route::restricted, testing::review_of(parts), nullptr);
    return answer.body.find(R"("allowed":true)") != std::string::npos;
  }

  void check(const Json& object, const Rewrite& rewrite) {
    const auto text = rewrite.write(object);
    if (!text) return;
    ++cases_;
    judge_.judge(object.dump());
    const Findings all = judge_.all, of_profiles = judge_.of_profiles;
    judge_.judge(*text);
    EXPECT_TRUE(judge_.errors.empty()) << rewrite.name << ": " << judge_.errors[0] << '\n' << *text;
    if (rewrite.keeps == Rewrite::Keeps::all) {
      EXPECT_EQ(judge_.all, all) << rewrite.name << '\n' << *text;
    } else {
      EXPECT_EQ(judge_.of_profiles, of_profiles) << rewrite.name << '\n' << *text;
    }
    if (object.value("kind", "") != "Pod" || object.value("apiVersion", "") != "v1") return;
    // As part of a review, which has no byte order mark in its middle.
    const Json again = Json::parse(*text, nullptr, false);
    if (again.is_discarded() || text->starts_with('\xEF') || again.value("kind", "") != "Pod")
      return;
    ++reviews_;
    EXPECT_EQ(allowed(*text), allowed(object.dump())) << rewrite.name << '\n' << *text;
  }

  std::map<std::string, Json> objects_;
  Judge judge_;
  Reviewer reviewer_;
  std::size_t cases_ = 0, reviews_ = 0;
};

TEST_F(Metamorphic, HowItIsWrittenChangesNothing) {
  for (const auto& [text, object] : objects_) {
    for (const Rewrite& rewrite : testing::text_rewrites()) check(object, rewrite);
  }
  RecordProperty("cases", static_cast<int>(cases_));
  std::printf("%zu objects, %zu cases, %zu reviews\n", objects_.size(), cases_, reviews_);
  EXPECT_GE(testing::text_rewrites().size(), 30U);
  EXPECT_GE(cases_, objects_.size() * testing::text_rewrites().size());
}

TEST_F(Metamorphic, WhatMeansNothingChangesNothing) {
  for (const auto& [text, object] : objects_) {
    Json copy = object;
    if (testing::spec_of(copy) == nullptr || is_patch(object)) continue;
    for (const Rewrite& rewrite : testing::pod_rewrites()) check(object, rewrite);
  }
  RecordProperty("cases", static_cast<int>(cases_));
  std::printf("%zu cases, %zu reviews\n", cases_, reviews_);
  EXPECT_GT(cases_, 2000U);
}

TEST_F(Metamorphic, AViolationMoreTakesNothingAway) {
  std::size_t cases = 0;
  for (const auto& [text, object] : objects_) {
    Json copy = object;
    const Json* spec = testing::spec_of(copy);
    if (spec == nullptr) continue;
    const bool must_be_found = !is_relaxed(*spec);
    judge_.judge(text);
    const Findings before = judge_.of_profiles;
    for (const testing::Violation& violation : testing::violations()) {
      Json more = object;
      violation.add(*testing::spec_of(more));
      if (more == object) continue;
      ++cases;
      judge_.judge(more.dump());
      EXPECT_FALSE(must_be_found && judge_.of_profiles.empty()) << violation.name << '\n' << more;
      EXPECT_TRUE(std::ranges::includes(judge_.of_profiles, before)) << violation.name << '\n'
                                                                     << more;
      if (must_be_found && more.value("kind", "") == "Pod") {
        EXPECT_FALSE(allowed(more.dump())) << violation.name << '\n' << more;
      }
    }
  }
  std::printf("%zu cases\n", cases);
  EXPECT_GT(cases, 1000U);
}

}  // namespace
}  // namespace kaudit
