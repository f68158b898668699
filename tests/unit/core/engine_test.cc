#include "core/engine.h"

#include <gtest/gtest.h>

#include <ctime>

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

// Seconds of CPU that a pod with so many bad containers takes, all of it on one line.
double seconds_for(std::size_t containers) {
  std::string text =
      R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"ü"},"spec":{"volumes":[)";
  for (std::size_t n = 0; n < containers; ++n) {
    text += R"({"name":"v)" + std::to_string(n) + R"(","hostPath":{"path":"/dev/fuse"}},)";
  }
  text.back() = ']';
  text += R"(,"containers":[)";
  for (std::size_t n = 0; n < containers; ++n) {
    const std::string id = std::to_string(n);
    text += R"({"name":"c)" + id + R"(","image":"ü","volumeMounts":[{"name":"v)" + id +
            R"("}],"securityContext":{"privileged":true}},)";
  }
  text.back() = ']';
  text += "}}";
  PlanOptions options;
  options.only = kCore | kBaseline | kRestricted;
  const Plan plan(options);
  const std::clock_t begin = std::clock();
  EXPECT_GE(testing::audit(plan, "pod.json", text).findings.size(), containers);
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

TEST(Evaluation, TakesTimeInProportionToTheFindings) {
  const double few = seconds_for(250);
  const double many = seconds_for(2000);
  // Eight times as many; in proportion to the square it would be 64 times as long.
  EXPECT_LT(many, few * 24) << few << " s, then " << many << " s";
}

}  // namespace
}  // namespace kaudit
