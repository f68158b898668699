// The rule table: no rule registers itself, so that none can be lost by the linker.
#include <algorithm>

#include "core/rule.h"

namespace kaudit {

#define KAUDIT_RULE(name) extern const Rule rule_##name;
#include "core/rules/rules.def"
#undef KAUDIT_RULE

namespace {

constexpr const Rule* kRules[] = {
#define KAUDIT_RULE(name) &rule_##name,
#include "core/rules/rules.def"
#undef KAUDIT_RULE
};

}  // namespace

std::span<const Rule* const> all_rules() noexcept { return kRules; }

const Rule* find_rule(std::string_view id_slug_or_alias) noexcept {
  for (const Rule* rule : kRules) {
    if (rule->id == id_slug_or_alias || rule->slug == id_slug_or_alias) return rule;
  }
  for (const Rule* rule : kRules) {
    if (std::find(rule->aliases.begin(), rule->aliases.end(), id_slug_or_alias) !=
        rule->aliases.end()) {
      return rule;
    }
  }
  return nullptr;
}

std::size_t index_of(const Rule& rule) noexcept {
  return static_cast<std::size_t>(std::find(std::begin(kRules), std::end(kRules), &rule) -
                                  std::begin(kRules));
}

}  // namespace kaudit
