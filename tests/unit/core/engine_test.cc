#include "core/engine.h"

#include <gtest/gtest.h>

#include "core/shown.h"
#include "tests/support/audit.h"

namespace kaudit {
namespace {

TEST(Rules, AreFoundByIdSlugAndAlias) {
  for (const Rule* rule : all_rules()) {
    EXPECT_EQ(find_rule(rule->id), rule);
    EXPECT_EQ(find_rule(rule->slug), rule);
    EXPECT_EQ(all_rules()[index_of(*rule)], rule);
  }
  ASSERT_NE(find_rule("psa:privileged"), nullptr);
  EXPECT_EQ(find_rule("psa:privileged")->slug, "privileged-container");
  EXPECT_EQ(find_rule("no-such-rule"), nullptr);
}

// A pod with so many privileged containers, and one that adds a capability besides.
std::string pod_with(std::size_t containers, const std::string& name = "big") {
  std::string text = R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":")" + name +
                     R"("},"spec":{"containers":[)";
  for (std::size_t n = 0; n < containers; ++n) {
    text += R"({"name":"c)" + std::to_string(n) +
            R"(","image":"a:1","securityContext":{"privileged":true}},)";
  }
  return text + R"({"name":"last","image":"a:1","securityContext":{"capabilities":)"
                R"({"add":["SYS_ADMIN"]}}}]}})";
}

std::vector<Finding> findings_of(std::string_view slug, std::string text) {
  PlanOptions options;
  options.include = {find_rule(slug)};
  return testing::audit(Plan(options), "pod.json", std::move(text)).findings;
}

TEST(Evaluation, ListsAThousandFindingsAlikeAndCountsTheOthers) {
  const std::vector<Finding> all = findings_of("privileged-container", pod_with(kMostAlike));
  ASSERT_EQ(all.size(), kMostAlike);
  EXPECT_EQ(
      all.back().message,
      "container \"c999\" sets securityContext.privileged to true; it must be false or unset");

  const std::vector<Finding> some = findings_of("privileged-container", pod_with(kMostAlike + 234));
  ASSERT_EQ(some.size(), kMostAlike);
  EXPECT_EQ(some.front().message, findings_of("privileged-container", pod_with(1)).front().message);
  EXPECT_EQ(
      some.back().message,
      "container \"c999\" sets securityContext.privileged to true; it must be false or unset; "
      "234 more like it in this object are not listed");
}

TEST(Evaluation, AWorseFindingIsListedBehindAThousandOthers) {
  std::string text = R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{)"
                     R"("containers":[{"name":"a","image":"a:1","securityContext":)"
                     R"({"capabilities":{"add":[)";
  for (std::size_t n = 0; n < 2 * kMostAlike; ++n) text += R"("chown",)";
  text += R"("SYS_ADMIN"]}}}]}})";
  const std::vector<Finding> found = findings_of("dangerous-capability", text);
  ASSERT_EQ(found.size(), kMostAlike + 1);
  EXPECT_EQ(found[kMostAlike - 1].severity, Severity::low);
  EXPECT_EQ(found.back().severity, Severity::critical);
}

TEST(Evaluation, CountsProblemsBeyondAThousand) {
  std::string text = R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"})";
  for (std::size_t n = 0; n < kMostAlike + 8; ++n) text += R"(,"data":{})";
  const std::vector<Finding> found = findings_of("duplicate-key", text + "}");
  ASSERT_EQ(found.size(), kMostAlike);
  EXPECT_EQ(found.back().message,
            "data is written twice, in line 1: Kubernetes takes the later one; it must stand there "
            "once; 7 more like it in this object are not listed");
}

TEST(Evaluation, ShowsTheBeginningOfANameThatIsTooLong) {
  const std::string head(kShownBytes - 1, 'n');
  const std::vector<Finding> whole = findings_of("privileged-container", pod_with(1, head + "n"));
  EXPECT_EQ(whole.front().name, head + "n");
  const std::vector<Finding> cut = findings_of("privileged-container", pod_with(1, head + "üü"));
  EXPECT_EQ(cut.front().name, head + "…");
}

}  // namespace
}  // namespace kaudit
