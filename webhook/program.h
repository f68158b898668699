// The life of the process: load everything, listen, be ready, serve, end gracefully.
#pragma once

#include "core/result.h"
#include "webhook/options.h"

namespace kaudit {

// Before any thread is started: those of the program are then taken by run_webhook() alone. SIGPIPE
// and SIGXFSZ are ignored, so that writing fails instead.
void hold_signals();

// Returns when SIGTERM or SIGINT has been obeyed; an error is why it could not start. A second such
// signal ends the process at once, with 128 and its number.
[[nodiscard]] Result<bool> run_webhook(const ServeOptions& options);

}  // namespace kaudit
