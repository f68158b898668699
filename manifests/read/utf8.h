// UTF-8, byte by byte: for places and messages, and for texts that are not plain ASCII.
//
// Ownership: views into the argument. Thread-safety: pure functions.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace kaudit::read {

inline constexpr std::uint32_t kReplacement = 0xFFFD;

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t size = 0;  // bytes; 0 when these bytes are not UTF-8
};

// The code point at `at`. Overlong forms, surrogates and what lies beyond U+10FFFF are not UTF-8.
[[nodiscard]] inline CodePoint decode_utf8(std::string_view text, std::size_t at) noexcept {
  const auto byte = [&](std::size_t n) { return static_cast<unsigned char>(text[n]); };
  const std::uint32_t first = byte(at);
  if (first < 0x80U) return {first, 1};
  const std::size_t size = first >= 0xF0U && first < 0xF5U   ? 4
                           : first >= 0xE0U && first < 0xF0U ? 3
                           : first >= 0xC2U && first < 0xE0U ? 2
                                                             : 0;
  if (size == 0 || at + size > text.size()) return {};
  std::uint32_t value = first & (0xFFU >> (size + 1));
  for (std::size_t n = 1; n < size; ++n) {
    if ((byte(at + n) & 0xC0U) != 0x80U) return {};
    value = value << 6U | (byte(at + n) & 0x3FU);
  }
  constexpr std::array<std::uint32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
  if (value < kSmallest[size] || value > 0x10FFFFU || (value >= 0xD800U && value < 0xE000U)) {
    return {};
  }
  return {value, size};
}

inline void append_utf8(std::string& out, std::uint32_t value) {
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (value < 0x80U) {
    put(value);
  } else if (value < 0x800U) {
    put(0xC0U | value >> 6U);
    put(0x80U | (value & 0x3FU));
  } else if (value < 0x10000U) {
    put(0xE0U | value >> 12U);
    put(0x80U | (value >> 6U & 0x3FU));
    put(0x80U | (value & 0x3FU));
  } else {
    put(0xF0U | value >> 18U);
    put(0x80U | (value >> 12U & 0x3FU));
    put(0x80U | (value >> 6U & 0x3FU));
    put(0x80U | (value & 0x3FU));
  }
}

// At least `width` hexadecimal digits.
[[nodiscard]] inline std::string hexadecimal(std::uint32_t value, std::size_t width) {
  std::string digits;
  for (; value != 0 || digits.size() < width; value >>= 4U) {
    digits.insert(digits.begin(), "0123456789ABCDEF"[value & 0xFU]);
  }
  return digits;
}

// "U+0007", and "a NUL byte" for the one that people know by name.
[[nodiscard]] inline std::string code_point_name(std::uint32_t value) {
  return value == 0 ? "a NUL byte" : "U+" + hexadecimal(value, 4);
}

[[nodiscard]] inline std::string invalid_utf8_message(std::string_view text, std::size_t at) {
  return "the byte 0x" + hexadecimal(static_cast<unsigned char>(text[at]), 2) +
         " is not valid UTF-8";
}

// The character at `at` for a message: 'x' or U+00E9.
[[nodiscard]] inline std::string quoted_character(std::string_view text, std::size_t at) {
  const CodePoint point = decode_utf8(text, at);
  if (point.size == 1 && point.value >= 0x20U && point.value < 0x7FU) {
    return {'\'', text[at], '\''};
  }
  return code_point_name(point.value);
}

}  // namespace kaudit::read
