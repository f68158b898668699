// What people may ask for: which rules, how strict, for which Kubernetes. `.kaudit.yaml` and the
// command line both write one, and the command line's wins.
//
// Ownership: owns its text, points into the rule table. Thread-safety: values.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/day.h"
#include "core/document.h"
#include "core/engine.h"
#include "core/exposure/graph.h"
#include "core/image_pattern.h"
#include "core/result.h"
#include "core/rule.h"
#include "manifests/adapt.h"

namespace kaudit {

// Which findings make the exit code 1: those at or above `severity`, or none.
struct FailOn {
  bool set = true;
  Severity severity = Severity::high;
  unsigned priority = 0;  // where not 0, it counts in place of the severity
};

// What is enforced in namespaces of these names; with wildcards, as in Exemption.
struct NamespaceEntry {
  std::vector<std::string> names;
  std::string profile;  // core, baseline or restricted
  Location where;
};

// Every member is empty where nothing was said.
//
// A profile denies what breaks it, and nothing else: baseline and restricted are Kubernetes'
// standards of that name, of which restricted contains baseline. What it does not deny of core,
// baseline and restricted warns, the rest is for the record. Without one core denies.
struct Policy {
  std::optional<std::string> profile;  // one of profile_names()
  std::optional<std::uint8_t> minor;
  std::optional<FailOn> fail_on;
  std::optional<Severity> severity;
  std::optional<std::vector<const Rule*>> include, exclude;
  std::vector<std::pair<const Rule*, RuleSetting>> settings;
  std::vector<NamespaceEntry> namespaces;     // the first that names a namespace counts
  std::vector<Exemption> exemptions;          // those of whole namespaces too
  std::vector<ImagePattern> verified_images;  // whose publishers are trusted
  std::optional<Action> templates;            // what a denial of a pod template becomes
  std::optional<bool> annotations;            // objects may exempt themselves
  std::vector<PodTemplatePath> pod_templates;
  ExposureOptions exposure;        // what findings are ranked by
  std::vector<std::string> notes;  // sentences for the user: a version that is judged as another
  // The day on which it is judged, today unless given.
  std::optional<Day> today;
  // The file that it was read from; null when there is none.
  std::shared_ptr<const Source> source;

  // `other` wins member by member; its settings, tables and notes are added. A profile of its own
  // stands in place of those of namespaces too.
  void overlay(Policy other);
  // For a report: of findings only those that break the profile.
  [[nodiscard]] PlanOptions plan_options() const;
  // For admission: the same actions for the same object, and no finding left out for its profile.
  // `requested`: the profile that the request's path names, in place of the policy's and its
  // namespaces'.
  [[nodiscard]] PlanOptions admission_options(
      std::optional<std::string_view> requested = std::nullopt) const;
};

// The day in UTC. The one place that asks the clock.
[[nodiscard]] Day today_utc();

[[nodiscard]] std::vector<std::string_view> profile_names();   // core, baseline, restricted, all
[[nodiscard]] std::vector<std::string_view> severity_names();  // info … critical
[[nodiscard]] std::vector<std::string_view> action_names();    // off … deny

// The words of options and of the configuration. On failure the error's message is one sentence
// that names what was written and what may be: `"hig" is no severity (info, low, …); did you mean
// "high"?`
[[nodiscard]] Result<std::string> parse_profile(std::string_view text);
// core, baseline or restricted: there is no profile that denies nothing, exemptions have reasons.
[[nodiscard]] Result<std::string> parse_enforced_profile(std::string_view text);
[[nodiscard]] Result<FailOn> parse_fail_on(std::string_view text);
[[nodiscard]] Result<Severity> parse_severity(std::string_view text);
[[nodiscard]] Result<Action> parse_action(std::string_view text);
[[nodiscard]] Result<Action> parse_templates(std::string_view text);  // deny or warn
[[nodiscard]] Result<bool> parse_annotations(std::string_view text);  // allow or ignore
[[nodiscard]] Result<Day> parse_date(std::string_view text);          // 2026-12-31

// "1.30", "v1.30", "v1.30.4+k3s1", "latest". `newer`: beyond what is known here, judged as newest.
struct KubeVersion {
  std::uint8_t minor = kNewestMinor;
  bool newer = false;
};
[[nodiscard]] Result<KubeVersion> parse_kube_version(std::string_view text);
[[nodiscard]] std::string newer_version_note(std::string_view text);

// The rules of that id or slug, or all that carry the alias. Never empty.
[[nodiscard]] Result<std::vector<const Rule*>> parse_rule(std::string_view name);

// The candidate most like `text`, or empty when none is near.
[[nodiscard]] std::string_view nearest(std::string_view text,
                                       const std::vector<std::string_view>& candidates);
// `; did you mean "x"?`, or nothing.
[[nodiscard]] std::string did_you_mean(std::string_view text,
                                       const std::vector<std::string_view>& candidates);
// In double quotes, shortened where it is long; control characters stay: writers neutralise them.
[[nodiscard]] std::string in_quotes(std::string_view text);

}  // namespace kaudit
