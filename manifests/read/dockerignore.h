// .dockerignore files, matched as Docker does (github.com/moby/patternmatcher).
//
// The rules: one pattern a line; `#` at the very beginning of a line is a comment; blanks around a
// pattern and a slash in front do not count; `*`, `?` and `[a-z]` stay within a directory, `**`
// does not; what excludes a directory excludes all below it; `!` takes back, and the last pattern
// that matches counts.
// Ownership: owns its patterns. Thread-safety: const members may be called from several threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kaudit {

class Dockerignore {
 public:
  // A line that Docker refuses: it stops the build.
  struct Problem {
    std::uint32_t line = 0;
    std::string message;
  };

  Dockerignore() = default;
  explicit Dockerignore(std::string_view text);

  // Whether a file or directory of the build context is left out of it. `path`: relative to the
  // context, by `/`, without `.`, `..` and a slash at its ends. `steps` grows by what it cost.
  [[nodiscard]] bool excludes(std::string_view path, std::size_t& steps) const;
  [[nodiscard]] bool excludes(std::string_view path) const {
    std::size_t steps = 0;
    return excludes(path, steps);
  }

  // Whether any pattern takes back: what is below an excluded directory may then be in the context.
  [[nodiscard]] bool takes_back() const noexcept { return takes_back_; }
  [[nodiscard]] bool empty() const noexcept { return patterns_.empty(); }
  [[nodiscard]] const std::vector<Problem>& problems() const noexcept { return problems_; }

 private:
  // Docker compares plain texts where a pattern has no more than a `**` at one end, and compiles
  // all others to a regular expression.
  enum class Way : std::uint8_t { exact, prefix, suffix, parts };
  struct Range {
    std::uint32_t first, last;
  };
  struct Part {
    enum class Is : std::uint8_t {
      one,          // this very character
      of_set,       // one of `ranges`, or none of them
      not_slash,    // ?
      not_slashes,  // *
      directories,  // **/ : nothing, or any text that ends with a slash
      anything,     // ** at the end
      beginning,    // ^, which Docker forgets to escape: nothing, at the beginning of the path
    };
    Is is = Is::one;
    bool negated = false;
    std::uint32_t character = 0;
    std::vector<Range> ranges;
  };
  struct Pattern {
    Way way = Way::exact;
    bool takes_back = false;
    std::string text;
    std::vector<Part> parts;
  };

  class Compiler;
  static bool takes(const Part& part, std::uint32_t c) noexcept;
  static bool matches(const Pattern& pattern, std::string_view path, std::size_t& steps);
  static bool matches_parts(const std::vector<Part>& parts, std::string_view path,
                            std::size_t& steps);
  void add_line(std::string_view line, std::uint32_t number);

  std::vector<Pattern> patterns_;
  std::vector<Problem> problems_;
  bool takes_back_ = false;
};

// As Go's filepath.Clean: the shortest path that means the same; "." for nothing.
[[nodiscard]] std::string clean_slash_path(std::string_view path);

}  // namespace kaudit
