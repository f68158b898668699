#include "core/build_words.h"

#include <gtest/gtest.h>

#include <map>

namespace kaudit {
namespace {

class Table final : public Variables {
 public:
  [[nodiscard]] Variable find(std::string_view name) const override {
    if (name == "unknown") return {Variable::State::unknown, {}};
    const auto found = values.find(name);
    if (found == values.end()) return {};
    return {Variable::State::set, found->second};
  }

  std::map<std::string_view, std::string_view> values = {
      {"A", "one"},        {"EMPTY", ""},       {"PATH", "/usr/local/bin"},
      {"V", "foo.tar.gz"}, {"L", "a b  c"},     {"SLASH", "a/b/a"},
      {"TEN", "x"},        {"VERSION", "1.2.3"}};
};

// What BuildKit makes of a word; "!" and the reason where it refuses, "?" in front of what an
// unknown value took part in.
std::string expanded(std::string_view text, Expander::Options options = {}) {
  Expander expander;
  const Expansion got = expander.expand(text, Table(), options);
  if (!got.error.empty()) return "! " + got.error;
  return (got.unresolved ? "? " : "") + got.text;
}

struct Case {
  std::string_view input, expect;
};

TEST(BuildWords, ExpandsAsBuildKitDoes) {
  for (const Case& c : {
           Case{"plain", "plain"},
           {"$A", "one"},
           {"${A}", "one"},
           {"x$A.y", "xone.y"},
           {"$Ax", ""},
           {"${A}x", "onex"},
           {"$unset", ""},
           {"a$", "a$"},
           {"$ a", "$ a"},
           {"$1x", "x"},
           {"$?x", "x"},
           {"\\$A", "$A"},
           {"\\\\$A", "\\one"},
           {"'$A'", "$A"},
           {"\"$A\"", "one"},
           {"\"\\$A\"", "$A"},
           {"\"a\\b\"", "a\\b"},
           {"\"a\\\"b\"", "a\"b"},
           {"'a\\b'", "a\\b"},
           {"a\"b c\"d", "ab cd"},
           {"a\\", "a"},
           {"${unset:-x}", "x"},
           {"${unset-x}", "x"},
           {"${EMPTY:-x}", "x"},
           {"${EMPTY-x}", ""},
           {"${A:-x}", "one"},
           {"${unset:-${A}}", "one"},
           {"${unset:-'$A'}", "$A"},
           {"${unset:-a b}", "a b"},
           {"${A:+x}", "x"},
           {"${A+x}", "x"},
           {"${EMPTY:+x}", ""},
           {"${EMPTY+x}", "x"},
           {"${unset:+x}", ""},
           {"${unset+x}", ""},
           {"${A:?no}", "one"},
           {"${A?no}", "one"},
           {"${EMPTY?no}", ""},
           {"${EMPTY:?no}", "! EMPTY is not set"},
           {"${unset?no}", "! unset is not set"},
           {"${V#foo}", ".tar.gz"},
           {"${V#*.}", "tar.gz"},
           {"${V##*.}", "gz"},
           {"${V%.*}", "foo.tar"},
           {"${V%%.*}", "foo"},
           {"${V#x}", "foo.tar.gz"},
           {"${V#?oo}", ".tar.gz"},
           {"${V%?}", "foo.tar.g"},
           {"${PATH##*/}", "bin"},
           {"${SLASH/a/x}", "x/b/a"},
           {"${SLASH//a/x}", "x/b/x"},
           {"${SLASH//\\//-}", "a-b-a"},
           {"${VERSION//./_}", "1_2_3"},
           {"${VERSION/*/all}", "all"},
           {"${VERSION//z/y}", "1.2.3"},
           {"${SLASH/a/}", "/b/a"},
           {"$unknown", "? "},
           {"a${unknown}b", "? ab"},
           {"${unknown:-x}", "x"},
           {"${unknown:+x}", ""},
           {"${unknown:?x}", "? "},
           {"${unknown#x}", "? "},
           {"${", "! the '}' of a substitution is missing"},
           {"${A", "! the '}' of a substitution is missing"},
           {"${A:-x", "! the '}' of a substitution is missing"},
           {"${A/x", "! the '/' of a substitution is missing"},
           {"${A/x/y", "! the '}' of a substitution is missing"},
           {"${}", "! a bad substitution"},
           {"${{A}}", "! a bad substitution"},
           {"${:x}", "! a bad substitution"},
           {"${A!x}", "! a substitution that BuildKit does not know"},
           {"${A:#x}", "! a substitution that BuildKit does not know"},
           {"${A#\\x}", "! a pattern with an escape that BuildKit does not know"},
           {"'a", "! a single quote is not closed"},
           {"\"a", "! a double quote is not closed"},
           {"\"${A}\" '${A}'", "one ${A}"},
       }) {
    EXPECT_EQ(expanded(c.input), c.expect) << c.input;
  }
}

TEST(BuildWords, KnowsTheOtherEscapeCharacter) {
  for (const Case& c : {Case{"`$A", "$A"}, {"\\$A", "\\one"}, {"c:\\$A", "c:\\one"}}) {
    EXPECT_EQ(expanded(c.input, {.escape = '`'}), c.expect) << c.input;
  }
}

TEST(BuildWords, OptionsKeepWhatIsWritten) {
  EXPECT_EQ(expanded("'a' \"b\"", {.quotes = false}), "'a' \"b\"");
  EXPECT_EQ(expanded("'a' \"$A\"", {.raw_quotes = true}), "'a' \"one\"");
  EXPECT_EQ(expanded("a\\ b\\$A", {.raw_escapes = true}), "a\\ b\\$A");
  EXPECT_EQ(expanded("$x ${x} ${x:-y} ${x/a/b} $A", {.skip_unset = true}),
            "$x ${x} ${x:-y} ${x/a/b} one");
}

TEST(BuildWords, DividesWords) {
  struct {
    std::string_view input;
    std::vector<std::string> expect;
  } const table[] = {
      {"", {}},
      {"  a  b\t\nc ", {"a", "b", "c"}},
      {"$L", {"a", "b", "c"}},
      {"\"$L\"", {"a b  c"}},
      {"a\\ b c", {"a b", "c"}},
      {"'a b'c", {"a bc"}},
      {"\xC2\xA0x\xE3\x80\x80y", {"x", "y"}},
      {"<< EOF a", {"<< EOF", "a"}},
      {"a<b", {"a<b"}},
  };
  for (const auto& c : table) {
    EXPECT_EQ(Expander().expand(c.input, Table(), {}).words, c.expect) << c.input;
  }
}

TEST(BuildWords, WhatIsHostileEnds) {
  std::string deep;
  for (int n = 0; n < 100'000; ++n) deep += "${unset:-";
  EXPECT_EQ(expanded(deep), "! substitutions nest too deeply");

  Table table;
  const std::string large(Expander::kLongest - 1, 'a');
  table.values["LARGE"] = large;
  EXPECT_EQ(Expander().expand("$LARGE$LARGE", table, {}).error, "the expansion is too long");
  Expander tired(1000);
  EXPECT_EQ(tired.expand("${LARGE//a*a*a*b/x}", table, {}).error, "the expansion takes too long");
  EXPECT_EQ(tired.expand("x", table, {}).error, "the expansion takes too long");
}

TEST(BuildWords, TellsHeredocs) {
  struct {
    std::string_view word, name;
    bool found, expand, tabs;
    unsigned descriptor;
  } const table[] = {
      {"<<EOF", "EOF", true, true, false, 0},      {"<<-EOF", "EOF", true, true, true, 0},
      {"<<'EOF'", "EOF", true, false, false, 0},   {"<<\"EOF\"", "EOF", true, false, false, 0},
      {"<<E\"O\"F", "EOF", true, false, false, 0}, {"3<<EOF", "EOF", true, true, false, 3},
      {"<< EOF", "EOF", true, true, false, 0},     {"<<", "", false, true, false, 0},
      {"<<<EOF", "", false, true, false, 0},       {"a<<EOF", "", false, true, false, 0},
      {"<<a b", "", false, true, false, 0},        {"<EOF", "", false, true, false, 0},
      {"<<E\\OF", "EOF", true, true, false, 0},
  };
  for (const auto& c : table) {
    const HeredocWord got = parse_heredoc_word(c.word);
    EXPECT_EQ(got.found, c.found) << c.word;
    if (!c.found) continue;
    EXPECT_EQ(got.name, c.name) << c.word;
    EXPECT_EQ(got.expand, c.expand) << c.word;
    EXPECT_EQ(got.strip_tabs, c.tabs) << c.word;
    EXPECT_EQ(got.descriptor, c.descriptor) << c.word;
  }
}

TEST(BuildWords, FindsHeredocsOutsideOfQuotesOnly) {
  struct {
    std::string_view line;
    std::vector<std::string> names;
  } const table[] = {
      {"RUN cat <<A - <<B", {"A", "B"}},
      {"RUN echo \"<<A\" <<B", {"B"}},
      {"RUN echo '<<A'", {}},
      {"RUN echo \\<<A", {}},
      {"RUN echo $((1<<2))", {}},
      {"RUN cat<<A", {}},
      {"RUN it's <<A", {}},  // BuildKit gives up on a quote that is not closed
      {"COPY <<-'A' 3<<B /x", {"A", "B"}},
  };
  for (const auto& c : table) {
    std::string error;
    std::vector<std::string> names;
    for (const HeredocWord& found : find_heredocs(c.line, error)) names.push_back(found.name);
    EXPECT_EQ(names, c.names) << c.line;
    EXPECT_EQ(error, "") << c.line;
  }
}

TEST(BuildWords, TrimsWhatGoTrims) {
  for (const Case& c : {Case{"", ""},
                        {" \t\r\n", ""},
                        {" a b ", "a b"},
                        {"\xC2\xA0"
                         "a\xE2\x80\x83",
                         "a"},
                        {"\xE3\x80\x80", ""},
                        {"a\x80", "a\x80"},
                        {"\xC3\xA0", "\xC3\xA0"}}) {
    EXPECT_EQ(trim_space(c.input), c.expect) << c.input;
  }
}

}  // namespace
}  // namespace kaudit
