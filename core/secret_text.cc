// Secrets in texts that hold names as well: scripts, configuration files, command lines.
#include <algorithm>
#include <array>
#include <iterator>
#include <span>

#include "core/secret_parts.h"
#include "core/secrets.h"

namespace kaudit {
namespace {

using detail::is_alnum;
using detail::is_space;

constexpr std::size_t kLongestName = 128;

constexpr bool in_name(char c) noexcept { return is_alnum(c) || c == '_' || c == '-' || c == '.'; }
constexpr bool is_quote(char c) noexcept { return c == '"' || c == '\'' || c == '`'; }
constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

// What ends a word of a command line.
constexpr auto kEndsWord = [] {
  std::array<bool, 256> table{};
  for (std::size_t n = 0; n < table.size(); ++n) {
    const char c = static_cast<char>(n);
    table[n] = is_space(c) || c == ';' || c == '|';
  }
  return table;
}();

// The name that ends before the separator at `at`: `"apiKey" :`, `export TOKEN=`, `--token=`.
std::string_view name_before(std::string_view text, std::size_t at) noexcept {
  std::size_t end = at;
  while (end > 0 && at - end < 8 && is_blank(text[end - 1])) --end;
  // JSON inside a string of JSON or YAML has its quotes escaped.
  if (end > 0 && is_quote(text[end - 1])) --end;
  if (end > 0 && text[end - 1] == '\\') --end;
  if (end > 0 && text[end - 1] == ']') --end;
  std::size_t begin = end;
  while (begin > 0 && end - begin < kLongestName && in_name(text[begin - 1])) --begin;
  return text.substr(begin, end - begin);
}

struct Range {
  std::size_t begin = 0, end = 0;
};

// The value after the separator: within its quotes, else up to a blank or a closing character.
Range value_after(std::string_view text, std::size_t at) noexcept {
  while (at < text.size() && is_blank(text[at])) ++at;
  bool escaped = at + 1 < text.size() && text[at] == '\\' && is_quote(text[at + 1]);
  if (escaped) ++at;
  if (at < text.size() && is_quote(text[at])) {
    const char quote = text[at];
    std::size_t end = at + 1;
    for (; end < text.size() && text[end] != '\n'; ++end) {
      if (escaped && text[end] == '\\' && end + 1 < text.size() && text[end + 1] == quote) break;
      if (text[end] == quote) break;
      if (!escaped && text[end] == '\\' && quote == '"') ++end;
    }
    return {at + 1, std::min(end, text.size())};
  }
  std::size_t end = at;
  int braces = 0;  // ${…} and $(…) and {{ … }} are one value, blanks and all
  for (; end < text.size() && text[end] != '\n' && text[end] != '\r'; ++end) {
    const char c = text[end];
    const bool opens = c == '{' || c == '(';
    if (opens && (braces > 0 || end == at || text[end - 1] == '$' || text[end - 1] == c)) {
      ++braces;
      continue;
    }
    if (braces > 0) {
      if (c == '}' || c == ')') --braces;
      continue;
    }
    if (is_space(c) || is_quote(c) || c == ',' || c == ';' || c == '&' || c == '}' || c == ')' ||
        c == ']' || c == '|' || (c == '<' && end != at)) {
      break;
    }
  }
  return {at, end};
}

bool equals_folded(std::string_view text, std::string_view wanted) noexcept {
  return std::equal(text.begin(), text.end(), wanted.begin(), wanted.end(),
                    [](char a, char b) { return detail::lower(a) == b; });
}

// `Authorization: Bearer VALUE`: the part that is secret.
Range authorization(std::string_view text, Range scheme) noexcept {
  const std::string_view word = text.substr(scheme.begin, scheme.end - scheme.begin);
  const bool known = equals_folded(word, "bearer") || equals_folded(word, "basic") ||
                     equals_folded(word, "token") || equals_folded(word, "apikey");
  if (!known || scheme.end >= text.size() || !is_blank(text[scheme.end])) return {};
  return value_after(text, scheme.end);
}

// An expression that yields the value: `os.environ["TOKEN"]`, `token = settings.token`.
bool is_code(std::string_view text, Range value, bool spaced) noexcept {
  if (value.begin > 0 && is_quote(text[value.begin - 1])) return false;
  const std::string_view word = text.substr(value.begin, value.end - value.begin);
  if (word.empty() || word.starts_with('$') || word.starts_with('{')) return false;
  if (word.find('(') != std::string_view::npos || word.find('[') != std::string_view::npos) {
    return true;
  }
  bool dotted = false;
  for (const char c : word) {
    dotted = dotted || c == '.';
    if (!detail::is_letter(c) && c != '.' && c != '_') return false;
  }
  return spaced && dotted;
}

struct Assignment {
  SecretMatch match;
  std::size_t end = 0;  // of the value, secret or not; 0: this is none
};

// NAME=value or name: value, where the separator stands at `at`. At most `most` bytes are looked at
// behind it.
Assignment assigned(std::string_view text, std::size_t at, std::size_t most) noexcept {
  const char separator = text[at];
  const char next = at + 1 < text.size() ? text[at + 1] : '\0';
  // `::`, `==`, `:=` and `://` are something else; of `:=` and `?=` the `=` counts.
  if (next == '=' || (separator == ':' && (next == ':' || next == '/'))) return {};
  // In YAML and HTTP a colon is followed by a blank; `host:port` is no pair, `"key":"value"` is.
  const bool quoted = at > 0 && is_quote(text[at - 1]);
  if (separator == ':' && !quoted && !is_blank(next)) return {};
  std::size_t name_end = at;
  if (separator == '=' && at > 0 && (text[at - 1] == ':' || text[at - 1] == '?')) --name_end;
  const std::string_view name = name_before(text, name_end);
  if (name.empty()) return {};
  const bool header = equals_folded(name, "authorization");
  const NameSays says = header ? NameSays::secret : name_says(name);
  if (says == NameSays::nothing || says == NameSays::connection) return {};
  constexpr std::size_t kLongestScheme = 16;
  if (header) most = std::min(most, kLongestScheme);
  const std::size_t rest = text.size() - at - 1;
  Range range = value_after(text.substr(0, at + 1 + std::min(most, rest)), at + 1);
  if (header) range = authorization(text, range);
  const bool spaced = at > 0 && separator == '=' && (is_blank(text[at - 1]) || name_end < at);
  if (is_code(text, range, spaced)) return {{}, range.end};
  SecretMatch match = detail::judge_value(says, text.substr(range.begin, range.end - range.begin));
  match.begin += range.begin;
  return {match, range.end};
}

// The first separator from `at` on, at most up to `stop`.
std::size_t next_separator(std::string_view text, std::size_t at, std::size_t stop) noexcept {
  while (at < stop && text[at] != '=' && text[at] != ':') ++at;
  return at;
}

struct Flag {
  std::string_view program;
  std::string_view flag;
  bool joined;      // the value follows in the same word: mysql -pVALUE
  bool user_first;  // USER:VALUE
};
// From the programs' manual pages.
constexpr Flag kFlags[] = {
    {"curl", "-u", true, true},
    {"curl", "-U", true, true},
    {"curl", "--user", false, true},
    {"curl", "--proxy-user", false, true},
    {"wget", "--password", false, false},
    {"mysql", "-p", true, false},
    {"mysqldump", "-p", true, false},
    {"mysqladmin", "-p", true, false},
    {"mariadb", "-p", true, false},
    {"mariadb-dump", "-p", true, false},
    {"mariadb-admin", "-p", true, false},
    {"sshpass", "-p", true, false},
    {"redis-cli", "-a", false, false},
    {"mongo", "-p", false, false},
    {"mongosh", "-p", false, false},
    {"mongodump", "-p", false, false},
    {"docker", "-p", false, false},
    {"podman", "-p", false, false},
    {"ldapsearch", "-w", false, false},
    {"sqlcmd", "-P", false, false},
    {"rclone", "--pass", false, false},
    {"redis-server", "--requirepass", false, false},
    {"redis-server", "--masterauth", false, false},
};

// How much of the word the flag is, 0: it is another one. curl takes several letters in one word,
// `-fsu USER:VALUE`; those up to the first that has a value.
std::size_t size_of(const Flag& flag, std::string_view text) noexcept {
  if (text.starts_with(flag.flag)) return flag.flag.size();
  constexpr std::string_view kCurlValued = "AbcCdDeEFhHKmoPQrtTuUwxXyYz";
  if (flag.program != "curl" || flag.flag.size() != 2 || text.starts_with("--")) return 0;
  const std::size_t at = text.find_first_of(kCurlValued, 1);
  return at != std::string_view::npos && text[at] == flag.flag[1] ? at + 1 : 0;
}

std::string_view known_program(std::string_view word) noexcept {
  const std::string_view name = word.substr(word.rfind('/') + 1);
  for (const Flag& flag : kFlags) {
    if (flag.program == name) return flag.program;
  }
  return {};
}

bool has_port_map(std::string_view program, std::string_view value) noexcept {
  return (program == "docker" || program == "podman") &&
         value.find(':') != std::string_view::npos;  // docker run -p 80:80
}

}  // namespace

void find_secrets(std::string_view text, std::vector<SecretMatch>& out) {
  SecretMatch shaped = secret_by_shape(text);
  const auto add = [&](const SecretMatch& match) {
    if (match.grade != SecretGrade::none && match.size > 0) out.push_back(match);
  };
  // Inside a value that was looked through already its parts are kept short: time stays linear.
  constexpr std::size_t kLongestInside = 1024;
  std::size_t inside_to = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    at = next_separator(text, at, shaped.grade == SecretGrade::none ? text.size() : shaped.begin);
    if (at == text.size()) break;
    if (shaped.grade != SecretGrade::none && shaped.begin <= at) {
      add(shaped);
      at = std::max(at, shaped.begin + shaped.size);
      shaped = secret_by_shape(text, at);
      if (at >= text.size()) return;
    }
    if (text[at] != '=' && text[at] != ':') continue;
    const auto [named, value_end] =
        assigned(text, at, at < inside_to ? kLongestInside : text.size());
    if (value_end <= at) continue;
    const std::size_t end = named.begin + named.size;
    // A shape within the value says more, but all of the value is secret.
    if (named.grade != SecretGrade::none && shaped.real() && shaped.begin >= named.begin &&
        shaped.begin < end) {
      SecretMatch both = shaped;
      both.begin = named.begin;
      both.size = std::max(end, shaped.begin + shaped.size) - named.begin;
      if (both.size != shaped.size) both.shown = {};
      add(both);
      at = both.begin + both.size - 1;
    } else {
      // Shapes in a value that is none by its name, such as `$(curl …)`, still count.
      if (named.grade == SecretGrade::none && shaped.grade != SecretGrade::none &&
          shaped.begin < value_end) {
        inside_to = std::max(inside_to, value_end);
        at = shaped.begin - 1;
        continue;
      }
      add(named);
      at = value_end - 1;
    }
    if (shaped.grade != SecretGrade::none && shaped.begin <= at) {
      shaped = secret_by_shape(text, at + 1);
    }
  }
  add(shaped);
}

void CommandSecrets::word(std::string_view text, std::size_t begin, std::vector<SecretMatch>& out) {
  const auto add = [&](NameSays says, std::size_t from) {
    SecretMatch match = detail::judge_value(says, text.substr(from));
    if (match.grade == SecretGrade::none) return;
    match.begin += begin + from;
    out.push_back(match);
  };
  if (expected_ != NameSays::nothing && !text.starts_with("--")) {
    const std::size_t colon = after_colon_ ? text.find(':') : std::string_view::npos;
    if (!after_colon_ && !has_port_map(program_, text)) add(expected_, 0);
    if (colon != std::string_view::npos) add(expected_, colon + 1);
    expected_ = NameSays::nothing;
    return;
  }
  expected_ = NameSays::nothing;
  after_colon_ = false;
  if (!text.starts_with('-')) {
    if (const std::string_view program = known_program(text); !program.empty()) program_ = program;
    return;
  }
  for (const Flag& flag : program_.empty() ? std::span<const Flag>() : std::span(kFlags)) {
    const std::size_t size = flag.program == program_ ? size_of(flag, text) : 0;
    if (size == 0) continue;
    if (text.size() == size) {
      // `mysql -p` alone asks; the next word is the database.
      if (flag.joined && flag.flag == "-p" && program_ != "sshpass") return;
      expected_ = NameSays::password;
      after_colon_ = flag.user_first;
      return;
    }
    if (!flag.joined || text.starts_with("--")) continue;
    std::size_t from = size;
    if (flag.user_first) {
      const std::size_t colon = text.find(':', size);
      if (colon == std::string_view::npos) return;
      from = colon + 1;
    }
    add(NameSays::password, from);
    return;
  }
  if (text.find('=') != std::string_view::npos || text.size() < 4) return;
  const NameSays says = name_says(text);
  if (says == NameSays::password || says == NameSays::secret || says == NameSays::perhaps) {
    expected_ = says;
  }
}

void CommandSecrets::scan(std::string_view item, std::vector<SecretMatch>& out) {
  const std::size_t before = out.size();
  find_secrets(item, out);
  std::vector<SecretMatch> words;
  if (item.empty()) expected_ = NameSays::nothing;
  for (std::size_t at = 0; at < item.size();) {
    if (is_space(item[at])) {
      if (item[at] == '\n') expected_ = NameSays::nothing;
      ++at;
      continue;
    }
    if (item[at] == ';' || item[at] == '|' || item[at] == '&' || item[at] == '(') {
      expected_ = NameSays::nothing;
      program_ = {};
      ++at;
      continue;
    }
    std::size_t begin = at;
    std::size_t end = at;
    if (is_quote(item[at])) {
      begin = at + 1;
      end = std::min(item.find(item[at], begin), item.size());
      at = end + 1;
    } else {
      while (end < item.size() && !kEndsWord[static_cast<unsigned char>(item[end])]) ++end;
      at = end;
    }
    word(item.substr(begin, end - begin), begin, words);
  }
  if (words.empty()) return;
  const auto first = out.begin() + static_cast<std::ptrdiff_t>(before);
  std::vector<SecretMatch> merged;  // std::inplace_merge would use a deprecated buffer
  merged.reserve(out.size() - before + words.size());
  std::merge(first, out.end(), words.begin(), words.end(), std::back_inserter(merged),
             [](const auto& a, const auto& b) { return a.begin < b.begin; });
  out.erase(first, out.end());
  out.insert(out.end(), merged.begin(), merged.end());
  // One place, one match: the better grade, and all of the range.
  std::size_t last = before;
  for (std::size_t n = before + 1; n < out.size(); ++n) {
    SecretMatch& previous = out[last];
    if (out[n].begin >= previous.begin + previous.size) {
      out[++last] = out[n];
      continue;
    }
    const std::size_t begin = previous.begin;
    const std::size_t end = std::max(begin + previous.size, out[n].begin + out[n].size);
    const bool same = end - begin == std::max(previous.size, out[n].size);
    if (out[n].grade > previous.grade) previous = out[n];
    if (!same) previous.shown = {};
    previous.begin = begin;
    previous.size = end - begin;
  }
  out.resize(last + 1);
}

}  // namespace kaudit
