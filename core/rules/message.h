// Sentences that rules share, so that the same thing is said in the same words everywhere.
#pragma once

#include <string>
#include <string_view>

#include "core/facts.h"
#include "core/shown.h"

namespace kaudit {

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

// `container "app"`, `init container "setup"`: how every message about a container begins.
[[nodiscard]] inline std::string subject(const Container& container) {
  return std::string(name_of(container.role)) + ' ' + quoted(container.name.value);
}

}  // namespace kaudit
