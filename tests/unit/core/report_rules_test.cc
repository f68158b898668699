#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/report/rules.h"
#include "tests/support/golden.h"

namespace kaudit {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const Rule& rule(std::string_view slug) { return *find_rule(slug); }

TEST(RuleReport, PageIsWhatTheTableSays) {
  testing::expect_golden(testing::source_dir() / "core/rules/RULES.md", rules_page());
}

TEST(RuleReport, ReadmeShowsTheTable) {
  const auto readme = testing::source_dir() / "README.md";
  testing::expect_golden_block(readme, "rules", rules_overview());
}

TEST(RuleReport, EveryRuleHasAFamily) {
  for (const Rule* each : all_rules()) EXPECT_FALSE(family_of(*each).empty()) << each->id;
  EXPECT_EQ(family_of(rule("privileged-container")), "isolation");
  EXPECT_EQ(family_of(rule("cluster-admin-binding")), "access");
}

TEST(RuleReport, TextIsOneAlignedLineARule) {
  const Rule* some[] = {&rule("privileged-container"), &rule("image-tag")};
  EXPECT_EQ(rules_as_text(some),
            "KA1001  privileged-container  critical  core, baseline, restricted  "
            "Container runs privileged\n"
            "KA3001  image-tag             medium    advice                      "
            "Image has no tag, or the tag latest\n");
  EXPECT_EQ(rules_as_text({}), "");
}

TEST(RuleReport, MarkdownIsATable) {
  const Rule* some[] = {&rule("image-tag")};
  EXPECT_EQ(rules_as_markdown(some),
            "| Id | Rule | Severity | Profile | What it finds |\n"
            "|---|---|---|---|---|\n"
            "| KA3001 | `image-tag` | medium | advice | Image has no tag, or the tag latest |\n");
}

TEST(RuleReport, JsonHasEveryMember) {
  const Rule* some[] = {&rule("image-not-pinned")};
  const std::string json = rules_as_json(some);
  EXPECT_THAT(json,
              StartsWith("[\n  {\n    \"id\": \"KA3002\",\n    \"slug\": \"image-not-pinned\","));
  for (const std::string_view member :
       {"\"title\": \"Image is not pinned by a digest\"", "\"family\": \"supply chain\"",
        "\"severity\": \"low\"", "\"profiles\": []",
        "\"surfaces\": [\"kubernetes\", \"compose\", \"dockerfile\"]", "\"since_minor\": 0",
        "\"rationale\": \"A tag is a pointer", "\"remediation\": \"Append", "\"supersedes\": []",
        "\"aliases\": [\"checkov:CKV_K8S_43\"]", "\"references\": [\"https://",
        "\"bad\": \"apiVersion: v1\\n", "\"good\": \"apiVersion"}) {
    EXPECT_THAT(json, HasSubstr(member));
  }
  EXPECT_TRUE(json.ends_with("]\n"));
  EXPECT_EQ(rules_as_json({}), "[]\n");
}

TEST(RuleReport, ExplainsARuleWhole) {
  const Rule& some = rule("external-ip");
  const std::string text = explain(some);
  EXPECT_THAT(text,
              StartsWith("KA2004 external-ip: Service claims external addresses\n"
                         "severity medium; profiles advice; surfaces kubernetes\n"
                         "\nWhy\n  Nothing checks who owns an external IP: every node sends"));
  for (const std::string_view part :
       {"\nWhat to do\n  Remove `externalIPs`;", "\nFound\n  apiVersion: v1\n  kind: Service\n",
        "\nNot found\n  apiVersion: v1\n", "\nKnown elsewhere as\n  trivy:KSV-0108\n",
        "\nReferences\n  https://kubernetes.io/"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  EXPECT_THAT(text, HasSubstr("- 203.0.113.7  # found here\n"));
  EXPECT_THAT(text, Not(HasSubstr("Speaks, at the same place")));
  EXPECT_THAT(explain(rule("runtime-socket")), HasSubstr("Speaks, at the same place, for\n  "));
  for (const Rule* each : all_rules()) {
    const std::string lines = explain(*each);
    std::size_t prose = lines.find("\nWhy\n") + 5;
    const std::size_t examples = lines.find("\nFound\n");
    while (prose < examples) {
      const std::size_t end = lines.find('\n', prose);
      EXPECT_LE(end - prose, 80U) << lines.substr(prose, end - prose);
      prose = end + 1;
    }
  }
}

}  // namespace
}  // namespace kaudit
