// Rules of the run (Rule::of_run): what was found of single objects, settled by what all files
// together say.
//
// Thread-safety: none of its own.
#pragma once

#include <vector>

#include "core/engine.h"

namespace kaudit {

// Leaves of the findings of such rules those that hold, once an object, and completes what they
// say. Finding::exposure is set. The others stay as they are.
void settle_run_rules(std::vector<Finding>& findings);

}  // namespace kaudit
