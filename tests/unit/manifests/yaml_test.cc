#include <gtest/gtest.h>

#include "tests/support/dump.h"

namespace kaudit::testing {
namespace {

struct Case {
  std::string input;
  std::vector<std::string> documents;
  std::vector<std::string> errors = {};
};

TEST(Yaml, ScalarsMeanWhatTheyMeanToKubernetes) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"y", "true"},
      {"Yes", "true"},
      {"on", "true"},
      {"TRUE", "true"},
      {"n", "false"},
      {"NO", "false"},
      {"off", "false"},
      {"False", "false"},
      {"yEs", "\"yEs\""},
      {"null", "null"},
      {"~", "null"},
      {"", "null"},
      {"Null", "null"},
      {"nULL", "\"nULL\""},
      {"0755", "493"},
      {"0o17", "15"},
      {"0x1f", "31"},
      {"0X1F", "31"},
      {"0b11", "3"},
      {"-0b11", "-3"},
      {"0b+1", "1"},
      {"08", "8"},
      {"1_000", "1000"},
      {"1__0_", "10"},
      {"+5", "5"},
      {"-5", "-5"},
      {"1e3", "1000"},
      {"0.0", "0"},
      {"-0.0", "0"},
      {"1.5", "1.5"},
      {".5", "0.5"},
      {"5.", "5"},
      {".1_0", "0.10000000000000001"},
      {"._1", "\"._1\""},
      {"1e999", "\"1e999\""},
      {"12:30", "\"12:30\""},
      {"2222:22", "\"2222:22\""},
      {"2001-01-01", "\"2001-01-01\""},
      {"=", "\"=\""},
      {"<<", "\"<<\""},
      {"+", "\"+\""},
      {"0x", "\"0x\""},
      {"9223372036854775807", "9223372036854775807"},
      {"-9223372036854775808", "-9223372036854775808"},
      {"9223372036854775808", "9.2233720368547758e+18"},
      {"-9223372036854775809", "-9223372036854775808"},
      {"18446744073709551616", "1.8446744073709552e+19"},
      {"0x1ffffffffffffffff", "\"0x1ffffffffffffffff\""},
      {"'yes'", "\"yes\""},
      {"\"0755\"", "\"0755\""},
      {"!!str 1", "\"1\""},
      {"!!str", "\"\""},
      {"!!int \"3\"", "3"},
      {"!!float 3", "3"},
      {"!!bool yes", "true"},
      {"!!binary aGk=", "\"hi\""},
      {"!custom 3", "\"3\""},
      {"!!timestamp 2001-01-01", "\"2001-01-01\""},
      {"!!null ~", "null"},
      {"!!set {b}", "{\"b\":null}"},
  };
  for (const auto& [input, expect] : table) {
    const ReadText got = read_with(read_yaml, "a: " + input + "\n",
                                   [](const Document& d) { return to_json(d.root()["a"]); });
    EXPECT_EQ(got.documents, std::vector<std::string>{expect}) << input;
    EXPECT_EQ(got.errors, std::vector<std::string>{}) << input;
  }
}

TEST(Yaml, EveryValueHasItsPlace) {
  const ReadText got = read_with(read_yaml,
                                 "\xEF\xBB\xBFkind: \"P\xC3\xB6"
                                 "d\" # c\r\n"
                                 "'ü': {a: [1,  ~ ], b:\r\n"
                                 "  x y}\r\n"
                                 "list:\r\n"
                                 "- |\r\n"
                                 "  one\r\n"
                                 "\r\n"
                                 "- k:\r\n"
                                 "  l: &x !!str 7\r\n"
                                 "- &y\r\n"
                                 "  # comment\r\n"
                                 "  m: *x\r\n"
                                 "\r\n"
                                 "# end\r\n",
                                 to_places);
  EXPECT_EQ(got.errors, std::vector<std::string>{});
  ASSERT_EQ(got.documents.size(), 1U);
  EXPECT_EQ(got.documents[0],
            ". 1:1-12:8 a mapping\n"
            "/kind key 1:1-1:5 1:7-1:12 \"P\xC3\xB6"
            "d\"\n"
            "/ü key 2:1-2:4 2:6-3:7 a mapping\n"
            "/ü/a key 2:7-2:8 2:10-2:18 a list\n"
            "/ü/a/0 2:11-2:12 1\n"
            "/ü/a/1 2:15-2:16 null\n"
            "/ü/b key 2:20-2:21 3:3-3:6 \"x y\"\n"
            "/list key 4:1-4:5 5:1-12:8 a list\n"
            "/list/0 5:3-6:6 \"one\\u000a\"\n"
            "/list/1 8:3-9:16 a mapping\n"
            "/list/1/k key 8:3-8:4 8:5-8:5 null\n"
            "/list/1/l key 9:3-9:4 9:15-9:16 \"7\"\n"
            "/list/2 12:3-12:8 a mapping\n"
            "/list/2/m key 12:3-12:4 9:15-9:16 \"7\"\n");
}

}  // namespace
}  // namespace kaudit::testing
