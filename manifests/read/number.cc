#include "manifests/read/number.h"

#include <algorithm>
#include <charconv>

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
    if (std::from_chars(text.data(), end, exponent).ec != std::errc{}) return !negative;
    if (negative) exponent = -exponent;
  }
  return static_cast<long long>(point) - static_cast<long long>(first) + exponent > 0;
}

}  // namespace

std::optional<double> to_double(std::string_view text) noexcept {
  double value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec == std::errc{}) return value;
  if (is_large(text)) return std::nullopt;
  return 0;
}

}  // namespace kaudit::read
