#include <gtest/gtest.h>

#include "tests/support/dump.h"
#include "tests/unit/manifests/cases.h"

namespace kaudit::testing {
namespace {

using Strings = std::vector<std::string>;

std::string root_json(const Document& document) { return to_json(document.root()); }

void expect_cases(const Reader& reader, const std::vector<ReaderCase>& table) {
  for (const ReaderCase& c : table) {
    const ReadText got = read_with(reader, c.input, root_json);
    EXPECT_EQ(got.documents, c.documents) << c.input;
    EXPECT_EQ(got.errors, c.errors) << c.input;
  }
}

TEST(Json, ReadsValues) { expect_cases(read_json, json_values()); }

TEST(Json, ErrorsNameTheirPlace) { expect_cases(read_json, json_errors()); }

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

// Whatever came before, a parser takes the next text: none may use what a broken one left behind.
TEST(Json, AParserIsUsedAgainAfterAnyText) {
  JsonParser parser;
  const std::string deep(100, '[');
  for (int round = 0; round < 3; ++round) {
    for (const std::string& broken : {std::string(), std::string("{"), std::string("{\"a\": \"x"),
                                      std::string("{} {"), std::string("[1,]"), deep}) {
      Limits limits;
      limits.depth = 10;
      for (int twice = 0; twice < 2; ++twice) {
        EXPECT_FALSE(parser.parse(std::make_shared<const Source>("", broken), limits)) << broken;
      }
      const auto good = parser.parse(std::make_shared<const Source>("", "{\"a\":1}"), limits);
      ASSERT_TRUE(good) << broken;
      EXPECT_EQ(to_json((*good)->root()), "{\"a\":1}");
    }
  }
}

TEST(Manifest, IsToldByItsContent) { expect_cases(read_manifest, manifests()); }

}  // namespace
}  // namespace kaudit::testing
