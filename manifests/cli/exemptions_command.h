// `kaudit exemptions [PATH...]`: the policy's exemptions, and which of them these files need.
#pragma once

#include "manifests/cli/messages.h"
#include "manifests/cli/options.h"

namespace kaudit {

// Gives the exit code: 2 when something could not be examined.
[[nodiscard]] int run_exemptions(const Options& options, Messages& messages);

}  // namespace kaudit
