#include "core/document.h"

#include <gtest/gtest.h>

#include <array>

namespace kaudit {
namespace {

std::shared_ptr<const Source> source(std::string text) {
  return std::make_shared<const Source>("test.json", std::move(text));
}

TEST(Document, LooksUpMembersAndItemsByPathAndPlace) {
  Document::Builder b(source("{\"a/b\": [1, \"ü\", true]}"), {});
  b.open(Kind::object, Place::offset(0));
  b.key("a/b", Place::offset(1));
  b.open(Kind::array, Place::offset(8));
  b.scalar(Kind::integer, "1", 1, Place::offset(9), Place::offset(10));
  b.scalar(Kind::string, "ü", 0, Place::offset(12), Place::offset(16));
  const NodeId yes = b.scalar(Kind::boolean, "true", 1, Place::offset(18), Place::offset(22));
  b.close(Place::offset(23));
  b.close(Place::offset(24));
  Result<Document> result = b.finish();
  ASSERT_TRUE(result);
  const Document& doc = *result;
  EXPECT_EQ(doc.root()["a/b"].size(), 3U);
  EXPECT_EQ(doc.at(yes).as_bool(), true);
  EXPECT_EQ(doc.pointer(yes), "/a~1b/2");
  EXPECT_EQ(doc.field_path(yes), "[\"a/b\"][2]");
  EXPECT_EQ(doc.locate(yes).begin, (Mark{1, 18})) << "columns count code points";
  EXPECT_FALSE(doc.root()["missing"]["deeper"].present());
}

TEST(Source, TellsColumnsAndOffsetsApartOnLongLines) {
  // Lines around and far beyond the distance of the remembered counts, of characters of one to four
  // bytes, the first one behind a byte order mark.
  std::string text = "\xEF\xBB\xBF";
  for (const std::size_t length : {0U, 1U, 340U, 341U, 342U, 1024U, 5000U}) {
    for (std::size_t n = 0; n < length; ++n) {
      text += std::array{"a", "ü", "€", "😀"}[n % 4];
    }
    text += '\n';
  }
  text += "last";
  for (const std::string& whole : {text, std::string(5000, 'x') + "\nlast"}) {
    const Source source("test", whole);
    Mark expect{1, 1};
    for (std::size_t at = whole.starts_with('\xEF') ? 3 : 0; at < whole.size(); ++at) {
      if ((static_cast<unsigned char>(whole[at]) & 0xC0U) == 0x80U) continue;
      ASSERT_EQ(source.mark(at), expect) << at;
      ASSERT_EQ(source.offset(expect), at) << expect.line << ':' << expect.column;
      if (whole[at] == '\n') {
        // Beyond the end is the end.
        EXPECT_EQ(source.offset({expect.line, expect.column + 7}), at);
        expect = {expect.line + 1, 1};
      } else {
        ++expect.column;
      }
    }
  }
}

// Two lines of a block that is indented by four; in the second `$$` was written for `$`.
TEST(Source, APartOfAFileHasThePlacesOfTheFile) {
  const Source source("compose.yaml", "FROM a\nRUN \xC3\xBC $B c\n",
                      {{0, {7, 5}}, {7, {8, 5}}, {15, {8, 13}}});
  const struct {
    std::size_t offset;
    Mark file, own;
  } cases[] = {
      {0, {7, 5}, {1, 1}},   {5, {7, 10}, {1, 6}},  {7, {8, 5}, {2, 1}},    {13, {8, 10}, {2, 6}},
      {14, {8, 11}, {2, 7}}, {15, {8, 13}, {2, 8}}, {17, {8, 15}, {2, 10}},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(source.mark(c.offset), c.file) << c.offset;
    EXPECT_EQ(source.own(c.file), c.own) << c.offset;
    EXPECT_EQ(source.offset(c.own), c.offset);
  }
  EXPECT_EQ(source.line(2), "RUN \xC3\xBC $B c");
  EXPECT_EQ(source.mark(1000), source.mark(source.text().size()));
  EXPECT_EQ(source.own({1, 1}), (Mark{1, 1}));
}

TEST(Document, TheLastDuplicateKeyCounts) {
  for (const std::size_t members : {std::size_t{2}, std::size_t{40}}) {
    std::vector<std::string> names;
    for (std::size_t n = 0; n + 1 < members; ++n) names.push_back("k" + std::to_string(n));
    names.emplace_back("k0");
    Document::Builder b(source(""), {});
    b.open(Kind::object, {1, 1});
    for (std::size_t n = 0; n < members; ++n) {
      b.key(names[n], {static_cast<std::uint32_t>(n + 1), 1});
      b.scalar(Kind::integer, "", static_cast<std::int64_t>(n), {}, {});
    }
    b.close({99, 1});
    Result<Document> doc = b.finish();
    ASSERT_TRUE(doc);
    ASSERT_EQ(doc->duplicates().size(), 1U);
    EXPECT_EQ(doc->root()["k0"].as_int(), static_cast<std::int64_t>(members - 1));
    EXPECT_EQ(doc->root().size(), members - 1);
    EXPECT_EQ(doc->locate_key(doc->duplicates()[0].first).begin.line, 1U);
    EXPECT_EQ(doc->locate_key(doc->duplicates()[0].second).begin.line, members);
  }
}

TEST(Document, KeepsItsLimits) {
  struct Case {
    Limits limits;
    std::string expect;
  };
  for (const Case& c :
       {Case{{.bytes = 1, .nodes = 3, .depth = 9}, "more than 3 values in one document"},
        Case{{.bytes = 1, .nodes = 9, .depth = 3}, "nested deeper than 3 levels"},
        Case{{.bytes = 1, .nodes = 9, .depth = 9, .key = 4},
             "a member's name of more than 4 bytes"}}) {
    Document::Builder b(source("[[[["), c.limits);
    for (int n = 0; n < 5; ++n) {
      b.key(std::string_view("names").substr(0, static_cast<std::size_t>(n) + 1), {1, 1});
      b.open(Kind::array, {1, 1});
    }
    const Result<Document> doc = b.finish();
    ASSERT_FALSE(doc);
    EXPECT_EQ(doc.error().message, c.expect);
  }
}

TEST(Document, CopiesAliasesAndMergesInTheOrderOfTheText) {
  Document::Builder b(source(""), {});
  b.open(Kind::object, {1, 1});
  b.key("base", {1, 1});
  const NodeId base = b.open(Kind::object, {2, 3});
  b.key("x", {2, 3});
  b.scalar(Kind::integer, "1", 1, {2, 6}, {2, 7});
  b.key("y", {3, 3});
  b.scalar(Kind::integer, "2", 2, {3, 6}, {3, 7});
  b.close({4, 1});
  b.key("alias", {4, 1});
  b.copy(base);
  b.key("merged", {5, 1});
  b.open(Kind::object, {6, 3});
  b.key("x", {6, 3});
  b.scalar(Kind::integer, "9", 9, {6, 6}, {6, 7});
  b.merge(base);
  b.key("y", {8, 3});
  b.scalar(Kind::integer, "8", 8, {8, 6}, {8, 7});
  b.close({8, 7});
  b.close({8, 7});
  Result<Document> doc = b.finish();
  ASSERT_TRUE(doc);
  const Value root = doc->root();
  EXPECT_EQ(root["alias"]["y"].as_int(), 2);
  EXPECT_EQ(doc->pointer(root["alias"]["y"].id()), "/alias/y");
  EXPECT_EQ(root["merged"].size(), 2U);
  EXPECT_EQ(root["merged"]["x"].as_int(), 1) << "merged over what stands before";
  EXPECT_EQ(root["merged"]["y"].as_int(), 8) << "and under what stands after";
  EXPECT_EQ(doc->locate(root["merged"]["x"].id()).begin, (Mark{2, 6})) << "where it is written";
  EXPECT_TRUE(doc->duplicates().empty()) << "overriding a merged member is not a duplicate key";
}

}  // namespace
}  // namespace kaudit
