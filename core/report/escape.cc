#include "core/report/escape.h"

#include <algorithm>
#include <iterator>

namespace kaudit {
namespace {

struct Range {
  char32_t first, last;
};

// Sorted. Unicode's Cc, Cf and the blank letters that fonts draw as nothing; beyond Cf, the
// variation selectors of plane 14, which can carry a hidden message.
constexpr Range kHidden[] = {
    {0x00, 0x1F},       {0x7F, 0x9F},       {0xAD, 0xAD},       {0x34F, 0x34F},
    {0x600, 0x605},     {0x61C, 0x61C},     {0x6DD, 0x6DD},     {0x70F, 0x70F},
    {0x890, 0x891},     {0x8E2, 0x8E2},     {0x115F, 0x1160},   {0x17B4, 0x17B5},
    {0x180B, 0x180F},   {0x200B, 0x200F},   {0x2028, 0x202E},   {0x2060, 0x206F},
    {0x3164, 0x3164},   {0xFDD0, 0xFDEF},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},
    {0xFFF0, 0xFFFB},   {0xFFFE, 0xFFFF},   {0x110BD, 0x110BD}, {0x110CD, 0x110CD},
    {0x13430, 0x1343F}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
};

constexpr std::string_view kHex = "0123456789abcdef";

// Nothing to decode, to hide or to escape in any text format.
constexpr bool is_plain_ascii(char c) noexcept { return c >= 0x20 && c < 0x7F; }

void append_hex_byte(std::string& out, char byte) {
  const auto value = static_cast<unsigned char>(byte);
  out += "\\x";
  out += kHex[value >> 4];
  out += kHex[value & 15];
}

void append_hidden(std::string& out, char32_t code_point) {
  switch (code_point) {
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  if (code_point < 0x80) return append_hex_byte(out, static_cast<char>(code_point));
  out += "\\u{";
  int shift = 20;
  while (((code_point >> shift) & 15) == 0) shift -= 4;
  for (; shift >= 0; shift -= 4) out += kHex[(code_point >> shift) & 15];
  out += '}';
}

void append_escape(std::string& out, char32_t code_point, std::string_view bytes) {
  if (code_point != kNotACharacter) return append_hidden(out, code_point);
  for (const char byte : bytes) append_hex_byte(out, byte);
}

// Calls plain(run of visible text) and other(code point, its bytes) in turn.
template <class Plain, class Other>
void split(std::string_view text, Plain plain, Other other) {
  std::size_t run = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    if (is_plain_ascii(text[at])) {
      ++at;
      continue;
    }
    const std::size_t begin = at;
    const char32_t code_point = next_code_point(text, at);
    if (code_point != kNotACharacter && !is_hidden(code_point)) continue;
    if (begin > run) plain(text.substr(run, begin - run));
    other(code_point, text.substr(begin, at - begin));
    run = at;
  }
  if (text.size() > run) plain(text.substr(run));
}

// Hidden characters made visible; runs of the rest go to `escape`.
template <class Escape>
void append_each(std::string& out, std::string_view text, Escape escape) {
  split(text, escape, [&](char32_t code_point, std::string_view bytes) {
    append_escape(out, code_point, bytes);
  });
}

constexpr bool is_word(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

}  // namespace

bool opens_log_command(std::string_view text) noexcept {
  if (!text.starts_with("##")) return false;
  std::size_t at = 2;
  while (at < text.size() && ((text[at] | 0x20) >= 'a' && (text[at] | 0x20) <= 'z')) ++at;
  return at < text.size() && text[at] == '[';
}

char32_t next_code_point(std::string_view text, std::size_t& at) noexcept {
  const auto byte = [&](std::size_t index) -> unsigned {
    return index < text.size() ? static_cast<unsigned char>(text[index]) : 0U;
  };
  const unsigned lead = byte(at++);
  if (lead < 0x80) return lead;
  // Bounds of the second byte: they alone exclude overlong forms, surrogates and too large values.
  unsigned low = 0x80;
  unsigned high = 0xBF;
  unsigned more = 0;
  char32_t code_point = 0;
  if (lead >= 0xC2 && lead <= 0xDF) {
    more = 1;
    code_point = lead & 0x1FU;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    more = 2;
    code_point = lead & 0x0FU;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    more = 3;
    code_point = lead & 0x07U;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
  } else {
    return kNotACharacter;
  }
  for (; more > 0; --more) {
    const unsigned next = byte(at);
    if (next < low || next > high) return kNotACharacter;
    code_point = (code_point << 6) | (next & 0x3FU);
    low = 0x80;
    high = 0xBF;
    ++at;
  }
  return code_point;
}

void append_utf8(std::string& out, char32_t code_point) {
  const auto add = [&](char32_t value) {
    out += static_cast<char>(static_cast<unsigned char>(value));
  };
  if (code_point < 0x80) return add(code_point);
  if (code_point < 0x800) {
    add(0xC0 | (code_point >> 6));
  } else {
    if (code_point < 0x10000) {
      add(0xE0 | (code_point >> 12));
    } else {
      add(0xF0 | (code_point >> 18));
      add(0x80 | ((code_point >> 12) & 0x3F));
    }
    add(0x80 | ((code_point >> 6) & 0x3F));
  }
  add(0x80 | (code_point & 0x3F));
}

bool is_hidden(char32_t code_point) noexcept {
  const auto* const after =
      std::upper_bound(std::begin(kHidden), std::end(kHidden), code_point,
                       [](char32_t value, const Range& range) { return value < range.first; });
  return after != std::begin(kHidden) && code_point <= std::prev(after)->last;
}

void append_visible(std::string& out, std::string_view text) {
  append_each(out, text, [&](std::string_view run) {
    std::size_t from = 0;
    for (std::size_t at = run.find("##"); at != run.npos; at = run.find("##", at + 1)) {
      if (!opens_log_command(run.substr(at))) continue;
      out += run.substr(from, at - from);
      out += "#\\x23";
      from = at + 2;
    }
    out += run.substr(from);
  });
}

void append_escaped(std::string& out, std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const char32_t code_point = next_code_point(text, at);
    append_escape(out, code_point, text.substr(begin, at - begin));
  }
}

std::string visible(std::string_view text) {
  std::string out;
  append_visible(out, text);
  return out;
}

void append_visible_line_start(std::string& out, std::string_view text) {
  // Runners trim the line before they look.
  const std::size_t first = std::min(text.find_first_not_of(" \t"), text.size());
  append_visible(out, text.substr(0, first));
  text.remove_prefix(first);
  if (text.starts_with("::") || text.starts_with("section_start:") ||
      text.starts_with("section_end:") || opens_log_command(text)) {
    append_hex_byte(out, text.front());
    text.remove_prefix(1);
  }
  append_visible(out, text);
}

void append_xml(std::string& out, std::string_view text) {
  append_each(out, text, [&](std::string_view run) {
    for (const char c : run) {
      switch (c) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '"': out += "&quot;"; break;
        case '\'': out += "&#39;"; break;
        default: out += c;
      }
    }
  });
}

void append_markdown(std::string& out, std::string_view text) {
  // Ends a text node, so that what GitHub and GitLab find in text nodes (mentions, references,
  // links) is not found. An entity would not do: they look after entities are resolved.
  constexpr std::string_view kBreak = "<!-- -->";
  append_each(out, text, [&](std::string_view run) {
    for (std::size_t i = 0; i < run.size(); ++i) {
      const char c = run[i];
      const bool before_word = i + 1 < run.size() && is_word(run[i + 1]);
      switch (c) {
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '&':
          out += "&amp;";
          if (before_word) out += kBreak;
          break;
        case '\\':
        case '`':
        case '*':
        case '_':
        case '[':
        case ']':
        case '|':
          out += '\\';
          out += c;
          break;
        case '#':
        case '!':
        case '~':
        case '$':
        case '^':
        case '%':
        case '@':
          if (c != '%' && c != '@') out += '\\';
          out += c;
          if (before_word) out += kBreak;
          break;
        case ':':
          out += c;
          if (run.substr(i + 1).starts_with("//")) out += kBreak;
          break;
        case '.':
          if (i > 0 && (run[i - 1] | 0x20) == 'w') out += kBreak;  // www.
          out += c;
          break;
        default: out += c;
      }
    }
  });
}

void append_markdown_code(std::string& out, std::string_view text) {
  std::string content;
  append_visible(content, text);
  if (content.find_first_not_of(' ') == content.npos) return;
  // Longer than every run of backticks inside.
  std::size_t longest = 0;
  std::size_t length = 0;
  for (const char c : content) {
    length = c == '`' ? length + 1 : 0;
    longest = std::max(longest, length);
  }
  const std::string fence(longest + 1, '`');
  const bool padded = content.front() == '`' || content.back() == '`';
  out += fence;
  if (padded) out += ' ';
  for (const char c : content) {
    if (c == '|') out += '\\';  // a table's cells are told apart before code spans
    out += c;
  }
  if (padded) out += ' ';
  out += fence;
}

void append_markdown_sentence(std::string& out, std::string_view text) {
  std::size_t ticks = 0;
  for (const char c : text) ticks += c == '`' ? 1 : 0;
  if (ticks % 2 != 0) return append_markdown(out, text);
  for (bool code = false;; code = !code) {
    const std::size_t tick = text.find('`');
    const std::string_view part = text.substr(0, tick);
    code ? append_markdown_code(out, part) : append_markdown(out, part);
    if (tick == std::string_view::npos) return;
    text.remove_prefix(tick + 1);
  }
}

void append_csv_field(std::string& out, std::string_view text) {
  std::string content;
  append_visible(content, text);
  const std::size_t first = content.find_first_not_of(' ');
  const bool formula = first != content.npos &&
                       std::string_view("=+-@").find(content[first]) != std::string_view::npos;
  const bool quoted = content.find_first_of(",\";") != content.npos || content.starts_with(' ') ||
                      content.ends_with(' ');
  if (quoted) out += '"';
  if (formula) out += '\'';
  for (const char c : content) {
    if (c == '"') out += '"';
    out += c;
  }
  if (quoted) out += '"';
}

void append_uri_path(std::string& out, std::string_view path) {
  if (path.starts_with('/')) {
    out += "file://";
  } else {
    while (path.starts_with("./")) path.remove_prefix(2);
  }
  constexpr std::string_view kUpperHex = "0123456789ABCDEF";
  for (const char c : path) {
    if (is_word(c) || c == '-' || c == '.' || c == '~' || c == '/') {
      out += c;
      continue;
    }
    const auto value = static_cast<unsigned char>(c);
    out += '%';
    out += kUpperHex[value >> 4];
    out += kUpperHex[value & 15];
  }
}

void append_github_message(std::string& out, std::string_view text) {
  append_each(out, text, [&](std::string_view run) {
    for (const char c : run) {
      if (c == '%') {
        out += "%25";
      } else {
        out += c;
      }
    }
  });
}

void append_github_property(std::string& out, std::string_view text) {
  append_each(out, text, [&](std::string_view run) {
    for (const char c : run) {
      switch (c) {
        case '%': out += "%25"; break;
        case ':': out += "%3A"; break;
        case ',': out += "%2C"; break;
        default: out += c;
      }
    }
  });
}

}  // namespace kaudit
