// `kaudit diff OLD NEW`: what got better, and what got worse. Each of the two is a JSON report of
// ours, a file or directory to audit, or a git revision (`main`, `main:deploy`).
#pragma once

#include "manifests/cli/messages.h"
#include "manifests/cli/options.h"

namespace kaudit {

// 1: something got worse at or above --fail-on; 2: something of either could not be examined.
[[nodiscard]] int run_diff(const Options& options, Messages& messages);

}  // namespace kaudit
