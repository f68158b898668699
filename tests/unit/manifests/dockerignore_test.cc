#include "manifests/read/dockerignore.h"

#include <gtest/gtest.h>

namespace kaudit {
namespace {

struct Case {
  std::string_view patterns, path;
  bool excluded;
};

// What github.com/moby/patternmatcher says of each.
TEST(Dockerignore, MatchesAsDockerDoes) {
  for (const Case& c : std::initializer_list<Case>{
           {"", "a", false},
           {"a", "a", true},
           {"a", "b", false},
           {"a", "a/b", true},
           {"a", "b/a", false},
           {"a", "ab", false},
           {"/a", "a", true},
           {"/a", "b/a", false},
           {"a/", "a/b", true},
           {"./a", "a", true},
           {"a//b", "a/b", true},
           {"b/../a", "a", true},
           {"../a", "a", false},
           {".", "a", false},
           {"/", "a", false},
           {"*", "a", true},
           {"*", "a/b", true},
           {"*", "b/c/d", true},
           {"*.go", "a.go", true},
           {"*.go", "b/a.go", false},
           {"*.go", "a.gox", false},
           {"*/*.go", "b/a.go", true},
           {"*/*.go", "a.go", false},
           {"a*", "abc", true},
           {"a*", "a/b", true},
           {"*/a", "b/a", true},
           {"*/a", "b/c/a", false},
           {"*/a", "b/a/c", true},
           {"?", "a", true},
           {"?", "ab", false},
           {"?", "é", true},
           {"a?c", "abc", true},
           {"a?c", "a/c", false},
           {"[ab]", "a", true},
           {"[ab]", "c", false},
           {"[^ab]", "c", true},
           {"[^ab]", "a", false},
           {"[!a]", "!", true},
           {"[a-c]x", "bx", true},
           {"[a-c]x", "dx", false},
           {"[\\]]", "]", true},
           {"[a\\-c]", "-", true},
           {"**", "a", true},
           {"**", "a/b/c", true},
           {"**/a", "a", true},
           {"**/a", "b/a", true},
           {"**/a", "b/c/a", true},
           {"**/a", "ba", false},
           {"**/a", "a/b", true},
           {"**a", "ba", true},
           {"**a", "b/xa", true},
           {"a/**", "a/b", true},
           {"a/**", "a", false},
           {"a**", "ab", true},
           {"a**", "a/b/c", true},
           {"a/**/b", "a/b", true},
           {"a/**/b", "a/x/b", true},
           {"a/**/b", "a/x/y/b", true},
           {"a/**/b", "a/xb", false},
           {"**/*.pem", "a.pem", true},
           {"**/*.pem", "k/s/a.pem", true},
           {"**/*.pem", "a.pem.txt", false},
           {"**/.env*", ".env.local", true},
           {"**/.env*", "a/.env", true},
           {"**/node_modules", "a/node_modules/b/c.js", true},
           {"**/a/**", "x/a/y", true},
           {"**/a/**", "x/a", false},
           {"a/**/", "a/b/c", true},
           {"# a", "# a", false},
           {" # a", "# a", true},
           {"#a\nb", "b", true},
           {"  a  ", "a", true},
           {"a b", "a b", true},
           {"a\t\nb", "b", true},
           {"a\r\nb\r\n", "a", true},
           {"\xEF\xBB\xBF"
            "a",
            "a", true},
           {"\n\n", "a", false},
           {"*\n!a", "a", false},
           {"*\n!a", "b", true},
           {"*\n!a", "a/b", false},
           {"a\n!a/b", "a/b", false},
           {"a\n!a/b", "a/c", true},
           {"a/*\n!a/b", "a/b", false},
           {"!a\n*", "a", true},
           {"!a", "a", false},
           {"*\n!a\na/c", "a/c", true},
           {"*\n!a\na/c", "a/b", false},
           {"*\n!*.md\nREADME*.md", "README.md", true},
           {"*.md\n!README.md", "README.md", false},
           {"*.md\n!README.md", "x.md", true},
           {"**\n!**/*.go", "a/b.go", false},
           {"**\n!**/*.go", "a/b.js", true},
           {"! a\nb", "a", false},
           {"*\n! a", "a", false},
           {"*\n!/a", "a", false},
           {".git", ".git/config", true},
           {".git", ".github/x", false},
           {".env", ".env.local", false},
           {".env", "a/.env", false},
           {"a\\*", "a*", true},
           {"a\\*", "ab", false},
           {"\\!a", "!a", true},
           {"\\#a", "#a", true},
           {"a+b", "a+b", true},
           {"a.b", "axb", false},
           {"(a|b)", "a", false},
           {"a$", "a$", true},
           {"a{1}", "aa", false},
           {"a^", "a^", true},
           {"*a^", "xa^", false},
           {"\\d", "7", true},
           {"\\d", "d", false},
           {"a /", "a", true},
           {"/!a\nb", "a", false},
           {"*\n/!a", "a", false},
           {"A", "a", false},
           {"a/b/c", "a/b", false},
           {"a", "a\nb", false},
           {"**/b", "a\nx/b", true},
           {"**/?", "a\nx/b", false},
       }) {
    const Dockerignore ignore(c.patterns);
    EXPECT_TRUE(ignore.problems().empty()) << c.patterns;
    EXPECT_EQ(ignore.excludes(c.path), c.excluded) << c.patterns << " | " << c.path;
  }
}

TEST(Dockerignore, SaysWhichLineDockerRefuses) {
  const Dockerignore ignore("a\n!\n[a\nb\\\n[]a]\n[b-a]\n\\q\n[*]\nc\n!/\n");
  std::string problems;
  for (const Dockerignore::Problem& problem : ignore.problems()) {
    problems += std::to_string(problem.line) + ' ' + problem.message + '\n';
  }
  EXPECT_EQ(problems,
            "2 \"!\" stands without a pattern\n"
            "3 a set of characters is malformed\n"
            "4 the pattern ends with an escape character\n"
            "5 a set of characters is malformed\n"
            "6 a set of characters has a range without end\n"
            "7 the pattern escapes a letter or digit\n"
            "8 a set of characters holds one that Docker gives another meaning there\n"
            "10 \"!\" stands without a pattern\n");
  EXPECT_TRUE(ignore.excludes("a"));
  EXPECT_TRUE(ignore.excludes("c"));
  EXPECT_FALSE(ignore.takes_back());
}

TEST(Dockerignore, KnowsWhetherItTakesBack) {
  EXPECT_FALSE(Dockerignore("a\n#!b\n\\!c").takes_back());
  EXPECT_TRUE(Dockerignore("a\n!b").takes_back());
  EXPECT_TRUE(Dockerignore("# nothing\n\n").empty());
}

TEST(Dockerignore, CostsWhatTheTextsAreLong) {
  std::string pattern, path;
  for (int n = 0; n < 200; ++n) {
    pattern += "*a";
    path += "a";
  }
  std::size_t steps = 0;
  EXPECT_FALSE(Dockerignore(pattern + 'b').excludes(path, steps));
  EXPECT_LT(steps, 200'000U);
}

TEST(Dockerignore, CleansPathsAsGoDoes) {
  struct {
    std::string_view path, clean;
  } const table[] = {{"", "."},        {".", "."},      {"a/./b//c/", "a/b/c"}, {"a/..", "."},
                     {"../a", "../a"}, {"/../a", "/a"}, {"a/../../b", "../b"},  {"/", "/"},
                     {"//a", "/a"},    {"...", "..."}};
  for (const auto& c : table) EXPECT_EQ(clean_slash_path(c.path), c.clean) << c.path;
}

}  // namespace
}  // namespace kaudit
