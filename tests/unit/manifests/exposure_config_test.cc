// `exposure` and `weights` of .kaudit.yaml: what is read, and what is refused with its place.
#include <gtest/gtest.h>

#include <string>

#include "manifests/policy/config.h"

namespace kaudit {
namespace {

TEST(ExposureConfig, IsRead) {
  const auto policy = parse_config(
      "exposure:\n"
      "  - {namespaces: [ops], kinds: [Deployment], names: [\"admin-*\"], level: internal}\n"
      "  - {level: isolated}\n"
      "weights: {levels: {network: 9}, lifetimes: {build: 1}, severities: {high: 50}}\n",
      "k.yaml");
  ASSERT_TRUE(policy) << to_string(policy.error());
  const ExposureOptions& exposure = policy->exposure;
  ASSERT_EQ(exposure.stated.size(), 2U);
  EXPECT_EQ(exposure.stated[0].level, ExposureLevel::network);
  EXPECT_EQ(exposure.stated[0].names, std::vector<std::string>{"admin-*"});
  EXPECT_EQ(exposure.stated[0].where.begin.line, 2U);
  EXPECT_EQ(exposure.stated[1].level, ExposureLevel::isolated);
  EXPECT_EQ(exposure.weights.level[3], 9U);
  EXPECT_EQ(exposure.weights.level[4], 10U);
  EXPECT_EQ(exposure.weights.lifetime[0], 1U);
  EXPECT_EQ(exposure.weights.severity[3], 50U);
}

TEST(ExposureConfig, SaysWhatIsWrong) {
  struct Case {
    const char* text;
    const char* expect;
  };
  for (const Case& c : {
           Case{"exposure: [{names: [a]}]\n", "k.yaml:1:12: an entry of exposure needs a level"},
           Case{"exposure: [{level: unknown}]\n",
                "k.yaml:1:20: exposure.level: \"unknown\" is no exposure (isolated, cluster, "
                "internal, network, internet)"},
           Case{"weights: {levels: {network: 11}}\n",
                "k.yaml:1:29: weights.levels.network: \"11\" is no number from 1 to 10"},
           Case{"weights: {levels: {network: 3}}\n",
                "k.yaml:1:19: weights.levels: network must not weigh less than cluster (3, 4)"},
       }) {
    const auto policy = parse_config(c.text, "k.yaml");
    ASSERT_FALSE(policy) << c.text;
    EXPECT_EQ(to_string(policy.error()), c.expect);
  }
}

}  // namespace
}  // namespace kaudit
