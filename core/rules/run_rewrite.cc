#include "core/rules/run_rewrite.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/shown.h"

namespace kaudit {
namespace {

constexpr std::size_t kWhole = 320;   // a script up to this length is shown as one
constexpr std::size_t kBefore = 120;  // of a longer one, before the secret

constexpr bool is_letter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// What the secret is called where it stands: `DB_PASSWORD=…`, `--db-password …`; else what it is.
std::string name_for(std::string_view text, const SecretMatch& match) {
  constexpr std::size_t kLongest = 64;
  const std::string_view before = text.substr(0, match.begin);
  const std::size_t end = before.find_last_not_of(" =:\"'") + 1;  // npos + 1 is 0
  std::size_t begin = end;
  while (begin > 0 && end - begin <= kLongest &&
         (is_letter(before[begin - 1]) || before[begin - 1] == '-')) {
    --begin;
  }
  std::string_view word = before.substr(begin, end - begin);
  word.remove_prefix(std::min(word.find_first_not_of('-'), word.size()));
  const NameSays says = name_says(word);
  const bool telling = says == NameSays::password || says == NameSays::secret;
  if (telling && word.size() <= kLongest && !(word[0] >= '0' && word[0] <= '9')) {
    std::string name(word);
    for (char& c : name) {
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
      if (c == '-') c = '_';
    }
    return name;
  }
  for (const auto& [part, name] :
       {std::pair{"password", "PASSWORD"}, std::pair{"token", "TOKEN"}, std::pair{"key", "KEY"}}) {
    if (match.kind.find(part) != std::string_view::npos) return name;
  }
  return "SECRET";
}

struct Range {
  std::size_t begin = 0, end = 0;
};

// `whole`: all of a script that is short enough; else the command around the secret.
Range shown_range(std::string_view text, bool whole, std::span<const SecretMatch> found,
                  std::size_t which) {
  if (whole && text.size() <= kWhole) return {0, text.size()};
  constexpr std::string_view kSeparators = ";&|\n";
  const SecretMatch& match = found[which];
  Range range;
  range.begin = match.begin - std::min(match.begin, kBefore);
  const std::string_view before = text.substr(range.begin, match.begin - range.begin);
  range.begin += before.find_last_of(kSeparators) + 1;  // npos + 1 is 0
  const auto is_divider = [&](char c) {
    return c == ' ' || kSeparators.find(c) != std::string_view::npos;
  };
  while (range.begin > 0 && range.begin < match.begin && !is_divider(text[range.begin - 1])) {
    ++range.begin;  // to the next word
  }
  // Not from the middle of another secret on.
  if (which > 0) {
    range.begin = std::max(range.begin, found[which - 1].begin + found[which - 1].size);
  }
  const std::string_view after = text.substr(std::min(match.begin + match.size, text.size()));
  range.end = text.size() - after.size() +
              std::min({after.find_first_of(kSeparators), after.size(), kWhole});
  const auto starts_inside = [&](std::size_t at) {  // of a character of UTF-8
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
  };
  while (starts_inside(range.begin) || (range.begin < match.begin && text[range.begin] == ' ')) {
    ++range.begin;
  }
  while (range.end > match.begin && starts_inside(range.end)) --range.end;
  while (range.end > range.begin && text[range.end - 1] == ' ') --range.end;
  return range;
}

// Whether `text` ends between single quotes, where the shell puts no variable in.
bool ends_in_quotes(std::string_view text) noexcept {
  char quote = '\0';
  for (const char c : text) {
    if (quote != '\0') {
      if (c == quote) quote = '\0';
    } else if (c == '\'' || c == '"') {
      quote = c;
    }
  }
  return quote == '\'';
}

class Names {
 public:
  // The same value has one name, another value another one.
  const std::string& of(std::string_view text, const SecretMatch& match) {
    const std::string_view value = text.substr(match.begin, match.size);
    for (const Entry& known : entries_) {
      if (known.value == value) return known.name;
    }
    std::string name = name_for(text, match);
    const auto same = std::count_if(entries_.begin(), entries_.end(),
                                    [&](const Entry& each) { return each.name.starts_with(name); });
    if (same != 0) name += '_' + std::to_string(same + 1);
    return entries_.emplace_back(value, std::move(name)).name;
  }
  // The variable in place of the value.
  std::string use(std::string_view text, const SecretMatch& match) {
    const std::string& name = of(text, match);
    return mark(name);
  }
  // A piece of the text in which known values may stand again, under no telling name.
  std::string hide(std::string_view text, std::size_t begin, std::size_t end) {
    constexpr std::size_t kShortest = 6;  // shorter ones are parts of words
    std::string out;
    for (std::size_t at = begin; at < end;) {
      const auto again = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& each) {
        return each.value.size() >= kShortest && text.substr(at).starts_with(each.value);
      });
      if (again == entries_.end()) {
        out += text[at++];
        continue;
      }
      out += "${" + mark(again->name) + '}';
      at += again->value.size();
    }
    return out;
  }
  [[nodiscard]] std::string mounts() const {
    std::string out;
    for (const Entry& each : entries_) {
      if (!each.used) continue;
      out += "--mount=type=secret,id=" + each.name + ",env=" + each.name + ' ';
    }
    return out;
  }

 private:
  struct Entry {
    std::string_view value;
    std::string name;
    bool used = false;
  };
  std::string mark(const std::string& name) {
    for (Entry& each : entries_) each.used |= each.name == name;
    return name;
  }
  std::vector<Entry> entries_;
};

// `'it''s'` of words that the shell would read otherwise.
std::string for_shell(std::string_view word) {
  const bool plain = !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return is_letter(c) || std::string_view("-./:=@%+,").find(c) != std::string_view::npos;
  });
  if (plain) return std::string(word);
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + '\'';
}

}  // namespace

std::string rewritten_run(const Instruction& run, const Script& script,
                          std::span<const SecretMatch> found, std::size_t which) {
  const std::string_view text = script.text;
  const bool heredoc =
      std::any_of(run.heredocs.begin(), run.heredocs.end(),
                  [&](const Heredoc& each) { return each.body.text.data() == text.data(); });
  const Range range = shown_range(text, !heredoc, found, which);
  constexpr std::size_t kMostNames = 16;
  Names names;
  for (std::size_t n = 0; n < std::min(found.size(), kMostNames); ++n) {
    if (found[n].real()) (void)names.of(text, found[n]);
  }
  std::string line;
  std::size_t at = range.begin;
  const auto first = std::partition_point(
      found.begin(), found.end(), [&](const SecretMatch& m) { return m.begin < range.begin; });
  for (auto match = first; match != found.end() && match->begin < range.end; ++match) {
    if (match->real()) (void)names.of(text, *match);
  }
  for (auto match = first; match != found.end() && match->begin < range.end; ++match) {
    if (!match->real()) continue;
    line += names.hide(text, at, match->begin);
    const std::string name = names.use(text, *match);
    at = match->begin + match->size;
    if (ends_in_quotes(text.substr(range.begin, match->begin - range.begin))) {
      const bool all = line.ends_with('\'') && at < text.size() && text[at] == '\'';
      if (all) {  // 'SECRET' becomes "$NAME"
        line.pop_back();
        ++at;
      }
      line += (all ? "\"$" : "'\"$") + name + (all ? "\"" : "\"'");
    } else if (at < text.size() && is_letter(text[at])) {
      line += "${" + name + '}';
    } else {
      line += '$' + name;
    }
  }
  line += names.hide(text, at, range.end);
  std::string flags;
  for (const BuildFlag& flag : run.flags) {
    flags += "--" + shown(flag.name);
    if (!flag.value.value.empty()) flags += '=' + shown(flag.value.value);
    flags += ' ';
  }
  const std::string before = range.begin > 0 && !heredoc ? std::string(kEllipsis) + ' ' : "";
  const std::string after = range.end < text.size() && !heredoc ? ' ' + std::string(kEllipsis) : "";
  return "RUN " + flags + names.mounts() +
         (heredoc ? shown(run.script.text) + ", and in it: " : "") + before + line + after;
}

std::string rewritten_run(const Instruction& run) {
  std::string text;
  for (const Text& word : run.words) {
    if (!text.empty()) text += ' ';
    text += for_shell(word.value);
    if (text.size() > kWhole) break;
  }
  std::vector<SecretMatch> found;
  CommandSecrets().scan(text, found);
  const auto real = std::find_if(found.begin(), found.end(),
                                 [](const SecretMatch& match) { return match.real(); });
  const Script script{text, {}};
  if (real != found.end()) {
    return rewritten_run(run, script, found, static_cast<std::size_t>(real - found.begin()));
  }
  return "RUN --mount=type=secret,id=SECRET,env=SECRET COMMAND, with `$SECRET` in its place";
}

}  // namespace kaudit
