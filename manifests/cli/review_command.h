// `kaudit review`: what the webhook answers to an AdmissionReview that was recorded.
#pragma once

#include <string>
#include <string_view>

#include "manifests/cli/messages.h"
#include "manifests/cli/options.h"

namespace kaudit {

// 0: allowed; 1: denied; 2: no review, or not readable. The answer goes to standard output.
[[nodiscard]] int run_review(const Options& options, Messages& messages);

// Valid JSON without white space, with two spaces a level.
[[nodiscard]] std::string indented_json(std::string_view compact);

}  // namespace kaudit
