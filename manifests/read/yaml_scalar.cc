#include "manifests/read/yaml_scalar.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>

#include "manifests/read/number.h"
#include "manifests/read/utf8.h"

namespace kaudit::read {
namespace {

constexpr std::string_view kTagPrefix = "tag:yaml.org,2002:";

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr YamlScalar kNull{Kind::null, false, 0};
constexpr YamlScalar boolean(bool value) noexcept { return {Kind::boolean, false, value ? 1 : 0}; }
YamlScalar real(double value) noexcept {
  return {Kind::real, false, std::bit_cast<std::int64_t>(value)};
}

// A word of up to eight bytes as a number; another one for each text without NUL bytes.
constexpr std::uint64_t packed(std::string_view word) noexcept {
  std::uint64_t bytes = 0;
  for (const char c : word) bytes = bytes << 8U | static_cast<unsigned char>(c);
  return bytes;
}

YamlScalar word(std::string_view text) noexcept {
  constexpr std::size_t kLongest = 5;
  if (text.size() > kLongest) return {};
  switch (packed(text)) {
    case packed("y"):
    case packed("Y"):
    case packed("yes"):
    case packed("Yes"):
    case packed("YES"):
    case packed("true"):
    case packed("True"):
    case packed("TRUE"):
    case packed("on"):
    case packed("On"):
    case packed("ON"): return boolean(true);
    case packed("n"):
    case packed("N"):
    case packed("no"):
    case packed("No"):
    case packed("NO"):
    case packed("false"):
    case packed("False"):
    case packed("FALSE"):
    case packed("off"):
    case packed("Off"):
    case packed("OFF"): return boolean(false);
    case packed("~"):
    case packed("null"):
    case packed("Null"):
    case packed("NULL"): return kNull;
    default: return {};
  }
}

// .inf, -.Inf, .NAN and the like.
std::optional<YamlScalar> special_real(std::string_view text) noexcept {
  const bool negative = text.starts_with('-');
  const bool sign = negative || text.starts_with('+');
  const std::string_view name = text.substr(sign ? 1 : 0);
  if (name == ".inf" || name == ".Inf" || name == ".INF") {
    return real(negative ? -std::numeric_limits<double>::infinity()
                         : std::numeric_limits<double>::infinity());
  }
  if (!sign && (name == ".nan" || name == ".NaN" || name == ".NAN")) {
    return real(std::numeric_limits<double>::quiet_NaN());
  }
  return std::nullopt;
}

// strconv.ParseUint(text, 0, 64) without underscores: 0x, 0o and 0b, and a leading 0 is octal.
std::optional<std::uint64_t> parse_unsigned(std::string_view text) noexcept {
  if (text.empty() || !is_digit(text[0])) return std::nullopt;
  int base = 10;
  if (text[0] == '0' && text.size() > 1) {
    const char mark = lower(text[1]);
    const int marked = mark == 'x' ? 16 : mark == 'o' ? 8 : mark == 'b' ? 2 : 0;
    base = marked != 0 ? marked : 8;
    text.remove_prefix(marked != 0 ? 2 : 1);
  }
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<YamlScalar> with_sign(std::uint64_t magnitude, bool negative,
                                    bool signed_text) noexcept {
  constexpr auto kLimit = std::uint64_t{1} << 63U;
  if (magnitude < kLimit || (negative && magnitude == kLimit)) {
    const std::uint64_t bits = negative ? ~magnitude + 1 : magnitude;
    return YamlScalar{Kind::integer, false, static_cast<std::int64_t>(bits)};
  }
  if (signed_text) return std::nullopt;
  return YamlScalar{Kind::real, true, std::bit_cast<std::int64_t>(static_cast<double>(magnitude))};
}

std::optional<YamlScalar> parse_integer(std::string_view text) noexcept {
  const bool sign = text.starts_with('-') || text.starts_with('+');
  const auto magnitude = parse_unsigned(text.substr(sign ? 1 : 0));
  if (!magnitude) return std::nullopt;
  return with_sign(*magnitude, text.starts_with('-'), sign);
}

// 0b+1: goyaml.v2 hands what follows `0b` to a parser that takes a sign.
std::optional<YamlScalar> parse_signed_binary(std::string_view text) noexcept {
  if (!text.starts_with("0b+") && !text.starts_with("0b-")) return std::nullopt;
  const std::string_view digits = text.substr(3);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 2);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return with_sign(value, text[2] == '-', true);
}

std::size_t skip_digits(std::string_view text, std::size_t at) noexcept {
  while (at < text.size() && is_digit(text[at])) ++at;
  return at;
}

// [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?
bool looks_like_real(std::string_view text) noexcept {
  std::size_t at = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
  const std::size_t whole = skip_digits(text, at) - at;
  at += whole;
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = skip_digits(text, at + 1) - (at + 1);
    if (whole + fraction == 0) return false;
    at += 1 + fraction;
  } else if (whole == 0) {
    return false;
  }
  if (at < text.size() && lower(text[at]) == 'e') {
    ++at;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    const std::size_t end = skip_digits(text, at);
    if (end == at) return false;
    at = end;
  }
  return at == text.size();
}

std::optional<YamlScalar> parse_real(std::string_view text) {
  if (!looks_like_real(text)) return std::nullopt;
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto value = to_double(text);
  if (!value) return std::nullopt;
  return real(*value);
}

// Go allows an underscore between two digits only.
bool underscores_divide_digits(std::string_view text) noexcept {
  for (std::size_t at = text.find('_'); at != std::string_view::npos; at = text.find('_', at + 1)) {
    if (at == 0 || at + 1 == text.size() || !is_digit(text[at - 1]) || !is_digit(text[at + 1])) {
      return false;
    }
  }
  return true;
}

YamlScalar resolve_digits(std::string_view text) {
  if (text.starts_with('.')) return parse_real(text).value_or(YamlScalar{});
  if (const auto integer = parse_integer(text)) return *integer;
  if (const auto number = parse_real(text)) return *number;
  return parse_signed_binary(text).value_or(YamlScalar{});
}

YamlScalar resolve_number(std::string_view text) {
  if (const auto special = special_real(text)) return *special;
  if (text.find('_') != std::string_view::npos) {
    if (text[0] == '.' && !underscores_divide_digits(text)) return {};
    std::string digits(text);
    std::erase(digits, '_');
    return resolve_digits(digits);
  }
  return resolve_digits(text);
}

int base64_digit(char c) noexcept {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (is_digit(c)) return c - '0' + 52;
  if (c == '+') return 62;
  if (c == '/') return 63;
  return -1;
}

// base64.StdEncoding: padding is required, line breaks are skipped.
std::optional<std::string> decode_base64(std::string_view text) {
  std::string out;
  std::uint32_t bits = 0;
  int digits = 0;
  int padding = 0;
  for (const char c : text) {
    if (c == '\r' || c == '\n') continue;
    if (c == '=') {
      ++padding;
      continue;
    }
    const int digit = base64_digit(c);
    if (digit < 0 || padding > 0) return std::nullopt;
    bits = bits << 6U | static_cast<std::uint32_t>(digit);
    if (++digits == 4) {
      for (const unsigned shift : {16U, 8U, 0U}) out += static_cast<char>(bits >> shift & 0xFFU);
      bits = 0;
      digits = 0;
    }
  }
  if (digits + padding != (digits == 0 ? 0 : 4) || digits == 1) return std::nullopt;
  if (digits >= 2) out += static_cast<char>(bits >> (digits == 2 ? 4U : 10U) & 0xFFU);
  if (digits == 3) out += static_cast<char>(bits >> 2U & 0xFFU);
  return out;
}

// As Go writes a string into JSON: U+FFFD for every byte that is not UTF-8.
std::string as_utf8(std::string_view bytes) {
  std::string out;
  for (std::size_t at = 0; at < bytes.size();) {
    const CodePoint c = decode_utf8(bytes, at);
    append_utf8(out, c.size == 0 ? kReplacement : c.value);
    at += std::max<std::size_t>(c.size, 1);
  }
  return out;
}

// strconv.FormatFloat(value, 'g', -1, 32), as sigs.k8s.io/yaml names a member.
std::string go_float32_text(double value) {
  const auto narrow = static_cast<float>(value);
  if (std::isnan(narrow)) return ".nan";
  if (std::isinf(narrow)) return narrow < 0 ? "-.inf" : ".inf";
  std::array<char, 64> buffer{};
  const auto write = [&](std::chars_format format) {
    const auto [end, error] =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), narrow, format);
    return std::string(buffer.data(), end);
  };
  std::string scientific = write(std::chars_format::scientific);
  const char* digits = scientific.data() + scientific.find('e') + 1;
  if (*digits == '+') ++digits;
  int exponent = 0;
  std::from_chars(digits, scientific.data() + scientific.size(), exponent);
  constexpr int kShortestPrecision = 6;
  if (exponent < -4 || exponent >= kShortestPrecision) return scientific;
  return write(std::chars_format::fixed);
}

}  // namespace

YamlScalar resolve_plain(std::string_view text) {
  if (text.empty()) return kNull;
  switch (text[0]) {
    case 'y':
    case 'Y':
    case 'n':
    case 'N':
    case 't':
    case 'T':
    case 'f':
    case 'F':
    case 'o':
    case 'O':
    case '~': return word(text);
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9':
    case '+':
    case '-':
    case '.': return resolve_number(text);
    default: return {};
  }
}

std::optional<YamlScalar> resolve_tagged(std::string_view tag, std::string_view text,
                                         std::optional<std::string>& decoded) {
  if (!tag.starts_with(kTagPrefix)) return YamlScalar{};
  tag.remove_prefix(kTagPrefix.size());
  if (tag == "binary") {
    decoded = decode_base64(text);
    if (!decoded) return std::nullopt;
    decoded = as_utf8(*decoded);
    return YamlScalar{};
  }
  const YamlScalar plain = resolve_plain(text);
  if (tag == "int") {
    if (plain.kind == Kind::integer || plain.beyond_int64) return plain;
    return std::nullopt;
  }
  if (tag == "float") {
    if (plain.kind == Kind::integer) return real(static_cast<double>(plain.number));
    if (plain.kind == Kind::real && !plain.beyond_int64) return plain;
    return std::nullopt;
  }
  if (tag == "bool" || tag == "null") {
    if (plain.kind == (tag == "bool" ? Kind::boolean : Kind::null)) return plain;
    return std::nullopt;
  }
  return YamlScalar{};
}

std::optional<YamlScalar> as_json(YamlScalar scalar) noexcept {
  if (scalar.kind != Kind::real) return scalar;
  const auto value = std::bit_cast<double>(scalar.number);
  if (!std::isfinite(value)) return std::nullopt;
  if (const auto integer = as_integer(value)) return YamlScalar{Kind::integer, false, *integer};
  return scalar;
}

std::optional<std::string_view> as_member_name(const YamlScalar& scalar, std::string_view text,
                                               std::string& buffer) {
  switch (scalar.kind) {
    case Kind::string: return text;
    case Kind::boolean: return scalar.number != 0 ? "true" : "false";
    case Kind::integer: buffer = std::to_string(scalar.number); return buffer;
    case Kind::real:
      if (scalar.beyond_int64) return std::nullopt;
      buffer = go_float32_text(std::bit_cast<double>(scalar.number));
      return buffer;
    default: return std::nullopt;
  }
}

}  // namespace kaudit::read
