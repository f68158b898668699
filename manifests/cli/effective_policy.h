// The configuration file with the command line's word on top.
#pragma once

#include "core/result.h"
#include "manifests/cli/messages.h"
#include "manifests/cli/options.h"

namespace kaudit {

// Which file was used is told where verbose, the policy's notes unless quiet.
[[nodiscard]] Result<Policy> effective_policy(const Options& options, Messages& messages);

}  // namespace kaudit
