#include "manifests/adapt/compose_short.h"

#include <charconv>

#include "manifests/adapt/compose_text.h"

namespace kaudit::compose {
namespace {

constexpr bool is_letter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// The part before the next colon that divides, and what follows it. `C:\data` is one part.
std::string_view take_part(std::string_view& rest) noexcept {
  std::size_t from = 0;
  if (rest.size() > 2 && is_letter(rest[0]) && rest[1] == ':' &&
      (rest[2] == '\\' || rest[2] == '/')) {
    from = 2;
  }
  const std::size_t colon = find_outside(rest, ':', from);
  const std::string_view part = rest.substr(0, colon);
  rest.remove_prefix(colon == std::string_view::npos ? rest.size() : colon + 1);
  return part;
}

bool parse_port(std::string_view text, std::uint16_t& out) noexcept {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return !text.empty() && error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

bool ShortVolume::has_option(std::string_view wanted) const noexcept {
  for (std::string_view rest = options; !rest.empty();) {
    const std::size_t comma = rest.find(',');
    if (rest.substr(0, comma) == wanted) return true;
    rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
  }
  return false;
}

ShortVolume split_volume(std::string_view text) noexcept {
  ShortVolume out;
  std::string_view rest = text;
  const std::string_view first = take_part(rest);
  if (rest.empty()) {
    out.target = first;
    return out;
  }
  out.source = first;
  out.target = take_part(rest);
  out.options = rest;
  return out;
}

bool is_path(std::string_view source) noexcept {
  if (source.empty()) return false;
  if (source[0] == '.' || source[0] == '/' || source[0] == '~') return true;
  if (source.starts_with("\\\\")) return true;
  return source.size() > 1 && is_letter(source[0]) && source[1] == ':';
}

ShortPort split_port(std::string_view text) noexcept {
  ShortPort out;
  std::string_view rest = text;
  if (const std::size_t slash = rfind_outside(rest, '/'); slash != std::string_view::npos) {
    out.protocol = rest.substr(slash + 1);
    rest = rest.substr(0, slash);
    if (out.protocol.empty()) return out;
  }
  const std::size_t last = rfind_outside(rest, ':');
  if (last == std::string_view::npos) {
    out.target = rest;
    out.valid = !rest.empty();
    return out;
  }
  out.target = rest.substr(last + 1);
  rest = rest.substr(0, last);
  const std::size_t before = rfind_outside(rest, ':');
  if (before == std::string_view::npos) {
    out.published = rest;
  } else {
    out.published = rest.substr(before + 1);
    out.ip = rest.substr(0, before);
    if (out.ip.starts_with('[') && out.ip.ends_with(']')) {
      out.ip = out.ip.substr(1, out.ip.size() - 2);
    }
  }
  out.valid = !out.target.empty();
  return out;
}

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool inside = false;  // of a word, perhaps an empty one: ""
  bool hole = false;
  char quote = '\0';
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == kHoleBegin || c == kHoleEnd) hole = c == kHoleBegin;
    if (hole) {
      word += c;
      inside = true;
    } else if (quote != '\0' && c == quote) {
      quote = '\0';
    } else if (quote == '\0' && (c == '"' || c == '\'')) {
      quote = c;
      inside = true;
    } else if (c == '\\' && quote != '\'' && at + 1 < text.size()) {
      word += text[++at];
      inside = true;
    } else if (quote == '\0' && (c == ' ' || c == '\t' || c == '\n' || c == '\r')) {
      if (inside) words.push_back(std::move(word));
      word.clear();
      inside = false;
    } else {
      word += c;
      inside = true;
    }
  }
  if (inside) words.push_back(std::move(word));
  return words;
}

PortRange parse_range(std::string_view text) noexcept {
  PortRange out;
  const std::size_t dash = text.find('-');
  if (!parse_port(text.substr(0, dash), out.first)) return out;
  out.last = out.first;
  if (dash != std::string_view::npos && !parse_port(text.substr(dash + 1), out.last)) return out;
  out.valid = out.first <= out.last;
  return out;
}

}  // namespace kaudit::compose
