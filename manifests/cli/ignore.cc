#include "manifests/cli/ignore.h"

#include <fcntl.h>

#include <filesystem>
#include <utility>

#include "manifests/cli/files.h"

namespace kaudit {
namespace {

constexpr std::size_t kLargest = std::size_t{1} << 20;

bool in_class(std::string_view name, char c) {
  const auto between = [&](char low, char high) { return c >= low && c <= high; };
  const bool alpha = between('a', 'z') || between('A', 'Z');
  const bool digit = between('0', '9');
  if (name == "alpha") return alpha;
  if (name == "digit") return digit;
  if (name == "alnum") return alpha || digit;
  if (name == "lower") return between('a', 'z');
  if (name == "upper") return between('A', 'Z');
  if (name == "space") return c == ' ' || between('\t', '\r');
  if (name == "blank") return c == ' ' || c == '\t';
  if (name == "punct") return between('!', '~') && !alpha && !digit;
  if (name == "xdigit") return digit || between('a', 'f') || between('A', 'F');
  if (name == "print") return between(' ', '~');
  if (name == "graph") return between('!', '~');
  if (name == "cntrl") return between('\0', '\x1f') || c == '\x7f';
  return false;
}

// `[...]` at glob[at], moved past it; an unclosed one matches nothing.
bool matches_bracket(std::string_view glob, std::size_t& at, char c) {
  const auto unsigned_of = [](char x) { return static_cast<unsigned char>(x); };
  std::size_t i = at + 1;
  const bool inverted = i < glob.size() && (glob[i] == '!' || glob[i] == '^');
  if (inverted) ++i;
  bool found = false;
  for (bool first = true; i < glob.size() && (first || glob[i] != ']'); first = false) {
    if (glob.substr(i).starts_with("[:")) {
      const auto end = glob.find(":]", i + 2);
      if (end != std::string_view::npos) {
        found = found || in_class(glob.substr(i + 2, end - i - 2), c);
        i = end + 2;
        continue;
      }
    }
    if (glob[i] == '\\' && i + 1 < glob.size()) ++i;
    const char low = glob[i++];
    char high = low;
    if (i + 1 < glob.size() && glob[i] == '-' && glob[i + 1] != ']') {
      ++i;
      if (glob[i] == '\\' && i + 1 < glob.size()) ++i;
      high = glob[i++];
    }
    found = found || (unsigned_of(c) >= unsigned_of(low) && unsigned_of(c) <= unsigned_of(high));
  }
  if (i >= glob.size()) return false;
  at = i + 1;
  return found != inverted;
}

// One segment: `*`, `?`, `[...]` and backslashes, none of which meets a slash here. Going back to
// the last `*` only is enough, for what an earlier one took can be left to it.
bool matches_segment(std::string_view glob, std::string_view text) {
  std::size_t g = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t star_text = 0;
  while (t < text.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = ++g;
      star_text = t;
      continue;
    }
    bool same = false;
    std::size_t next = g + 1;
    if (g < glob.size()) {
      if (glob[g] == '?') {
        same = true;
      } else if (glob[g] == '[') {
        next = g;
        same = matches_bracket(glob, next, text[t]);
      } else if (glob[g] == '\\' && g + 1 < glob.size()) {
        same = glob[g + 1] == text[t];
        next = g + 2;
      } else {
        same = glob[g] == text[t];
      }
    }
    if (same) {
      g = next;
      ++t;
    } else if (star != std::string_view::npos) {
      g = star;
      t = ++star_text;
    } else {
      return false;
    }
  }
  while (g < glob.size() && glob[g] == '*') ++g;
  return g == glob.size();
}

// The next segment of `path`, which is cut off it.
std::string_view cut_segment(std::string_view& path) {
  const auto slash = path.find('/');
  const std::string_view segment = path.substr(0, slash);
  path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  return segment;
}

}  // namespace

bool IgnorePattern::parse(std::string_view line, IgnorePattern& out) {
  out = {};
  if (line.ends_with('\r')) line.remove_suffix(1);
  // Spaces at the end do not count unless a backslash precedes them.
  while (line.ends_with(' ') && !line.ends_with("\\ ")) line.remove_suffix(1);
  if (line.starts_with('#')) return false;
  if (line.starts_with('!')) {
    out.negated_ = true;
    line.remove_prefix(1);
  }
  if (line.ends_with('/')) {
    out.directory_only_ = true;
    line.remove_suffix(1);
  }
  if (line.empty()) return false;
  // A slash at the start or in the middle ties the pattern to its directory.
  const bool tied = line.find('/') != std::string_view::npos;
  if (line.starts_with('/')) line.remove_prefix(1);
  if (line.empty()) return false;
  if (!tied) out.segments_.emplace_back("**");
  while (!line.empty()) {
    const std::string_view segment = cut_segment(line);
    if (segment == "**" && !out.segments_.empty() && out.segments_.back() == "**") continue;
    out.segments_.emplace_back(segment);
  }
  return true;
}

bool IgnorePattern::matches(std::string_view path, bool directory) const {
  if (directory_only_ && !directory) return false;
  // As matches_segment(), a level up: `**` is to segments what `*` is to characters.
  std::size_t s = 0;
  std::string_view rest = path;
  std::size_t star = std::string_view::npos;
  std::string_view star_rest;
  while (!rest.empty()) {
    if (s < segments_.size() && segments_[s] == "**") {
      // At the end, `a/**`, it stands for at least one segment: `a` itself is not left out.
      if (s + 1 == segments_.size()) return true;
      star = ++s;
      star_rest = rest;
      continue;
    }
    std::string_view after = rest;
    if (s < segments_.size() && matches_segment(segments_[s], cut_segment(after))) {
      ++s;
      rest = after;
    } else if (star != std::string_view::npos) {
      s = star;
      cut_segment(star_rest);
      rest = star_rest;
    } else {
      return false;
    }
  }
  return s == segments_.size();
}

IgnoreLevel::IgnoreLevel(std::shared_ptr<const IgnoreLevel> above, std::string directory,
                         std::string_view text)
    : above_(std::move(above)), directory_(std::move(directory)) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  IgnorePattern pattern;
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (IgnorePattern::parse(text.substr(0, end), pattern)) patterns_.push_back(pattern);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
}

bool IgnoreLevel::ignores(std::string_view path, bool directory) const {
  for (const IgnoreLevel* level = this; level != nullptr; level = level->above_.get()) {
    const std::string_view relative = path.substr(level->directory_.size() + 1);
    for (auto it = level->patterns_.rbegin(); it != level->patterns_.rend(); ++it) {
      if (it->matches(relative, directory)) return !it->negated();
    }
  }
  return false;
}

namespace {

std::shared_ptr<const IgnoreLevel> level_of(std::shared_ptr<const IgnoreLevel> above,
                                            const std::string& directory, const std::string& file) {
  // Git does not follow a .gitignore that is a link.
  const Fd fd(::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (fd.get() < 0) return above;
  const auto text = read_regular(fd.get(), kLargest);
  if (!text) return above;
  return std::make_shared<IgnoreLevel>(std::move(above), directory, *text);
}

}  // namespace

std::shared_ptr<const IgnoreLevel> ignore_level(std::shared_ptr<const IgnoreLevel> above,
                                                const std::string& directory) {
  return level_of(std::move(above), directory, directory + "/.gitignore");
}

std::shared_ptr<const IgnoreLevel> ignore_levels_above(const std::string& directory) {
  namespace fs = std::filesystem;
  std::error_code error;
  std::vector<std::string> chain;  // from the directory's parent up to the repository's top
  const auto is_top = [&](const fs::path& at) { return fs::exists(at / ".git", error); };
  fs::path at = directory;
  while (!is_top(at)) {
    if (at == at.parent_path()) return nullptr;  // in no repository
    at = at.parent_path();
    chain.push_back(at == at.root_path() ? std::string() : at.string());
  }
  std::shared_ptr<const IgnoreLevel> levels =
      level_of(nullptr, at.string(), at.string() + "/.git/info/exclude");
  for (auto it = chain.rbegin(); it != chain.rend(); ++it) levels = ignore_level(levels, *it);
  return levels;
}

}  // namespace kaudit
