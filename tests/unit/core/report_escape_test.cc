#include <gtest/gtest.h>

#include <vector>

#include "core/report/escape.h"

namespace kaudit {
namespace {

using namespace std::string_view_literals;

struct Row {
  std::string_view input;
  std::string_view expect;
};

void check(void (*append)(std::string&, std::string_view), const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    std::string out;
    append(out, row.input);
    EXPECT_EQ(out, row.expect) << "input: " << testing::PrintToString(row.input);
  }
}

TEST(Escape, MakesTextVisible) {
  check(append_visible,
        {
            {"", ""},
            {"plain text, K\xC3\xBC"
             "che \xE5\xAF\xBF\xE5\x8F\xB8 \xF0\x9F\x8D\xA3",
             "plain text, K\xC3\xBC"
             "che \xE5\xAF\xBF\xE5\x8F\xB8 \xF0\x9F\x8D\xA3"},
            {"\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"},
            {"a\nb\rc\td\0e\x7f"sv, "a\\nb\\rc\\td\\x00e\\x7f"},
            {"\xC2\x9B"
             "31m",
             "\\u{9b}31m"},
            {"a\xE2\x80\xAE"
             "b\xE2\x81\xA9\xE2\x80\x8B",
             "a\\u{202e}b\\u{2069}\\u{200b}"},
            {"\xEF\xBB\xBF\xE2\x80\xA8\xF3\xA0\x81\x81", "\\u{feff}\\u{2028}\\u{e0041}"},
            {"\xFF\xFE", "\\xff\\xfe"},
            {"\xC0\x80", "\\xc0\\x80"},           // overlong
            {"\xED\xA0\x80", "\\xed\\xa0\\x80"},  // surrogate
            {"\xF4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
            {"\xE2\x82", "\\xe2\\x82"},  // cut short
            {"\xE2\x82\xE2\x82\xAC", "\\xe2\\x82\xE2\x82\xAC"},
            {"##[error]x", "#\\x23[error]x"},
            {"a ##vso[task.setvariable]", "a #\\x23vso[task.setvariable]"},
            {"###[x", "##\\x23[x"},
            {"## heading [1]", "## heading [1]"},
            {"a ::set-output", "a ::set-output"},
        });
}

TEST(Escape, GuardsTheStartOfALine) {
  check(append_visible_line_start, {
                                       {"deploy.yaml", "deploy.yaml"},
                                       {"::set-output name=a::b", "\\x3a:set-output name=a::b"},
                                       {"  ::error::x", "  \\x3a:error::x"},
                                       {"section_start:1:a", "\\x73ection_start:1:a"},
                                       {"section_end:1:a", "\\x73ection_end:1:a"},
                                       {"##[group]", "\\x23#[group]"},
                                       {"", ""},
                                       {"  ", "  "},
                                   });
}

TEST(Escape, WritesXml) {
  check(append_xml, {
                        {"<a b=\"c\">'&\x01\n", "&lt;a b=&quot;c&quot;&gt;&#39;&amp;\\x01\\n"},
                        {"]]>", "]]&gt;"},
                        {"\xEF\xBF\xBF\xFF", "\\u{ffff}\\xff"},
                    });
}

TEST(Escape, WritesMarkdown) {
  check(append_markdown,
        {
            {"container \"app\" sets a_b to *", "container \"app\" sets a\\_b to \\*"},
            {"a|b\nc", "a\\|b\\nc"},
            {"<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;"},
            {"![x](http://evil)", "\\!\\[x\\](http:<!-- -->//evil)"},
            {"@admin #12 !3 www.evil.example",
             "@<!-- -->admin \\#<!-- -->12 \\!<!-- -->3 www<!-- -->.evil.example"},
            {"&lt;", "&amp;<!-- -->lt;"},
            {"$x$ ~~y~~", "\\$<!-- -->x\\$ \\~\\~<!-- -->y\\~\\~"},
        });
  check(append_markdown_code, {
                                  {"privileged: false", "`privileged: false`"},
                                  {"a`b", "``a`b``"},
                                  {"`", "`` ` ``"},
                                  {"a|b", "`a\\|b`"},
                                  {"a\nb", "`a\\nb`"},
                                  {" ", ""},
                                  {"", ""},
                              });
}

TEST(Escape, WritesCsv) {
  check(append_csv_field, {
                              {"plain", "plain"},
                              {"a,b", "\"a,b\""},
                              {"say \"hi\"", "\"say \"\"hi\"\"\""},
                              {"=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"},
                              {"+1", "'+1"},
                              {"-1", "'-1"},
                              {"@x", "'@x"},
                              {" =1", "\"' =1\""},
                              {"\t=1", "\\t=1"},
                              {"a\r\nb", "a\\r\\nb"},
                          });
}

TEST(Escape, WritesUriPaths) {
  check(append_uri_path, {
                             {"a/b-c_d.yaml", "a/b-c_d.yaml"},
                             {"././a.yaml", "a.yaml"},
                             {"../a b.yaml", "../a%20b.yaml"},
                             {"a:b?c#d%e", "a%3Ab%3Fc%23d%25e"},
                             {"/srv/x.yaml", "file:///srv/x.yaml"},
                             {"\xC3\xBC\xFF\n", "%C3%BC%FF%0A"},
                         });
}

TEST(Escape, WritesGithubCommands) {
  check(append_github_message, {{"50% a:b,c\nd", "50%25 a:b,c\\nd"}});
  check(append_github_property, {{"50% a:b,c\rd", "50%25 a%3Ab%2Cc\\rd"}});
}

TEST(Escape, RoundTripsEveryCodePoint) {
  for (char32_t c = 0; c <= 0x10FFFF; c = c == 0xD7FF ? 0xE000 : c + 1) {
    std::string text;
    append_utf8(text, c);
    std::size_t at = 0;
    ASSERT_EQ(next_code_point(text, at), c);
    ASSERT_EQ(at, text.size());
  }
}

}  // namespace
}  // namespace kaudit
