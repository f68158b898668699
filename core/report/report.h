// Reports: findings to text in the formats that people and their tools read.
//
// A Reporter is fed file by file, in the order of the report, and writes at once, so that a run of
// any size needs no memory for what is already written. Ownership: it writes to an Output that must
// outlive it. Thread-safety: one thread. Errors: an Output's failure is the Output's to remember.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/checklist_subject.h"
#include "core/engine.h"
#include "core/exposure/records.h"
#include "core/image_scan.h"
#include "core/report/output.h"

namespace kaudit {

class ExposureGraph;  // core/exposure/graph.h

enum class Format : std::uint8_t {
  text,
  json,
  sarif,
  junit,
  github,
  gitlab,
  markdown,
  csv,
  checklist,
  prometheus,
  policyreport,
  html,
  dot,
  mermaid,
};
[[nodiscard]] std::string_view name_of(Format format) noexcept;
[[nodiscard]] bool parse(std::string_view text, Format& out) noexcept;

enum class FileStatus : std::uint8_t {
  examined,          // at least one object was judged, and nothing was left out
  nothing_to_judge,  // read well; no object that a rule looks at
  not_examined,      // something in it could not be read: see `errors`; makes the exit code 2
};
[[nodiscard]] std::string_view name_of(FileStatus status) noexcept;

inline constexpr std::size_t kMostNotes = 100;

struct FileReport {
  std::string file;
  Surface surface = Surface::kubernetes;
  FileStatus status = FileStatus::nothing_to_judge;
  std::string reason;         // of not_examined and nothing_to_judge: a sentence without period
  std::vector<Error> errors;  // of not_examined; the findings of its other documents stand
  // What it refers to and what was not followed, though all of the file itself was read: these make
  // no difference to status and exit code. At most kMostNotes.
  std::vector<Error> notes;
  std::size_t objects = 0, workloads = 0, containers = 0, no_pod_spec = 0;
  std::vector<Finding> findings;
  std::vector<bool> left_out;  // of findings, where not empty: beyond --top, counted and not listed
  ExposureFacts exposure;      // where the run ranks, until its graph is made
  std::vector<ChecklistSubject> subjects;  // where a report asks for them: wants_subjects()
};

struct RunInfo;

struct Summary {
  std::size_t files = 0, examined = 0, nothing_to_judge = 0, not_examined = 0;
  std::size_t objects = 0, workloads = 0, containers = 0, no_pod_spec = 0;
  std::array<std::size_t, 5> by_severity{};  // by Severity
  std::array<std::size_t, 4> by_action{};    // by Action
  std::size_t at_or_above_threshold = 0;     // what --fail-on counts
  std::size_t exempted = 0;                  // in none of the three above
  std::size_t left_out = 0;                  // counted above, and not listed: beyond --top
  std::size_t folded = 0;                    // counted above, and listed with another one
  bool trouble = false;  // something else failed than a file, or there was none to examine

  [[nodiscard]] std::size_t findings() const noexcept;
  // Counts one file in, with the threshold of the run.
  void add(const FileReport& file, const RunInfo& run) noexcept;
};

// What was asked for, for the head of a report.
struct RunInfo {
  std::string version;  // of kaudit
  std::string ruleset{ruleset_version()};
  std::string profile;  // core, baseline, restricted, all
  std::uint8_t minor = kNewestMinor;
  Severity fail_on = Severity::high;
  unsigned fail_on_priority = 0;  // where not 0, it counts in place of the severity
  bool fail_on_set = true;        // false: --fail-on none
  Day today = kNoDay;
  std::vector<const Rule*> silent;  // whose ordinary findings this run would not show
  std::vector<ImageScan> scans;     // that were given with it
  bool exempts = false;  // the policy has exemptions: a report may say which findings have none

  // Whether the finding is at or above the threshold.
  [[nodiscard]] bool fails(const Finding& finding) const noexcept {
    return fail_on_priority != 0 ? finding.priority >= fail_on_priority
                                 : finding.severity >= fail_on;
  }
};

// Of the text format.
struct ReportOptions {
  bool colour = false;
  bool verbose = false;  // also why a rule is there, where it first finds something, what a finding
                         // breaks, and files without findings
  bool show_exempted = false;
  std::size_t width = 0;  // columns of the terminal, to break sentences; 0: never break them
};

// Of something that a report says of a file and that is no finding of an object: 16 hex digits.
[[nodiscard]] std::string fingerprint_of(std::string_view file, std::string_view what);

class Reporter {
 public:
  virtual ~Reporter() = default;
  virtual void begin(const RunInfo& run) = 0;
  // Who reaches whom, in a run that ranks: once, before the first file.
  virtual void exposure(const ExposureGraph& graph) { static_cast<void>(graph); }
  virtual void file(const FileReport& file) = 0;
  virtual void end(const Summary& summary) = 0;
};

// Whether that format says something of FileReport::subjects.
[[nodiscard]] constexpr bool wants_subjects(Format format) noexcept {
  return format == Format::checklist || format == Format::markdown || format == Format::html;
}

[[nodiscard]] std::unique_ptr<Reporter> make_reporter(Format format, const ReportOptions& options,
                                                      Output& out);

}  // namespace kaudit
