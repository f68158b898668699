// `kaudit [PATH...]`: everything between the options and the exit code.
#pragma once

#include <string>

#include "core/report/report.h"
#include "manifests/cli/messages.h"
#include "manifests/cli/options.h"

namespace kaudit {

[[nodiscard]] int run_audit(const Options& options, Messages& messages);

// Whether a text report is written in colour: as asked, else as NO_COLOR, FORCE_COLOR and TERM say.
[[nodiscard]] bool wants_colour(Colour asked, bool terminal);

// `12 files: 10 examined, …` for the end of a run.
[[nodiscard]] std::string summary_line(const Summary& summary);

}  // namespace kaudit
