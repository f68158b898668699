#include "manifests/read/text.h"

#include <algorithm>

#include "manifests/read/read.h"
#include "manifests/read/utf8.h"

namespace kaudit::read {
namespace {

constexpr std::uint32_t kNextLine = 0x85;
constexpr std::uint32_t kLineSeparator = 0x2028;
constexpr std::uint32_t kParagraphSeparator = 0x2029;

// YAML 1.1's c-printable, as libyaml and goyaml.v2 check it.
constexpr bool is_printable(std::uint32_t c) noexcept {
  return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0x7E) || c == kNextLine ||
         (c >= 0xA0 && c <= 0xD7FF) || (c >= 0xE000 && c <= 0xFFFD) ||
         (c >= 0x10000 && c <= 0x10FFFF);
}

bool starts_code_point(char c) noexcept { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }
bool is_break(char c) noexcept { return c == '\n' || c == '\r'; }
bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }
bool is_white(char c) noexcept { return is_blank(c) || is_break(c); }

// A line break to YAML 1.1 besides the line feed.
bool is_odd_break(std::uint32_t c) noexcept {
  return c == '\r' || c == kNextLine || c == kLineSeparator || c == kParagraphSeparator;
}

bool is_document_line(std::string_view text, std::size_t at) noexcept {
  if (at != 0 && !is_break(text[at - 1])) return false;
  if (text.compare(at, 3, "---") != 0) return false;
  return at + 3 == text.size() || is_blank(text[at + 3]) || is_break(text[at + 3]);
}

// Directly after the line that begins the document, as where files were put together.
bool begins_document(std::string_view text, std::size_t at) noexcept {
  if (at == 0) return true;
  if (text[at - 1] != '\n') return false;
  const std::size_t line = at < 2 ? 0 : text.rfind('\n', at - 2) + 1;
  return is_document_line(text, line);
}

// libyaml skips such a mark and then takes the line for indented by one; goyaml.v2 takes it for
// text.
bool is_stray_mark(std::string_view text, std::size_t at) noexcept {
  return text.compare(at, kByteOrderMark.size(), kByteOrderMark) == 0 && at != 0 &&
         is_break(text[at - 1]) && !begins_document(text, at);
}

// Nothing to look at more closely in this block: plain ASCII with line feeds and tabs.
bool is_plain_block(const char* bytes, std::size_t size) noexcept {
  unsigned char odd = 0;
  for (std::size_t n = 0; n < size; ++n) {
    const auto c = static_cast<unsigned char>(bytes[n]);
    odd |= static_cast<unsigned char>((c < 0x20U) & (c != '\n') & (c != '\t'));
    odd |= static_cast<unsigned char>(c >= 0x7FU);
  }
  return odd == 0;
}

}  // namespace

TextScan scan_yaml(std::string_view text, std::size_t from) {
  TextScan scan;
  constexpr std::size_t kBlock = 64;
  std::size_t at = from;
  while (at < text.size()) {
    if (at + kBlock <= text.size() && is_plain_block(text.data() + at, kBlock)) {
      at += kBlock;
      continue;
    }
    const std::size_t end = std::min(text.size(), at + kBlock);
    while (at < end) {
      const CodePoint c = decode_utf8(text, at);
      if (c.size == 0 || !is_printable(c.value) || is_stray_mark(text, at)) {
        scan.bad = at;
        return scan;
      }
      if (c.size > 1) scan.ascii = false;
      if (is_odd_break(c.value) && text.compare(at, 2, "\r\n") != 0) scan.odd_breaks = true;
      at += c.size;
    }
  }
  return scan;
}

std::string bad_byte_message(std::string_view text, std::size_t at) {
  const CodePoint c = decode_utf8(text, at);
  if (is_stray_mark(text, at)) {
    return "a byte order mark begins a line inside a document; it may only begin a document";
  }
  if (c.size == 0) return invalid_utf8_message(text, at);
  return code_point_name(c.value) + " is not allowed in YAML";
}

std::size_t next_document(std::string_view text, std::size_t from) {
  std::size_t at = from;
  do {
    at = text.find("---", at + 1);
  } while (at != std::string_view::npos && !is_document_line(text, at));
  return std::min(at, text.size());
}

std::size_t document_around(std::string_view text, std::size_t from, std::size_t at) {
  for (;;) {
    const std::size_t found = text.substr(0, at + 1).rfind("---", at);
    if (found == std::string_view::npos || found <= from) return from;
    if (is_document_line(text, found)) return found;
    at = found - 1;
  }
}

std::vector<std::size_t> skipped_marks(std::string_view text, std::size_t from) {
  std::vector<std::size_t> found;
  for (std::size_t at = text.find(kByteOrderMark, from); at != kNowhere;
       at = text.find(kByteOrderMark, at + 1)) {
    if (begins_document(text, at)) found.push_back(at);
  }
  return found;
}

std::size_t find_template(std::string_view text, std::size_t from) {
  for (std::size_t at = text.find("{{", from); at != kNowhere; at = text.find("{{", at + 1)) {
    const std::size_t line = at == 0 ? 0 : text.rfind('\n', at - 1) + 1;
    const std::size_t first = text.find_first_not_of(" \t", line);
    if (text[first] != '#') return at;
    at = std::min(text.find('\n', at), text.size()) - 1;
  }
  return kNowhere;
}

std::size_t count_code_points(std::string_view text) noexcept {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts_code_point));
}

std::size_t code_point_offset(std::string_view text, std::size_t count) noexcept {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if (starts_code_point(text[at]) && count-- == 0) break;
  }
  return at;
}

void Cursor::step() {
  const CodePoint c = decode_utf8(text_, offset_);
  const bool pair = c.value == '\r' && text_.compare(offset_, 2, "\r\n") == 0;
  offset_ += pair ? 2 : std::max<std::size_t>(c.size, 1);
  if (pair || c.value == '\n') {
    ++mark_.line;
    mark_.column = 1;
  } else {
    ++mark_.column;
  }
  if (c.value == '\n' || is_odd_break(c.value)) {
    ++line_;
    column_ = 0;
  } else {
    ++column_;
  }
  while (next_skipped_ < skipped_->size() && (*skipped_)[next_skipped_] < offset_) ++next_skipped_;
  if (next_skipped_ < skipped_->size() && (*skipped_)[next_skipped_] == offset_) {
    offset_ += kByteOrderMark.size();
  }
}

void Cursor::advance_to(std::size_t line, std::size_t column) {
  while (before(line, column)) step();
}

bool Cursor::skip_properties(std::size_t end_line, std::size_t end_column) {
  const Cursor start = *this;
  while (before(end_line, end_column)) {
    const char c = text_[offset_];
    if (c == '&' || c == '!') {
      const bool shorthand = text_.compare(offset_, 2, "!<") != 0 && c == '!';
      while (before(end_line, end_column) && !is_white(text_[offset_])) {
        if (shorthand && text_[offset_] == ',') return false;
        step();
      }
      if (shorthand && offset_ < text_.size() && text_[offset_] == ',') return false;
    } else if (c == '#') {
      while (before(end_line, end_column) && !is_break(text_[offset_])) step();
    } else if (is_white(c)) {
      step();
    } else {
      return true;
    }
  }
  *this = start;
  return true;
}

}  // namespace kaudit::read
