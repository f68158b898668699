// Sentences that rules share, so that the same thing is said in the same words everywhere.
#pragma once

#include <string>
#include <string_view>

#include "core/facts.h"

namespace kaudit {

[[nodiscard]] inline std::string quoted(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  out += '"';
  out += text;
  out += '"';
  return out;
}

// `container "app"`, `init container "setup"`: how every message about a container begins.
[[nodiscard]] inline std::string subject(const Container& container) {
  return std::string(name_of(container.role)) + ' ' + quoted(container.name.value);
}

}  // namespace kaudit
