#include <gtest/gtest.h>

#include "tests/support/dump.h"
#include "tests/unit/manifests/cases.h"

namespace kaudit::testing {
namespace {

using Strings = std::vector<std::string>;

std::string root_json(const Document& document) { return to_json(document.root()); }

void expect_cases(const std::vector<ReaderCase>& table) {
  for (const ReaderCase& c : table) {
    const ReadText got = read_with(read_yaml, c.input, root_json);
    EXPECT_EQ(got.documents, c.documents) << c.input;
    EXPECT_EQ(got.errors, c.errors) << c.input;
  }
}

TEST(Yaml, ScalarsMeanWhatTheyMeanToKubernetes) {
  for (const auto& [written, meaning] : yaml_scalars()) {
    const ReadText got = read_with(read_yaml, "a: " + written + "\n",
                                   [](const Document& d) { return to_json(d.root()["a"]); });
    EXPECT_EQ(got.documents, Strings{meaning}) << written;
    EXPECT_EQ(got.errors, Strings{}) << written;
  }
}

TEST(Yaml, ReadsStructures) { expect_cases(yaml_structures()); }

TEST(Yaml, ReadsStreams) { expect_cases(yaml_streams()); }

TEST(Yaml, ErrorsNameTheirPlaceAndOtherDocumentsAreRead) { expect_cases(yaml_errors()); }

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
  EXPECT_EQ(got.errors, Strings{});
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

TEST(Yaml, PlacesOfMergedAliasedAndDuplicateMembers) {
  const ReadText got = read_with(read_yaml,
                                 "a: &x\n"
                                 "  p: 1\n"
                                 "b: {<<: *x, \"p\": 2, 'it''s': 3,\n"
                                 "    p: 4}\n",
                                 to_places);
  EXPECT_EQ(got.documents, Strings{". 1:1-4:10 a mapping\n"
                                   "/a key 1:1-1:2 2:3-2:7 a mapping\n"
                                   "/a/p key 2:3-2:4 2:6-2:7 1\n"
                                   "/b key 3:1-3:2 3:4-4:10 a mapping\n"
                                   "/b/p key 2:3-2:4 2:6-2:7 1 shadowed\n"
                                   "/b/p key 3:13-3:16 3:18-3:19 2 shadowed\n"
                                   "/b/it's key 3:21-3:28 3:30-3:31 3\n"
                                   "/b/p key 4:5-4:6 4:8-4:9 4\n"
                                   "duplicate 3:13 4:5\n"});
}

TEST(Yaml, PlacesOfNamesThatAreNotText) {
  EXPECT_EQ(read_with(read_yaml, "1234567.5: &x a\n0x1f : {yes: 1, no}\n*x : c\n? p\n  q\n: d\n",
                      to_places)
                .documents,
            Strings{". 1:1-6:4 a mapping\n"
                    "/1.2345675e+06 key 1:1-1:10 1:15-1:16 \"a\"\n"
                    "/31 key 2:1-2:5 2:8-2:20 a mapping\n"
                    "/31/true key 2:9-2:12 2:14-2:15 1\n"
                    "/31/false key 2:17-2:19 2:19-2:19 null\n"
                    "/a key 3:1-3:3 3:6-3:7 \"c\"\n"
                    "/p q key 4:3-4:4 6:3-6:4 \"d\"\n"});
}

TEST(Yaml, PlacesAtTheEndOfATextWithoutLineFeed) {
  EXPECT_EQ(read_with(read_yaml, "? A", to_places).documents,
            Strings{". 1:1-1:4 a mapping\n/A key 1:3-1:4 1:4-1:4 null\n"});
  EXPECT_EQ(read_with(read_yaml, "- |\n  x", to_places).documents,
            Strings{". 1:1-2:4 a list\n/0 1:3-2:4 \"x\\u000a\"\n"});
}

TEST(Yaml, PlacesWhereLinesBreakOddly) {
  // A lone CR, NEL, LS and PS break lines in YAML 1.1 and in no editor.
  const ReadText got =
      read_with(read_yaml, "a: 1\rb: 2\r\nc:\xE2\x80\xA8  - \xC3\xA9\n", to_places);
  EXPECT_EQ(got.documents, Strings{". 1:1-2:9 a mapping\n"
                                   "/a key 1:1-1:2 1:4-1:5 1\n"
                                   "/b key 1:6-1:7 1:9-1:10 2\n"
                                   "/c key 2:1-2:2 2:6-2:9 a list\n"
                                   "/c/0 2:8-2:9 \"\xC3\xA9\"\n"});
}

TEST(Yaml, PlacesOfBlockTextAndOfWhatIsNotWritten) {
  const ReadText got = read_with(read_yaml,
                                 "- |2-\n"
                                 "   one\n"
                                 "  tw\xC3\xB6\n"
                                 "\n"
                                 "- >+ # c\n"
                                 "\n"
                                 "- \n"
                                 "- !!str\n"
                                 "- &a !t |\n"
                                 "  x",
                                 to_places);
  EXPECT_EQ(got.documents, Strings{". 1:1-10:4 a list\n"
                                   "/0 1:3-3:6 \" one\\u000atw\xC3\xB6\"\n"
                                   "/1 5:3-5:5 \"\\u000a\"\n"
                                   "/2 7:2-7:2 null\n"
                                   "/3 8:3-8:8 \"\"\n"
                                   "/4 9:9-10:4 \"x\\u000a\"\n"});
}

TEST(Yaml, RenderedChartsNameTheirTemplates) {
  const ReadText got = read_with(read_yaml,
                                 "# Source: shop/templates/a.yaml\n"
                                 "a: 1\n"
                                 "---\n"
                                 "# By hand\n"
                                 "\n"
                                 "# Source: shop/templates/b.yaml\r\n"
                                 "b: 1\n"
                                 "# Source: not/this.yaml\n"
                                 "---\n"
                                 "c: 1\n"
                                 "---\n"
                                 "# Source: shop/templates/empty.yaml\n"
                                 "---\n"
                                 "d: |\n"
                                 "  # Source: nor/this.yaml\n",
                                 [](const Document& d) { return std::string(d.template_name()); });
  EXPECT_EQ(got.documents, (Strings{"shop/templates/a.yaml", "shop/templates/b.yaml", "", ""}));
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t n = 0; n < times; ++n) out += text;
  return out;
}

TEST(Yaml, KeepsItsLimits) {
  const std::string bomb =
      "a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
      "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\n"
      "e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e]\n";
  std::string chain = "a0: &a0 {}\n";
  for (std::size_t n = 1; n < 600; ++n) {
    const std::string name = "a" + std::to_string(n);
    chain += name + ": &" + name + " [*a" + std::to_string(n - 1) + "]\n";
  }
  std::string members;
  for (std::size_t n = 0; n < 2000; ++n) members += "k" + std::to_string(n) + ": 1,";
  const std::vector<ReaderCase> table = {
      {repeated("[", 100'000) + "\n---\nb: 2\n",
       {R"({"b":2})"},
       {"test:1:501: nested deeper than 500 levels"}},
      {repeated("- ", 100'000), {}, {"test:1:1001: nested deeper than 500 levels"}},
      {repeated("{a: ", 100'000), {}, {"test:1:2001: nested deeper than 500 levels"}},
      {repeated("? ", 100'000), {}, {"test:1:3: a list or a mapping cannot be a key"}},
      {bomb + "---\nb: 2\n",
       {R"({"b":2})"},
       {"test:6:17: aliases and merge keys expand to more than 400000 values"}},
      {"a: {" + repeated("<<: {", 400) + members + repeated("}", 401),
       {},
       {"test:1:18915: aliases and merge keys expand to more than 400000 values"}},
      {chain, {}, {"test:1:9: nested deeper than 500 levels"}},
      {"[" + repeated("x,", 1000) + "]",
       {},
       {"test:1:2000: more than 1000 values in one document"}},
  };
  for (const ReaderCase& c : table) {
    Limits limits;
    if (c.input.starts_with("[x")) limits.nodes = 1000;
    const ReadText got = read_with(read_yaml, c.input, root_json, limits);
    EXPECT_EQ(got.documents, c.documents) << c.input.substr(0, 40);
    EXPECT_EQ(got.errors, c.errors) << c.input.substr(0, 40);
  }
  const ReadText large = read_with(read_yaml, "a: 1\nb: 2\n", root_json, {.bytes = 9});
  EXPECT_EQ(large.errors, Strings{"test: the text has 10 bytes, more than the limit of 9"});
}

TEST(Yaml, ABrokenFileEndsInTime) {
  const ReadText got = read_with(read_yaml, repeated("---\n[\n", 100'000), root_json);
  EXPECT_EQ(got.documents, Strings{});
  ASSERT_EQ(got.errors.size(), 1001U);
  EXPECT_EQ(got.errors[0], "test:2:1: the list or mapping that begins here is not closed");
  EXPECT_EQ(got.errors[1000],
            "test: more than 1000 documents are broken; the rest of the file is not read");
}

TEST(Yaml, ManyAnchorsMarksAndBreaksCostNoMoreThanTheirLength) {
  // Quadratic in any of them, each of these takes minutes.
  std::string anchors;
  for (std::size_t n = 0; n < 30'000; ++n) {
    const std::string name = std::to_string(n);
    anchors += "- &a" + name + " \xC3\xA9\n- *a" + name + "\n";
  }
  for (const std::string& input :
       {anchors, "[" + repeated("&a \xC3\xA9, *a, ", 30'000) + "]",
        repeated("---\n\xEF\xBB\xBF"
                 "a: 1\n",
                 30'000),
        "a: 1" + repeated("\r", 200'000), repeated("- \xE2\x80\xA8", 30'000),
        "{" + repeated("a: 1, ", 30'000) + "}"}) {
    const ReadText got = read_with(read_yaml, input, [](const Document&) { return ""; });
    EXPECT_EQ(got.errors, Strings{}) << input.substr(0, 40);
  }
}

}  // namespace
}  // namespace kaudit::testing
