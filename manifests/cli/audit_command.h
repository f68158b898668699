// `kaudit [PATH...]`: everything between the options and the exit code.
#pragma once

#include <string>
#include <vector>

#include "core/report/report.h"
#include "manifests/cli/discover.h"
#include "manifests/cli/messages.h"
#include "manifests/cli/options.h"

namespace kaudit {

[[nodiscard]] int run_audit(const Options& options, Messages& messages);
// The same of what inputs_of() has found.
[[nodiscard]] int run_audit(const Options& options, const Inputs& inputs, Messages& messages);

// What the options ask to examine. `left_out`: files and directories of this run's own.
[[nodiscard]] Inputs inputs_of(const Options& options, std::vector<std::string> left_out = {});

// Whether a text report is written in colour: as asked, else as NO_COLOR, FORCE_COLOR and TERM say.
[[nodiscard]] bool wants_colour(Colour asked, bool terminal);

// `12 files: 10 examined, …` for the end of a run.
[[nodiscard]] std::string summary_line(const Summary& summary);

}  // namespace kaudit
