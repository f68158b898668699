// .gitignore files, as git reads them (gitignore(5)): which paths are left out.
//
// Git does not ignore what is already tracked; this knows no index, so a tracked file that a
// pattern names is left out too. Matching takes time linear in the path for each `*` of a pattern.
// Thread-safety: immutable once built.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kaudit {

// One line of a .gitignore file. Exposed for its tests.
class IgnorePattern {
 public:
  // False when the line is blank or a comment.
  static bool parse(std::string_view line, IgnorePattern& out);
  // `path` is relative to the file's directory, without a slash at either end.
  [[nodiscard]] bool matches(std::string_view path, bool directory) const;
  [[nodiscard]] bool negated() const noexcept { return negated_; }

 private:
  std::vector<std::string> segments_;  // between slashes; "**" is any number of segments
  bool negated_ = false;               // `!`: takes back what an earlier line left out
  bool directory_only_ = false;
};

// The patterns of one directory, and those of the directories above it.
class IgnoreLevel {
 public:
  // `directory`: absolute, without a slash at the end. `text`: of its .gitignore.
  IgnoreLevel(std::shared_ptr<const IgnoreLevel> above, std::string directory,
              std::string_view text);

  // Whether the absolute `path`, inside `directory`, is left out. Git does not look into a
  // directory that is left out, so callers must not either.
  [[nodiscard]] bool ignores(std::string_view path, bool directory) const;

 private:
  std::shared_ptr<const IgnoreLevel> above_;
  std::string directory_;
  std::vector<IgnorePattern> patterns_;
};

// The levels that hold for what is inside `directory` (absolute, canonical), down to the one above
// it: the repository's info/exclude and the .gitignore files from its top on. Null when none.
[[nodiscard]] std::shared_ptr<const IgnoreLevel> ignore_levels_above(const std::string& directory);
// `above` and the .gitignore of `directory`, where there is one.
[[nodiscard]] std::shared_ptr<const IgnoreLevel> ignore_level(
    std::shared_ptr<const IgnoreLevel> above, const std::string& directory);

}  // namespace kaudit
