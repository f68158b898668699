// The reports of the samples, compared with files; and what must hold for any text in them.
#include "core/report/report.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "core/report/entries.h"
#include "core/report/escape.h"
#include "core/report/snippet.h"
#include "tests/report/samples.h"
#include "tests/support/golden.h"

namespace kaudit {
namespace {

using testing::render;

// The style and the script are files of their own, tested in a browser.
std::string without_assets(Format format, std::string text) {
  if (format != Format::html) return text;
  for (const auto& [begin, end] :
       {std::pair("<style>", "</style>"), std::pair("'sha256-", "; base"),
        std::pair("<script>", "</script>")}) {
    const std::size_t at = text.find(begin);
    if (at != std::string::npos) text.erase(at, text.find(end, at) - at);
  }
  return text;
}

// The rule table has tests of its own; reports show all of it or the rules that found something.
std::string without_rules(Format format, std::string text) {
  if (format != Format::json && format != Format::sarif) return text;
  const std::size_t begin = text.find("\"rules\": [") + std::string_view("\"rules\": [").size();
  const std::string_view next = format == Format::sarif ? "\"notifications\":" : "\"summary\":";
  text.replace(begin, text.rfind(']', text.find(next, begin)) - begin, "");
  return std::regex_replace(text, std::regex("\"ruleIndex\": [0-9]+"), "\"ruleIndex\": 0");
}

class Golden : public ::testing::TestWithParam<Format> {};

TEST_P(Golden, ReportsOfTheSamples) {
  const Format format = GetParam();
  const std::string name(name_of(format));
  for (testing::Sample sample :
       {testing::shop_sample(), testing::ranked_sample(), testing::empty_sample(),
        testing::exempted_sample(), testing::hostile_sample()}) {
    // Its long names would fill the files.
    std::erase_if(sample.files, [](const FileReport& file) { return file.file.size() > 1000; });
    testing::expect_golden(
        testing::source_dir() / "tests/golden" / name / (sample.name + "." + name),
        without_assets(format, without_rules(format, render(format, sample))));
  }
}

INSTANTIATE_TEST_SUITE_P(Report, Golden, ::testing::ValuesIn(testing::kFormats),
                         [](const auto& tested) { return std::string(name_of(tested.param)); });

TEST(Report, TextInColour) {
  testing::expect_golden(testing::source_dir() / "tests/golden/text/shop-colour.text",
                         render(Format::text, testing::shop_sample(), {.colour = true}));
}

TEST(Report, TextBrokenToATerminalsWidth) {
  const std::string text = render(Format::text, testing::shop_sample(), {.width = 60});
  testing::expect_golden(testing::source_dir() / "tests/golden/text/shop-narrow.text", text);
}

TEST(Report, TextListsTheExemptedWhereAsked) {
  testing::expect_golden(testing::source_dir() / "tests/golden/text/exempted-shown.text",
                         render(Format::text, testing::exempted_sample(), {.show_exempted = true}));
}

TEST(Report, VerboseTextExplainsAndNamesFilesWithoutFindings) {
  const testing::Sample sample = testing::shop_sample();
  const std::string text = render(Format::text, sample, {.verbose = true});
  const std::string why =
      "\n            why: " + std::string(find_rule("host-network")->rationale) + "\n";
  EXPECT_NE(text.find(why), std::string::npos);
  EXPECT_EQ(text.find(why), text.rfind(why)) << "explained once, found twice";
  EXPECT_NE(text.find("\n            breaks: core, baseline, restricted (deny)\n"), text.npos);
  EXPECT_NE(text.find("\nshop/clean.yaml: no finding\n"), std::string::npos);
  EXPECT_NE(text.find("\nshop/values.yaml: no Kubernetes object in it\n"), std::string::npos);
}

TEST(Report, FormatsHaveNames) {
  for (const Format format : testing::kFormats) {
    Format parsed = format == Format::text ? Format::csv : Format::text;
    EXPECT_TRUE(parse(name_of(format), parsed));
    EXPECT_EQ(parsed, format);
  }
  Format format = Format::text;
  EXPECT_FALSE(parse("yaml", format));
  EXPECT_FALSE(parse("", format));
}

// Fields of each record; empty when the text is not as RFC 4180 has it.
std::vector<std::size_t> csv_fields(std::string_view text) {
  std::vector<std::size_t> counts;
  std::size_t fields = 1;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (quoted) {
      if (text[i] != '"') continue;
      if (i + 1 < text.size() && text[i + 1] == '"') {
        ++i;
      } else {
        quoted = false;
      }
    } else if (text[i] == '"') {
      const char before = i == 0 ? '\n' : text[i - 1];
      if (before != ',' && before != '\n') return {};
      quoted = true;
    } else if (text[i] == ',') {
      ++fields;
    } else if (text[i] == '\n') {
      if (i == 0 || text[i - 1] != '\r') return {};
      counts.push_back(fields);
      fields = 1;
    }
  }
  return quoted || !text.ends_with('\n') ? std::vector<std::size_t>{} : counts;
}

// Valid UTF-8 with no hidden character but line breaks: the place of the first other one, or npos.
std::size_t find_hidden(std::string_view text, bool crlf) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const char32_t code_point = next_code_point(text, at);
    if (code_point == '\n' || (crlf && code_point == '\r')) continue;
    if (code_point == kNotACharacter || is_hidden(code_point)) return begin;
  }
  return std::string_view::npos;
}

void expect_harmless(const testing::Sample& sample, std::string_view what) {
  for (const Format format : testing::kFormats) {
    const std::string text = render(format, sample);
    SCOPED_TRACE(std::string(what) + " as " + std::string(name_of(format)));
    const std::size_t hidden = find_hidden(text, format == Format::csv);
    EXPECT_EQ(hidden, std::string::npos)
        << ::testing::PrintToString(text.substr(hidden, hidden == text.npos ? 0 : 20));
    EXPECT_TRUE(text.ends_with('\n'));
    if (format == Format::json || format == Format::sarif || format == Format::gitlab ||
        format == Format::policyreport) {
      EXPECT_TRUE(nlohmann::json::accept(text));
    } else if (format == Format::csv) {
      const std::vector<std::size_t> counts = csv_fields(text);
      EXPECT_FALSE(counts.empty());
      for (const std::size_t count : counts) EXPECT_EQ(count, 22U);
    } else if (format == Format::text || format == Format::checklist) {
      // What a CI system would obey at the start of a line.
      static const std::regex kCommand("(^|\n)\\s*(::|section_start:|section_end:)|##[A-Za-z]*\\[");
      EXPECT_FALSE(std::regex_search(text, kCommand));
      const std::string narrow = render(format, sample, {.verbose = true, .width = 30});
      EXPECT_FALSE(std::regex_search(narrow, kCommand));
    }
  }
}

TEST(Report, HoldsNothingHostile) {
  expect_harmless(testing::hostile_sample(), "the hostile sample");
  for (unsigned seed = 0; seed < 25; ++seed) {
    expect_harmless(testing::random_sample(seed), "random sample " + std::to_string(seed));
    if (HasFailure()) break;
  }
}

TEST(Report, FingerprintsAreUnique) {
  const testing::Sample sample = testing::shop_sample();
  const auto issues = nlohmann::json::parse(render(Format::gitlab, sample));
  std::set<std::string> seen;
  for (const auto& issue : issues) {
    EXPECT_TRUE(seen.insert(issue["fingerprint"].get<std::string>()).second) << issue;
  }
  EXPECT_EQ(seen.size(), 12U);  // seven findings, three things not examined, two not followed
}

TEST(Report, SarifStaysWithinGithubsLimitAndKeepsTheSevere) {
  testing::Sample sample = testing::large_sample(30'000);
  for (FileReport& file : sample.files) {
    for (Finding& finding : file.findings) finding.severity = Severity::info;
  }
  sample.files.back().findings.back().severity = Severity::critical;
  const auto log = nlohmann::json::parse(render(Format::sarif, sample));
  const auto& run = log["runs"][0];
  EXPECT_EQ(run["results"].size(), 15'001U);
  EXPECT_EQ(run["results"].back()["properties"]["severity"], "critical");
  EXPECT_EQ(run["invocations"][0]["properties"]["findingsLeftOut"], 14'999U);
  EXPECT_EQ(run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"],
            "14999 findings left out, the least severe first: a SARIF run holds 25,000 results");
}

TEST(Report, MarkdownFitsIntoAComment) {
  testing::Sample sample = testing::hostile_sample();
  const std::vector<FileReport> once = sample.files;
  for (int i = 0; i < 40; ++i) {
    sample.files.insert(sample.files.end(), once.begin(), once.end());
  }
  const std::string text = render(Format::markdown, sample);
  EXPECT_LT(text.size(), 65'536U);
  EXPECT_NE(text.find(", the most severe first."), std::string::npos);
  EXPECT_NE(text.find("more places\n"), std::string::npos);
}

TEST(Report, SaysWhatItCameTo) {
  struct Row {
    std::size_t at_or_above, not_examined;
    bool fail_on_set;
    std::string_view expect;
    unsigned priority = 0;
    bool trouble = false;
    std::size_t examined = 1;
  };
  for (const Row& row : {
           Row{0, 0, true, "Passed: no finding of severity high or above"},
           Row{1, 0, true, "Failed: 1 finding of severity high or above"},
           Row{2, 1, true,
               "Failed: 2 findings of severity high or above, and 1 file was not examined"},
           Row{0, 2, true,
               "Incomplete: no finding of severity high or above, but 2 files were not examined"},
           Row{2, 0, false, "Passed: no severity is set to fail"},
           Row{2, 0, true, "Failed: 2 findings of priority 300 or above", 300},
           Row{0, 0, true, "Passed: no finding of priority 300 or above", 300},
           Row{0, 0, true,
               "Incomplete: no finding of severity high or above, but there were errors", 0, true},
           Row{1, 0, true, "Failed: 1 finding of severity high or above, and there were errors", 0,
               true},
           Row{0, 0, true, "Incomplete: nothing was examined", 0, true, 0},
           Row{0, 1, true,
               "Incomplete: no finding of severity high or above, but 1 file was not examined", 0,
               true, 0},
       }) {
    Summary summary;
    summary.at_or_above_threshold = row.at_or_above;
    summary.not_examined = row.not_examined;
    summary.trouble = row.trouble;
    summary.examined = row.examined;
    RunInfo run;
    run.fail_on_set = row.fail_on_set;
    run.fail_on_priority = row.priority;
    EXPECT_EQ(verdict_of(summary, run), row.expect);
  }
}

TEST(Report, PutsTheCaretUnderTheValue) {
  struct Row {
    std::string_view name, source;
    std::uint32_t first;       // column of the source's first character
    std::uint32_t begin, end;  // characters of the source
    std::string_view line, caret;
  };
  const std::string wide(140, 'w');
  const std::string cut_right = "key: " + wide;
  for (const Row& row : {
           Row{"plain", "  privileged: true", 1, 14, 18,  //
               "  privileged: true",                      //
               "              ^~~~"},
           Row{"tabs", "\tkey:\ttrue", 1, 6, 10,  //
               "    key:    true",                //
               "            ^~~~"},
           Row{"wide", "寿司: true", 1, 4, 8,  //
               "寿司: true",                   //
               "      ^~~~"},
           Row{"combining", "e\xCC\x81: x", 1, 4, 5,  //
               "e\xCC\x81: x",                        //
               "   ^"},
           Row{"hidden", "a\xE2\x80\xAE: x", 1, 4, 5,  //
               "a\\u{202e}: x",                        //
               "           ^"},
           Row{"log command", "a: '##[x]'", 1, 3, 9,  //
               "a: '\\x23#[x]'",                      //
               "   ^~~~~~~~~"},
           Row{"empty value", "key:", 1, 4, 4,  //
               "key:",                          //
               "    ^"},
           Row{"past the end", "key:", 1, 89, 94,  //
               "key:",                             //
               "    ^"},
           Row{"cut by the engine", "yy: true", 501, 4, 8,  //
               "...yy: true",                               //
               "       ^~~~"},
           Row{"cut on the right", cut_right, 1, 0, 3,  //
               "key: wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww"
               "wwwwwwwwwwwwwwwwww...",
               "^~~"},
       }) {
    Finding finding;
    finding.source_line = row.source;
    finding.source_column = row.first;
    finding.source_begin = row.begin;
    finding.source_end = row.end;
    const Snippet snippet = snippet_of(finding);
    EXPECT_EQ(snippet.line, row.line) << row.name;
    EXPECT_EQ(std::string(snippet.begin, ' ') + "^" + std::string(snippet.width - 1, '~'),
              row.caret)
        << row.name;
  }
}

TEST(Report, CutsTheLineAroundTheCaret) {
  Finding finding;
  finding.source_line = std::string(200, 'a') + ": true, " + std::string(200, 'b');
  finding.source_begin = 202;
  finding.source_end = 206;
  const Snippet snippet = snippet_of(finding);
  EXPECT_EQ(snippet.line, "..." + std::string(28, 'a') + ": true, " + std::string(64, 'b') + "...");
  EXPECT_EQ(snippet.line.substr(snippet.begin, snippet.width), "true");
}

TEST(Source, ExcerptsLongLinesAroundThePlace) {
  struct Row {
    std::string text;
    Mark place;
    std::string_view expect;
    std::uint32_t column;
  };
  const Source source("a.json", "short\n0123456789abcdefghij\näöüäöüäöüäöüäöüäöü\n");
  for (const Row& row : {
           Row{"whole line", {1, 3}, "short", 1},
           Row{"begin", {2, 1}, "01234567", 1},
           Row{"middle", {2, 11}, "89abcdef", 9},
           Row{"end", {2, 20}, "hij", 18},
           Row{"beyond", {2, 99}, "ij", 97},
           Row{"two bytes a character", {3, 4}, "üäöü", 3},
           Row{"no such line", {9, 1}, "", 1},
       }) {
    const Source::Excerpt excerpt = source.excerpt(row.place, 8);
    EXPECT_EQ(excerpt.text, row.expect) << row.text;
    EXPECT_EQ(excerpt.column, row.column) << row.text;
  }
}

}  // namespace
}  // namespace kaudit
