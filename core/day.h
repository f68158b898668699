// Days of the calendar, without a clock: what day it is, the caller knows.
//
// Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace kaudit {

// Days since 1970-01-01 (proleptic Gregorian, UTC).
using Day = std::int32_t;
// After every other: where nobody says what day it is, whatever ends has ended.
inline constexpr Day kNoDay = std::numeric_limits<Day>::max();

// "2026-03-31", a day that the calendar has, from 0000 to 9999.
[[nodiscard]] std::optional<Day> parse_day(std::string_view text) noexcept;
// The same way round; only of days that parse_day() gives.
[[nodiscard]] std::string to_text(Day day);

}  // namespace kaudit
