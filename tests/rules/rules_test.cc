// Every rule against its fixtures: tests/rules/<ID>/{pass,fail}/*.yaml, where `# expect: <slug>` at
// the end of a line announces a finding that points at that line (`<slug> x2`: two of them, commas
// between rules). In a *.Dockerfile, which knows comments on lines of their own only, it is
// `# expect-next: <slug>` on the line before, as in an image's history (*.image). Findings of other
// rules do not count there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <set>

#include "core/rule.h"
#include "tests/support/audit.h"
#include "tests/support/audit_image.h"
#include "tests/support/golden.h"

namespace kaudit {
namespace {

namespace fs = std::filesystem;

fs::path fixtures_of(const Rule& rule) {
  return testing::source_dir() / "tests/rules" / std::string(rule.id);
}

bool is_dockerfile(const fs::path& file) { return file.extension() == ".Dockerfile"; }
bool is_image(const fs::path& file) { return file.extension() == ".image"; }

std::vector<fs::path> fixtures_in(const fs::path& directory) {
  std::vector<fs::path> files;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(directory, none)) {
    const bool fixture = entry.path().extension() == ".yaml" || is_dockerfile(entry.path()) ||
                         is_image(entry.path());
    if (fixture) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

Plan plan_of(const Rule& rule) {
  PlanOptions options;
  options.include = {&rule};
  options.today = *parse_day("2026-11-22");
  options.ranks = rule.of_run;
  return Plan(options);
}

// One word of a list, without blanks around it.
std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \r") - first + 1);
}

// The lines on which the text announces findings of the rule, once for each. Of an image only its
// history counts.
std::vector<std::uint32_t> expected_lines(std::string_view text, const Rule& rule,
                                          bool image = false) {
  constexpr std::string_view kMark = "# expect:";
  constexpr std::string_view kMarkBefore = "# expect-next:";
  std::vector<std::uint32_t> lines;
  for (std::uint32_t number = 1; !text.empty(); ++number) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (image && line.starts_with('#')) --number;
    const bool before = line.find(kMarkBefore) != std::string_view::npos;
    const std::string_view marked = before ? kMarkBefore : kMark;
    const std::size_t mark = line.find(marked);
    if (mark == std::string_view::npos) continue;
    const std::string_view list = line.substr(mark + marked.size());
    for (std::size_t from = 0; from <= list.size();) {
      const std::size_t comma = std::min(list.find(',', from), list.size());
      std::string_view item = trimmed(list.substr(from, comma - from));
      from = comma + 1;
      std::size_t times = 1;
      if (const std::size_t x = item.rfind(" x"); x != std::string_view::npos) {
        const std::string_view digits = item.substr(x + 2);
        std::from_chars(digits.data(), digits.data() + digits.size(), times);
        item = trimmed(item.substr(0, x));
      }
      EXPECT_NE(find_rule(item), nullptr) << "line " << number << " expects an unknown rule";
      if (item == rule.slug) lines.insert(lines.end(), times, number + (before ? 1 : 0));
    }
  }
  return lines;
}

std::vector<std::uint32_t> lines_of(const std::vector<Finding>& findings) {
  std::vector<std::uint32_t> lines;
  lines.reserve(findings.size());
  for (const Finding& finding : findings) lines.push_back(finding.where.begin.line);
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::string in_profiles(Profiles profiles) {
  std::string out;
  for (const auto& [profile, name] : {std::pair{kCore, "core"}, std::pair{kBaseline, "baseline"},
                                      std::pair{kRestricted, "restricted"}}) {
    if (!profiles.has(profile)) continue;
    if (!out.empty()) out += ' ';
    out += name;
  }
  return out.empty() ? "advice" : out;
}

// What must not depend on the format that a manifest was written in.
std::string without_place(const Finding& f) {
  std::string out;
  for (const std::string_view part :
       {f.rule->id, name_of(f.severity), name_of(f.action), name_of(f.surface),
        std::string_view(f.where.pointer), std::string_view(f.related.pointer),
        std::string_view(f.kind), std::string_view(f.ns), std::string_view(f.name),
        std::string_view(f.container), std::string_view(f.field), std::string_view(f.message),
        std::string_view(f.fix), std::string_view(f.fingerprint)}) {
    out += part;
    out += " | ";
  }
  return out + in_profiles(f.profiles);
}

std::string with_place(const Finding& f) {
  return f.where.source + ':' + std::to_string(f.where.begin.line) + ':' +
         std::to_string(f.where.begin.column) + ' ' + std::string(name_of(f.severity)) + " [" +
         in_profiles(f.profiles) + "] " + f.message + " => " + f.fix + '\n';
}

bool at_or_after(Mark a, Mark b) {
  return a.line > b.line || (a.line == b.line && a.column >= b.column);
}

std::vector<Finding> audit_fixture(const Rule& rule, const std::string& name,
                                   const std::string& text) {
  const Plan plan = plan_of(rule);
  const bool ranks = rule.of_run;
  const bool build = is_dockerfile(name) || is_image(name);
  testing::Audit audit = is_image(name)        ? testing::audit_image(plan, name, text)
                         : is_dockerfile(name) ? testing::audit_dockerfile(plan, name, text, ranks)
                                               : testing::audit(plan, name, text, nullptr, ranks);
  for (const Error& error : audit.errors) ADD_FAILURE() << to_string(error);
  EXPECT_FALSE(audit.as_json.empty()) << name << " holds no document";

  std::vector<std::string> from_yaml;
  for (const Finding& finding : audit.findings) {
    const Location& where = finding.where;
    EXPECT_GE(where.begin.line, 1U) << finding.message;
    EXPECT_GE(where.begin.column, 1U) << finding.message;
    EXPECT_TRUE(at_or_after(where.end, where.begin)) << finding.message;
    EXPECT_FALSE(finding.source_line.empty()) << finding.message;
    EXPECT_FALSE(finding.message.empty());
    EXPECT_FALSE(finding.message.ends_with('.')) << finding.message;
    EXPECT_EQ(finding.message.find_first_of("\n\r"), std::string::npos) << finding.message;
    EXPECT_FALSE(finding.fix.empty());
    from_yaml.push_back(without_place(finding));
  }

  if (build) return std::move(audit.findings);
  // What depends on several documents is not found in one of them.
  std::vector<std::string> jsons = audit.as_json;
  if (ranks && jsons.size() > 1) {
    for (std::size_t n = 1; n < jsons.size(); ++n) jsons[0].append("\n").append(jsons[n]);
    jsons.resize(1);
  }
  std::vector<std::string> from_json;
  for (const std::string& json : jsons) {
    const testing::Audit again = testing::audit(plan, name, json, nullptr, ranks);
    for (const Error& error : again.errors) ADD_FAILURE() << "as JSON: " << to_string(error);
    for (const Finding& finding : again.findings) from_json.push_back(without_place(finding));
  }
  EXPECT_EQ(from_json, from_yaml) << name << " as JSON gives other findings than as YAML";
  return std::move(audit.findings);
}

class EveryRule : public ::testing::TestWithParam<const Rule*> {};

TEST_P(EveryRule, FindsExactlyWhatItsFixturesAnnounce) {
  const Rule& rule = *GetParam();
  const fs::path home = fixtures_of(rule);
  const std::vector<fs::path> pass = fixtures_in(home / "pass");
  const std::vector<fs::path> fail = fixtures_in(home / "fail");
  EXPECT_FALSE(pass.empty()) << home / "pass" << " needs a fixture";
  EXPECT_FALSE(fail.empty()) << home / "fail" << " needs a fixture";

  std::string messages;
  for (const fs::path& file : pass) {
    const std::string text = testing::read_text(file);
    EXPECT_TRUE(expected_lines(text, rule, is_image(file)).empty()) << file << " is in pass/";
    for (const Finding& finding : audit_fixture(rule, file.filename(), text)) {
      ADD_FAILURE() << "in pass/: " << with_place(finding);
    }
  }
  for (const fs::path& file : fail) {
    const std::string text = testing::read_text(file);
    const std::vector<Finding> findings = audit_fixture(rule, file.filename(), text);
    EXPECT_EQ(lines_of(findings), expected_lines(text, rule, is_image(file))) << file;
    EXPECT_FALSE(findings.empty()) << file << " is in fail/";
    for (const Finding& finding : findings) messages += with_place(finding);
  }
  const auto examples = [&](Surface surface, std::string_view wrong, std::string_view right) {
    const std::string end = surface == Surface::compose      ? ".compose.yaml"
                            : surface == Surface::dockerfile ? ".Dockerfile"
                            : surface == Surface::image      ? ".image"
                                                             : "";
    const std::vector<Finding> bad = audit_fixture(rule, "bad" + end, std::string(wrong));
    EXPECT_EQ(lines_of(bad), expected_lines(wrong, rule, surface == Surface::image))
        << "the row's bad example" << end;
    EXPECT_FALSE(bad.empty());
    for (const Finding& finding : bad) messages += with_place(finding);
    for (const Finding& finding : audit_fixture(rule, "good" + end, std::string(right))) {
      ADD_FAILURE() << "in the row's good example: " << with_place(finding);
    }
  };
  examples(rule.surfaces[0], rule.bad, rule.good);
  for (const OnSurface& more : rule.more) examples(more.surface, more.bad, more.good);
  testing::expect_golden(home / "messages.golden", messages);
}

INSTANTIATE_TEST_SUITE_P(Rules, EveryRule, ::testing::ValuesIn(all_rules()),
                         [](const auto& tested) { return std::string(tested.param->id); });

TEST(RuleFixtures, BelongToARule) {
  std::size_t directories = 0;
  for (const auto& entry : fs::directory_iterator(testing::source_dir() / "tests/rules")) {
    if (!entry.is_directory()) continue;
    ++directories;
    const Rule* rule = find_rule(entry.path().filename().string());
    ASSERT_NE(rule, nullptr) << entry.path();
    EXPECT_EQ(rule->id, entry.path().filename().string());
    for (const auto& inside : fs::recursive_directory_iterator(entry)) {
      if (inside.is_directory()) continue;
      const fs::path file = inside.path().lexically_relative(entry.path());
      EXPECT_TRUE(file == "messages.golden" || file.extension() == ".yaml" || is_dockerfile(file) ||
                  is_image(file))
          << inside.path();
    }
  }
  EXPECT_EQ(directories, all_rules().size());
}

}  // namespace
}  // namespace kaudit
