// Makes hostile text harmless, each format its own way.
//
// Names and values come from files that anyone may have written: they hold terminal escapes, bytes
// that are no UTF-8, markup, commands for the CI system that reads the log, spreadsheet formulas.
// Every function here appends to `out`, takes any bytes and gives valid UTF-8 without a character
// that is hidden(). Thread-safety: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace kaudit {

inline constexpr char32_t kNotACharacter = 0xFFFFFFFF;

// The code point at text[at], which is moved past it. Of bytes that are no UTF-8 (overlong forms
// and surrogates too) the longest part that could have begun a character is taken as one
// kNotACharacter, as Unicode advises. `at` must be inside the text.
[[nodiscard]] char32_t next_code_point(std::string_view text, std::size_t& at) noexcept;
void append_utf8(std::string& out, char32_t code_point);

// Characters that act on what shows them or show nothing: C0, DEL, C1, line separators, bidi
// controls, zero-width and other invisible ones, tags.
[[nodiscard]] bool is_hidden(char32_t code_point) noexcept;

// Visible in any terminal and log: hidden characters as \n, \x1b, \u{202e}, bytes that are no UTF-8
// as \xff. Also breaks `##[` and `##name[`, which GitHub and Azure obey anywhere in a line.
void append_visible(std::string& out, std::string_view text);
// Every byte and character escaped, visible or not.
void append_escaped(std::string& out, std::string_view text);
// `##[` or `##name[` at the start of the text.
[[nodiscard]] bool opens_log_command(std::string_view text) noexcept;
[[nodiscard]] std::string visible(std::string_view text);
// The same for text that opens a line, where `::command`, `section_start:` are obeyed as well.
void append_visible_line_start(std::string& out, std::string_view text);

// Element content and attribute values of XML 1.0 and HTML.
void append_xml(std::string& out, std::string_view text);
// Text in a table cell or paragraph of a GitHub or GitLab comment: no markup, link, mention or
// reference comes of it.
void append_markdown(std::string& out, std::string_view text);
// `text` as a code span, for a table cell as well.
void append_markdown_code(std::string& out, std::string_view text);
// A sentence of ours, which marks code with backticks. What stands between two of them holds none,
// so it can do no harm as code; a text with an odd one out is escaped as a whole.
void append_markdown_sentence(std::string& out, std::string_view text);
// One field as RFC 4180 writes it; a spreadsheet takes it for text, never for a formula.
void append_csv_field(std::string& out, std::string_view text);
// A path as a URI reference: relative, or file:///… when absolute. Bytes that are no UTF-8 are kept
// as %FF.
void append_uri_path(std::string& out, std::string_view path);
// The data part and a property of a GitHub workflow command.
void append_github_message(std::string& out, std::string_view text);
void append_github_property(std::string& out, std::string_view text);

}  // namespace kaudit
