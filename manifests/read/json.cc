// JSON through simdjson's first stage, which finds every token and checks UTF-8 and string bodies
// at gigabytes a second. The walk over the tokens is ours, for simdjson's own trees know no places,
// refuse integers beyond 64 bits and lone surrogates with the whole document, and do not say where
// a text is wrong. (stage1 is declared public and documented as internal; Debian 12 pins 3.0.1.)
#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <limits>
#include <string>
#include <vector>

#include "manifests/load.h"
#include "manifests/read/number.h"
#include "manifests/read/read.h"
#include "manifests/read/utf8.h"

namespace kaudit {
namespace {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
constexpr bool ends_token(char c) noexcept {
  return is_blank(c) || c == ',' || c == ']' || c == '}' || c == ':' || c == '{' || c == '[';
}

// Something that no grammar needs to be asked about: a broken string or byte.
struct LexicalError {
  std::size_t cut = 0;  // the text before this offset is free of them
  std::size_t at = 0;
  std::string message;
};

// The first one. Cold: simdjson says that there is one and not where.
std::optional<LexicalError> find_lexical_error(std::string_view text) {
  std::size_t quote = std::string_view::npos;  // of the string around
  for (std::size_t at = 0; at < text.size();) {
    const bool inside = quote != std::string_view::npos;
    const std::size_t cut = inside ? quote : at;
    const char c = text[at];
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80U) {
      const read::CodePoint next = read::decode_utf8(text, at);
      if (next.size == 0) return LexicalError{cut, at, read::invalid_utf8_message(text, at)};
      at += next.size;
      continue;
    }
    if (inside && (c == '\n' || c == '\r')) {
      return LexicalError{cut, quote, "the string that begins here is not closed on its line"};
    }
    if (inside && byte < 0x20U) {
      return LexicalError{
          cut, at, read::code_point_name(byte) + " inside a string must be written as an escape"};
    }
    if (!inside && byte < 0x20U && !is_blank(c)) {
      return LexicalError{cut, at, read::code_point_name(byte) + " is not allowed in JSON"};
    }
    if (c == '\\') {
      if (!inside) return LexicalError{cut, at, "a backslash is not allowed outside a string"};
      at += at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) >= 0x20U ? 2U : 1U;
      continue;
    }
    if (c == '"') quote = inside ? std::string_view::npos : at;
    ++at;
  }
  if (quote == std::string_view::npos) return std::nullopt;
  return LexicalError{quote, quote, "the string that begins here has no closing quote"};
}

// Reads text after text; its memory is kept from one to the next.
class JsonReader {
 public:
  read::JsonPrefix read_all(const std::shared_ptr<const Source>& source, const Limits& limits,
                            DocumentVisitor& visitor) {
    if (!begin(source, limits)) return std::move(result_);
    while (next_ < count_ || lexical_) {
      if (!walk_value()) break;
      Result<Document> document = builder_->finish();
      if (document) {
        visitor.document(*document);
        spare_ = *std::move(document);
      } else {
        visitor.error(std::move(document).error());
        spare_ = {};
      }
    }
    return std::move(result_);
  }

  Result<const Document*> read_one(const std::shared_ptr<const Source>& source,
                                   const Limits& limits) {
    if (!begin(source, limits)) return *std::move(result_.error);
    // The spare document went into the builder: where none comes back, the next text needs another.
    if (!walk_value()) {
      spare_ = {};
      return *std::move(result_.error);
    }
    Result<Document> document = builder_->finish();
    if (!document) {
      spare_ = {};
      return std::move(document).error();
    }
    spare_ = *std::move(document);
    if (next_ < count_ || lexical_) {
      unexpected("the end of the text");
      return *std::move(result_.error);
    }
    return &spare_;
  }

 private:
  // False when there is an error at the very start.
  bool begin(const std::shared_ptr<const Source>& source, const Limits& limits) {
    source_ = source;
    limits_ = limits;
    result_ = {};
    lexical_.reset();
    text_ = source->text();
    if (auto error = read::check_size(*source_, limits_)) {
      result_.error = std::move(error);
      return false;
    }
    escapes_ = text_.find('\\') != std::string_view::npos;
    start_ = text_.starts_with(read::kByteOrderMark) ? read::kByteOrderMark.size() : 0;
    if (find_tokens(text_.size())) return true;
    lexical_ = find_lexical_error(text_.substr(start_));
    if (lexical_) {
      lexical_->cut += start_;
      lexical_->at += start_;
    }
    return (lexical_ && find_tokens(lexical_->cut)) || fail(start_, "the text is not JSON");
  }

  // simdjson's first stage over [start_, end): the offsets of all tokens, relative to start_.
  bool find_tokens(std::size_t end) {
    text_ = text_.substr(0, end);
    next_ = 0;
    count_ = 0;
    if (end == start_) return true;
    if (!stage_ || stage_->capacity() < end - start_) {
      const simdjson::implementation* simd = simdjson::get_active_implementation();
      if (simd->create_dom_parser_implementation(end - start_, 1, stage_) != simdjson::SUCCESS) {
        return false;
      }
    }
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text_.data() + start_);
    const auto error = stage_->stage1(bytes, end - start_, simdjson::stage1_mode::regular);
    if (error != simdjson::SUCCESS) return error == simdjson::EMPTY;
    count_ = stage_->n_structural_indexes;
    tokens_ = stage_->structural_indexes.get();
    return true;
  }

  [[nodiscard]] std::size_t token_offset(std::size_t n) const noexcept {
    return n < count_ ? start_ + tokens_[n] : text_.size();
  }
  [[nodiscard]] char token(std::size_t n) const noexcept {
    return n < count_ ? text_[start_ + tokens_[n]] : '\0';
  }

  bool fail(std::size_t at, std::string message) {
    const Mark mark = source_->mark(at);
    result_.error =
        Error{ErrorCode::malformed, std::move(message), Location{source_->name(), "", mark, mark}};
    return false;
  }
  // The token that is next does not fit: `wanted` completes "expected …".
  bool unexpected(std::string_view wanted) {
    if (next_ >= count_ && lexical_) return fail(lexical_->at, std::move(lexical_->message));
    const std::size_t at = token_offset(next_);
    std::string message = "expected " + std::string(wanted) + ", found ";
    if (next_ >= count_) return fail(at, message + "the end of the text");
    const char c = text_[at];
    if (text_.compare(at, 2, "//") == 0 || text_.compare(at, 2, "/*") == 0) {
      return fail(at, "comments are not allowed in JSON");
    }
    if (c == '"') return fail(at, message + "a string");
    return fail(at, message + read::quoted_character(text_, at));
  }

  bool walk_value() {
    builder_.emplace(source_, limits_, std::move(spare_));
    expect_values();
    objects_.clear();
    if (!walk()) return false;
    result_.end = end_;
    ++result_.values;
    return true;
  }

  // Memory for all values of a text at once, or for none where there are too many of them: growing
  // takes half as much again, and `[],` makes a value of every three bytes.
  void expect_values() {
    constexpr std::size_t kFew = 8192;  // not worth counting
    const std::size_t tokens = count_ - next_;
    if (tokens <= kFew) {
      // A value has two tokens: itself, and a comma or colon.
      builder_->expect(std::min(tokens / 2, limits_.nodes));
      return;
    }
    std::size_t values = 0, depth = 0;
    for (std::size_t n = next_; n < count_; ++n) {
      const char c = token(n);
      if (c == ',' || c == ':') continue;
      if (c == ']' || c == '}') {
        if (depth <= 1) break;
        --depth;
        continue;
      }
      if (c == '"' && token(n + 1) == ':') continue;  // a member's name
      if (++values > limits_.nodes) {
        builder_->expect(values, Place::offset(token_offset(n)));
        return;
      }
      if (c == '[' || c == '{') ++depth;
      if (depth == 0) break;
    }
    builder_->expect(values);
  }

  // One value with everything in it. Iterative: nesting is the text's to choose.
  bool walk() {
    for (;;) {  // at a value
      const char first = token(next_);
      if (first == '{' || first == '[') {
        const std::size_t at = token_offset(next_++);
        builder_->open(first == '{' ? Kind::object : Kind::array, Place::offset(at));
        objects_.push_back(first == '{');
        if (token(next_) != (first == '{' ? '}' : ']')) {
          if (first == '{' && !read_key()) return false;
          continue;
        }
      } else if (!read_scalar(first)) {
        return false;
      }
      for (;;) {  // after a value
        if (objects_.empty()) return true;
        const bool object = objects_.back();
        const char c = token(next_);
        if (c == (object ? '}' : ']')) {
          end_ = token_offset(next_++) + 1;
          builder_->close(Place::offset(end_));
          objects_.pop_back();
          continue;
        }
        if (c != ',') return unexpected(object ? "',' or '}'" : "',' or ']'");
        ++next_;
        if (object && !read_key()) return false;
        break;
      }
    }
  }

  bool read_key() {
    if (token(next_) != '"') return unexpected("a member's name in double quotes");
    const std::size_t at = token_offset(next_);
    const auto name = read_string();
    if (!name) return false;
    if (token(next_) != ':') return unexpected("':' after a member's name");
    ++next_;
    builder_->key(*name, Place::offset(at));
    return true;
  }

  bool read_scalar(char first) {
    const std::size_t at = token_offset(next_);
    if (first == '"') {
      const auto text = read_string();
      if (!text) return false;
      builder_->scalar(Kind::string, *text, 0, Place::offset(at), Place::offset(end_));
      return true;
    }
    const bool minus = first == '-' && text_.compare(at, 3, "---") != 0;
    if (minus || is_digit(first)) return read_number(at);
    if (first == 't') return read_word(at, "true", Kind::boolean, 1);
    if (first == 'f') return read_word(at, "false", Kind::boolean, 0);
    if (first == 'n') return read_word(at, "null", Kind::null, 0);
    return unexpected("a value");
  }

  bool read_word(std::size_t at, std::string_view word, Kind kind, std::int64_t number) {
    end_ = at + word.size();
    if (text_.compare(at, word.size(), word) != 0 ||
        (end_ < text_.size() && !ends_token(text_[end_]))) {
      return fail(at, "expected a value, found a word that is not true, false or null");
    }
    ++next_;
    builder_->scalar(kind, text_.substr(at, word.size()), number, Place::offset(at),
                     Place::offset(end_));
    return true;
  }

  // Where the run of digits ends that must begin at `at`; the same offset when there is none.
  [[nodiscard]] std::size_t skip_digits(std::size_t at) const noexcept {
    while (at < text_.size() && is_digit(text_[at])) ++at;
    return at;
  }

  bool read_number(std::size_t at) {
    const bool negative = text_[at] == '-';
    const std::size_t digits = at + (negative ? 1 : 0);
    std::size_t end = skip_digits(digits);
    const std::size_t digit_count = end - digits;
    bool valid = digit_count > 0 && (digit_count == 1 || text_[digits] != '0');
    bool integer = true;
    if (end < text_.size() && text_[end] == '.') {
      integer = false;
      const std::size_t fraction = end + 1;
      end = skip_digits(fraction);
      valid = valid && end > fraction;
    }
    if (end < text_.size() && (text_[end] == 'e' || text_[end] == 'E')) {
      integer = false;
      std::size_t exponent = end + 1;
      if (exponent < text_.size() && (text_[exponent] == '+' || text_[exponent] == '-')) ++exponent;
      end = skip_digits(exponent);
      valid = valid && end > exponent;
    }
    if (!valid || (end < text_.size() && !ends_token(text_[end]))) {
      return fail(at, "a number must be written as in -12.5e3, without leading zeros");
    }
    ++next_;
    end_ = end;
    const std::string_view text = text_.substr(at, end - at);
    const Place begin = Place::offset(at);
    const Place after = Place::offset(end);
    std::int64_t value = 0;
    if (integer &&
        std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc{}) {
      builder_->scalar(Kind::integer, text, value, begin, after);
      return true;
    }
    const double real =
        read::to_double(text).value_or(negative ? -std::numeric_limits<double>::infinity()
                                                : std::numeric_limits<double>::infinity());
    if (const auto whole = read::as_integer(real)) {
      builder_->scalar(Kind::integer, text, *whole, begin, after);
    } else {
      builder_->scalar(Kind::real, text, std::bit_cast<std::int64_t>(real), begin, after);
    }
    return true;
  }

  // The string at the next token. Its closing quote is the last byte before the token after it, for
  // stage 1 reports whatever else stands there as a token.
  std::optional<std::string_view> read_string() {
    const std::size_t begin = token_offset(next_) + 1;
    ++next_;
    std::size_t end = token_offset(next_);
    while (is_blank(text_[end - 1])) --end;
    if (end <= begin || text_[end - 1] != '"') {
      fail(begin - 1, "the string that begins here has no closing quote");
      return std::nullopt;
    }
    end_ = end;
    const std::string_view body = text_.substr(begin, end - 1 - begin);
    if (!escapes_ || body.find('\\') == std::string_view::npos) return body;
    return unescape(body, begin);
  }

  std::optional<std::string_view> unescape(std::string_view body, std::size_t offset) {
    scratch_.clear();
    for (std::size_t at = 0; at < body.size();) {
      if (body[at] != '\\') {
        scratch_ += body[at++];
        continue;
      }
      const std::size_t escape = at++;
      const char c = body[at++];  // stage 1 saw to it that a backslash is not the last byte
      constexpr std::string_view kEscapes = "\"\\/bfnrt";
      constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
      if (const std::size_t known = kEscapes.find(c); known != std::string_view::npos) {
        scratch_ += kMeanings[known];
        continue;
      }
      const auto unit = c == 'u' ? hex4(body, at) : std::nullopt;
      if (!unit) {
        fail(offset + escape, c == 'u' ? "\\u must be followed by four hexadecimal digits"
                                       : "an escape that JSON does not know");
        return std::nullopt;
      }
      at += 4;
      append_unit(*unit, body, at);
    }
    return builder_->keep(scratch_);
  }

  static std::optional<std::uint32_t> hex4(std::string_view body, std::size_t at) noexcept {
    if (body.size() < at + 4) return std::nullopt;
    std::uint32_t value = 0;
    const char* begin = body.data() + at;
    const auto [end, error] = std::from_chars(begin, begin + 4, value, 16);
    if (error != std::errc{} || end != begin + 4) return std::nullopt;
    return value;
  }

  // A UTF-16 unit, with its other half where one follows. A half alone becomes U+FFFD, as in Go.
  void append_unit(std::uint32_t unit, std::string_view body, std::size_t& at) {
    const auto high = [](std::uint32_t u) { return u >= 0xD800U && u < 0xDC00U; };
    const auto low = [](std::uint32_t u) { return u >= 0xDC00U && u < 0xE000U; };
    if (high(unit) && body.compare(at, 2, "\\u") == 0) {
      const auto second = hex4(body, at + 2);
      if (second && low(*second)) {
        at += 6;
        read::append_utf8(scratch_, 0x10000U + ((unit - 0xD800U) << 10U) + (*second - 0xDC00U));
        return;
      }
    }
    read::append_utf8(scratch_, high(unit) || low(unit) ? read::kReplacement : unit);
  }

  std::shared_ptr<const Source> source_;
  Limits limits_;
  std::string_view text_;
  std::size_t start_ = 0;
  bool escapes_ = false;  // somewhere in the text
  std::unique_ptr<simdjson::internal::dom_parser_implementation> stage_;
  const std::uint32_t* tokens_ = nullptr;
  std::size_t count_ = 0;
  std::size_t next_ = 0;
  std::size_t end_ = 0;  // after the value read last
  std::optional<LexicalError> lexical_;
  std::optional<Document::Builder> builder_;
  Document spare_;
  std::vector<bool> objects_;  // of the open collections, which are objects
  std::string scratch_;
  read::JsonPrefix result_;
};

}  // namespace

namespace read {

JsonPrefix json_prefix(const std::shared_ptr<const Source>& source, const Limits& limits,
                       DocumentVisitor& visitor) {
  return JsonReader().read_all(source, limits, visitor);
}

}  // namespace read

void read_json(const std::shared_ptr<const Source>& source, const Limits& limits,
               DocumentVisitor& visitor) {
  read::JsonPrefix prefix = read::json_prefix(source, limits, visitor);
  if (prefix.error) {
    visitor.error(std::move(*prefix.error));
  } else if (prefix.values == 0) {
    visitor.error({ErrorCode::malformed, "the text holds no JSON value",
                   Location{source->name(), "", {1, 1}, {1, 1}}});
  }
}

struct JsonParser::Impl {
  JsonReader reader;
};

JsonParser::JsonParser() : impl_(std::make_unique<Impl>()) {}
JsonParser::~JsonParser() = default;

Result<const Document*> JsonParser::parse(const std::shared_ptr<const Source>& source,
                                          const Limits& limits) {
  return impl_->reader.read_one(source, limits);
}

void JsonParser::release() { impl_ = std::make_unique<Impl>(); }

}  // namespace kaudit
