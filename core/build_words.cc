#include "core/build_words.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace kaudit {
namespace {

constexpr std::size_t kDeepest = 32;  // `${A:-${B:-…}}`

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
// Letters beyond ASCII count as well, as in Go.
constexpr bool is_letter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80U;
}
constexpr bool is_special_parameter(char c) noexcept {
  return std::string_view("@*#?-$!").find(c) != std::string_view::npos;
}

// A pattern of `${NAME#pattern}`: literals, `?` and `*`.
class Glob {
 public:
  // False for an escape that BuildKit does not know.
  [[nodiscard]] bool compile(std::string_view pattern) {
    for (std::size_t n = 0; n < pattern.size(); ++n) {
      const char c = pattern[n];
      if (c == '\\' && n + 1 < pattern.size()) {
        const char next = pattern[++n];
        if (std::string_view("}/*?\\").find(next) == std::string_view::npos) return false;
        parts_.push_back({next, false});
      } else if (c == '\\') {
        return false;
      } else {
        parts_.push_back({c, c == '*' || c == '?'});
      }
    }
    return true;
  }
  void reverse() { std::reverse(parts_.begin(), parts_.end()); }

  // The end of the match that begins at `from`: the longest or the shortest one. Counts its steps.
  [[nodiscard]] std::optional<std::size_t> match(std::string_view text, std::size_t from,
                                                 bool longest, std::size_t& steps) const {
    std::vector<char> now(parts_.size() + 1, 0);
    std::vector<char> next(parts_.size() + 1, 0);
    now[0] = 1;
    std::optional<std::size_t> found;
    for (std::size_t at = from;; ++at) {
      bool alive = false;
      steps += parts_.size() + 1;
      for (std::size_t n = 0; n < parts_.size(); ++n) {
        if (now[n] != 0 && parts_[n].wild && parts_[n].c == '*') now[n + 1] = 1;
      }
      if (now[parts_.size()] != 0) {
        found = at;
        if (!longest) return found;
      }
      if (at == text.size()) return found;
      std::fill(next.begin(), next.end(), char{0});
      for (std::size_t n = 0; n < parts_.size(); ++n) {
        if (now[n] == 0) continue;
        const Part part = parts_[n];
        const bool takes = part.wild ? text[at] != '\n' : part.c == text[at];
        if (!takes) continue;
        next[part.wild && part.c == '*' ? n : n + 1] = 1;
        alive = true;
      }
      if (!alive) return found;
      std::swap(now, next);
    }
  }

 private:
  struct Part {
    char c;
    bool wild;
  };
  std::vector<Part> parts_;
};

}  // namespace

std::size_t space_size(std::string_view text, std::size_t at) noexcept {
  const auto byte = [&](std::size_t n) {
    return at + n < text.size() ? static_cast<unsigned char>(text[at + n]) : 0U;
  };
  const unsigned first = byte(0);
  if (first == ' ' || (first >= '\t' && first <= '\r')) return 1;
  if (first == 0xC2U) return byte(1) == 0x85U || byte(1) == 0xA0U ? 2 : 0;
  if (first == 0xE1U) return byte(1) == 0x9AU && byte(2) == 0x80U ? 3 : 0;
  if (first == 0xE3U) return byte(1) == 0x80U && byte(2) == 0x80U ? 3 : 0;
  if (first != 0xE2U) return 0;
  const unsigned last = byte(2);
  if (byte(1) == 0x81U) return last == 0x9FU ? 3 : 0;
  const bool space =
      (last >= 0x80U && last <= 0x8AU) || last == 0xA8U || last == 0xA9U || last == 0xAFU;
  return byte(1) == 0x80U && space ? 3 : 0;
}

std::string_view trim_space(std::string_view text) noexcept {
  while (const std::size_t size = space_size(text, 0)) text.remove_prefix(size);
  for (std::size_t size = 1; size <= 3 && size <= text.size();) {
    if (space_size(text, text.size() - size) == size) {
      text.remove_suffix(size);
      size = 1;
    } else {
      ++size;
    }
  }
  return text;
}

// One text on its way through the lexer. Nothing throws: after an error every loop ends.
class Expander::Run {
 public:
  Run(std::string_view text, const Variables& variables, const Options& options,
      std::size_t& budget)
      : text_(text), variables_(variables), options_(options), budget_(budget) {}

  Expansion finish() {
    out_.text = until('\0', options_.raw_escapes, &out_.words);
    if (failed()) {
      out_.text.clear();
      out_.words.clear();
    }
    return std::move(out_);
  }

 private:
  [[nodiscard]] bool failed() const noexcept { return !out_.error.empty(); }
  [[nodiscard]] bool at_end() const noexcept { return failed() || at_ == text_.size(); }
  [[nodiscard]] char peek() const noexcept { return at_end() ? '\0' : text_[at_]; }
  char take() noexcept { return text_[at_++]; }
  std::string fail(std::string message) {
    if (!failed()) out_.error = std::move(message);
    return {};
  }
  void spend(std::size_t steps) {
    if (steps > budget_) {
      budget_ = 0;
      fail("the expansion takes too long");
    } else {
      budget_ -= steps;
    }
  }
  void append(std::string& to, std::string_view text) {
    spend(text.size());
    if (to.size() + text.size() > kLongest) fail("the expansion is too long");
    if (!failed()) to += text;
  }

  // Splits what is appended into words, but for protected parts.
  class Words {
   public:
    explicit Words(std::vector<std::string>* out) : out_(out) {}
    void add(std::string_view text) {
      if (out_ == nullptr) return;
      for (std::size_t at = 0; at < text.size();) {
        if (const std::size_t space = space_size(text, at)) {
          end_word();
          at += space;
        } else {
          word_ += text[at++];
        }
      }
    }
    void add_protected(std::string_view text) {
      if (out_ != nullptr) word_ += text;
    }
    void end_word() {
      if (out_ != nullptr && !word_.empty()) out_->push_back(std::exchange(word_, {}));
    }

   private:
    std::vector<std::string>* out_;
    std::string word_;
  };

  // Up to the unescaped `stop`, which is taken as well; '\0': to the end of the text.
  std::string until(char stop, bool raw_escapes,  // NOLINT(misc-no-recursion): kDeepest
                    std::vector<std::string>* words_out) {
    if (++depth_ > kDeepest) return fail("substitutions nest too deeply");
    const bool outer_raw = std::exchange(raw_escapes_, raw_escapes);
    std::string result;
    Words words(words_out);
    bool stopped = false;
    while (!at_end()) {
      const char c = peek();
      spend(1);
      if (stop != '\0' && c == stop) {
        ++at_;
        stopped = true;
        break;
      }
      if (c == '$') {
        const std::string value = dollar();
        append(result, value);
        words.add(value);
      } else if (c == '<') {
        const std::string_view mark = angle();
        append(result, mark);
        words.add_protected(mark);
      } else if (options_.quotes && (c == '\'' || c == '"')) {
        const std::string value = c == '"' ? double_quoted() : single_quoted();
        append(result, value);
        words.add_protected(value);
      } else if (c == options_.escape) {
        escaped(result, words);
      } else {
        const std::size_t space = space_size(text_, at_);
        const std::string_view piece = text_.substr(at_, std::max<std::size_t>(space, 1));
        at_ += piece.size();
        append(result, piece);
        words.add(piece);
      }
    }
    words.end_word();
    raw_escapes_ = outer_raw;
    --depth_;
    if (stop != '\0' && !stopped && !failed()) {
      return fail(stop == '/' ? "the '/' of a substitution is missing"
                              : "the '}' of a substitution is missing");
    }
    return result;
  }

  void escaped(std::string& result, Words& words) {
    const std::string_view escape = text_.substr(at_++, 1);
    if (raw_escapes_) {
      append(result, escape);
      words.add_protected(escape);
    }
    if (at_end()) return;
    const std::string_view next = text_.substr(at_++, 1);
    append(result, next);
    words.add_protected(next);
  }

  std::string single_quoted() {
    const std::size_t close = text_.find('\'', at_ + 1);
    if (close == std::string_view::npos) return fail("a single quote is not closed");
    const std::string_view inner = text_.substr(at_ + 1, close - at_ - 1);
    const std::string_view all = text_.substr(at_, close + 1 - at_);
    at_ = close + 1;
    return std::string(options_.raw_quotes ? all : inner);
  }

  std::string double_quoted() {  // NOLINT(misc-no-recursion): kDeepest
    std::string result;
    if (options_.raw_quotes) result += '"';
    ++at_;
    while (!at_end()) {
      const char c = peek();
      if (c == '"') {
        ++at_;
        if (options_.raw_quotes) result += '"';
        return result;
      }
      if (c == '$') {
        append(result, dollar());
        continue;
      }
      ++at_;
      spend(1);
      if (c != options_.escape) {
        result += c;
        continue;
      }
      if (raw_escapes_) result += c;
      if (at_end()) break;
      const char next = peek();
      const bool special = next == '"' || next == '$' || next == options_.escape;
      result += special ? take() : c;
    }
    return fail("a double quote is not closed");
  }

  // `<<` and the blanks after it, which do not end a word: a heredoc may be written `<< EOF`.
  std::string_view angle() {
    const std::size_t begin = at_++;
    if (peek() == '<' && !at_end()) {
      ++at_;
      while (!at_end() && (peek() == ' ' || peek() == '\t' || peek() == '\r')) ++at_;
    }
    return text_.substr(begin, at_ - begin);
  }

  std::string_view name() {
    const std::size_t begin = at_;
    if (at_end()) return {};
    if (is_digit(peek())) {
      while (!at_end() && is_digit(peek())) ++at_;
    } else if (is_special_parameter(peek())) {
      ++at_;
    } else {
      while (!at_end() && (is_letter(peek()) || is_digit(peek()) || peek() == '_')) ++at_;
    }
    return text_.substr(begin, at_ - begin);
  }

  Variable find(std::string_view name) {
    spend(name.size() + 1);
    return variables_.find(name);
  }

  // A plain reference: what is not known makes the whole text unresolved.
  std::string value_of(const Variable& variable) {
    if (variable.state == Variable::State::unknown) out_.unresolved = true;
    return std::string(variable.value);
  }

  std::string dollar() {  // NOLINT(misc-no-recursion): kDeepest
    const std::size_t begin = at_++;
    if (at_end() || peek() != '{') {
      const std::string_view id = name();
      if (id.empty()) return "$";
      const Variable variable = find(id);
      if (variable.state != Variable::State::set && options_.skip_unset) {
        return std::string(text_.substr(begin, at_ - begin));
      }
      return value_of(variable);
    }
    ++at_;
    if (at_end()) return fail("the '}' of a substitution is missing");
    if (peek() == '{' || peek() == '}' || peek() == ':') return fail("a bad substitution");
    const std::string_view id = name();
    if (at_end()) return fail("the '}' of a substitution is missing");
    const char first = take();
    if (first == '}') {
      const Variable variable = find(id);
      if (variable.state != Variable::State::set && options_.skip_unset) {
        return std::string(text_.substr(begin, at_ - begin));
      }
      return value_of(variable);
    }
    if (first == '/') return replaced(id);
    const bool empty_is_unset = first == ':';
    if (empty_is_unset && at_end()) return fail("the '}' of a substitution is missing");
    const char modifier = empty_is_unset ? take() : first;
    const bool trims = modifier == '#' || modifier == '%';
    if (std::string_view("+-?#%").find(modifier) == std::string_view::npos ||
        (empty_is_unset && trims)) {
      return fail("a substitution that BuildKit does not know");
    }
    const std::string word = until('}', trims, nullptr);
    if (failed()) return {};
    const Variable variable = find(id);
    const bool set = variable.state == Variable::State::set;
    if (!set && options_.skip_unset) {
      std::string raw = "${";
      raw += id;
      if (empty_is_unset) raw += ':';
      raw += modifier;
      return raw + word + '}';
    }
    const bool counts_as_unset = !set || (empty_is_unset && variable.value.empty());
    switch (modifier) {
      case '-': return counts_as_unset ? word : std::string(variable.value);
      case '+': return counts_as_unset ? std::string() : word;
      case '?':
        if (variable.state == Variable::State::unknown) return value_of(variable);
        if (counts_as_unset) return fail(std::string(id) + " is not set");
        return std::string(variable.value);
      default: return trimmed(value_of(variable), word, modifier == '%');
    }
  }

  // `${NAME#word}`, `${NAME##word}` and from the end `${NAME%word}`, `${NAME%%word}`.
  std::string trimmed(std::string value, std::string_view word, bool from_end) {
    const bool longest = !word.empty() && word.front() == (from_end ? '%' : '#');
    if (longest) word.remove_prefix(1);
    Glob glob;
    if (!glob.compile(word)) return fail("a pattern with an escape that BuildKit does not know");
    if (from_end) {
      glob.reverse();
      std::reverse(value.begin(), value.end());
    }
    std::size_t steps = 0;
    const auto end = glob.match(value, 0, longest, steps);
    spend(steps);
    if (end) value.erase(0, *end);
    if (from_end) std::reverse(value.begin(), value.end());
    return value;
  }

  // `${NAME/pattern/replacement}`, and with `//` all matches.
  std::string replaced(std::string_view id) {  // NOLINT(misc-no-recursion): kDeepest
    const bool all = !at_end() && peek() == '/';
    if (all) ++at_;
    const std::string pattern = until('/', true, nullptr);
    const std::string replacement = until('}', true, nullptr);
    if (failed()) return {};
    const Variable variable = find(id);
    if (variable.state != Variable::State::set && options_.skip_unset) {
      return "${" + std::string(id) + '/' + pattern + '/' + replacement + '}';
    }
    Glob glob;
    if (!glob.compile(pattern)) return fail("a pattern with an escape that BuildKit does not know");
    const std::string value = value_of(variable);
    std::string out;
    bool done = false;
    constexpr std::size_t kNoMatch = std::string::npos;
    for (std::size_t at = 0, last_end = kNoMatch; !failed();) {
      std::size_t steps = 1;
      const std::size_t end =
          done ? kNoMatch : glob.match(value, at, true, steps).value_or(kNoMatch);
      spend(steps);
      const bool empty_after_match = end == at && at == last_end;
      if (end != kNoMatch && !empty_after_match) {
        append(out, replacement);
        done = !all;
        last_end = end;
        if (end > at) {
          at = end;
          continue;
        }
      }
      if (at == value.size()) break;
      append(out, std::string_view(value).substr(at++, 1));
    }
    return out;
  }

  std::string_view text_;
  const Variables& variables_;
  const Options options_;
  std::size_t& budget_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  bool raw_escapes_ = false;
  Expansion out_;
};

Expansion Expander::expand(std::string_view text, const Variables& variables,
                           const Options& options) {
  return Run(text, variables, options, budget_).finish();
}

namespace {

class NoVariables final : public Variables {
 public:
  [[nodiscard]] Variable find(std::string_view) const override { return {}; }
};

std::size_t count_quotes(std::string_view text) noexcept {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return c == '\'' || c == '"'; }));
}

}  // namespace

HeredocWord parse_heredoc_word(std::string_view word) {
  HeredocWord out;
  std::size_t at = 0;
  constexpr unsigned kMostDescriptors = 1'000'000;
  for (; at < word.size() && is_digit(word[at]); ++at) {
    out.descriptor =
        std::min(out.descriptor * 10 + static_cast<unsigned>(word[at] - '0'), kMostDescriptors);
  }
  if (!word.substr(at).starts_with("<<")) return out;
  at += 2;
  if (at < word.size() && word[at] == '-') {
    out.strip_tabs = true;
    ++at;
  }
  while (at < word.size() && std::string_view("\t\n\f\r ").find(word[at]) != std::string_view::npos)
    ++at;
  const std::string_view rest = word.substr(at);
  if (rest.empty() || rest.find('<') != std::string_view::npos) return out;
  Expander expander;
  const Expansion plain = expander.expand(rest, NoVariables(), {.skip_unset = true});
  const Expansion raw =
      expander.expand(rest, NoVariables(), {.raw_quotes = true, .skip_unset = true});
  if (!plain.error.empty()) {
    out.error = plain.error;
    return out;
  }
  if (plain.words.size() != 1 || raw.words.size() != 1) return out;
  out.found = true;
  out.name = plain.words[0];
  out.expand = count_quotes(plain.words[0]) == count_quotes(raw.words[0]);
  return out;
}

std::vector<HeredocWord> find_heredocs(std::string_view line, std::string& error) {
  std::vector<HeredocWord> found;
  Expander expander;
  const Expansion expansion = expander.expand(
      line, NoVariables(), {.raw_quotes = true, .raw_escapes = true, .skip_unset = true});
  for (const std::string& word : expansion.words) {
    HeredocWord heredoc = parse_heredoc_word(word);
    if (!heredoc.error.empty() && error.empty()) error = heredoc.error;
    if (heredoc.found) found.push_back(std::move(heredoc));
  }
  return found;
}

}  // namespace kaudit
