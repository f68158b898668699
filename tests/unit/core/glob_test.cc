#include "core/glob.h"

#include <gtest/gtest.h>

#include "core/day.h"

namespace kaudit {
namespace {

TEST(Glob, MatchesTheWholeName) {
  struct Case {
    std::string pattern, text;
    bool matches;
  };
  const std::string longest(kLongestName, 'a');
  for (const Case& c : {
           Case{"a", "a", true},
           Case{"a", "ab", false},
           Case{"a", "ba", false},
           Case{"a", "A", false},
           Case{"a", "", false},
           Case{"", "", false},
           Case{"", "a", false},
           Case{"*", "", false},
           Case{"*", "a", true},
           Case{"**", "a", true},
           Case{"?", "a", true},
           Case{"?", "ab", false},
           Case{"??", "a", false},
           Case{"?*", "a", true},
           Case{"*?", "a", true},
           Case{"?*?", "a", false},
           Case{"?*?", "ab", true},
           Case{"a*", "a", true},
           Case{"a*", "abc", true},
           Case{"a*", "ba", false},
           Case{"*a", "a", true},
           Case{"*a", "ba", true},
           Case{"*a", "ab", false},
           Case{"*a", "aab", false},
           Case{"*a", "aba", true},
           Case{"a*b", "ab", true},
           Case{"a*b", "a-b-b", true},
           Case{"a*b", "a-b-c", false},
           Case{"*-b-*", "a-b-c", true},
           Case{"*-b-*", "a-b", false},
           Case{"*a*b*c*", "xaybzc", true},
           Case{"*a*b*c*", "xcybza", false},
           Case{"*ab?d*", "abababcd", true},
           Case{"kube-*", "kube-system", true},
           Case{"kube-*", "kube-", true},
           Case{"kube-*", "kube", false},
           Case{"kube-system", "kube-system-2", false},
           Case{"a.c", "abc", false},
           Case{"[a]", "a", false},
           Case{"a\\*", "a*", false},
           Case{"*", "*", true},
           Case{"a*c", "a*c", true},
           Case{"a?c", "a?c", true},
           Case{"*", std::string("a\0b", 3), true},
           Case{"a", std::string("a\0b", 3), false},
           Case{"a*", longest, true},
           Case{"a*", longest + "a", false},
           Case{longest + "a", longest + "a", false},
       }) {
    EXPECT_EQ(matches_glob(c.pattern, c.text), c.matches) << c.pattern << " and " << c.text;
  }
  EXPECT_TRUE(matches_any({"x", "a*"}, "ab"));
  EXPECT_FALSE(matches_any({"x", "b*"}, "ab"));
  EXPECT_FALSE(matches_any({}, "ab"));
}

TEST(Glob, EndsHoweverManyWildcards) {
  std::string stars;
  for (int n = 0; n < 200; ++n) stars += "*a";
  EXPECT_FALSE(matches_glob(stars + "*b", std::string(kLongestName, 'a')));
  EXPECT_TRUE(matches_glob(stars + "*", std::string(kLongestName, 'a')));
}

TEST(Day, IsThatOfTheCalendar) {
  struct Case {
    std::string_view text;
    Day day;
  };
  for (const Case& c :
       {Case{"1970-01-01", 0}, Case{"1969-12-31", -1}, Case{"2000-02-29", 11'016},
        Case{"2000-03-01", 11'017}, Case{"2024-02-29", 19'782}, Case{"2026-12-31", 20'818},
        Case{"0000-01-01", -719'528}, Case{"9999-12-31", 2'932'896}}) {
    EXPECT_EQ(parse_day(c.text), c.day) << c.text;
    EXPECT_EQ(to_text(c.day), c.text);
  }
  Day last = *parse_day("1999-12-31");
  for (Day day = last + 1; day < last + 1000; ++day) EXPECT_EQ(parse_day(to_text(day)), day);
  for (const std::string_view text :
       {"", "2026", "2026-1-1", "2026-13-01", "2026-00-01", "2026-01-00", "2026-02-29",
        "2100-02-29", "2026-04-31", "2026/01/01", "2026-01-01T00:00:00Z", "-026-01-01",
        "2026-01-0x", "+026-01-01", " 2026-01-1", "20260-1-01"}) {
    EXPECT_EQ(parse_day(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace kaudit
