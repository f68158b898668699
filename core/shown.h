// How much of a text of the input a finding shows. Whoever writes the input chooses how long a name
// is and how many findings quote it; what they take together must stay linear in the input.
//
// Thread-safety: pure functions.
#pragma once

#include <string>
#include <string_view>

namespace kaudit {

// Whatever Kubernetes takes is shown whole: its longest names have 317 bytes (an annotation's), an
// image's reference has at most 520.
inline constexpr std::size_t kShownBytes = 640;
inline constexpr std::string_view kEllipsis = "…";

// The beginning that is shown, in whole characters: all of it, as a rule.
[[nodiscard]] constexpr std::string_view shown_part(std::string_view text) noexcept {
  if (text.size() <= kShownBytes) return text;
  std::size_t end = kShownBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

[[nodiscard]] inline std::string shown(std::string_view text) {
  const std::string_view part = shown_part(text);
  std::string out;
  out.reserve(part.size() + kEllipsis.size());
  out += part;
  if (part.size() < text.size()) out += kEllipsis;
  return out;
}

// The same between quotes, with ... where it is cut.
[[nodiscard]] inline std::string quoted(std::string_view text) {
  const std::string_view part = shown_part(text);
  std::string out;
  out.reserve(part.size() + kEllipsis.size() + 2);
  out += '"';
  out += part;
  if (part.size() < text.size()) out += kEllipsis;
  out += '"';
  return out;
}

}  // namespace kaudit
