#include "manifests/read/number.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace kaudit::read {
namespace {

// Of a number that is too large or too small for a double: which of the two.
bool is_large(std::string_view text) noexcept {
  if (text.starts_with('-')) text.remove_prefix(1);
  const std::size_t mark = text.find_first_of("eE");
  const std::string_view digits = text.substr(0, mark);
  const std::size_t point = std::min(digits.find('.'), digits.size());
  const std::size_t first = digits.find_first_of("123456789");
  if (first == std::string_view::npos) return false;
  long long exponent = 0;
  if (mark != std::string_view::npos) {
    text.remove_prefix(mark + 1);
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    const char* end = text.data() + text.size();
    constexpr long long kFar = 1LL << 40U;  // more than any text has digits
    const auto read = std::from_chars(text.data(), end, exponent);
    if (read.ec != std::errc{} || exponent > kFar) return !negative;
    if (negative) exponent = -exponent;
  }
  return static_cast<long long>(point) - static_cast<long long>(first) + exponent > 0;
}

// Go writes a double with the fewest digits that tell it from others, then zeros: beyond 2^53 that
// is another integer than the double's own value.
std::optional<std::int64_t> integer_in_text(double value) noexcept {
  std::array<char, 64> text{};  // -1.2345678901234567e+18 is 23 long, and its integer 20
  const auto written =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific);
  char* const mark = std::find(text.data(), written.ptr, 'e');
  int exponent = 0;
  std::from_chars(mark + 2, written.ptr, exponent);  // after "e+"
  char* end = std::remove(text.data(), mark, '.');
  const auto digits = static_cast<int>(end - text.data()) - (text[0] == '-' ? 1 : 0);
  end = std::fill_n(end, std::max(0, exponent + 1 - digits), '0');
  std::int64_t integer = 0;
  if (std::from_chars(text.data(), end, integer).ec != std::errc{}) return std::nullopt;
  return integer;
}

}  // namespace

std::optional<std::int64_t> as_integer(double value) noexcept {
  constexpr double kInt64 = 9223372036854775808.0;  // 2^63
  constexpr double kExact = 9007199254740992.0;     // 2^53
  if (!(value >= -kInt64 && value < kInt64) || std::trunc(value) != value) return std::nullopt;
  if (std::abs(value) > kExact) return integer_in_text(value);
  return static_cast<std::int64_t>(value);
}

std::optional<double> to_double(std::string_view text) noexcept {
  double value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec == std::errc{}) return value;
  if (is_large(text)) return std::nullopt;
  return 0;
}

}  // namespace kaudit::read
