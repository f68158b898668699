// The rule table: no rule registers itself, so that none can be lost by the linker.
#include <algorithm>
#include <array>
#include <iterator>

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

// FNV-1a over what decides a verdict.
std::array<char, 8> digits_of_table() noexcept {
  std::uint32_t hash = 0x811c9dc5;
  const auto add = [&](std::uint8_t byte) { hash = (hash ^ byte) * 0x01000193; };
  for (const Rule* rule : kRules) {
    for (const char c : rule->id) add(static_cast<std::uint8_t>(c));
    for (const char c : rule->slug) add(static_cast<std::uint8_t>(c));
    add(static_cast<std::uint8_t>(rule->severity));
    add(rule->profiles.bits);
    add(rule->since_minor);
  }
  std::array<char, 8> digits{};
  for (char& digit : digits) {
    digit = "0123456789abcdef"[hash >> 28];
    hash <<= 4;
  }
  return digits;
}

}  // namespace

std::span<const Rule* const> all_rules() noexcept { return kRules; }

std::string_view ruleset_version() noexcept {
  static const std::array<char, 8> kDigits = digits_of_table();
  return {kDigits.data(), kDigits.size()};
}

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
