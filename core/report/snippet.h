// The source line of a finding with a caret under the value, for a terminal. Private to
// core/report.
#pragma once

#include <string>
#include <string_view>

#include "core/engine.h"

namespace kaudit {

// Columns that a terminal uses for a visible code point: 0 for combining marks, 2 for East Asian
// wide characters and emoji (Unicode's EastAsianWidth W and F, in whole blocks), else 1.
[[nodiscard]] std::size_t width_of(char32_t code_point) noexcept;

struct Snippet {
  std::string line;       // visible text; tabs as spaces; cut around the value where it is long
  std::size_t begin = 0;  // columns of `line` before the value
  std::size_t width = 1;  // columns of the value
};
// Of a finding with a source line.
[[nodiscard]] Snippet snippet_of(const Finding& finding);

}  // namespace kaudit
