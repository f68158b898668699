#include "manifests/adapt/compose_text.h"

#include <algorithm>

namespace kaudit::compose {
namespace {

constexpr bool starts_name(char c) noexcept {
  return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool continues_name(char c) noexcept { return starts_name(c) || (c >= '0' && c <= '9'); }

std::size_t name_length(std::string_view text) noexcept {
  if (text.empty() || !starts_name(text.front())) return 0;
  std::size_t length = 1;
  while (length < text.size() && continues_name(text[length])) ++length;
  return length;
}

// The brace that closes the one at the front; npos when none does.
std::size_t closing_brace(std::string_view text) noexcept {
  std::size_t open = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '{') ++open;
    if (text[at] == '}' && --open == 0) return at;
  }
  return std::string_view::npos;
}

Error invalid(std::string message) { return {ErrorCode::malformed, std::move(message), {}}; }

class Expansion {
 public:
  explicit Expansion(const Variables& variables) : variables_(variables) {}

  [[nodiscard]] std::optional<Error> run(std::string_view text) { return expand(text, 0); }
  [[nodiscard]] Interpolated take() && { return std::move(out_); }

 private:
  // NOLINTNEXTLINE(misc-no-recursion): kDeepestDefault
  std::optional<Error> expand(std::string_view text, int depth) {
    if (depth > kDeepestDefault) {
      return invalid("variables nest deeper than " + std::to_string(kDeepestDefault) + " levels");
    }
    while (!text.empty()) {
      const std::size_t dollar = std::min(text.find('$'), text.size());
      add(text.substr(0, dollar));
      text.remove_prefix(dollar);
      if (text.empty()) break;
      if (text.starts_with("$$")) {
        add("$");
        text.remove_prefix(2);
      } else if (text.starts_with("${")) {
        const std::size_t end = closing_brace(text);
        if (end == std::string_view::npos) return invalid("a variable's brace is not closed");
        if (auto error = braced(text.substr(0, end + 1), depth)) return error;
        text.remove_prefix(end + 1);
      } else {
        const std::size_t length = name_length(text.substr(1));
        if (length == 0) {
          add("$");
        } else {
          value_of(text.substr(1, length), text.substr(0, length + 1));
        }
        text.remove_prefix(length + 1);
      }
      if (out_.text.size() > kLongestText) {
        return Error{ErrorCode::too_large, "a value grows beyond 1 MiB by its variables", {}};
      }
    }
    return std::nullopt;
  }

  // NOLINTNEXTLINE(misc-no-recursion): with expand()
  std::optional<Error> braced(std::string_view written, int depth) {
    const std::string_view body = written.substr(2, written.size() - 3);
    const std::size_t length = name_length(body);
    const std::string_view name = body.substr(0, length);
    std::string_view rest = body.substr(length);
    if (length == 0) return invalid("a variable without a name");
    if (rest.empty()) {
      value_of(name, written);
      return std::nullopt;
    }
    const bool empty_too = rest.front() == ':';
    if (empty_too) rest.remove_prefix(1);
    const char operation = rest.empty() ? '\0' : rest.front();
    if (operation != '-' && operation != '?' && operation != '+') {
      return invalid("a variable's name is followed by something that is no operator");
    }
    rest.remove_prefix(1);
    const auto found = variables_.find(std::string(name));
    const bool given = found != variables_.end() && !(empty_too && found->second.empty());
    if (operation == '+') {
      return given ? expand(rest, depth + 1) : std::nullopt;
    }
    if (operation == '-' && !given) return expand(rest, depth + 1);
    if (given) {
      value_of(name, written);
    } else {
      hole(written);
    }
    return std::nullopt;
  }

  void value_of(std::string_view name, std::string_view written) {
    const auto found = variables_.find(std::string(name));
    if (found == variables_.end()) {
      hole(written);
    } else {
      out_.outside = true;
      add(found->second);
    }
  }

  void hole(std::string_view written) {
    out_.text += kHoleBegin;
    add(written);
    out_.text += kHoleEnd;
  }

  // No text may pass for one of our marks.
  void add(std::string_view text) {
    for (const char c : text) out_.text += c == kHoleBegin || c == kHoleEnd ? '?' : c;
  }

  const Variables& variables_;
  Interpolated out_;
};

}  // namespace

Result<Interpolated> interpolate(std::string_view text, const Variables& variables) {
  Expansion expansion(variables);
  if (auto error = expansion.run(text)) return *std::move(error);
  return std::move(expansion).take();
}

std::string without_marks(std::string_view text) {
  std::string out(text);
  std::erase_if(out, [](char c) { return c == kHoleBegin || c == kHoleEnd; });
  return out;
}

std::size_t find_outside(std::string_view text, char c, std::size_t from) noexcept {
  bool inside = false;
  for (std::size_t at = from; at < text.size(); ++at) {
    if (text[at] == kHoleBegin) inside = true;
    if (text[at] == kHoleEnd) inside = false;
    if (!inside && text[at] == c) return at;
  }
  return std::string_view::npos;
}

std::size_t rfind_outside(std::string_view text, char c) noexcept {
  bool inside = false;
  for (std::size_t at = text.size(); at-- > 0;) {
    if (text[at] == kHoleEnd) inside = true;
    if (text[at] == kHoleBegin) inside = false;
    if (!inside && text[at] == c) return at;
  }
  return std::string_view::npos;
}

}  // namespace kaudit::compose
