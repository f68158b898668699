// Sentences that rules share, so that the same thing is said in the same words everywhere.
#pragma once

#include <string>
#include <string_view>

#include "core/facts.h"
#include "core/shown.h"

namespace kaudit {

// `container "app"`, `init container "setup"`: how every message about a container begins.
[[nodiscard]] inline std::string subject(const Container& container) {
  return std::string(name_of(container.role)) + ' ' + quoted(container.name.value);
}

}  // namespace kaudit
