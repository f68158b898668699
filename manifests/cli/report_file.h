// A report that `kaudit --format json` has written, read back.
//
// Thread-safety: pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "core/report/diff.h"
#include "core/result.h"

namespace kaudit {

// Nothing when the text is no such report; an error when it begins as one and is none: cut off, or
// of a later schema. Snapshot::name is `name`, ReportedFinding::below is `file`.
[[nodiscard]] Result<std::optional<Snapshot>> read_report(const std::string& name,
                                                          std::string text);

}  // namespace kaudit
