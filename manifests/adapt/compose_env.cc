#include "manifests/adapt/compose_env.h"

#include <algorithm>

namespace kaudit::compose {
namespace {

constexpr std::string_view kBlank = " \t\r";

std::string_view trimmed(std::string_view text) noexcept {
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

// Without an inline comment: `#` counts after a blank only.
std::string_view without_comment(std::string_view text) noexcept {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '#' && (at == 0 || kBlank.find(text[at - 1]) != std::string_view::npos)) {
      return text.substr(0, at);
    }
  }
  return text;
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\' || at + 1 == text.size()) {
      out += text[at];
      continue;
    }
    switch (const char c = text[++at]; c) {
      case 'n': out += '\n'; break;
      case 'r': out += '\r'; break;
      case 't': out += '\t'; break;
      case '$': out += "$$"; break;  // interpolation comes after this
      default: out += c; break;
    }
  }
  return out;
}

// The quote that ends the text; npos when none does.
std::size_t closing_quote(std::string_view text, char quote) noexcept {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\' && quote == '"') {
      ++at;
    } else if (text[at] == quote) {
      return at;
    }
  }
  return std::string_view::npos;
}

class EnvReader {
 public:
  EnvReader(std::string_view text, const Variables& variables, bool raw)
      : rest_(text), known_(variables), raw_(raw) {}

  std::vector<EnvEntry> run() && {
    while (!rest_.empty()) entry();
    return std::move(out_);
  }

 private:
  void entry() {
    const std::string_view line = rest_.substr(0, rest_.find('\n'));
    const std::string_view text = trimmed(line);
    if (text.empty() || text.front() == '#') return next(line.size());
    std::size_t from = line.find_first_not_of(kBlank);
    constexpr std::string_view kExport = "export ";
    if (line.substr(from).starts_with(kExport)) from += kExport.size();
    const std::size_t equals = line.find('=', from);
    const std::string_view name =
        trimmed(line.substr(from, equals == std::string_view::npos ? equals : equals - from));
    if (name.empty() || name.find_first_of(" \t\"'") != std::string_view::npos) {
      return next(line.size());
    }
    if (equals == std::string_view::npos) {
      out_.push_back({std::string(name), {}, false});
      return next(line.size());
    }
    value(name, equals + 1, line);
  }

  void value(std::string_view name, std::size_t at, std::string_view line) {
    if (raw_) {
      std::string_view text = line.substr(at);
      if (text.ends_with('\r')) text.remove_suffix(1);
      add(name, std::string(text));
      return next(line.size());
    }
    const std::size_t first = line.find_first_not_of(" \t", at);
    const char quote = first == std::string_view::npos ? '\0' : line[first];
    if (quote == '"' || quote == '\'') {
      const std::string_view after = rest_.substr(first + 1);
      const std::size_t end = closing_quote(after, quote);
      if (end != std::string_view::npos) {
        const std::string_view inside = after.substr(0, end);
        add(name, quote == '"' ? replaced(unescaped(inside)) : std::string(inside));
        const std::size_t done = first + 1 + end;
        return next(std::min(rest_.find('\n', done), rest_.size()));
      }
    }
    add(name, replaced(std::string(trimmed(without_comment(line.substr(at))))));
    next(line.size());
  }

  std::string replaced(std::string text) {
    if (text.find('$') == std::string::npos) return text;
    auto interpolated = interpolate(text, known_);
    return interpolated ? std::move(interpolated->text) : std::move(text);
  }

  void add(std::string_view name, std::string value) {
    if (!has_hole(value)) known_.insert_or_assign(std::string(name), value);
    out_.push_back({std::string(name), std::move(value), true});
  }

  void next(std::size_t length) { rest_.remove_prefix(std::min(rest_.size(), length + 1)); }

  std::string_view rest_;
  Variables known_;
  bool raw_;
  std::vector<EnvEntry> out_;
};

}  // namespace

std::vector<EnvEntry> read_env(std::string_view text, const Variables& variables, bool raw) {
  return EnvReader(text, variables, raw).run();
}

}  // namespace kaudit::compose
