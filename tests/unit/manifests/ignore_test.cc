#include "manifests/cli/ignore.h"

#include <gtest/gtest.h>

namespace kaudit {
namespace {

// Expectations are those of `git check-ignore` 2.39; directories end with a slash.
TEST(Ignore, MatchesAsGitDoes) {
  struct Case {
    std::string pattern, path;
    bool expect;
  };
  for (const Case& c : {
           Case{"a.yaml", "a.yaml", true},
           Case{"a.yaml", "x/y/a.yaml", true},
           Case{"a.yaml", "aa.yaml", false},
           Case{"/a.yaml", "x/a.yaml", false},
           Case{"/a.yaml", "a.yaml", true},
           Case{"x/a.yaml", "y/x/a.yaml", false},
           Case{"x/a.yaml", "x/a.yaml", true},
           Case{"build/", "build/", true},
           Case{"build/", "x/build/", true},
           Case{"build/", "build", false},
           Case{"x/build/", "y/x/build/", false},
           Case{"*.yaml", "x/a.yaml", true},
           Case{"*", "x", true},
           Case{"x/*", "x/y", true},
           Case{"x/*", "x/y/z", false},
           Case{"**/a", "a", true},
           Case{"**/a", "x/y/a", true},
           Case{"a/**", "a/", false},
           Case{"a/**", "a/b/c", true},
           Case{"a/**/b", "a/b", true},
           Case{"a/**/b", "a/x/y/b", true},
           Case{"a/**/b", "a/x/y/c", false},
           Case{"a/**/**/b", "a/b", true},
           Case{"a**b", "axxb", true},
           Case{"x/a**b", "x/a/b", false},
           Case{"?.yaml", "a.yaml", true},
           Case{"?.yaml", ".yaml", false},
           Case{"x?y", "x/y", false},
           Case{"[ab].yaml", "b.yaml", true},
           Case{"[a-c]x", "bx", true},
           Case{"[!a-c]x", "bx", false},
           Case{"[^a-c]x", "dx", true},
           Case{"[]x]", "]", true},
           Case{"[[:digit:]]", "7", true},
           Case{"[[:digit:]]", "x", false},
           Case{"[a", "[a", false},
           Case{"\\*.yaml", "*.yaml", true},
           Case{"\\*.yaml", "a.yaml", false},
           Case{"\\#x", "#x", true},
           Case{"\\!x", "!x", true},
           Case{"x  ", "x", true},
           Case{"x\\ ", "x ", true},
           Case{"x\r", "x", true},
           Case{"a*b*c*d", "aXbXcXd", true},
           Case{"a*b*c*d", "aXbXcX", false},
       }) {
    IgnorePattern pattern;
    ASSERT_TRUE(IgnorePattern::parse(c.pattern, pattern)) << c.pattern;
    std::string path = c.path;
    const bool directory = path.ends_with('/');
    if (directory) path.pop_back();
    EXPECT_EQ(pattern.matches(path, directory), c.expect) << c.pattern << " on " << c.path;
  }
  for (const char* line : {"", "# comment", "/", "   ", "!"}) {
    IgnorePattern pattern;
    EXPECT_FALSE(IgnorePattern::parse(line, pattern)) << line;
  }
}

TEST(Ignore, TheLastLineAndTheDeepestFileWin) {
  const auto top = std::make_shared<IgnoreLevel>(nullptr, "/r", "*.log\n!keep.log\n*.tmp\n");
  const auto sub = std::make_shared<IgnoreLevel>(top, "/r/sub", "!x.tmp\nkeep.log");
  struct Case {
    std::string path;
    bool expect;
  };
  for (const Case& c :
       {Case{"/r/sub/a.log", true}, Case{"/r/sub/keep.log", true}, Case{"/r/sub/x.tmp", false},
        Case{"/r/sub/y.tmp", true}, Case{"/r/sub/a", false}}) {
    EXPECT_EQ(sub->ignores(c.path, false), c.expect) << c.path;
  }
  EXPECT_FALSE(top->ignores("/r/keep.log", false));
}

TEST(Ignore, HostilePatternsStayCheap) {
  std::string pattern;
  for (int i = 0; i < 2000; ++i) pattern += "*a";
  IgnorePattern parsed;
  ASSERT_TRUE(IgnorePattern::parse(pattern + "b", parsed));
  EXPECT_FALSE(parsed.matches(std::string(4000, 'a'), false));
  std::string deep;
  std::string path;
  for (int i = 0; i < 500; ++i) {
    deep += "**/a/";
    path += "a/";
  }
  ASSERT_TRUE(IgnorePattern::parse(deep + "b", parsed));
  EXPECT_FALSE(parsed.matches(path + "a", false));
}

}  // namespace
}  // namespace kaudit
