#include "webhook/admission.h"

#include <algorithm>
#include <atomic>
#include <initializer_list>
#include <optional>
#include <utility>

#include "manifests/load.h"
#include "webhook/answer.h"
#include "webhook/judge.h"
#include "webhook/ratchet.h"
#include "webhook/request.h"
#include "webhook/wording.h"

namespace kaudit {
namespace {

// A review holds at most two objects of 3 MiB, Kubernetes' own limit for one; its manifests nest 30
// deep at most. More is nothing that an API server sends.
constexpr Limits kLimits{.bytes = std::size_t{8} << 20, .nodes = 1'000'000, .depth = 512};
// After a larger body memory is given back: what is kept may be forty times its size.
constexpr std::size_t kUsualBody = std::size_t{64} << 10;

// Neither its own findings nor those whose place it takes break a profile.
bool is_advice(const Rule& rule) {
  return !rule.profiles.any() && std::ranges::none_of(rule.supersedes, [](std::string_view slug) {
    const Rule* broader = find_rule(slug);
    return broader != nullptr && broader->profiles.any();
  });
}

template <class Enum>
bool parse_name(std::string_view text, std::initializer_list<Enum> all, Enum& out) noexcept {
  for (const Enum each : all) {
    if (name_of(each) != text) continue;
    out = each;
    return true;
  }
  return false;
}

}  // namespace

std::string_view name_of(Outcome outcome) noexcept {
  constexpr std::string_view kNames[kOutcomes] = {"allowed",    "denied",      "would-deny",
                                                  "not-judged", "unjudgeable", "malformed"};
  return kNames[static_cast<std::size_t>(outcome)];
}

std::string_view name_of(Mode mode) noexcept { return mode == Mode::enforce ? "enforce" : "audit"; }

bool parse(std::string_view text, Mode& out) noexcept {
  return parse_name(text, {Mode::enforce, Mode::audit}, out);
}

std::string_view name_of(Route route) noexcept {
  constexpr std::string_view kNames[kRoutes] = {"policy", "core", "baseline", "restricted"};
  return kNames[static_cast<std::size_t>(route)];
}

bool parse(std::string_view text, Route& out) noexcept {
  return parse_name(text, {Route::policy, Route::core, Route::baseline, Route::restricted}, out);
}

// ---- Admission ---------------------------------------------------------------------------------

Admission::Admission(const Policy& policy, const AdmissionOptions& options)
    : options_(options), pod_templates_(policy.pod_templates), asked_for_(all_rules().size()) {
  static std::atomic<std::uint64_t> admissions{0};
  serial_ = admissions.fetch_add(1, std::memory_order_relaxed) + 1;
  for (const auto& [rule, setting] : policy.settings) {
    if (setting.has_action) asked_for_[index_of(*rule)] = true;
  }
  for (std::size_t n = 0; n < kRoutes; ++n) {
    const auto route = static_cast<Route>(n);
    PlanOptions plan = policy.admission_options(
        route == Route::policy ? std::nullopt : std::optional(name_of(route)));
    for (const Rule* rule : all_rules()) {
      if (is_advice(*rule) && !asked_for_[index_of(*rule)]) plan.exclude.push_back(rule);
    }
    plans_.emplace_back(plan);
  }
}

const Plan& Admission::plan(Route route) const noexcept {
  return plans_[static_cast<std::size_t>(route)];
}

bool Admission::cares(const Finding& finding) const noexcept {
  return finding.profiles.any() || asked_for_[index_of(*finding.rule)];
}

// ---- Reviewer ----------------------------------------------------------------------------------

struct Reviewer::Impl {
  Answer review(const Admission& admission, Route route, std::string_view body);
  Answer refuse(const Admission& admission, std::string_view beginning, int code,
                std::string_view reason, std::string sentence);
  Answer malformed(int code, std::string_view reason, std::string sentence);
  Answer allow_unjudged();
  Answer decide(const Admission& admission, const Judgement& judgement);
  Answer deny_unjudgeable(const Admission& admission, const Judgement& judgement);
  [[nodiscard]] Denial new_denial() const;
  [[nodiscard]] std::string subject() const;
  Judgement judge_added(const Document& document, const Plan& plan);
  void use(const Admission& admission);
  void begin(const Admission& admission);
  void tell(Recorder* recorder);

  JsonParser parser;
  Request request;
  std::optional<KubernetesAdapter> adapter;
  std::uint64_t adapted_for = 0;  // the Admission whose table the adapter holds

  // Of the request at hand.
  Decision decision;
  std::vector<Finding> findings;
  std::string message;
};

void Reviewer::Impl::begin(const Admission& admission) {
  decision = {};
  decision.mode = admission.mode();
  findings.clear();
  message.clear();
  request.uid = {};
}

// Additional custom resources are the policy's to name.
void Reviewer::Impl::use(const Admission& admission) {
  if (adapter && adapted_for == admission.serial()) return;
  adapter.emplace(admission.pod_templates());
  adapted_for = admission.serial();
}

void Reviewer::Impl::tell(Recorder* recorder) {
  if (recorder == nullptr) return;
  decision.findings = findings;
  decision.message = message;
  recorder->decided(decision);
}

Answer Reviewer::Impl::malformed(int code, std::string_view reason, std::string sentence) {
  decision.outcome = Outcome::malformed;
  message = std::move(sentence);
  return {.status = code, .body = write_status(code, reason, message)};
}

Answer Reviewer::Impl::refuse(const Admission& admission, std::string_view beginning, int code,
                              std::string_view reason, std::string sentence) {
  const auto envelope = scan_envelope(beginning);
  if (!envelope) return malformed(code == 413 ? 413 : 400, reason, std::move(sentence));
  request.review_version = envelope->review_version;
  request.uid = envelope->uid;
  decision.uid = envelope->uid;
  decision.outcome = Outcome::unjudgeable;
  message = "the request cannot be judged, so it is denied: " + std::move(sentence);
  Response response{.review_version = request.review_version, .uid = request.uid};
  Denial denial{.code = code, .reason = reason, .message = message};
  if (admission.mode() == Mode::enforce) {
    response.denial = &denial;
  } else {
    response.annotations.push_back({"would-deny", clipped(message, kWarningLength)});
  }
  return {.body = write_review(response)};
}

Answer Reviewer::Impl::allow_unjudged() {
  decision.outcome = Outcome::not_judged;
  return {.body = write_review({.review_version = request.review_version, .uid = request.uid})};
}

std::string Reviewer::Impl::subject() const {
  std::string_view name = request.name;
  const Value metadata = request.object["metadata"];
  if (name.empty()) name = metadata["name"].as_string().value_or("");
  if (name.empty()) name = metadata["generateName"].as_string().value_or("");
  return subject_of(request.kind, name);
}

Denial Reviewer::Impl::new_denial() const {
  Denial denial;
  denial.name = request.name;
  denial.group = request.resource_group;
  denial.resource = request.resource;
  denial.uid = request.object["metadata"]["uid"].as_string().value_or("");
  return denial;
}

Answer Reviewer::Impl::deny_unjudgeable(const Admission& admission, const Judgement& judgement) {
  decision.outcome = Outcome::unjudgeable;
  message = trouble_message(subject(), judgement);
  Response response{.review_version = request.review_version, .uid = request.uid};
  Denial denial = new_denial();
  denial.code = 422;
  denial.reason = "Invalid";
  denial.message = message;
  denial.causes = causes_of(judgement);
  if (admission.mode() == Mode::enforce) {
    response.denial = &denial;
  } else {
    response.annotations.push_back({"would-deny", clipped(message, kWarningLength)});
  }
  return {.body = write_review(response)};
}

Answer Reviewer::Impl::decide(const Admission& admission, const Judgement& judgement) {
  FindingList denied, warned, audited, exempted;
  for (const Finding& finding : findings) {
    if (finding.exemption != nullptr) {
      exempted.push_back(&finding);
    } else if (finding.action == Action::deny) {
      denied.push_back(&finding);
    } else {
      (finding.action == Action::warn ? warned : audited).push_back(&finding);
    }
  }
  if (denied.empty() && !judgement.troubles.empty()) return deny_unjudgeable(admission, judgement);
  for (FindingList* list : {&denied, &warned, &audited, &exempted}) sort_by_severity(*list);

  Response response{.review_version = request.review_version, .uid = request.uid};
  response.warnings = warnings_of(judgement.notes, warned);
  Denial denial;
  decision.outcome = Outcome::allowed;
  if (!denied.empty()) {
    message = denial_message(subject(), denied);
    decision.outcome = Outcome::would_deny;
    if (admission.mode() == Mode::enforce) {
      decision.outcome = Outcome::denied;
      denial = new_denial();
      denial.message = message;
      denial.causes = causes_of(denied);
      response.denial = &denial;
    }
  }
  const auto annotate = [&](std::string_view key, const FindingList& list) {
    if (!list.empty()) response.annotations.push_back({key, annotation_of(list)});
  };
  annotate(response.denial != nullptr ? "denied" : "would-deny", denied);
  annotate("warned", warned);
  annotate("audited", audited);
  annotate("exempted", exempted);
  return {.body = write_review(response)};
}

// The object's judgement, of an UPDATE only what it adds.
Judgement Reviewer::Impl::judge_added(const Document& document, const Plan& plan) {
  Evaluation evaluation(plan);
  evaluation.set_requester(&request.requester);
  evaluation.set_detail(Detail::answer);
  Judgement judgement = judge(request.object, request, *adapter, evaluation);
  const Value old = request.old_object;
  if (request.operation != Operation::update || !old.is_object() ||
      (judgement.findings.empty() && judgement.troubles.empty())) {
    return judgement;
  }
  evaluation.set_detail(Detail::comparison);
  const Judgement before = judge(old, request, *adapter, evaluation);
  std::erase_if(judgement.troubles, [&](const Trouble& trouble) {
    return std::ranges::find(before.troubles, trouble) != before.troubles.end();
  });
  keep_added(document, old.id(), before.findings, request.object.id(), judgement.findings);
  return judgement;
}

Answer Reviewer::Impl::review(const Admission& admission, Route route, std::string_view body) {
  begin(admission);
  if (body.empty()) return malformed(400, "BadRequest", "the body is empty");
  if (body.size() > kLimits.bytes) {
    return refuse(admission, body, 413, "RequestEntityTooLarge", "its body is too large");
  }
  const auto source = std::make_shared<const Source>("body", std::string(body));
  const auto document = parser.parse(source, kLimits);
  if (!document) {
    return refuse(admission, body, 422, "Invalid", to_string(document.error()));
  }
  if (auto error = decode(**document, request)) {
    return malformed(400, "BadRequest", *std::move(error));
  }
  decision.uid = request.uid;
  decision.operation = request.operation_name;
  decision.group = request.resource_group;
  decision.kind = request.kind;
  decision.resource = request.resource;
  decision.subresource = request.subresource;
  decision.ns = request.ns;
  decision.name = request.name;
  decision.user = request.requester.user;
  decision.dry_run = request.dry_run;
  if (!is_judged(request)) return allow_unjudged();
  use(admission);
  Judgement judgement = judge_added(**document, admission.plan(route));
  if (!judgement.carries_pod && judgement.troubles.empty()) return allow_unjudged();
  findings = std::move(judgement.findings);
  std::erase_if(findings, [&](const Finding& finding) { return !admission.cares(finding); });
  return decide(admission, judgement);
}

Reviewer::Reviewer() : impl_(std::make_unique<Impl>()) {}
Reviewer::~Reviewer() = default;

Answer Reviewer::review(const Admission& admission, Route route, std::string_view body,
                        Recorder* recorder) {
  Answer answer = impl_->review(admission, route, body);
  impl_->tell(recorder);
  if (body.size() > kUsualBody) impl_->parser.release();
  return answer;
}

Answer Reviewer::refuse(const Admission& admission, std::string_view beginning, Refusal refusal,
                        Recorder* recorder) {
  impl_->begin(admission);
  Answer answer;
  switch (refusal) {
    case Refusal::too_large:
      answer = impl_->refuse(admission, beginning, 413, "RequestEntityTooLarge",
                             "its body is too large");
      break;
  }
  impl_->tell(recorder);
  return answer;
}

}  // namespace kaudit
