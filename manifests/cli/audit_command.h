// `kaudit [PATH...]`: everything between the options and the exit code.
#pragma once

#include <string>

#include "core/report/report.h"
#include "manifests/cli/messages.h"
#include "manifests/cli/options.h"

namespace kaudit {

[[nodiscard]] int run_audit(const Options& options, Messages& messages);

// `12 files: 10 examined, …` for the end of a run.
[[nodiscard]] std::string summary_line(const Summary& summary);

}  // namespace kaudit
