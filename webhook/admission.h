// Admission: the bytes of an AdmissionReview in, the bytes of the answer out. No socket, no clock,
// no file: the server, `kaudit review`, tests, fuzzers and benchmarks all call this.
//
// Ownership: an Admission owns its plans and is replaced as a whole when the policy changes; a
// Reviewer owns scratch memory only. Thread-safety: an Admission is immutable and shared; one
// Reviewer per thread. Errors: none thrown; whatever the bytes are, there is an answer.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/engine.h"
#include "core/result.h"
#include "manifests/policy/policy.h"

namespace kaudit {

// What a URL path asks for: the policy file's own profile, or one by name.
enum class Route : std::uint8_t { policy, core, baseline, restricted };
inline constexpr std::size_t kRoutes = 4;
[[nodiscard]] std::string_view name_of(Route route) noexcept;
[[nodiscard]] bool parse(std::string_view text, Route& out) noexcept;

// `audit` allows everything, and says what would have been denied.
enum class Mode : std::uint8_t { enforce, audit };
[[nodiscard]] std::string_view name_of(Mode mode) noexcept;
[[nodiscard]] bool parse(std::string_view text, Mode& out) noexcept;

enum class Outcome : std::uint8_t {
  allowed,      // judged, nothing that denies
  denied,       // by rules
  would_deny,   // by rules, in audit mode: allowed
  not_judged,   // an operation, kind or subresource that carries no pod: allowed
  unjudgeable,  // an object or request that cannot be judged: denied
  malformed,    // no AdmissionReview: answered with 400
};
inline constexpr std::size_t kOutcomes = 6;
[[nodiscard]] std::string_view name_of(Outcome outcome) noexcept;

// What was decided, for logs and metrics. Views end with the call of Recorder::decided.
struct Decision {
  Outcome outcome = Outcome::malformed;
  Mode mode = Mode::enforce;
  std::string_view uid, operation, group, kind, resource, subresource, ns, name, user;
  bool dry_run = false;
  std::span<const Finding> findings;  // of the object, those that an UPDATE does not add left out
  std::string_view message;           // of a denial, or why it could not be judged
};

class Recorder {
 public:
  virtual ~Recorder() = default;
  virtual void decided(const Decision& decision) = 0;
};

struct Answer {
  int status = 200;  // of HTTP; every decision is 200
  std::string body;
  std::string_view content_type = "application/json";
};

// Why the transport could not hand over a whole body: an attacker's doing is a denial.
enum class Refusal : std::uint8_t { too_large };

struct AdmissionOptions {
  Mode mode = Mode::enforce;
};

// The profile that a route enforces denies, the other two warn. Rules outside the profiles (advice)
// are not run unless the policy gives them an action.
class Admission {
 public:
  Admission(const Policy& policy, const AdmissionOptions& options);
  [[nodiscard]] const Plan& plan(Route route) const noexcept;
  [[nodiscard]] Mode mode() const noexcept { return options_.mode; }
  [[nodiscard]] std::span<const PodTemplatePath> pod_templates() const noexcept {
    return pod_templates_;
  }
  // Breaks a profile, or is of a rule to which the policy gives an action.
  [[nodiscard]] bool cares(const Finding& finding) const noexcept;
  // Differs for every Admission of the process, never 0.
  [[nodiscard]] std::uint64_t serial() const noexcept { return serial_; }

 private:
  AdmissionOptions options_;
  std::uint64_t serial_ = 0;
  std::vector<PodTemplatePath> pod_templates_;
  std::vector<bool> asked_for_;  // by index_of(rule)
  std::vector<Plan> plans_;
};

class Reviewer {
 public:
  Reviewer();
  ~Reviewer();
  // `recorder` may be null.
  [[nodiscard]] Answer review(const Admission& admission, Route route, std::string_view body,
                              Recorder* recorder);
  // `beginning`: the first bytes of a body that was not read to its end. The uid stands there, so
  // that the answer is a denial, not an error which a failurePolicy of Ignore would let pass.
  [[nodiscard]] Answer refuse(const Admission& admission, std::string_view beginning,
                              Refusal refusal, Recorder* recorder);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kaudit
