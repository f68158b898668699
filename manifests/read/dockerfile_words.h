// An instruction's text taken apart: flags, words, JSON arrays.
//
// Ownership: spans into the text. Thread-safety: pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "manifests/read/dockerfile_lines.h"

namespace kaudit::read {

struct FlagWord {
  Span span;         // `--name=value`, with its quotes
  std::string text;  // without quotes and escapes
};
// The flags that stand in front; `from` then is where the rest begins.
[[nodiscard]] std::vector<FlagWord> take_flags(std::string_view text, std::size_t& from,
                                               char escape);

// Divided by blanks that no quote and no escape protects; quotes stay.
[[nodiscard]] std::vector<Span> quoted_words(std::string_view text, Span within, char escape);
// Divided by blanks alone.
[[nodiscard]] std::vector<Span> plain_words(std::string_view text, Span within);
// Without the blanks at both ends.
[[nodiscard]] Span trimmed(std::string_view text, Span span) noexcept;

struct JsonArray {
  enum class Is : unsigned char {
    no_json,  // to be read in shell form
    strings,
    other,  // an array of something else: BuildKit refuses it
  };
  struct Item {
    Span span;  // with the quotes
    std::string text;
  };
  Is is = Is::no_json;
  std::vector<Item> items;
};
[[nodiscard]] JsonArray json_array(std::string_view text, Span within);

}  // namespace kaudit::read
