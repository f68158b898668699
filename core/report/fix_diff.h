// A fix as the lines of a diff, where it can be told from the finding alone: the line that it
// replaces is the one that the finding stands in, or the mapping that lacks a field. Private to
// core/report.
//
// Thread-safety: pure functions.
#pragma once

#include <string>
#include <vector>

#include "core/engine.h"

namespace kaudit {

// Lines without their mark and line break, as they were written: to be escaped.
struct FixDiff {
  std::string context;             // the line above what is added; empty where one is removed
  std::string removed;             // empty: nothing is
  std::vector<std::string> added;  // empty: nothing is
  bool below = false;              // added somewhere below the context, not in the next line
  [[nodiscard]] bool empty() const noexcept { return removed.empty() && added.empty(); }
};

// Empty where the fix is a sentence, or where the line does not show all that it replaces.
[[nodiscard]] FixDiff fix_diff(const Finding& finding);

}  // namespace kaudit
