#include "manifests/read/dockerfile_words.h"

#include <utility>

#include "core/build_words.h"
#include "manifests/read/utf8.h"

namespace kaudit::read {
namespace {

constexpr bool is_blank(char c) noexcept {
  return c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == '\r';
}

// A JSON text, only as far as telling whether it is an array of strings takes: other values are
// looked at for their grammar alone, without recursion.
class ArrayReader {
 public:
  ArrayReader(std::string_view text, Span within)
      : text_(text.substr(0, within.end)), at_(within.begin), end_(within.end) {}

  JsonArray read() {
    JsonArray out;
    skip_blanks();
    if (!take('[')) return out;
    bool strings = true;
    skip_blanks();
    if (!take(']')) {
      do {
        skip_blanks();
        JsonArray::Item item;
        item.span.begin = at_;
        if (peek() == '"') {
          if (!string(item.text)) return out;
        } else {
          strings = false;
          if (!value()) return out;
        }
        item.span.end = at_;
        out.items.push_back(std::move(item));
        skip_blanks();
      } while (take(','));
      if (!take(']')) return out;
    }
    skip_blanks();
    if (at_ == end_) out.is = strings ? JsonArray::Is::strings : JsonArray::Is::other;
    return out;
  }

 private:
  [[nodiscard]] char peek() const noexcept { return at_ < end_ ? text_[at_] : '\0'; }
  bool take(char c) noexcept {
    if (at_ == end_ || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void skip_blanks() noexcept {
    while (at_ < end_ && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos)
      ++at_;
  }

  bool hexadecimal(std::uint32_t& out) noexcept {
    out = 0;
    for (int n = 0; n < 4; ++n, ++at_) {
      const char c = peek();
      std::uint32_t digit = 0;
      if (c >= '0' && c <= '9')
        digit = static_cast<std::uint32_t>(c - '0');
      else if (c >= 'a' && c <= 'f')
        digit = static_cast<std::uint32_t>(c - 'a' + 10);
      else if (c >= 'A' && c <= 'F')
        digit = static_cast<std::uint32_t>(c - 'A' + 10);
      else
        return false;
      out = out * 16 + digit;
    }
    return true;
  }

  // Half a surrogate pair becomes U+FFFD, as in Go.
  bool escape(std::string& out) {
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    const char c = peek();
    ++at_;
    if (const std::size_t known = kNames.find(c); c != '\0' && known != std::string_view::npos) {
      out += kMeanings[known];
      return true;
    }
    std::uint32_t unit = 0;
    if (c != 'u' || !hexadecimal(unit)) return false;
    const bool high = unit >= 0xD800U && unit < 0xDC00U;
    if (high && text_.substr(at_, 2) == "\\u") {
      const std::size_t back = at_;
      at_ += 2;
      std::uint32_t low = 0;
      if (!hexadecimal(low)) return false;
      if (low >= 0xDC00U && low < 0xE000U) {
        append_utf8(out, 0x10000U + ((unit - 0xD800U) << 10U) + (low - 0xDC00U));
        return true;
      }
      at_ = back;
    }
    append_utf8(out, unit >= 0xD800U && unit < 0xE000U ? kReplacement : unit);
    return true;
  }

  bool string(std::string& out) {
    if (!take('"')) return false;
    while (at_ < end_) {
      const char c = text_[at_++];
      if (c == '"') return true;
      if (static_cast<unsigned char>(c) < 0x20U) return false;
      if (c != '\\') {
        out += c;
      } else if (!escape(out)) {
        return false;
      }
    }
    return false;
  }

  bool digits() noexcept {
    const std::size_t begin = at_;
    while (peek() >= '0' && peek() <= '9') ++at_;
    return at_ > begin;
  }

  bool number() noexcept {
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      return digits();
    }
    return true;
  }

  bool scalar() {
    for (const std::string_view word : {"true", "false", "null"}) {
      if (text_.substr(at_, word.size()) != word) continue;
      at_ += word.size();
      return true;
    }
    std::string ignored;
    return peek() == '"' ? string(ignored) : number();
  }

  bool member_name() {
    std::string ignored;
    skip_blanks();
    if (!string(ignored)) return false;
    skip_blanks();
    if (!take(':')) return false;
    skip_blanks();
    return true;
  }

  // Any value, of any depth: `open` holds the brackets to come.
  bool value() {
    std::string open;
    for (;;) {
      if (take('[')) {
        skip_blanks();
        if (peek() != ']') {
          open += ']';
          continue;
        }
        ++at_;
      } else if (take('{')) {
        skip_blanks();
        if (peek() != '}') {
          open += '}';
          if (!member_name()) return false;
          continue;
        }
        ++at_;
      } else if (!scalar()) {
        return false;
      }
      for (;;) {  // what follows a value
        if (open.empty()) return true;
        skip_blanks();
        if (take(',')) {
          skip_blanks();
          if (open.back() == '}' && !member_name()) return false;
          break;
        }
        if (!take(open.back())) return false;
        open.pop_back();
      }
    }
  }

  std::string_view text_;
  std::size_t at_, end_;
};

}  // namespace

std::vector<FlagWord> take_flags(std::string_view text, std::size_t& from, char escape) {
  std::vector<FlagWord> flags;
  std::size_t at = from;
  for (;;) {
    while (at < text.size()) {
      const std::size_t space = space_size(text, at);
      if (space == 0) break;
      at += space;
    }
    from = at;
    if (text.substr(at, 2) != "--") return flags;
    FlagWord flag;
    flag.span.begin = at;
    char quote = '\0';
    for (; at < text.size(); ++at) {
      const char c = text[at];
      if (quote == '\0' && space_size(text, at) != 0) break;
      if (c == quote) {
        quote = '\0';
      } else if (quote == '\0' && (c == '\'' || c == '"')) {
        quote = c;
      } else if (c == escape) {
        if (at + 1 < text.size()) flag.text += text[++at];
      } else {
        flag.text += c;
      }
    }
    flag.span.end = at;
    if (flag.text == "--") {  // ends the flags
      from = at;
      return flags;
    }
    flags.push_back(std::move(flag));
  }
}

std::vector<Span> quoted_words(std::string_view text, Span within, char escape) {
  std::vector<Span> words;
  std::size_t at = within.begin;
  while (at < within.end) {
    if (const std::size_t space = space_size(text, at)) {
      at += space;
      continue;
    }
    const std::size_t begin = at;
    char quote = '\0';
    while (at < within.end && (quote != '\0' || space_size(text, at) == 0)) {
      const char c = text[at];
      if (c == escape && quote != '\'') {
        at += at + 1 < within.end ? 2 : 1;
        continue;
      }
      if (c == quote) {
        quote = '\0';
      } else if (quote == '\0' && (c == '\'' || c == '"')) {
        quote = c;
      }
      ++at;
    }
    words.push_back({begin, at});
  }
  return words;
}

std::vector<Span> plain_words(std::string_view text, Span within) {
  std::vector<Span> words;
  for (std::size_t at = within.begin; at < within.end;) {
    const std::size_t begin = at;
    while (at < within.end && !is_blank(text[at])) ++at;
    if (at > begin) words.push_back({begin, at});
    while (at < within.end && is_blank(text[at])) ++at;
  }
  return words;
}

Span trimmed(std::string_view text, Span span) noexcept {
  const std::string_view all = text.substr(span.begin, span.end - span.begin);
  const std::string_view inner = trim_space(all);
  const auto begin = span.begin + static_cast<std::size_t>(inner.data() - all.data());
  return {begin, begin + inner.size()};
}

JsonArray json_array(std::string_view text, Span within) {
  JsonArray out = ArrayReader(text, within).read();
  if (out.is != JsonArray::Is::strings) out.items.clear();
  return out;
}

}  // namespace kaudit::read
