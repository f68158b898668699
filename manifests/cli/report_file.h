// A report that `kaudit --format json` has written, read back.
//
// Thread-safety: pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/report/diff.h"
#include "core/result.h"

namespace kaudit {

// Whether a text that begins so is one. `begin`: kReportPeek bytes of it, or all.
inline constexpr std::size_t kReportPeek = 200;
[[nodiscard]] bool looks_like_report(std::string_view begin) noexcept;

// An error where it is cut off, or of a later schema. Snapshot::name is `name`,
// ReportedFinding::below is `file`.
[[nodiscard]] Result<Snapshot> read_report(const std::string& name, std::string text);

}  // namespace kaudit
