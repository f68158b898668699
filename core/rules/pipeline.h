// Pipelines of a script: which commands are joined by `|`.
#pragma once

#include <string_view>

namespace kaudit {

// Of what stands between two commands: a pipe, and neither `||` nor another separator.
[[nodiscard]] inline bool is_pipe(std::string_view between) noexcept {
  const std::size_t pipe = between.find('|');
  return pipe != std::string_view::npos && between.find('|', pipe + 1) == std::string_view::npos &&
         between.find_first_of(";\n()") == std::string_view::npos;
}

}  // namespace kaudit
