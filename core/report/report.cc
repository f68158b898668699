#include "core/report/report.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>
#include <unordered_map>

#include "core/exposure/exposure.h"
#include "core/fnv1a.h"
#include "core/report/entries.h"
#include "core/report/escape.h"
#include "core/report/json_writer.h"

namespace kaudit {
namespace {

constexpr std::string_view kFormats[] = {
    "text", "json",      "sarif",      "junit",        "github", "gitlab", "markdown",
    "csv",  "checklist", "prometheus", "policyreport", "html",   "dot",    "mermaid"};
constexpr std::size_t kHopBytes = 200;
constexpr std::string_view kStatuses[] = {"examined", "nothing_to_judge", "not_examined"};

}  // namespace

std::string_view name_of(Format format) noexcept {
  return kFormats[static_cast<std::size_t>(format)];
}

bool parse(std::string_view text, Format& out) noexcept {
  const auto* const found = std::find(std::begin(kFormats), std::end(kFormats), text);
  if (found == std::end(kFormats)) return false;
  out = static_cast<Format>(found - std::begin(kFormats));
  return true;
}

std::string_view name_of(FileStatus status) noexcept {
  return kStatuses[static_cast<std::size_t>(status)];
}

std::size_t Summary::findings() const noexcept {
  return std::accumulate(by_severity.begin(), by_severity.end(), std::size_t{0});
}

void Summary::add(const FileReport& file, const RunInfo& run) noexcept {
  ++files;
  switch (file.status) {
    case FileStatus::examined: ++examined; break;
    case FileStatus::nothing_to_judge: ++nothing_to_judge; break;
    case FileStatus::not_examined: ++not_examined; break;
  }
  objects += file.objects;
  workloads += file.workloads;
  containers += file.containers;
  no_pod_spec += file.no_pod_spec;
  for (const Finding& finding : file.findings) {
    if (finding.exemption != nullptr) {
      ++exempted;
      continue;
    }
    if (finding.folded) ++folded;
    ++by_severity[index_of(finding.severity)];
    ++by_action[static_cast<std::size_t>(finding.action)];
    if (run.fails(finding)) ++at_or_above_threshold;
  }
  left_out += static_cast<std::size_t>(std::ranges::count(file.left_out, true));
}

std::unique_ptr<Reporter> make_reporter(Format format, const ReportOptions& options, Output& out) {
  switch (format) {
    case Format::text: return make_text(options, out);
    case Format::json: return make_json(out);
    case Format::sarif: return make_sarif(out);
    case Format::junit: return make_junit(out);
    case Format::github: return make_github(out);
    case Format::gitlab: return make_gitlab(out);
    case Format::markdown: return make_markdown(out);
    case Format::csv: return make_csv(out);
    case Format::checklist: return make_checklist(out);
    case Format::prometheus: return make_prometheus(out);
    case Format::policyreport: return make_policy_report(out);
    case Format::html: return make_html(out);
    case Format::dot: return make_dot(out);
    case Format::mermaid: return make_mermaid(out);
  }
  return nullptr;
}

namespace {

// By priority, keeping together what belongs to one object and what stands in one place.
void order_by_priority(std::vector<Entry>& entries) {
  using Place = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t>;
  const auto place_of_entry = [](const Entry& entry) {
    const Location& where = entry.finding->where;
    return Place(entry.object, where.begin.line, where.begin.column, where.end.line);
  };
  std::unordered_map<std::uint32_t, unsigned> of_object;
  std::map<Place, unsigned> of_place;
  for (const Entry& entry : entries) {
    const unsigned priority = entry.finding->priority;
    unsigned& object = of_object[entry.object];
    object = std::max(object, priority);
    unsigned& place = of_place[place_of_entry(entry)];
    place = std::max(place, priority);
  }
  const auto key = [&](const Entry& entry) {
    const Place place = place_of_entry(entry);
    return std::tuple(-static_cast<int>(of_object.at(entry.object)), entry.object,
                      -static_cast<int>(of_place.at(place)), place,
                      -static_cast<int>(entry.finding->priority));
  };
  std::ranges::stable_sort(entries, {}, key);
}

}  // namespace

std::vector<Entry> entries_of(const FileReport& file, Which which) {
  std::vector<Entry> entries;
  entries.reserve(file.findings.size());
  const Finding* last = nullptr;
  std::uint32_t object = 0;
  for (const Finding& finding : file.findings) {
    // The findings of an object come together; only neighbours need be compared.
    if (last != nullptr &&
        (last->name != finding.name || last->ns != finding.ns || last->kind != finding.kind)) {
      ++object;
    }
    last = &finding;
    entries.push_back({&finding, object, 1});
  }
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    const auto key = [](const Entry& entry) {
      const Location& where = entry.finding->where;
      return std::tuple(entry.object, where.begin.line, where.begin.column, where.end.line,
                        where.end.column, -static_cast<int>(entry.finding->severity),
                        entry.finding);  // last, the order in which they were found
    };
    return key(a) < key(b);
  });
  // The file is part of a fingerprint, so counting within the file is enough.
  std::unordered_map<std::string_view, std::uint32_t> seen;
  seen.reserve(entries.size());
  for (Entry& entry : entries) entry.occurrence = ++seen[entry.finding->fingerprint];
  // After counting: a finding keeps its fingerprint when another one is exempted or left out.
  if (!file.left_out.empty()) {
    std::erase_if(entries, [&](const Entry& entry) {
      return file.left_out[static_cast<std::size_t>(entry.finding - file.findings.data())];
    });
  }
  if (which != Which::all) {
    std::erase_if(entries, [&](const Entry& entry) {
      return (entry.finding->exemption != nullptr) != (which == Which::exempted);
    });
  }
  const bool ranked =
      std::ranges::any_of(entries, [](const Entry& entry) { return entry.finding->priority != 0; });
  if (ranked) order_by_priority(entries);
  return entries;
}

std::vector<Entry> unfolded_entries_of(const FileReport& file, Which which) {
  std::vector<Entry> entries = entries_of(file, which);
  std::erase_if(entries, [](const Entry& entry) { return entry.finding->folded; });
  return entries;
}

std::string unique_fingerprint(const Entry& entry) {
  std::string text = entry.finding->fingerprint;
  if (entry.occurrence > 1) text.append("-").append(std::to_string(entry.occurrence));
  return text;
}

std::string fingerprint_of(std::string_view file, std::string_view what) {
  Fnv1a hash;
  hash.add(file);
  hash.bytes(what);
  return hash.hex();
}

std::string_view reason_of(const Finding& finding) noexcept {
  return finding.annotation_reason.empty() ? std::string_view(finding.exemption->reason)
                                           : std::string_view(finding.annotation_reason);
}

std::string who_and_until(const Exemption& exemption) {
  std::string text = exemption.owner;
  if (exemption.expires) {
    text.append(text.empty() ? "until " : ", until ").append(to_text(*exemption.expires));
  }
  return text;
}

std::string object_of(const Finding& finding) {
  return titled({finding.kind, finding.ns, finding.name});
}

std::string titled(const ObjectName& object) {
  std::string text = object.kind;
  if (!object.name.empty() || !object.ns.empty()) {
    if (!text.empty()) text += ' ';
    if (!object.ns.empty()) text.append(object.ns).append("/");
    text += object.name;
  }
  return text;
}

std::string place_of(std::string_view file, Mark mark) {
  std::string text(file);
  if (mark.line != 0) {
    text.append(":").append(std::to_string(mark.line));
    if (mark.column != 0) text.append(":").append(std::to_string(mark.column));
  }
  return text;
}

std::string also_of(const Finding& finding, std::size_t most) {
  std::string text;
  const std::string object = object_of(finding);
  const std::size_t count = std::min(most, finding.also.size());
  for (std::size_t n = 0; n < count; ++n) {
    const AlsoPlace& also = finding.also[n];
    const std::string place = place_of(shortened(also.file, kHopBytes), also.at);
    if (n > 0) text += n + 1 == finding.also.size() ? " and " : ", ";
    text += also.object == object ? place : shortened(also.object, kHopBytes) + " (" + place + ")";
  }
  if (count < finding.also.size()) {
    text += " and " + std::to_string(finding.also.size() - count) + " more";
  }
  return text;
}

std::string shortened(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return std::string(text);
  std::size_t end = 0;
  for (std::size_t at = 0; at <= bytes;) {
    end = at;
    static_cast<void>(next_code_point(text, at));
  }
  return std::string(text.substr(0, end)) + "...";
}

std::string counted(std::size_t count, std::string_view noun) {
  std::string text = std::to_string(count);
  text.append(" ").append(noun);
  if (count != 1) text += 's';
  return text;
}

std::string severities_of(const Summary& summary) {
  std::string text;
  for (const Severity severity : kSeverities) {
    const std::size_t count = summary.by_severity[index_of(severity)];
    if (count == 0) continue;
    if (!text.empty()) text += ", ";
    text.append(std::to_string(count)).append(" ").append(name_of(severity));
  }
  return text;
}

std::string threshold_of(const RunInfo& run) {
  if (run.fail_on_priority != 0) {
    return "priority " + std::to_string(run.fail_on_priority) + " or above";
  }
  std::string text = "severity " + std::string(name_of(run.fail_on));
  if (run.fail_on != Severity::critical) text += " or above";
  return text;
}

namespace {

std::string rank_by(const Finding& finding, const Exposure& exposure) {
  return "priority " + std::to_string(finding.priority) + ", " + reason_of(exposure);
}

}  // namespace

std::string rank_of(const Finding& finding) {
  return finding.exposure == nullptr ? std::string() : rank_by(finding, *finding.exposure);
}

std::string rank_with_places(const Finding& finding) {
  if (finding.exposure == nullptr) return {};
  Exposure exposure = *finding.exposure;
  for (Hop& hop : exposure.path) {
    hop.what = shortened(hop.what, kHopBytes);
    if (hop.where.source.empty()) continue;
    const std::string file = shortened(hop.where.source, kHopBytes);
    hop.what += " (" + place_of(file, {hop.where.begin.line, 0}) + ")";
  }
  return rank_by(finding, exposure);
}

std::string fail_on_of(bool set, Severity severity, unsigned priority) {
  if (!set) return "none";
  return priority != 0 ? "priority:" + std::to_string(priority) : std::string(name_of(severity));
}

void write_workload(JsonWriter& json, std::string_view kind, std::string_view ns,
                    std::string_view name) {
  json.key("workload");
  json.begin_object();
  json.member("kind", kind);
  json.member("namespace", ns);
  json.member("name", name);
  json.end_object();
}

std::string verdict_of(const Summary& summary, const RunInfo& run) {
  if (summary.trouble && summary.examined == 0 && summary.not_examined == 0) {
    return "Incomplete: nothing was examined";
  }
  std::string text;
  const bool failed = run.fail_on_set && summary.at_or_above_threshold > 0;
  if (failed) {
    text = "Failed: " + counted(summary.at_or_above_threshold, "finding") + " of ";
  } else {
    text = summary.not_examined > 0 || summary.trouble ? "Incomplete: " : "Passed: ";
    text += run.fail_on_set ? "no finding of " : "no severity is set to fail";
  }
  if (run.fail_on_set) text += threshold_of(run);
  if (summary.not_examined > 0) {
    text += failed ? ", and " : ", but ";
    text += counted(summary.not_examined, "file");
    text += summary.not_examined == 1 ? " was not examined" : " were not examined";
  } else if (summary.trouble) {
    text += failed ? ", and there were errors" : ", but there were errors";
  }
  return text;
}

}  // namespace kaudit
