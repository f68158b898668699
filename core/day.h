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

namespace detail {

struct Date {
  int year = 0, month = 0, day = 0;
};

// http://howardhinnant.github.io/date_algorithms.html: years begin in March, so that the day which
// is not always there is the last one; 400 years have 146,097 days.
inline constexpr int kDaysOfEra = 146'097;
inline constexpr int kEpoch = 719'468;  // days from 0000-03-01 to 1970-01-01

constexpr Day day_of(Date date) noexcept {
  const int year = date.month <= 2 ? date.year - 1 : date.year;
  const int era = (year >= 0 ? year : year - 399) / 400;
  const int year_of_era = year - era * 400;
  const int month = date.month > 2 ? date.month - 3 : date.month + 9;
  const int day_of_year = (153 * month + 2) / 5 + date.day - 1;
  return era * kDaysOfEra + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
         kEpoch;
}

constexpr bool is_leap(int year) noexcept {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

constexpr int days_of(int year, int month) noexcept {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return kDays[month - 1] + (month == 2 && is_leap(year) ? 1 : 0);
}

constexpr bool digits(std::string_view text, int& out) noexcept {
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    out = out * 10 + (c - '0');
  }
  return true;
}

}  // namespace detail

// "2026-03-31", a day that the calendar has, from 0000 to 9999.
[[nodiscard]] constexpr std::optional<Day> parse_day(std::string_view text) noexcept {
  detail::Date date;
  const bool good = text.size() == 10 && text[4] == '-' && text[7] == '-' &&
                    detail::digits(text.substr(0, 4), date.year) &&
                    detail::digits(text.substr(5, 2), date.month) &&
                    detail::digits(text.substr(8, 2), date.day) && date.month >= 1 &&
                    date.month <= 12 && date.day >= 1 &&
                    date.day <= detail::days_of(date.year, date.month);
  if (!good) return std::nullopt;
  return detail::day_of(date);
}

// The same way round; only of days that parse_day() gives.
[[nodiscard]] std::string to_text(Day day);

}  // namespace kaudit
