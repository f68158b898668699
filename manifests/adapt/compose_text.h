// Interpolation as the Compose Specification has it: `$V`, `${V}`, `${V:-d}`, `${V-d}`, `${V:?e}`,
// `${V?e}`, `${V:+x}`, `${V+x}`, `$$`; what follows an operator may hold variables again.
//
// A variable that nothing gives a value stays in the text as it was written, between two marks, so
// that the parts of `${HOST}:5432` can still be told apart; holes() and friends know the marks.
// Nobody's environment is looked at: a value comes from the files or stays unknown.
//
// Ownership: results own their text. Thread-safety: pure functions. Time: linear in the text for
// each level of nesting, of which there are few.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/result.h"

namespace kaudit::compose {

// Names and values of a project's `.env`.
using Variables = std::unordered_map<std::string, std::string>;

struct Interpolated {
  std::string text;
  bool outside = false;  // a variable's value went into it: it does not stand in this file
};

// Longer results and deeper nesting are errors; no real file comes near.
inline constexpr std::size_t kLongestText = std::size_t{1} << 20;
inline constexpr int kDeepestDefault = 20;

// The error's message is a sentence; the caller knows the place.
[[nodiscard]] Result<Interpolated> interpolate(std::string_view text, const Variables& variables);

// What stands between these two is unresolved.
inline constexpr char kHoleBegin = '\x01';
inline constexpr char kHoleEnd = '\x02';

[[nodiscard]] inline bool has_hole(std::string_view text) noexcept {
  return text.find(kHoleBegin) != std::string_view::npos;
}
// As it was written: without the marks.
[[nodiscard]] std::string without_marks(std::string_view text);
// The first `c` at `from` or later that stands in no hole; npos when there is none.
[[nodiscard]] std::size_t find_outside(std::string_view text, char c,
                                       std::size_t from = 0) noexcept;
[[nodiscard]] std::size_t rfind_outside(std::string_view text, char c) noexcept;

}  // namespace kaudit::compose
