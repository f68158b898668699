#include "manifests/cli/options.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "manifests/cli/completion.h"
#include "manifests/policy/arguments.h"

namespace kaudit {
namespace {

using Words = std::vector<std::string>;

std::string error_of(const Words& words) {
  const auto options = parse_options(words);
  return options ? "accepted" : options.error().message;
}

TEST(Options, DefaultsSayWhatTheHelpSays) {
  const auto options = parse_options({});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->command, Command::audit);
  EXPECT_TRUE(options->operands.empty());
  EXPECT_EQ(options->outputs, std::vector<OutputSpec>({{Format::text, ""}}));
  EXPECT_EQ(options->max_file_size, std::size_t{64} << 20);
  EXPECT_EQ(options->jobs, 0U);
  EXPECT_TRUE(options->use_config);
  EXPECT_EQ(options->policy.plan_options().minor, kNewestMinor);
}

TEST(Options, TakesPathsAsTheyAre) {
  struct Case {
    Words words, paths;
  };
  for (const Case& c :
       {Case{{"a", "-", "b c"}, {"a", "-", "b c"}}, Case{{"[a,b]"}, {"[a,b]"}},
        Case{{"--", "-rf", "--format"}, {"-rf", "--format"}},
        Case{{"-v", "x", "--", "--"}, {"x", "--"}}, Case{{"-j", "2", "x"}, {"x"}},
        Case{{"-j2", "x", "y"}, {"x", "y"}}, Case{{"a", "completion"}, {"a", "completion"}},
        Case{{"./completion"}, {"./completion"}}, Case{{"a=b"}, {"a=b"}}}) {
    const auto options = parse_options(c.words);
    ASSERT_TRUE(options) << options.error().message;
    EXPECT_EQ(options->operands, c.paths);
    EXPECT_EQ(options->command, Command::audit);
  }
}

TEST(Options, ReadsValues) {
  const auto options = parse_options({"--profile",
                                      "baseline",
                                      "--fail-on=medium",
                                      "--severity",
                                      "low",
                                      "--kube-version",
                                      "v1.29.3",
                                      "--exclude",
                                      "KA1001,psa:privileged",
                                      "--include=privileged-container",
                                      "--max-file-size",
                                      "512K",
                                      "--color",
                                      "never",
                                      "-vq",
                                      "--respect-gitignore",
                                      "--as",
                                      "dockerfile",
                                      "--config",
                                      "x.yaml"});
  ASSERT_TRUE(options) << options.error().message;
  EXPECT_EQ(options->policy.profile, "baseline");
  EXPECT_EQ(options->policy.fail_on->severity, Severity::medium);
  EXPECT_EQ(options->policy.severity, Severity::low);
  EXPECT_EQ(options->policy.minor, 29);
  EXPECT_EQ(options->policy.exclude->front()->slug, "privileged-container");
  EXPECT_EQ(options->policy.include->front()->id, "KA1001");
  EXPECT_EQ(options->max_file_size, std::size_t{512} << 10);
  EXPECT_EQ(options->colour, Colour::never);
  EXPECT_TRUE(options->verbose && options->quiet && options->respect_gitignore);
  EXPECT_EQ(options->as, Surface::dockerfile);
  EXPECT_EQ(options->config, "x.yaml");
}

TEST(Options, TheLastOfTwoCounts) {
  const auto options =
      parse_options({"--fail-on", "low", "--fail-on", "none", "-j3", "--jobs", "4"});
  ASSERT_TRUE(options);
  EXPECT_FALSE(options->policy.fail_on->set);
  EXPECT_EQ(options->jobs, 4U);
}

TEST(Options, NewerKubernetesIsJudgedAsTheNewest) {
  const auto options = parse_options({"--kube-version", "1.99"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->policy.minor, kNewestMinor);
  EXPECT_EQ(options->policy.notes,
            Words({"Kubernetes 1.99 is newer than what this kaudit knows; judged as 1.37"}));
}

TEST(Options, PairsFormatsWithFiles) {
  struct Case {
    Words words;
    std::vector<OutputSpec> expect;
  };
  for (const Case& c : {
           Case{{"--format", "json"}, {{Format::json, ""}}},
           Case{{"-o", "a.json"}, {{Format::json, "a.json"}}},
           Case{{"-o", "a.sarif.json"}, {{Format::sarif, "a.sarif.json"}}},
           Case{{"--format", "json", "-o", "a", "--format", "sarif", "-o", "b"},
                {{Format::json, "a"}, {Format::sarif, "b"}}},
           Case{{"--format", "text", "--format", "sarif", "-o", "b"},
                {{Format::text, ""}, {Format::sarif, "b"}}},
           Case{{"-o", "report", "--format", "csv"}, {{Format::csv, "report"}}},
           Case{{"-o", "a.xml", "-o", "b.md", "--format", "text"},
                {{Format::text, ""}, {Format::junit, "a.xml"}, {Format::markdown, "b.md"}}},
           Case{{"--format", "json", "-o", "-", "-o", "c.csv"},
                {{Format::json, ""}, {Format::csv, "c.csv"}}},
       }) {
    const auto options = parse_options(c.words);
    ASSERT_TRUE(options) << options.error().message;
    EXPECT_EQ(options->outputs, c.expect) << c.words.front() << ' ' << c.words.at(1);
  }
}

TEST(Options, SaysWhatIsWrongInOneSentence) {
  struct Case {
    Words words;
    std::string expect;
  };
  for (const Case& c : {
           Case{{"--frmat", "json"}, "unknown option \"--frmat\"; did you mean \"--format\"?"},
           Case{{"-x"}, "unknown option \"-x\"; write ./-x or -- before a path like this"},
           Case{{"--format"}, "--format needs a value"},
           Case{{"--format=", "json"}, "--format needs a value"},
           Case{{"--verbose=1"}, "--verbose takes no value"},
           Case{{"--format", "jsn"},
                "--format: \"jsn\" is no format (text, json, sarif, junit, github, gitlab, "
                "markdown, csv, checklist, prometheus, policyreport, html, dot, mermaid); did you "
                "mean \"json\"?"},
           Case{{"--profile", "restrited"},
                "--profile: \"restrited\" is no profile (core, baseline, restricted, all); did you "
                "mean \"restricted\"?"},
           Case{{"--fail-on", "worst"},
                "--fail-on: \"worst\" is no severity (info, low, medium, high, critical, none, "
                "priority:N)"},
           Case{{"--severity", "none"},
                "--severity: \"none\" is no severity (info, low, medium, high, critical)"},
           Case{{"--as", "docker"},
                "--as: \"docker\" is no surface (kubernetes, compose, dockerfile); did you mean "
                "\"dockerfile\"?"},
           Case{{"--color", "yes"}, "--color: \"yes\" is no choice (auto, always, never)"},
           Case{{"--kube-version", "2.0"},
                "--kube-version: \"2.0\" is no version of Kubernetes (1.0 to 1.37, latest)"},
           Case{{"--include", "privileged-contaner"},
                "--include: unknown rule \"privileged-contaner\"; did you mean "
                "\"privileged-container\"?"},
           Case{{"--exclude", "nonsense,KA1001"},
                "--exclude: unknown rule \"nonsense\"; `kaudit rules` lists them"},
           Case{{"--exclude", ","}, "--exclude: names no rule"},
           Case{{"-j", "0"}, "--jobs: \"0\" is no number from 1 to 256"},
           Case{{"-j", "2x"}, "--jobs: \"2x\" is no number from 1 to 256"},
           Case{{"--max-file-size", "10Q"},
                "--max-file-size: \"10Q\" is no size such as 512K, 64M or 1G, at most 4G"},
           Case{{"-o", ""}, "--output: the name of a file must not be empty"},
           Case{{"-o", "report"},
                "--output: \"report\" does not tell the format; write --format before it"},
           Case{{"-o", "a.json", "-o", "a.json"}, "two reports cannot both go to \"a.json\""},
           Case{{"--format", "json", "--format", "csv"},
                "--format: two reports cannot both go to standard output"},
           Case{{""}, "a path must not be empty"},
           Case{{"completion"}, "`kaudit completion` needs one of bash, zsh, fish"},
           Case{{"completion", "--jobs", "3"}, "`kaudit completion` takes no option --jobs"},
       }) {
    EXPECT_EQ(error_of(c.words), c.expect);
  }
}

TEST(Options, HelpNamesEveryOption) {
  const std::string text = help_text();
  for (const OptionRow& row : option_rows()) {
    EXPECT_NE(text.find(row.long_name), std::string::npos) << row.long_name;
  }
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    EXPECT_LE(end - at, 112U) << text.substr(at, end - at);
    at = end + 1;
  }
}

TEST(Options, Sizes) {
  struct Case {
    std::string text;
    std::size_t expect;  // 0: refused
  };
  for (const Case& c :
       {Case{"1", 1}, Case{"1k", 1024}, Case{"64M", 64U << 20U}, Case{"2GiB", std::size_t{2} << 30},
        Case{"4G", 0xffffffffU}, Case{"5B", 5}, Case{"8Mi", 8U << 20U}, Case{"1i", 0}, Case{"0", 0},
        Case{"5G", 0}, Case{"", 0}, Case{"-1", 0}, Case{"1MM", 0},
        Case{"99999999999999999999", 0}}) {
    const auto size = parse_size(c.text);
    EXPECT_EQ(size ? *size : 0, c.expect) << c.text;
  }
}

TEST(Options, Durations) {
  struct Case {
    std::string text;
    int expect;  // milliseconds; -1: refused
  };
  for (const Case& c :
       {Case{"0", 0}, Case{"500ms", 500}, Case{"10s", 10'000}, Case{"1m30s", 90'000},
        Case{"1h", 3'600'000}, Case{"61m", -1}, Case{"", -1}, Case{"10", -1}, Case{"-1s", -1},
        Case{"1s1", -1}, Case{"s", -1}, Case{"1.5s", -1}, Case{"4294967296ms", -1}}) {
    const auto duration = parse_duration(c.text);
    EXPECT_EQ(duration ? duration->count() : -1, c.expect) << c.text;
  }
}

TEST(Completion, KnowsThreeShellsAndEveryRule) {
  for (const std::string_view shell : {"bash", "zsh", "fish"}) {
    const auto script = completion_script(shell);
    ASSERT_TRUE(script);
    EXPECT_NE(script->find("privileged-container"), std::string::npos) << shell;
    EXPECT_NE(script->find("kube-version"), std::string::npos) << shell;
  }
  EXPECT_EQ(completion_script("bsh").error().message,
            "\"bsh\" is no shell with completions here (bash, zsh, fish); did you mean \"bash\"?");
}

TEST(Options, FilesOfAProjectAreNoFormats) {
  const auto options =
      parse_options({"-f", "a.yaml", "-f", "json", "--compose-file", "b", "-fc/d.yml"});
  ASSERT_TRUE(options) << options.error().message;
  EXPECT_EQ(options->project, (Words{"a.yaml", "b", "c/d.yml"}));
  EXPECT_EQ(options->outputs, std::vector<OutputSpec>({{Format::json, ""}}));
  EXPECT_EQ(paths_of(*options), Words{});
  EXPECT_EQ(paths_of(*parse_options({"-f", "a.yaml", "deploy"})), Words{"deploy"});
  EXPECT_EQ(paths_of(*parse_options({})), Words{"."});
  EXPECT_EQ(error_of({"--compose-file", "-"}), "--compose-file: it must be the name of a file");
  EXPECT_EQ(error_of({"rules", "-f", "a.yaml"}).substr(0, 33),
            "--format: \"a.yaml\" is no format (");
}

}  // namespace
}  // namespace kaudit
