// A rule is one row: what is checked, why, how to mend it, and the code that looks.
//
// Rows are constants, checked at compile time (checked()), listed in core/rules/rules.def and
// never copied. Thread-safety: immutable.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/day.h"
#include "core/facts.h"
#include "core/image_pattern.h"

namespace kaudit {

enum class Severity : std::uint8_t { info, low, medium, high, critical };
[[nodiscard]] std::string_view name_of(Severity severity) noexcept;
[[nodiscard]] bool parse(std::string_view text, Severity& out) noexcept;

// A set of profiles. A finding carries the profiles whose verdict it breaks: none for advice,
// restricted usually together with baseline, for it contains it. `core` is what the webhook denies
// by default: judged by what takes effect, whatever the Kubernetes version.
struct Profiles {
  std::uint8_t bits = 0;
  [[nodiscard]] constexpr bool any() const noexcept { return bits != 0; }
  [[nodiscard]] constexpr bool has(Profiles other) const noexcept {
    return (bits & other.bits) != 0;
  }
  friend constexpr Profiles operator|(Profiles a, Profiles b) noexcept {
    return {static_cast<std::uint8_t>(a.bits | b.bits)};
  }
  friend constexpr Profiles operator-(Profiles a, Profiles b) noexcept {
    return {static_cast<std::uint8_t>(a.bits & ~b.bits)};
  }
  friend constexpr bool operator==(Profiles, Profiles) noexcept = default;
};
inline constexpr Profiles kAdvice{0};
inline constexpr Profiles kCore{1};
inline constexpr Profiles kBaseline{2};
inline constexpr Profiles kRestricted{4};

// The newest version of Kubernetes' Pod Security Standards known here, and the "latest" of
// --kube-version: pod-security-admission at 8f84a87 defines policies up to v1.37.
inline constexpr std::uint8_t kNewestMinor = 37;

// What a check says of one place. Only `at` and `message` are needed.
struct Note {
  NodeId at = kNoNode;
  // One sentence without trailing period: the container, the field, the value found, the value
  // wanted. Never a secret's value.
  std::string message;
  std::string fix = {};  // the line to write; the rule's remediation if empty
  const Container* container = nullptr;
  bool at_key = false;       // point at the member's name instead of its value
  NodeId related = kNoNode;  // a second place: the other duplicate, the mount of a volume
  const Location* elsewhere = nullptr;  // instead of `related`: a place in another document
  bool secret = false;                  // the value at `at` is a secret: no report shows it
};

// More findings of one rule in one object tell a reader nothing new; a hostile object would have
// millions.
inline constexpr std::size_t kMostAlike = 1000;

// What is judged for; the same for all that a plan judges.
struct Terms {
  std::uint8_t minor = kNewestMinor;  // of Kubernetes, 0 to kNewestMinor
  bool annotations_allowed = false;   // objects may exempt themselves: core/exemption.h
  Day today = kNoDay;
  std::vector<ImagePattern> verified_images;  // whose publishers the policy trusts
};

// All that a check is handed besides its facts: it can ask the terms, and report.
class Sink {
 public:
  [[nodiscard]] std::uint8_t minor() const noexcept { return terms_.minor; }
  [[nodiscard]] bool annotations_allowed() const noexcept { return terms_.annotations_allowed; }
  [[nodiscard]] Day today() const noexcept { return terms_.today; }
  [[nodiscard]] const std::vector<ImagePattern>& verified_images() const noexcept {
    return terms_.verified_images;
  }
  // A finding with the severity and profiles of the rule's row.
  virtual void report(Note note) = 0;
  // A finding that differs from the row: graded paths, a control that is relaxed for this pod.
  virtual void report(Note note, Severity severity, Profiles profiles) = 0;
  // An object's findings of one rule, alike in all that decides, are listed up to kMostAlike; the
  // others are counted. True where a note with the row's severity, of no container, would only be
  // counted; it is counted then. For checks whose notes are costly to write.
  [[nodiscard]] virtual bool only_counts() = 0;

 protected:
  // `terms` must outlive the sink.
  explicit Sink(const Terms& terms) noexcept : terms_(terms) {}
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  ~Sink() = default;

 private:
  const Terms& terms_;
};

// The code of a rule: a function for each kind of fact that it looks at. A check cannot fail, does
// no I/O and keeps no state.
struct Checks {
  void (*workload)(const Workload&, Sink&) = nullptr;
  void (*role)(const Role&, Sink&) = nullptr;
  void (*binding)(const Binding&, Sink&) = nullptr;
  void (*service)(const Service&, Sink&) = nullptr;
  void (*persistent_volume)(const PersistentVolume&, Sink&) = nullptr;
  void (*name_space)(const Namespace&, Sink&) = nullptr;
  void (*service_account)(const ServiceAccount&, Sink&) = nullptr;
  void (*config)(const Config&, Sink&) = nullptr;
  // Of a Dockerfile; of an image's history too where the rule covers images.
  void (*build)(const Build&, Sink&) = nullptr;
  void (*image)(const LayeredImage&, Sink&) = nullptr;
  void (*object)(const Object&, Sink&) = nullptr;  // of every object, whatever its kind
  // Of Compose: its services, secrets and configs. `workload` and `config` see Kubernetes' alone.
  void (*compose)(const Workload&, Sink&) = nullptr;
  void (*compose_config)(const Config&, Sink&) = nullptr;
};

// What a row says of one more surface than Kubernetes.
struct OnSurface {
  Surface surface{};
  std::string_view remediation;  // as Rule::remediation
  std::string_view bad, good;    // as Rule::bad and good, of this surface
};

struct Rule {
  std::string_view id;                   // KA1001: stable, never reused
  std::string_view slug;                 // kebab case: stable, the name people write
  std::string_view title;                // one line, no period
  std::string_view rationale;            // why it matters: what an attacker gains
  std::string_view remediation;          // the concrete line to write; ends with a period
  Severity severity = Severity::medium;  // for an ordinary workload
  Profiles profiles = kAdvice;           // that a finding breaks unless the check says otherwise
  Surface surfaces[4] = {};              // unused places hold 0
  // First version of Kubernetes at which the check is made, as in the standards' own table.
  std::uint8_t since_minor = 0;
  std::span<const std::string_view> aliases;     // psa:privileged, trivy:AVD-KSV-0017 …
  std::span<const std::string_view> references;  // https://…
  // Slugs of broader rules: where this one reports a place, theirs of the same place is left out,
  // and this finding takes over the profiles and the action that it had.
  std::span<const std::string_view> supersedes = {};
  std::string_view bad;   // a manifest with the mistake: its finding is tested
  std::string_view good;  // the same mended: no finding of this rule
  Checks checks;
  std::span<const OnSurface> more = {};  // of the other surfaces
  // What only all files together tell: of a run that ranks, where core/exposure/run_rules.h settles
  // which of its findings hold. Never at admission.
  bool of_run = false;

  [[nodiscard]] constexpr bool covers(Surface surface) const noexcept {
    for (const Surface one : surfaces) {
      if (one == surface) return true;
    }
    return false;
  }
  // The line to write in a file of that surface.
  [[nodiscard]] constexpr std::string_view remedy(Surface surface) const noexcept {
    for (const OnSurface& one : more) {
      if (one.surface == surface) return one.remediation;
    }
    return remediation;
  }
};

namespace detail {
constexpr bool is_slug(std::string_view text) noexcept {
  if (text.empty() || text.front() == '-' || text.back() == '-') return false;
  for (const char c : text) {
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) return false;
  }
  return true;
}
constexpr bool is_rule_id(std::string_view text) noexcept {
  if (text.size() != 6 || !text.starts_with("KA")) return false;
  for (const char c : text.substr(2)) {
    if (c < '0' || c > '9') return false;
  }
  return true;
}
}  // namespace detail

// Refuses a malformed row at compile time: throwing is what stops a constant expression.
consteval Rule checked(Rule row) {
  if (!detail::is_rule_id(row.id)) throw "a rule's id is KA and four digits";
  if (!detail::is_slug(row.slug)) throw "a rule's slug is kebab case";
  if (row.title.empty() || row.title.ends_with('.')) throw "a title is one line without period";
  if (!row.rationale.ends_with('.')) throw "a rationale is sentences";
  if (!row.remediation.ends_with('.')) throw "a remediation is sentences";
  if (row.references.empty()) throw "a rule names a reference";
  if (row.bad.empty() || row.good.empty()) throw "a rule shows a bad and a good example";
  return row;
}

// What a rule's examples are written in, as a Markdown fence names it. Of an image they are its
// history, an entry a line, and in comments what the layers hold.
[[nodiscard]] constexpr std::string_view example_language(Surface surface) noexcept {
  return surface == Surface::dockerfile ? "dockerfile" : surface == Surface::image ? "sh" : "yaml";
}

// The table, in the order of ids. Never empty.
[[nodiscard]] std::span<const Rule* const> all_rules() noexcept;
// Eight hex digits of what the table holds: two programs that print the same one judge by the same
// rules, severities and profiles.
[[nodiscard]] std::string_view ruleset_version() noexcept;
// By id, slug or alias; null when there is none.
[[nodiscard]] const Rule* find_rule(std::string_view id_slug_or_alias) noexcept;
// Position in all_rules(): for tables with one entry per rule.
[[nodiscard]] std::size_t index_of(const Rule& rule) noexcept;

}  // namespace kaudit
