#include "core/engine.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace kaudit
