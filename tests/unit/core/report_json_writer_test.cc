#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>

#include "core/report/json_writer.h"

namespace kaudit {
namespace {

using namespace std::string_view_literals;

std::string json_string(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

TEST(JsonWriter, EscapesStrings) {
  struct Row {
    std::string_view input;
    std::string_view expect;
  };
  const Row rows[] = {
      {"", R"("")"},
      {"plain text that is longer than eight bytes",
       R"("plain text that is longer than eight bytes")"},
      {"quote \" backslash \\ slash /", R"("quote \" backslash \\ slash /")"},
      {"a\nb\rc\td", R"("a\nb\rc\td")"},
      {"\x1b[0m\0\x7f"sv, R"("\u001b[0m\u0000\u007f")"},
      {"\xC2\x85 \xE2\x80\xAE \xE2\x80\xA8", R"("\u0085 \u202e \u2028")"},
      {"\xF3\xA0\x81\x81", R"("\udb40\udc41")"},
      {"\xF0\x9F\x8D\xA3 K\xC3\xBC", "\"\xF0\x9F\x8D\xA3 K\xC3\xBC\""},
      {"\xFF\xE2\x82", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},
      {"</script> <!-- a < b <", R"("\u003c/script> \u003c!-- a < b <")"},
  };
  for (const Row& row : rows) EXPECT_EQ(json_string(row.input), row.expect);
}

// Every byte at every place of a word, so that the eight-bytes-at-once test is tried in full.
TEST(JsonWriter, EscapesAnyByteAnywhere) {
  for (unsigned byte = 0; byte < 256; ++byte) {
    for (std::size_t at = 0; at < 24; ++at) {
      std::string text(24, '~');
      text[at] = static_cast<char>(byte);
      const auto parsed = nlohmann::json::parse(json_string(text), nullptr, false);
      ASSERT_TRUE(parsed.is_string()) << byte << " at " << at;
      if (byte < 0x80) {
        ASSERT_EQ(parsed.get<std::string>(), text);
      }
    }
  }
}

TEST(JsonWriter, GivesParsableTextForRandomBytes) {
  std::mt19937 random(1);  // NOLINT: the same bytes each run
  for (int round = 0; round < 2000; ++round) {
    std::string text(random() % 64, ' ');
    for (char& c : text) c = static_cast<char>(random());
    ASSERT_TRUE(nlohmann::json::accept(json_string(text))) << testing::PrintToString(text);
  }
}

TEST(JsonWriter, LaysOut) {
  using Layout = JsonWriter::Layout;
  const auto write = [](Layout layout) {
    StringOutput out;
    {
      JsonWriter json(out, layout);
      json.begin_object();
      json.member("name", "kaudit");
      json.key("findings");
      json.begin_array();
      json.begin_object(Layout::line);
      json.member("line", 12U);
      json.member("deny", true);
      json.key("where");
      json.begin_array();
      json.value(std::numeric_limits<std::int64_t>::min());
      json.value(std::numeric_limits<std::uint64_t>::max());
      json.end_array();
      json.end_object();
      json.begin_object();
      json.end_object();
      json.raw("[1]");
      json.end_array();
      json.key("none");
      json.null();
      json.end_object();
    }
    EXPECT_TRUE(nlohmann::json::accept(out.text()));
    return out.text();
  };
  EXPECT_EQ(write(Layout::lines), R"({
  "name": "kaudit",
  "findings": [
    {"line": 12, "deny": true, "where": [-9223372036854775808, 18446744073709551615]},
    {},
    [1]
  ],
  "none": null
})");
  EXPECT_EQ(write(Layout::compact),
            R"({"name":"kaudit","findings":[{"line":12,"deny":true,"where":)"
            R"([-9223372036854775808,18446744073709551615]},{},[1]],"none":null})");
}

TEST(JsonWriter, FlushesAsItGoes) {
  struct Counter final : Output {
    void write(std::string_view bytes) override {
      ++writes;
      largest = std::max(largest, bytes.size());
    }
    std::size_t writes = 0, largest = 0;
  } out;
  JsonWriter json(out);
  json.begin_array();
  for (int i = 0; i < 10000; ++i) {
    json.begin_array();
    json.value("a string of a few bytes, again and again");
    json.end_array();
  }
  EXPECT_GT(out.writes, 5U);
  EXPECT_LT(out.largest, 70000U);
  json.end_array();
}

}  // namespace
}  // namespace kaudit
