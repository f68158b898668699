// Any bytes as the body of a request to the webhook. There is always an answer; it is one that the
// API server takes; and what could not be judged is never allowed.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/report/escape.h"
#include "tests/fuzz/check.h"
#include "webhook/admission.h"
#include "webhook/wording.h"

namespace kaudit::fuzz {
namespace {

using Json = nlohmann::json;

class LastDecision final : public Recorder {
 public:
  void decided(const Decision& decision) override {
    ++calls;
    outcome = decision.outcome;
    uid = decision.uid;
    denies = std::ranges::any_of(
        decision.findings, [](const Finding& finding) { return finding.action == Action::deny; });
  }
  int calls = 0;
  Outcome outcome = Outcome::malformed;
  std::string uid;
  bool denies = false;
};

bool is_visible(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_code_point(text, at);
    if (is_hidden(c) || c == kNotACharacter) return false;
  }
  return true;
}

void check_texts(const Json& response, const std::string& answer) {
  std::size_t sum = 0;
  const Json warnings = response.value("warnings", Json::array());
  for (const Json& each : warnings) {
    const auto& warning = each.get_ref<const std::string&>();
    require(length_of(warning) <= kWarningLength && is_visible(warning), "warnings fit", answer);
    sum += length_of(warning);
  }
  require(sum <= kWarningsLength, "all warnings together fit", answer);
  const Json annotations = response.value("auditAnnotations", Json::object());
  for (const Json& each : annotations) {
    const auto& annotation = each.get_ref<const std::string&>();
    require(annotation.size() <= kAnnotationBytes && is_visible(annotation), "annotations fit",
            answer);
  }
}

void check(const Answer& answer, const LastDecision& decision, Mode mode) {
  require(decision.calls == 1, "every answer is recorded once");
  const Json body = Json::parse(answer.body, nullptr, false);
  require(!body.is_discarded(), "an answer is JSON", answer.body);
  if (decision.outcome == Outcome::malformed) {
    require(answer.status == 400 && body.at("kind") == "Status", "what is no review is a 400",
            answer.body);
    return;
  }
  require(answer.status == 200, "every decision is a 200", answer.body);
  const Json& response = body.at("response");
  const std::string version = body.at("apiVersion");
  require(version == "admission.k8s.io/v1" || version == "admission.k8s.io/v1beta1",
          "the version is one that was asked in", answer.body);
  require(response.at("uid") == decision.uid && !decision.uid.empty(), "the uid is echoed",
          answer.body);
  const bool allowed = response.at("allowed");
  require(allowed == !response.contains("status"), "a denial says why", answer.body);
  if (mode == Mode::audit) {
    require(allowed, "audit mode allows", answer.body);
  } else {
    require(!allowed || (decision.outcome != Outcome::unjudgeable && !decision.denies),
            "what breaks a rule or cannot be judged is denied", answer.body);
  }
  if (!allowed) {
    const Json& status = response.at("status");
    require(status.at("code") == 403 || status.at("code") == 422 || status.at("code") == 413,
            "a denial has a code", answer.body);
    const std::string message = status.at("message");
    require(is_visible(message) && length_of(message) <= kMessageLength, "the message fits",
            answer.body);
  }
  check_texts(response, answer.body);
}

}  // namespace
}  // namespace kaudit::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kaudit;
  using namespace kaudit::fuzz;
  static const Admission kEnforcing(Policy{}, {.mode = Mode::enforce});
  static const Admission kAuditing(Policy{}, {.mode = Mode::audit});
  static Reviewer reviewer;  // one for all, as a server's thread has
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  std::string first;
  for (const Route route : {Route::core, Route::restricted, Route::core}) {
    LastDecision decision;
    const Answer answer = reviewer.review(kEnforcing, route, body, &decision);
    check(answer, decision, Mode::enforce);
    if (route != Route::core) continue;
    if (first.empty()) first = answer.body;
    require(answer.body == first, "the same body gets the same answer", first, answer.body);
  }
  LastDecision decision;
  check(reviewer.review(kAuditing, Route::restricted, body, &decision), decision, Mode::audit);
  // A beginning that is refused gives the same uid or none.
  LastDecision refused;
  const Answer answer =
      reviewer.refuse(kEnforcing, body.substr(0, size / 2), Refusal::too_large, &refused);
  require(answer.status == (refused.outcome == Outcome::malformed ? 413 : 200),
          "a body that is too large is denied, or an error without uid", answer.body);
  return 0;
}
