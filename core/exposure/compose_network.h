// How far the services of a Compose project reach. Private to core/exposure.
#pragma once

#include <span>

#include "core/exposure/records.h"

namespace kaudit {

// Fills level, path and note of `out`; the path without the service itself. `project`: all services
// of its project, this one too.
void solve_compose(const WorkloadRecord& service, std::span<const WorkloadRecord* const> project,
                   Exposure& out);

}  // namespace kaudit
