// The rule table for people: what `kaudit rules` and `kaudit explain` print, and the pages of
// documentation that tests/unit/core/report_rules_test.cc keeps equal to the table.
//
// Thread-safety: pure functions.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/rule.h"

namespace kaudit {

// What the first digit of an id stands for: "isolation" of KA1001.
[[nodiscard]] std::string_view family_of(const Rule& rule) noexcept;

// `kaudit rules`: one line a rule; all there is of each; a table.
[[nodiscard]] std::string rules_as_text(std::span<const Rule* const> rules);
[[nodiscard]] std::string rules_as_json(std::span<const Rule* const> rules);
[[nodiscard]] std::string rules_as_markdown(std::span<const Rule* const> rules);

// `kaudit explain`: all there is of one rule, lines of at most 80 columns.
[[nodiscard]] std::string explain(const Rule& rule);

// core/rules/RULES.md, whole; and the part of README.md between `rules:begin` and `rules:end`.
[[nodiscard]] std::string rules_page();
[[nodiscard]] std::string rules_overview();

}  // namespace kaudit
