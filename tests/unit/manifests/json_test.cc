#include <gtest/gtest.h>

#include "tests/support/dump.h"

namespace kaudit::testing {
namespace {

using Strings = std::vector<std::string>;

TEST(Json, ValuesAreReadWithAllTheirKinds) {
  const std::vector<std::pair<std::string, Strings>> table = {
      {R"({"a":[1,-2.5,true,false,null,"x"],"b":{}})",
       {R"({"a":[1,-2.5,true,false,null,"x"],"b":{}})"}},
      {"[]", {"[]"}},
      {"\xEF\xBB\xBF {\"a\" : 1 }\n", {"{\"a\":1}"}},
      {"{}{} 1 \"a\"[2]", {"{}", "{}", "1", "\"a\"", "[2]"}},
      {R"("\u00e9\ud83d\ude00\n\/\"\\")", {"\"é😀\\u000a/\\\"\\\\\""}},
      {R"("\ud83d x \ude00 \ud83d\u0041")",
       {"\"\xEF\xBF\xBD x \xEF\xBF\xBD \xEF\xBF\xBD"
        "A\""}},
      {R"("\u0000")", {"\"\\u0000\""}},
      {"9223372036854775807 9223372036854775808 -9223372036854775808 "
       "123456789012345678901234567890",
       {"9223372036854775807", "9.2233720368547758e+18", "-9223372036854775808",
        "1.2345678901234568e+29"}},
      {"0.0 1e3 1.5e-3 -0", {"0", "1000", "0.0015", "0"}},
      {R"({"a":1,"a":2})", {R"({"a":2})"}},
  };
  for (const auto& [input, expect] : table) {
    const ReadText got =
        read_with(read_json, input, [](const Document& d) { return to_json(d.root()); });
    EXPECT_EQ(got.documents, expect) << input;
    EXPECT_EQ(got.errors, Strings{}) << input;
  }
}

TEST(Json, EveryValueHasItsPlace) {
  const ReadText got =
      read_with(read_json, "\xEF\xBB\xBF{\"ü\\\"\": \"é\",\r\n \"b\" : [ 10 ]\r\n}", to_places);
  EXPECT_EQ(got.errors, Strings{});
  ASSERT_EQ(got.documents.size(), 1U);
  EXPECT_EQ(got.documents[0],
            ". 1:1-3:2 a mapping\n"
            "/ü\" key 1:2-1:7 1:9-1:12 \"é\"\n"
            "/b key 2:2-2:5 2:8-2:14 a list\n"
            "/b/0 2:10-2:12 10\n");
}

TEST(Json, ErrorsNameTheirPlace) {
  struct Case {
    std::string input;
    Strings documents;
    std::string error;
  };
  const std::vector<Case> table = {
      {"", {}, "test:1:1: the text holds no JSON value"},
      {"{\"a\":1,}", {}, "test:1:8: expected a member's name in double quotes, found '}'"},
      {"[1,]", {}, "test:1:4: expected a value, found ']'"},
      {"[1 2]", {}, "test:1:4: expected ',' or ']', found '2'"},
      {"{\"a\" 1}", {}, "test:1:6: expected ':' after a member's name, found '1'"},
      {"{\"a\":1", {}, "test:1:7: expected ',' or '}', found the end of the text"},
      {"{} // x", {"{}"}, "test:1:4: comments are not allowed in JSON"},
      {"{}\n x", {"{}"}, "test:2:2: expected a value, found 'x'"},
      {"tru", {}, "test:1:1: expected a value, found a word that is not true, false or null"},
      {"truex", {}, "test:1:1: expected a value, found a word that is not true, false or null"},
      {"01", {}, "test:1:1: a number must be written as in -12.5e3, without leading zeros"},
      {"-", {}, "test:1:1: a number must be written as in -12.5e3, without leading zeros"},
      {"1.e3", {}, "test:1:1: a number must be written as in -12.5e3, without leading zeros"},
      {"{}\n{\"a\": \"x", {"{}"}, "test:2:7: the string that begins here has no closing quote"},
      {"[\"a\nb\"]", {}, "test:1:2: the string that begins here is not closed on its line"},
      {"[\"a\tb\"]", {}, "test:1:4: U+0009 inside a string must be written as an escape"},
      {"[\"\\x\"]", {}, "test:1:3: an escape that JSON does not know"},
      {"[\"\\u12g4\"]", {}, "test:1:3: \\u must be followed by four hexadecimal digits"},
      {"[\"ab\xFF\"]", {}, "test:1:5: the byte 0xFF is not valid UTF-8"},
      {std::string("{}\0", 3), {"{}"}, "test:1:3: expected a value, found a NUL byte"},
      {"\\\"a\"", {}, "test:1:1: a backslash is not allowed outside a string"},
      {"'a'", {}, "test:1:1: expected a value, found '''"},
  };
  for (const Case& c : table) {
    const ReadText got =
        read_with(read_json, c.input, [](const Document& d) { return to_json(d.root()); });
    EXPECT_EQ(got.documents, c.documents) << c.input;
    EXPECT_EQ(got.errors, Strings{c.error}) << c.input;
  }
}

}  // namespace
}  // namespace kaudit::testing
