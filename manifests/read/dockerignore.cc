#include "manifests/read/dockerignore.h"

#include <algorithm>
#include <utility>

#include "core/build_words.h"
#include "manifests/read/read.h"
#include "manifests/read/utf8.h"

namespace kaudit {
namespace {

// Go's regular expressions read a byte that is no UTF-8 as U+FFFD.
std::uint32_t take_code_point(std::string_view text, std::size_t& at) noexcept {
  const read::CodePoint point = read::decode_utf8(text, at);
  at += std::max<std::size_t>(point.size, 1);
  return point.size == 0 ? read::kReplacement : point.value;
}

constexpr bool is_alphanumeric(std::uint32_t c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

}  // namespace

std::string clean_slash_path(std::string_view path) {
  const bool rooted = path.starts_with('/');
  std::vector<std::string_view> kept;
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string_view part = path.substr(at, end - at);
    at = end + 1;
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      kept.push_back(part);
    } else if (!kept.empty() && kept.back() != "..") {
      kept.pop_back();
    } else if (!rooted) {
      kept.push_back(part);
    }
  }
  std::string out = rooted ? "/" : "";
  for (const std::string_view part : kept) {
    if (!out.empty() && out.back() != '/') out += '/';
    out += part;
  }
  return out.empty() ? "." : out;
}

// One pattern; says why where Docker refuses it.
class Dockerignore::Compiler {
 public:
  explicit Compiler(std::string_view text) : text_(text) {}

  bool run(Pattern& out) {
    out.text = text_;
    while (at_ < text_.size()) {
      const bool first = at_ == 0;
      const char c = text_[at_];
      if (c == '*') {
        stars(out, first);
      } else if (c == '?') {
        ++at_;
        add(out, Part::Is::not_slash);
      } else if (c == '[') {
        if (!set(out)) return false;
      } else if (c == '\\') {
        if (!escape(out)) return false;
      } else if (c == ']') {
        ++at_;
        literal(out, ']');
        out.way = Way::parts;
      } else {
        literal(out, take_code_point(text_, at_));
        if (c == '^') out.parts.back().is = Part::Is::beginning;
      }
    }
    return true;
  }

  std::string problem;

 private:
  bool refuse(std::string message) {
    problem = std::move(message);
    return false;
  }

  void add(Pattern& out, Part::Is is) {
    out.way = Way::parts;
    out.parts.push_back({.is = is, .negated = false, .character = 0, .ranges = {}});
  }
  static void literal(Pattern& out, std::uint32_t c) {
    out.parts.push_back({.is = Part::Is::one, .negated = false, .character = c, .ranges = {}});
  }

  // Where `**` stands at the very beginning or end, plain comparing is enough.
  void stars(Pattern& out, bool first) {
    if (text_.substr(at_, 2) != "**") {
      ++at_;
      add(out, Part::Is::not_slashes);
      return;
    }
    at_ += 2;
    if (text_.substr(at_).starts_with('/')) ++at_;
    const Way before = out.way;
    if (at_ == text_.size()) {
      add(out, Part::Is::anything);
      if (before == Way::exact) out.way = Way::prefix;
    } else {
      add(out, Part::Is::directories);
    }
    if (first) out.way = Way::suffix;
  }

  bool escape(Pattern& out) {
    if (++at_ == text_.size()) return refuse("the pattern ends with an escape character");
    Part part;
    if (!escaped(part)) return false;
    out.parts.push_back(std::move(part));
    out.way = Way::parts;
    return true;
  }

  // Docker hands an escaped letter on to a regular expression, where it may stand for a class.
  bool escaped(Part& part) {
    const std::uint32_t c = take_code_point(text_, at_);
    if (c >= 0x80U) return refuse("the pattern escapes a character that needs no escape");
    if (!is_alphanumeric(c)) {
      part.character = c;
      return true;
    }
    constexpr std::string_view kNames = "afnrtv";
    constexpr std::string_view kMeanings = "\a\f\n\r\t\v";
    if (const std::size_t known = kNames.find(static_cast<char>(c)); known != kNames.npos) {
      part.character = static_cast<unsigned char>(kMeanings[known]);
      return true;
    }
    part.is = Part::Is::of_set;
    switch (c) {
      case 'd':
      case 'D': part.ranges = {{'0', '9'}}; break;
      case 's':
      case 'S': part.ranges = {{'\t', '\n'}, {'\f', '\r'}, {' ', ' '}}; break;
      case 'w':
      case 'W': part.ranges = {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}; break;
      default: return refuse("the pattern escapes a letter or digit");
    }
    part.negated = c == 'D' || c == 'S' || c == 'W';
    return true;
  }

  // One end of a range.
  bool bound(std::uint32_t& out) {
    if (at_ == text_.size() || text_[at_] == '-' || text_[at_] == ']') {
      return refuse("a set of characters is malformed");
    }
    if (text_[at_] == '*' || text_[at_] == '?' || text_.substr(at_, 2) == "[:") {
      return refuse("a set of characters holds one that Docker gives another meaning there");
    }
    if (text_[at_] == '\\') {
      if (++at_ == text_.size()) return refuse("a set of characters is malformed");
      Part part;
      if (!escaped(part)) return false;
      if (part.is == Part::Is::of_set) return refuse("a set of characters holds a class");
      out = part.character;
      return true;
    }
    out = take_code_point(text_, at_);
    return true;
  }

  bool set(Pattern& out) {
    Part part;
    part.is = Part::Is::of_set;
    ++at_;
    if (text_.substr(at_).starts_with('^')) {
      part.negated = true;
      ++at_;
    }
    for (;;) {
      if (at_ < text_.size() && text_[at_] == ']' && !part.ranges.empty()) break;
      Range range{};
      if (!bound(range.first)) return false;
      range.last = range.first;
      if (text_.substr(at_).starts_with('-')) {
        ++at_;
        if (!bound(range.last)) return false;
      }
      if (range.last < range.first) return refuse("a set of characters has a range without end");
      part.ranges.push_back(range);
    }
    ++at_;
    out.parts.push_back(std::move(part));
    out.way = Way::parts;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

Dockerignore::Dockerignore(std::string_view text) {
  if (text.starts_with(read::kByteOrderMark)) text.remove_prefix(read::kByteOrderMark.size());
  for (std::uint32_t number = 1; !text.empty(); ++number) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.starts_with('#')) add_line(trim_space(line), number);
  }
}

void Dockerignore::add_line(std::string_view line, std::uint32_t number) {
  if (line.empty()) return;
  const bool marked = line.starts_with('!');
  if (marked) line = trim_space(line.substr(1));
  std::string path = line.empty() ? "" : clean_slash_path(line);
  if (path.size() > 1 && path.front() == '/') path.erase(0, 1);
  // Docker trims and cleans once more, mark and all: `a /` is `a`, `/!a` takes back.
  if (marked) path.insert(0, "!");
  path = trim_space(path);
  if (path.empty()) return;
  path = clean_slash_path(path);
  Pattern pattern;
  pattern.takes_back = path.starts_with('!');
  if (pattern.takes_back) path.erase(0, 1);
  if (path.empty()) {
    problems_.push_back({number, "\"!\" stands without a pattern"});
    return;
  }
  Compiler compiler(path);
  if (!compiler.run(pattern)) {
    problems_.push_back({number, std::move(compiler.problem)});
    return;
  }
  takes_back_ = takes_back_ || pattern.takes_back;
  patterns_.push_back(std::move(pattern));
}

bool Dockerignore::takes(const Part& part, std::uint32_t c) noexcept {
  switch (part.is) {
    case Part::Is::one: return part.character == c;
    case Part::Is::of_set:
      return part.negated != std::any_of(part.ranges.begin(), part.ranges.end(), [c](Range range) {
               return c >= range.first && c <= range.last;
             });
    case Part::Is::not_slash:
    case Part::Is::not_slashes: return c != '/';
    case Part::Is::directories:
    case Part::Is::anything: return c != '\n';
    case Part::Is::beginning: return false;
  }
  return false;
}

// All ways at once: `at[n]` means that the parts before n took what was read. Inside of `**/` that
// is not so yet, which `inside[n]` remembers.
bool Dockerignore::matches_parts(const std::vector<Part>& parts, std::string_view path,
                                 std::size_t& steps) {
  const std::size_t count = parts.size();
  std::vector<char> at(count + 1, 0), inside(count + 1, 0), next(count + 1, 0),
      next_inside(count + 1, 0);
  const auto skip_optional = [&](std::vector<char>& state, bool beginning) {
    for (std::size_t n = 0; n < count; ++n) {
      const Part::Is is = parts[n].is;
      const bool optional = is == Part::Is::not_slashes || is == Part::Is::directories ||
                            is == Part::Is::anything || (beginning && is == Part::Is::beginning);
      if (state[n] != 0 && optional) state[n + 1] = 1;
    }
  };
  at[0] = 1;
  skip_optional(at, true);
  for (std::size_t offset = 0; offset < path.size();) {
    const std::uint32_t c = take_code_point(path, offset);
    std::fill(next.begin(), next.end(), char{0});
    std::fill(next_inside.begin(), next_inside.end(), char{0});
    steps += count + 1;
    bool alive = false;
    for (std::size_t n = 0; n < count; ++n) {
      if ((at[n] == 0 && inside[n] == 0) || !takes(parts[n], c)) continue;
      alive = true;
      switch (parts[n].is) {
        case Part::Is::not_slashes:
        case Part::Is::anything: next[n] = 1; break;
        case Part::Is::directories:
          next_inside[n] = 1;
          if (c == '/') next[n + 1] = 1;
          break;
        default: next[n + 1] = 1;
      }
    }
    if (!alive) return false;
    skip_optional(next, false);
    std::swap(at, next);
    std::swap(inside, next_inside);
  }
  return at[count] != 0;
}

bool Dockerignore::matches(const Pattern& pattern, std::string_view path, std::size_t& steps) {
  const std::string_view text = pattern.text;
  steps += 1 + path.size() / 16;
  switch (pattern.way) {
    case Way::exact: return path == text;
    case Way::prefix: return path.starts_with(text.substr(0, text.size() - 2));
    case Way::suffix: {
      const std::string_view end = text.substr(2);
      return path.ends_with(end) || (end.starts_with('/') && path == end.substr(1));
    }
    case Way::parts: return matches_parts(pattern.parts, path, steps);
  }
  return false;
}

bool Dockerignore::excludes(std::string_view path, std::size_t& steps) const {
  bool excluded = false;
  for (const Pattern& pattern : patterns_) {
    if (pattern.takes_back != excluded) continue;
    bool match = matches(pattern, path, steps);
    for (std::size_t slash = path.find('/'); !match && slash != std::string_view::npos;
         slash = path.find('/', slash + 1)) {
      match = matches(pattern, path.substr(0, slash), steps);
    }
    if (match) excluded = !pattern.takes_back;
  }
  return excluded;
}

}  // namespace kaudit
