// The requests that a real API server sent, each with the answer that it must get by default.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/support/shared.h"
#include "webhook/admission.h"

namespace kaudit {
namespace {

class LastDecision final : public Recorder {
 public:
  void decided(const Decision& decision) override {
    outcome = decision.outcome;
    uid = decision.uid;
    rules.clear();
    for (const Finding& finding : decision.findings) {
      if (finding.action == Action::deny) rules.emplace(finding.rule->slug);
    }
  }
  Outcome outcome = Outcome::malformed;
  std::string uid;
  std::set<std::string> rules;
};

// What is not named here is judged and allowed.
struct Expected {
  Outcome outcome;
  std::set<std::string> rules;
};
const std::map<std::string, Expected>& expected() {
  static const Expected kNotJudged{Outcome::not_judged, {}};
  static const std::map<std::string, Expected> kTable = {
      {"pod-create-privileged",
       {Outcome::denied, {"privileged-container", "runtime-socket", "host-network"}}},
      {"pod-ephemeralcontainers-privileged", {Outcome::denied, {"privileged-container"}}},
      {"cronjob-create", {Outcome::denied, {"privileged-container"}}},
      {"deployment-delete", kNotJudged},
      {"deployment-scale", kNotJudged},
      {"pod-attach-connect-1", kNotJudged},
      {"pod-attach-connect-2", kNotJudged},
      {"pod-binding-create", kNotJudged},
      {"pod-delete", kNotJudged},
      {"pod-deletecollection-1", kNotJudged},
      {"pod-deletecollection-2", kNotJudged},
      {"pod-deletecollection-3", kNotJudged},
      {"pod-deletecollection-4", kNotJudged},
      {"pod-deletecollection-5", kNotJudged},
      {"pod-eviction-create", kNotJudged},
      {"pod-exec-connect-1", kNotJudged},
      {"pod-exec-connect-2", kNotJudged},
  };
  return kTable;
}

TEST(RecordedReviews, AreAllAnsweredRightly) {
  const auto shared = testing::shared_dir();
  if (!shared) GTEST_SKIP() << "SKIPPED: no ../shared beside this clone: no reviews to answer";
  const Admission admission(Policy{}, {});
  Reviewer reviewer;
  LastDecision decision;
  std::size_t files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(*shared / "conformance/admissionreviews")) {
    const std::string name = entry.path().stem();
    SCOPED_TRACE(name);
    ++files;
    const std::string body = testing::read_text(entry.path());
    const Answer answer = reviewer.review(admission, Route::policy, body, &decision);
    const auto request = nlohmann::json::parse(body).at("request");
    ASSERT_EQ(answer.status, 200);
    const auto review = nlohmann::json::parse(answer.body);
    const auto row = expected().find(name);
    const Expected wanted = row == expected().end() ? Expected{Outcome::allowed, {}} : row->second;
    EXPECT_EQ(decision.outcome, wanted.outcome);
    EXPECT_EQ(decision.rules, wanted.rules);
    EXPECT_EQ(decision.uid, request.at("uid").get<std::string>());
    EXPECT_EQ(review.at("apiVersion"), "admission.k8s.io/v1");
    EXPECT_EQ(review.at("kind"), "AdmissionReview");
    EXPECT_FALSE(review.contains("request"));
    EXPECT_EQ(review.at("response").at("uid"), request.at("uid"));
    EXPECT_EQ(review.at("response").at("allowed"), wanted.outcome != Outcome::denied);
    EXPECT_EQ(review.at("response").contains("status"), wanted.outcome == Outcome::denied);
  }
  EXPECT_EQ(files, 37U);
}

}  // namespace
}  // namespace kaudit
