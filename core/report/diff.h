// Two reports held against each other: what got better, what got worse.
//
// A finding is the same when rule, file, object, container and field are, wherever its lines moved;
// also when its file was renamed, its object moved to another file, or others of the list that it
// stands in came or went. What is less alike is never taken for the same: a finding that went while
// another came counts as both.
//
// Ownership: a Diff points into the two Snapshots. Thread-safety: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/report/output.h"
#include "core/report/report.h"

namespace kaudit {

// One finding as a report tells of it.
struct ReportedFinding {
  std::string rule, id;
  Severity severity = Severity::medium;
  Surface surface = Surface::kubernetes;
  std::string file;   // as it is shown
  std::string below;  // the same below what was asked for: what is compared
  std::uint32_t line = 0, column = 0;
  std::string kind, ns, name, container, field, message, fix, fingerprint;
  bool exempted = false;
  // Of a run that ranks, else 0 and empty.
  unsigned priority = 0;
  std::string exposure;  // name of an ExposureLevel
  std::string reason;    // reason_of(Exposure)
};

struct Snapshot {
  struct Gap {
    std::string file;
    Mark at;
    std::string message;
  };
  std::string name;  // as the user wrote it
  std::string ruleset, profile, kube_version;
  std::vector<ReportedFinding> findings;  // in the order of the report
  std::map<std::string, bool> files;      // by ReportedFinding::below: whether it was examined
  std::vector<Gap> gaps;                  // what was not

  [[nodiscard]] std::size_t counting() const noexcept;  // findings that are not exempted
};

// One of the two may be null. With both: the same finding, more or less severe than it was.
struct Change {
  const ReportedFinding* before = nullptr;
  const ReportedFinding* after = nullptr;
  // The one that it is about: as it is now, else as it was.
  [[nodiscard]] const ReportedFinding& finding() const noexcept { return after ? *after : *before; }
};

// Every list: the most severe first, then as the report had them.
struct Diff {
  std::vector<Change> worse;         // new, more severe, more exposed, or exempted no longer
  std::vector<Change> better;        // gone, less severe, or less exposed
  std::vector<Change> accepted;      // now exempted
  std::vector<Change> not_examined;  // of files that could not be examined in the other report
  std::size_t same = 0;
};
[[nodiscard]] Diff compare(const Snapshot& before, const Snapshot& after);

struct DiffRun {
  std::string version;
  Severity fail_on = Severity::high;
  unsigned fail_on_priority = 0;  // where not 0, it counts in place of the severity
  bool fail_on_set = true;
  bool colour = false;
};
// How many of what got worse count for the exit code.
[[nodiscard]] std::size_t at_or_above(const Diff& diff, const DiffRun& run) noexcept;

// As text, JSON (`kaudit-diff/1`) or Markdown for a comment of a pull request; false of another
// format.
[[nodiscard]] bool write_diff(Format format, const Snapshot& before, const Snapshot& after,
                              const Diff& diff, const DiffRun& run, Output& out);

}  // namespace kaudit
