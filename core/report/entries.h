// What all report formats ask about the findings of a file. Private to core/report.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/exposure/exposure.h"
#include "core/report/report.h"

namespace kaudit {

class JsonWriter;

struct Entry {
  const Finding* finding;
  std::uint32_t object;      // counted from 0 in the order of the file
  std::uint32_t occurrence;  // 1 for the first finding of its fingerprint, 2 for the next
};

// The findings in the order of every report: by object, then place, the most severe first; of a run
// that ranks, the object and then the place with the highest priority first. Valid as long as the
// FileReport.
enum class Which : std::uint8_t { counting, exempted, all };
[[nodiscard]] std::vector<Entry> entries_of(const FileReport& file, Which which = Which::counting);
// For formats that people read: without those that stand with another one (Finding::also).
[[nodiscard]] std::vector<Entry> unfolded_entries_of(const FileReport& file,
                                                     Which which = Which::counting);

// Drops all but the `count` items that come before the others, as their before() says, in any
// order.
template <class Item>
void keep_first(std::vector<Item>& items, std::size_t count) {
  if (items.size() <= count) return;
  const auto end = items.begin() + static_cast<std::ptrdiff_t>(count);
  std::nth_element(items.begin(), end, items.end(),
                   [](const Item& a, const Item& b) { return a.before(b); });
  items.erase(end, items.end());
}

// Of an exempted finding: why it is accepted.
[[nodiscard]] std::string_view reason_of(const Finding& finding) noexcept;
// "platform, until 2026-12-31", with as much of it as is known.
[[nodiscard]] std::string who_and_until(const Exemption& exemption);

// Different for every finding of a report: `0123456789abcdef`, the second such `…-2`.
[[nodiscard]] std::string unique_fingerprint(const Entry& entry);
// "Deployment shop/web", "Deployment web"; empty when the finding is of no object.
[[nodiscard]] std::string object_of(const Finding& finding);
[[nodiscard]] std::string titled(const ObjectName& object);
// The file that a finding stands in: the one that was examined, but for a Compose project of
// several files.
[[nodiscard]] inline const std::string& file_of(const FileReport& file, const Finding& finding) {
  return finding.where.source.empty() ? file.file : finding.where.source;
}
// Likewise of its second place, which may stand in another one than the first.
[[nodiscard]] inline const std::string& related_file_of(const FileReport& file,
                                                        const Finding& finding) {
  return finding.related.source.empty() ? file_of(file, finding) : finding.related.source;
}
// "a.yaml:12:5", with as much of the place as is known.
[[nodiscard]] std::string place_of(std::string_view file, Mark mark);
// The text, cut to whole characters with ... at its end when it is longer than `bytes`.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t bytes);
// "1 file", "2 files".
[[nodiscard]] std::string counted(std::size_t count, std::string_view noun);
[[nodiscard]] constexpr std::string_view is_or_are(std::size_t count) noexcept {
  return count == 1 ? "is " : "are ";
}
// "3 critical, 1 low"; empty when there are none.
[[nodiscard]] std::string severities_of(const Summary& summary);
// "severity high or above", "priority 300 or above", "severity critical".
[[nodiscard]] std::string threshold_of(const RunInfo& run);
// "priority 300, internet: Ingress shop/web -> Deployment shop/web"; empty where nothing is ranked.
[[nodiscard]] std::string rank_of(const Finding& finding);
// The same with the place of each step: "… Ingress shop/web (web.yaml:3) -> Deployment shop/web …".
[[nodiscard]] std::string rank_with_places(const Finding& finding);
// The same as --fail-on takes it: "none", "priority:300", "high".
[[nodiscard]] std::string fail_on_of(bool set, Severity severity, unsigned priority);
// The member "workload" of JSON: an object's kind, namespace and name.
void write_workload(JsonWriter& json, std::string_view kind, std::string_view ns,
                    std::string_view name);
// "Pod shop/web-x2x9k (live.json:4:96), b.yaml:12:3 and 2 more": where else it stands, that many of
// the places; empty where nowhere.
[[nodiscard]] std::string also_of(const Finding& finding, std::size_t most);
// "Failed: 3 findings of severity high or above", and what was not examined; a whole line.
[[nodiscard]] std::string verdict_of(const Summary& summary, const RunInfo& run);

// Most severe first: how reports list severities.
inline constexpr Severity kSeverities[] = {Severity::critical, Severity::high, Severity::medium,
                                           Severity::low, Severity::info};
[[nodiscard]] constexpr std::size_t index_of(Severity severity) noexcept {
  return static_cast<std::size_t>(severity);
}

// The profiles of a set, each by name, in a fixed order.
template <class Visit>
void for_each_profile(Profiles profiles, Visit visit) {
  if (profiles.has(kCore)) visit(std::string_view("core"));
  if (profiles.has(kBaseline)) visit(std::string_view("baseline"));
  if (profiles.has(kRestricted)) visit(std::string_view("restricted"));
}

// What could not be examined of a file, one thing at a time: visit(place, message).
template <class Visit>
void for_each_gap(const FileReport& file, Visit visit) {
  if (file.status != FileStatus::not_examined) return;
  for (const Error& error : file.errors) visit(error.where.begin, std::string_view(error.message));
  if (file.errors.empty()) visit(Mark{}, std::string_view(file.reason));
}

// What it refers to and what was not followed, likewise. prometheus counts it; a policyreport
// leaves it out, for all its results are of policies and count in its summary.
template <class Visit>
void for_each_note(const FileReport& file, Visit visit) {
  for (const Error& note : file.notes) visit(note.where.begin, std::string_view(note.message));
}

// A reporter that writes text of its own: collects it, hands it on in larger pieces.
class BufferedReporter : public Reporter {
 public:
  explicit BufferedReporter(Output& output) : output_(output) {}

 protected:
  void flush() {
    output_.write(out_);
    out_.clear();
  }
  std::string out_;

 private:
  Output& output_;
};

[[nodiscard]] std::unique_ptr<Reporter> make_text(const ReportOptions& options, Output& out);
[[nodiscard]] std::unique_ptr<Reporter> make_json(Output& out);
[[nodiscard]] std::unique_ptr<Reporter> make_sarif(Output& out);
[[nodiscard]] std::unique_ptr<Reporter> make_junit(Output& out);
[[nodiscard]] std::unique_ptr<Reporter> make_github(Output& out);
[[nodiscard]] std::unique_ptr<Reporter> make_gitlab(Output& out);
[[nodiscard]] std::unique_ptr<Reporter> make_markdown(Output& out);
[[nodiscard]] std::unique_ptr<Reporter> make_csv(Output& out);
[[nodiscard]] std::unique_ptr<Reporter> make_checklist(Output& out);
[[nodiscard]] std::unique_ptr<Reporter> make_prometheus(Output& out);
[[nodiscard]] std::unique_ptr<Reporter> make_policy_report(Output& out);
[[nodiscard]] std::unique_ptr<Reporter> make_html(Output& out);
[[nodiscard]] std::unique_ptr<Reporter> make_dot(Output& out);
[[nodiscard]] std::unique_ptr<Reporter> make_mermaid(Output& out);

}  // namespace kaudit
