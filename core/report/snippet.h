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
  std::string line;       // visible text; tabs as spaces; cut around the value where it is long,
                          // with ... at either end
  std::size_t begin = 0;  // columns of `line` before the value
  std::size_t width = 1;  // columns of the value
};
inline constexpr std::size_t kSnippetWidth = 100;
// Of a finding with a source line. `columns`: of the line before it is cut, at least 40.
[[nodiscard]] Snippet snippet_of(const Finding& finding, std::size_t columns = kSnippetWidth);

}  // namespace kaudit
