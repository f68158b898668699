#include "manifests/adapt/compose_text.h"

#include <gtest/gtest.h>

#include "manifests/adapt/compose_env.h"
#include "manifests/adapt/compose_short.h"

namespace kaudit::compose {
namespace {

// Holes as `<…>`, so that they can be seen.
std::string visible(std::string text) {
  for (char& c : text) c = c == kHoleBegin ? '<' : c == kHoleEnd ? '>' : c;
  return text;
}

std::string interpolated(std::string_view text) {
  const Variables variables = {{"TAG", "16"}, {"EMPTY", ""}, {"RAW", "${TAG}"}};
  const auto result = interpolate(text, variables);
  if (!result) return "error: " + result.error().message;
  return visible(result->text) + (result->outside ? " (outside)" : "");
}

TEST(ComposeText, InterpolatesAsTheSpecificationSays) {
  const struct {
    std::string_view text, expect;
  } cases[] = {
      {"plain", "plain"},
      {"", ""},
      {"$TAG", "16 (outside)"},
      {"${TAG}", "16 (outside)"},
      {"postgres:${TAG}-alpine", "postgres:16-alpine (outside)"},
      {"$TAGS", "<$TAGS>"},
      {"${NONE}", "<${NONE}>"},
      {"${NONE}:${TAG}", "<${NONE}>:16 (outside)"},
      {"$$TAG", "$TAG"},
      {"$${TAG}", "${TAG}"},
      {"$$$TAG", "$16 (outside)"},
      {"costs $5", "costs $5"},
      {"ends in $", "ends in $"},
      {"${NONE:-x}", "x"},
      {"${NONE-x}", "x"},
      {"${EMPTY:-x}", "x"},
      {"${EMPTY-x}", " (outside)"},
      {"${TAG:-x}", "16 (outside)"},
      {"${NONE:-}", ""},
      {"${NONE:-a:b-c?d+e}", "a:b-c?d+e"},
      {"${NONE:-${TAG}}", "16 (outside)"},
      {"${NONE:-${ALSO_NONE:-deep}}", "deep"},
      {"${NONE:-${ALSO_NONE}}", "<${ALSO_NONE}>"},
      {"${NONE:-a}b}", "ab}"},
      {"${NONE:-{a}}", "{a}"},
      {"${NONE:?must be set}", "<${NONE:?must be set}>"},
      {"${NONE?}", "<${NONE?}>"},
      {"${EMPTY:?x}", "<${EMPTY:?x}>"},
      {"${EMPTY?x}", " (outside)"},
      {"${TAG:?x}", "16 (outside)"},
      {"${NONE:+x}", ""},
      {"${NONE+x}", ""},
      {"${EMPTY:+x}", ""},
      {"${EMPTY+x}", "x"},
      {"${TAG:+is ${TAG}}", "is 16 (outside)"},
      {"$RAW", "${TAG} (outside)"},  // a value is not looked through again
      {"\x01$TAG\x02", "?16? (outside)"},
      {"${TAG", "error: a variable's brace is not closed"},
      {"${}", "error: a variable without a name"},
      {"${1}", "error: a variable without a name"},
      {"${ TAG }", "error: a variable without a name"},
      {"${TAG!x}", "error: a variable's name is followed by something that is no operator"},
      {"${TAG:x}", "error: a variable's name is followed by something that is no operator"},
  };
  for (const auto& [text, expect] : cases) EXPECT_EQ(interpolated(text), expect) << text;
}

TEST(ComposeText, NestsAsDeepAsItMayAndNoDeeper) {
  std::string text = "x";
  for (int n = 0; n < kDeepestDefault; ++n) text = "${NONE:-" + text + "}";
  EXPECT_EQ(interpolated(text), "x");
  EXPECT_EQ(interpolated("${NONE:-" + text + "}"), "error: variables nest deeper than 20 levels");
}

TEST(ComposeText, DoesNotGrowWithoutBounds) {
  const Variables variables = {{"A", std::string(1000, 'a')}};
  std::string text;
  for (int n = 0; n < 1100; ++n) text += "$A ";
  const auto result = interpolate(text, variables);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "a value grows beyond 1 MiB by its variables");
}

TEST(ComposeEnv, ReadsWhatComposeReads) {
  constexpr std::string_view kText =
      "# a comment\r\n"
      "A=1\r\n"
      "export B = two words # a comment\n"
      "C='$A stays'\n"
      "D=\"$A\\n\\$A\" # a comment\n"
      "E=\"over\n"
      "two lines\"\n"
      "F=#not a value\n"
      "G=a#b\n"
      "H\n"
      "not a name=1\n"
      "I=${NONE:-x}$NONE\n"
      "J='open\n"
      "=1\n"
      "K=${B}";
  std::string out;
  for (const EnvEntry& entry : read_env(kText, {})) {
    out += entry.name + (entry.given ? "=" : "") + visible(entry.value) + '|';
  }
  EXPECT_EQ(out,
            "A=1|B=two words|C=$A stays|D=1\n$A|E=over\ntwo lines|F=|G=a#b|H|I=x<$NONE>|J='open|"
            "K=two words|");
}

TEST(ComposeEnv, TakesRawValuesAsTheyAre) {
  std::string out;
  for (const EnvEntry& entry : read_env("A=\"$B\" # c\r\nB= x\n", {}, true)) {
    out += entry.name + '=' + entry.value + '|';
  }
  EXPECT_EQ(out, "A=\"$B\" # c|B= x|");
}

std::string shown(std::string_view text) { return visible(std::string(text)); }

TEST(ComposeShort, SplitsVolumes) {
  const struct {
    std::string_view text, source, target, options;
    bool path;
  } cases[] = {
      {"/data", "", "/data", "", false},
      {"data:/data", "data", "/data", "", false},
      {"./data:/data:ro,z", "./data", "/data", "ro,z", true},
      {"/var/run/docker.sock:/s", "/var/run/docker.sock", "/s", "", true},
      {"~/x:/x", "~/x", "/x", "", true},
      {"C:\\data:/data:ro", "C:\\data", "/data", "ro", true},
      {"c:/data:D:\\x", "c:/data", "D:\\x", "", true},
      {"\x01${A:?b:c}\x02:/x", "<${A:?b:c}>", "/x", "", false},
      {"//./pipe/docker_engine://./pipe/docker_engine", "//./pipe/docker_engine",
       "//./pipe/docker_engine", "", true},
  };
  for (const auto& row : cases) {
    const ShortVolume volume = split_volume(row.text);
    EXPECT_EQ(shown(volume.source), row.source) << row.text;
    EXPECT_EQ(shown(volume.target), row.target) << row.text;
    EXPECT_EQ(volume.options, row.options) << row.text;
    EXPECT_EQ(is_path(volume.source), row.path) << row.text;
  }
  EXPECT_TRUE(split_volume("a:b:z,ro").has_option("ro"));
  EXPECT_FALSE(split_volume("a:b:root").has_option("ro"));
}

TEST(ComposeShort, SplitsPorts) {
  const struct {
    std::string_view text, ip, published, target, protocol;
    bool valid;
  } cases[] = {
      {"80", "", "", "80", "", true},
      {"8080:80", "", "8080", "80", "", true},
      {"8080:80/udp", "", "8080", "80", "udp", true},
      {"127.0.0.1:8080:80", "127.0.0.1", "8080", "80", "", true},
      {"127.0.0.1::80", "127.0.0.1", "", "80", "", true},
      {"[::1]:8080:80", "::1", "8080", "80", "", true},
      {"::1:8080:80", "::1", "8080", "80", "", true},
      {"8000-8010:9000-9010", "", "8000-8010", "9000-9010", "", true},
      {"\x01${IP}\x02:5432:5432", "<${IP}>", "5432", "5432", "", true},
      {"\x01${P:?a/b:c}\x02:5432", "", "<${P:?a/b:c}>", "5432", "", true},
      {"", "", "", "", "", false},
      {"8080:", "", "8080", "", "", false},
      {"80/", "", "", "", "", false},
  };
  for (const auto& row : cases) {
    const ShortPort port = split_port(row.text);
    EXPECT_EQ(port.valid, row.valid) << row.text;
    EXPECT_EQ(shown(port.ip), row.ip) << row.text;
    EXPECT_EQ(shown(port.published), row.published) << row.text;
    EXPECT_EQ(shown(port.target), row.target) << row.text;
    EXPECT_EQ(port.protocol, row.protocol) << row.text;
  }
}

TEST(ComposeShort, SplitsCommands) {
  const struct {
    std::string_view text, expect;
  } cases[] = {
      {"", ""},
      {"  a  b\tc\n", "a|b|c|"},
      {"sh -c 'a \"b\"' \"c 'd'\"", "sh|-c|a \"b\"|c 'd'|"},
      {"a\\ b \"c\\\"d\" 'e\\f'", "a b|c\"d|e\\f|"},
      {"a '' \"\"", "a|||"},
      {"--x=\x01${A:?b c}\x02 d", "--x=<${A:?b c}>|d|"},
      {"'open a", "open a|"},
      {"back\\", "back\\|"},
  };
  for (const auto& [text, expect] : cases) {
    std::string out;
    for (const std::string& word : split_words(text)) out += shown(word) + '|';
    EXPECT_EQ(out, expect) << text;
  }
}

TEST(ComposeShort, ReadsRanges) {
  const struct {
    std::string_view text;
    bool valid;
    int first, last;
  } cases[] = {
      {"80", true, 80, 80},   {"0-65535", true, 0, 65535}, {"9-8", false, 9, 8},
      {"65536", false, 0, 0}, {"", false, 0, 0},           {"80-", false, 80, 80},
      {"8 0", false, 8, 0},   {"+80", false, 0, 0},
  };
  for (const auto& row : cases) {
    const PortRange range = parse_range(row.text);
    EXPECT_EQ(range.valid, row.valid) << row.text;
    if (!row.valid) continue;
    EXPECT_EQ(range.first, row.first) << row.text;
    EXPECT_EQ(range.last, row.last) << row.text;
  }
}

}  // namespace
}  // namespace kaudit::compose
