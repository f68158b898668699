// Thread-safety: a pure function.
#pragma once

#include <string_view>

namespace kaudit {

// What stands after the last slash of a path.
[[nodiscard]] constexpr std::string_view base_name(std::string_view path) noexcept {
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

}  // namespace kaudit
