// The checklist's eleven answers over all subjects of a run, as a table of the HTML report. Private
// to core/report.
//
// Ownership: owns what it shows; memory is bounded. Thread-safety: one thread.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "core/report/checklist.h"

namespace kaudit::html {

class ChecklistTable {
 public:
  void count(const FileReport& file, const RunInfo& run);
  [[nodiscard]] bool empty() const noexcept { return subjects_ == 0; }
  void write(std::string& out) const;

 private:
  static constexpr std::size_t kMostFailures = 50;  // shown of an item

  struct Tally {
    std::array<std::size_t, 4> states{};  // by ChecklistAnswer::State
    std::vector<std::string> failures;
  };

  std::size_t subjects_ = 0;
  std::array<Tally, kChecklistItems> tallies_;
};

}  // namespace kaudit::html
