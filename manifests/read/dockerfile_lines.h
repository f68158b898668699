// The lines of a Dockerfile: parser directives, continuations, comments between them.
//
// Ownership: views into the text, which must outlive them. Thread-safety: one thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kaudit::read {

// A part of the text that is joined from the lines of one instruction.
struct Span {
  std::size_t begin = 0, end = 0;
};

// One instruction: its lines without continuation characters, comments and empty lines.
struct LogicalLine {
  std::string text;
  std::size_t begin = 0, end = 0;  // offsets in the file, without the last line break

  // Where the character at `at` stands in the file.
  [[nodiscard]] std::size_t offset(std::size_t at) const noexcept;
  // The offset after the last character of a span that is not empty.
  [[nodiscard]] std::size_t end_offset(std::size_t at) const noexcept {
    return at == 0 ? offset(0) : offset(at - 1) + 1;
  }

  struct Piece {
    std::size_t at, offset;
  };
  std::vector<Piece> pieces;
};

// A line of the file without its line break.
struct PhysicalLine {
  std::string_view text;
  std::size_t offset = 0;
};

struct Directive {
  std::string name;  // syntax, escape or check, in lower case
  std::string_view value;
  std::size_t name_at = 0, value_at = 0;  // offsets in the file
};

struct LineError {
  std::string message;
  std::size_t begin = 0, end = 0;
};

class DockerfileLines {
 public:
  explicit DockerfileLines(std::string_view text);

  // False at the end of the file.
  [[nodiscard]] bool next(LogicalLine& out);
  // The line after the last one read as it stands: the body of a heredoc.
  [[nodiscard]] bool next_raw(PhysicalLine& out) noexcept;

  // `\`, or a backtick after `# escape=`.
  [[nodiscard]] char escape() const noexcept { return escape_; }
  // Known after the first next().
  [[nodiscard]] const std::vector<Directive>& directives() const noexcept { return directives_; }
  [[nodiscard]] std::vector<LineError>& errors() noexcept { return errors_; }

 private:
  void read_directive(PhysicalLine line);
  [[nodiscard]] bool take_continuation(std::string_view& line) const noexcept;

  std::string_view text_;
  std::size_t at_ = 0;
  char escape_ = '\\';
  bool directives_over_ = false;
  std::vector<Directive> directives_;
  std::vector<LineError> errors_;
};

}  // namespace kaudit::read
