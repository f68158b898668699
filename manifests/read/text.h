// The text of a YAML stream before libyaml sees it: bytes that cannot be there, where documents
// begin, and how libyaml's marks map to places.
//
// Ownership: views into the text, which must outlive them. Thread-safety: pure functions, values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace kaudit::read {

inline constexpr std::size_t kNowhere = std::string_view::npos;

struct TextScan {
  std::size_t bad = kNowhere;  // the first byte that no YAML text may have
  // A line break that is not \n or \r\n (YAML 1.1 also breaks lines at a lone CR, NEL, LS and PS):
  // libyaml's line numbers are then not those of editors.
  bool odd_breaks = false;
  bool ascii = true;
};
// Stops at the first bad byte.
[[nodiscard]] TextScan scan_yaml(std::string_view text, std::size_t from);
// Why the byte at TextScan::bad cannot be there.
[[nodiscard]] std::string bad_byte_message(std::string_view text, std::size_t at);

// A line that starts with `---` and then ends or goes on with a blank begins a document wherever it
// stands. The offset of the first one after `from` (strictly), else the size of the text.
[[nodiscard]] std::size_t next_document(std::string_view text, std::size_t from);
// That of the last one at or before `at`, else `from`.
[[nodiscard]] std::size_t document_around(std::string_view text, std::size_t from, std::size_t at);

// Byte order marks that Kubernetes skips: at the start of the text and of every document.
[[nodiscard]] std::vector<std::size_t> skipped_marks(std::string_view text, std::size_t from);

// The first `{{` after `from` that is not in a comment line.
[[nodiscard]] std::size_t find_template(std::string_view text, std::size_t from);

[[nodiscard]] std::size_t count_code_points(std::string_view text) noexcept;
// The offset of the code point after the first `count` ones, or the size of the text.
[[nodiscard]] std::size_t code_point_offset(std::string_view text, std::size_t count) noexcept;

// Follows libyaml's marks through the text. (By line and column: its character index miscounts some
// line breaks.) Marks must not go back; both numbers are 0-based, as libyaml has them.
class Cursor {
 public:
  Cursor() = default;
  Cursor(std::string_view text, std::size_t begin, Mark mark,
         const std::vector<std::size_t>& skipped)
      : text_(text), skipped_(&skipped), offset_(begin), mark_(mark) {}

  void advance_to(std::size_t line, std::size_t column);
  // To the first character of the value after anchors, tags, blanks and comments, where there is
  // one before the given place; else nothing changes. False for a tag that libyaml lets end at a
  // comma, for goyaml.v2 takes the comma and what follows for a part of the tag.
  [[nodiscard]] bool skip_properties(std::size_t end_line, std::size_t end_column);

  [[nodiscard]] Mark mark() const noexcept { return mark_; }
  [[nodiscard]] std::size_t offset() const noexcept { return offset_; }

 private:
  void step();
  [[nodiscard]] bool before(std::size_t line, std::size_t column) const noexcept {
    return offset_ < text_.size() && (line_ < line || (line_ == line && column_ < column));
  }

  std::string_view text_;
  const std::vector<std::size_t>* skipped_ = nullptr;
  std::size_t next_skipped_ = 0;
  std::size_t offset_ = 0;
  std::size_t line_ = 0;    // libyaml's
  std::size_t column_ = 0;  // libyaml's
  Mark mark_;               // ours
};

}  // namespace kaudit::read
