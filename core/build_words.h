// Words of a Dockerfile as BuildKit's shell lexer takes them: quotes, escapes, `$NAME` and the
// forms of `${NAME…}` (moby/buildkit, frontend/dockerfile/shell). It is no shell: nothing is run,
// and globbing means the patterns of `${NAME#pattern}` alone.
//
// Ownership: views into the text and into what the Variables hand out. Thread-safety: one thread
// per Expander. Time: linear in text and result; a budget bounds what patterns and repeated
// doubling may cost.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kaudit {

// Bytes of the white space at `at` as Go's unicode.IsSpace tells it, 0 when there is none.
[[nodiscard]] std::size_t space_size(std::string_view text, std::size_t at) noexcept;
// Without such white space at both ends.
[[nodiscard]] std::string_view trim_space(std::string_view text) noexcept;

struct Variable {
  enum class State : std::uint8_t {
    unset,    // expands to nothing
    set,      //
    unknown,  // an ARG without default, an ENV of a base image that is not at hand
  };
  State state = State::unset;
  std::string_view value;
};

// Where names are looked up.
class Variables {
 public:
  virtual ~Variables() = default;
  [[nodiscard]] virtual Variable find(std::string_view name) const = 0;
};

struct Expansion {
  std::string text;
  std::vector<std::string> words;  // split at the blanks that neither quotes nor escapes protect
  // A value that is not known took part (`${NAME:-x}` of an unknown NAME counts as x): `text` is
  // then not what a build would see.
  bool unresolved = false;
  std::string error;  // why BuildKit refuses the text; empty: it does not
};

class Expander {
 public:
  struct Options {
    char escape = '\\';
    bool quotes = true;        // false: quotes are ordinary characters (bodies of heredocs)
    bool raw_quotes = false;   // they stay in the result
    bool raw_escapes = false;  // so do escapes
    bool skip_unset = false;   // what is unset stays as it is written
  };
  // What one Expander may cost in all, in characters looked at or written.
  static constexpr std::size_t kBudget = std::size_t{16} << 20;
  // A longer result is an error of its own: no environment variable is that long.
  static constexpr std::size_t kLongest = std::size_t{128} << 10;

  explicit Expander(std::size_t budget = kBudget) noexcept : budget_(budget) {}

  [[nodiscard]] Expansion expand(std::string_view text, const Variables& variables,
                                 const Options& options);

 private:
  class Run;
  std::size_t budget_;
};

// `<<EOF`, `3<<-"EOF"`: a word that announces a heredoc.
struct HeredocWord {
  bool found = false;
  std::string name;         // without quotes
  bool expand = true;       // no part of the name is quoted
  bool strip_tabs = false;  // `<<-`
  unsigned descriptor = 0;
  std::string error;
};
[[nodiscard]] HeredocWord parse_heredoc_word(std::string_view word);
// Those of a whole instruction, in their order; `error` as above.
[[nodiscard]] std::vector<HeredocWord> find_heredocs(std::string_view line, std::string& error);

}  // namespace kaudit
