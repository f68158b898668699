#include "core/report/json_writer.h"

#include <array>
#include <charconv>
#include <cstring>

#include "core/report/escape.h"

namespace kaudit {
namespace {

constexpr std::size_t kFlushBytes = std::size_t{64} << 10;

// ASCII that stands in a string as it is. `<` needs a look at what follows.
constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (std::size_t c = 0x20; c < 0x7F; ++c) plain[c] = c != '"' && c != '\\' && c != '<';
  return plain;
}();

// Eight bytes that are all plain: the test of each byte's high bit, at once.
bool eight_plain(const char* text) noexcept {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kHigh = 0x8080808080808080;
  std::uint64_t word;
  std::memcpy(&word, text, sizeof word);
  const auto has_zero = [](std::uint64_t w) { return (w - kOnes) & ~w; };
  return ((word |                   // not ASCII
           (word - kOnes * 0x20) |  // controls
           (word + kOnes) |         // DEL
           has_zero(word ^ kOnes * '"') | has_zero(word ^ kOnes * '\\') |
           has_zero(word ^ kOnes * '<')) &
          kHigh) == 0;
}

void append_escape(std::string& out, char32_t unit) {
  constexpr char kHex[] = "0123456789abcdef";
  const char text[] = {
      '\\',           'u', kHex[(unit >> 12) & 15], kHex[(unit >> 8) & 15], kHex[(unit >> 4) & 15],
      kHex[unit & 15]};
  out.append(text, sizeof text);
}

void append_special(std::string& out, char32_t code_point) {
  switch (code_point) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    case kNotACharacter: out += "\xEF\xBF\xBD"; return;
    default: break;
  }
  if (code_point < 0x10000) return append_escape(out, code_point);
  append_escape(out, 0xD800 + ((code_point - 0x10000) >> 10));
  append_escape(out, 0xDC00 + ((code_point - 0x10000) & 0x3FF));
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t run = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    if (at + 8 <= text.size() && eight_plain(text.data() + at)) {
      at += 8;
      continue;
    }
    if (kPlain[static_cast<unsigned char>(text[at])]) {
      ++at;
      continue;
    }
    const std::size_t begin = at;
    const char32_t code_point = next_code_point(text, at);
    bool plain = code_point != '"' && code_point != '\\' && code_point != kNotACharacter;
    if (code_point == '<') {
      plain = at == text.size() || (text[at] != '/' && text[at] != '!');
    } else if (plain) {
      plain = !is_hidden(code_point);
    }
    if (plain) continue;
    out.append(text, run, begin - run);
    append_special(out, code_point);
    run = at;
  }
  out.append(text, run, text.size() - run);
  out += '"';
}

void JsonWriter::flush() {
  if (buffer_.empty()) return;
  out_.write(buffer_);
  buffer_.clear();
}

void JsonWriter::indent() {
  buffer_ += '\n';
  buffer_.append(2 * (depth_ + levels_.size()), ' ');
}

// What stands between the value before and the one that comes.
void JsonWriter::separate() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (levels_.empty()) return;
  Level& level = levels_.back();
  if (!level.empty) buffer_ += ',';
  if (level.layout == Layout::lines) {
    indent();
  } else if (level.layout == Layout::line && !level.empty) {
    buffer_ += ' ';
  }
  level.empty = false;
}

void JsonWriter::begin(char bracket, Layout layout) {
  separate();
  buffer_ += bracket;
  const Layout outer = levels_.empty() ? layout_ : levels_.back().layout;
  levels_.push_back({outer == Layout::lines ? layout : outer});
}

void JsonWriter::end(char bracket) {
  const Level level = levels_.back();
  levels_.pop_back();
  if (level.layout == Layout::lines && !level.empty) indent();
  buffer_ += bracket;
  if (buffer_.size() >= kFlushBytes) flush();
}

void JsonWriter::key(std::string_view name) {
  separate();
  buffer_ += '"';
  buffer_ += name;
  buffer_ += levels_.back().layout == Layout::compact ? "\":" : "\": ";
  after_key_ = true;
}

void JsonWriter::value(std::string_view text) {
  separate();
  append_json_string(buffer_, text);
}

void JsonWriter::value(bool truth) {
  separate();
  buffer_ += truth ? "true" : "false";
}

void JsonWriter::null() {
  separate();
  buffer_ += "null";
}

void JsonWriter::raw(std::string_view json) {
  separate();
  buffer_ += json;
  if (buffer_.size() >= kFlushBytes) flush();
}

void JsonWriter::integer(std::int64_t number) {
  separate();
  char digits[24];
  const auto result = std::to_chars(digits, digits + sizeof digits, number);
  buffer_.append(digits, result.ptr);
}

void JsonWriter::natural(std::uint64_t number) {
  separate();
  char digits[24];
  const auto result = std::to_chars(digits, digits + sizeof digits, number);
  buffer_.append(digits, result.ptr);
}

}  // namespace kaudit
