// `kaudit [PATH...]`: everything between the options and the exit code.
#pragma once

#include <string>

#include "core/report/report.h"
#include "core/result.h"
#include "manifests/cli/messages.h"
#include "manifests/cli/options.h"

namespace kaudit {

inline constexpr int kExitFine = 0;
inline constexpr int kExitFindings = 1;
inline constexpr int kExitTrouble = 2;

// The configuration, where one is used, with the command line's word on top.
[[nodiscard]] Result<Policy> effective_policy(const Options& options, Messages& messages);

[[nodiscard]] int run_audit(const Options& options, Messages& messages);

// `12 files: 10 examined, …` for the end of a run.
[[nodiscard]] std::string summary_line(const Summary& summary);

}  // namespace kaudit
