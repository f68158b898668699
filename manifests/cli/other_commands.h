// The commands beside the audit. Each gives the exit code.
#pragma once

#include <string_view>

#include "manifests/cli/messages.h"
#include "manifests/cli/options.h"

namespace kaudit {

[[nodiscard]] int run_rules(const Options& options, Messages& messages);
[[nodiscard]] int run_explain(const Options& options, Messages& messages);
[[nodiscard]] int run_facts(const Options& options, Messages& messages);
[[nodiscard]] int run_completion(const Options& options, Messages& messages);

// `text` to standard output.
[[nodiscard]] int print(std::string_view text, Messages& messages);

}  // namespace kaudit
