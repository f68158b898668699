// Any bytes as a policy file. There is an answer: a policy that can be judged by, or an error with
// a place; whichever it is, the same each time. And a policy only ever denies or says why it did
// not.
#include <algorithm>

#include "manifests/policy/config.h"
#include "manifests/policy/yaml_bounds.h"
#include "tests/fuzz/check.h"
#include "tests/support/reviews.h"
#include "webhook/admission.h"

namespace kaudit::fuzz {
namespace {

void check_place(const Checked& text, const Location& where) {
  require(where.source == "fuzz", "a place is in the file", where.source);
  if (where.begin.line != 0) text.check_mark(where.begin);
}

void check(const Policy& policy, const Checked& text) {
  require(policy.source != nullptr, "a policy knows its file");
  require(policy.settings.size() + policy.exemptions.size() + policy.namespaces.size() <=
              kPolicyValues * all_rules().size(),
          "a policy is bounded");
  for (const Exemption& exemption : policy.exemptions) {
    require(!exemption.reason.empty(), "an exemption has a reason");
    check_place(text, exemption.where);
  }
  for (const NamespaceEntry& entry : policy.namespaces) {
    require(!entry.names.empty() && !entry.profile.empty(), "a namespace has names and a profile");
    check_place(text, entry.where);
  }
}

class LastFindings final : public Recorder {
 public:
  void decided(const Decision& decision) override {
    outcome = decision.outcome;
    findings = decision.findings.size();
    denies = std::ranges::any_of(
        decision.findings, [](const Finding& finding) { return finding.action == Action::deny; });
  }
  Outcome outcome = Outcome::malformed;
  std::size_t findings = 0;
  bool denies = false;
};

LastFindings judge(const Policy& policy) {
  static const std::string kReview = testing::review_of(
      {.object = testing::pod_of(R"("hostNetwork":true,"containers":[{"name":"c","image":"i",)"
                                 R"("securityContext":{"privileged":true}}])")});
  const Admission admission(policy, {});
  LastFindings last;
  const Answer answer = Reviewer().review(admission, Route::policy, kReview, &last);
  require(answer.status == 200, "a policy judges", answer.body);
  require((last.outcome == Outcome::denied) == last.denies, "denied is what a rule denies",
          answer.body);
  return last;
}

}  // namespace
}  // namespace kaudit::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kaudit;
  using namespace kaudit::fuzz;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const Source source("fuzz", text);
  const Checked checked(source, {});
  auto policy = parse_config(text, "fuzz");
  const auto again = parse_config(text, "fuzz");
  require(bool(policy) == bool(again), "the same text has the same meaning", text);
  if (!policy) {
    const Error& error = policy.error();
    require(!error.message.empty(), "an error says what is wrong", text);
    require(to_string(error) == to_string(again.error()), "the same text has the same error", text);
    check_place(checked, error.where);
    return 0;
  }
  check(*policy, checked);
  policy->today = 20'000;
  const LastFindings with = judge(*policy);
  // What exempts changes what is denied, never what is found.
  policy->exemptions.clear();
  const LastFindings without = judge(*policy);
  require(with.findings == without.findings && (without.denies || !with.denies),
          "exemptions only accept what is found", text);
  return 0;
}
