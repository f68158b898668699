// One finding in full, as a part of the HTML report. Private to core/report.
#pragma once

#include <string>

#include "core/report/entries.h"

namespace kaudit::html {

// What stands within its element: where, what, the line with the value marked, what to write
// instead, and why.
[[nodiscard]] std::string body_of(const FileReport& file, const Finding& finding);

}  // namespace kaudit::html
