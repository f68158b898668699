#include "core/day.h"

#include <algorithm>

namespace kaudit {
namespace {

struct Date {
  int year = 0, month = 0, day = 0;
};

// http://howardhinnant.github.io/date_algorithms.html: years begin in March, so that the day which
// is not always there is the last one; 400 years have 146,097 days.
constexpr int kDaysOfEra = 146'097;
constexpr int kEpoch = 719'468;  // days from 0000-03-01 to 1970-01-01

constexpr Day day_of(Date date) noexcept {
  const int year = date.month <= 2 ? date.year - 1 : date.year;
  const int era = (year >= 0 ? year : year - 399) / 400;
  const int year_of_era = year - era * 400;
  const int month = date.month > 2 ? date.month - 3 : date.month + 9;
  const int day_of_year = (153 * month + 2) / 5 + date.day - 1;
  return era * kDaysOfEra + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
         kEpoch;
}

constexpr Date date_of(Day day) noexcept {
  const int shifted = day + kEpoch;
  const int era = (shifted >= 0 ? shifted : shifted - (kDaysOfEra - 1)) / kDaysOfEra;
  const int day_of_era = shifted - era * kDaysOfEra;
  const int year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int month = (5 * day_of_year + 2) / 153;
  Date date;
  date.day = day_of_year - (153 * month + 2) / 5 + 1;
  date.month = month < 10 ? month + 3 : month - 9;
  date.year = year_of_era + era * 400 + (date.month <= 2 ? 1 : 0);
  return date;
}

constexpr bool is_leap(int year) noexcept {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

constexpr int days_of(int year, int month) noexcept {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return kDays[month - 1] + (month == 2 && is_leap(year) ? 1 : 0);
}

bool digits(std::string_view text, int& out) noexcept {
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    out = out * 10 + (c - '0');
  }
  return true;
}

std::string padded(int number, std::size_t width) {
  const std::string text = std::to_string(number);
  return std::string(width - std::min(width, text.size()), '0') + text;
}

}  // namespace

std::optional<Day> parse_day(std::string_view text) noexcept {
  Date date;
  const bool good = text.size() == 10 && text[4] == '-' && text[7] == '-' &&
                    digits(text.substr(0, 4), date.year) && digits(text.substr(5, 2), date.month) &&
                    digits(text.substr(8, 2), date.day) && date.month >= 1 && date.month <= 12 &&
                    date.day >= 1 && date.day <= days_of(date.year, date.month);
  if (!good) return std::nullopt;
  return day_of(date);
}

std::string to_text(Day day) {
  const Date date = date_of(day);
  return padded(date.year, 4) + "-" + padded(date.month, 2) + "-" + padded(date.day, 2);
}

}  // namespace kaudit
