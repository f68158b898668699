#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "core/rule.h"

namespace kaudit {
namespace {

TEST(RuleTable, IsSortedByIdAndNamesNothingTwice) {
  std::set<std::string_view> names;
  std::string_view previous;
  for (const Rule* rule : all_rules()) {
    EXPECT_LT(previous, rule->id) << "rules.def is in the order of ids";
    previous = rule->id;
    EXPECT_TRUE(names.insert(rule->id).second) << rule->id;
    EXPECT_TRUE(names.insert(rule->slug).second) << rule->slug;
    for (const std::string_view alias : rule->aliases) {
      EXPECT_TRUE(names.insert(alias).second) << rule->id << " shares the alias " << alias;
      EXPECT_NE(alias.find(':'), std::string_view::npos) << alias << " does not say whose it is";
    }
  }
}

TEST(RuleTable, RowsAreComplete) {
  for (const Rule* rule : all_rules()) {
    SCOPED_TRACE(rule->id);
    EXPECT_EQ(rule->title.find('\n'), std::string_view::npos);
    EXPECT_NE(rule->surfaces[0], Surface{}) << "no surface";
    for (const std::string_view reference : rule->references) {
      EXPECT_TRUE(reference.starts_with("https://")) << reference;
    }
    for (const std::string_view slug : rule->supersedes) {
      const Rule* broader = find_rule(slug);
      ASSERT_NE(broader, nullptr) << slug;
      EXPECT_EQ(broader->slug, slug);
      EXPECT_TRUE(broader->supersedes.empty()) << "chains are not followed";
    }
    EXPECT_NE(rule->bad, rule->good);
    EXPECT_NE(rule->bad.find(std::string(example_language(rule->surfaces[0]) == "yaml"
                                             ? "# expect: "
                                             : "# expect-next: ") +
                             std::string(rule->slug)),
              std::string_view::npos);
    EXPECT_EQ(rule->good.find("# expect:"), std::string_view::npos);
    const Checks& c = rule->checks;
    EXPECT_TRUE(c.workload || c.role || c.binding || c.service || c.persistent_volume ||
                c.name_space || c.service_account || c.config || c.build || c.image || c.compose ||
                c.object || rule->id.starts_with("KA9"))
        << "no check";
  }
}

}  // namespace
}  // namespace kaudit
