// What the rules about roles share.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "core/facts.h"
#include "core/rules/message.h"

namespace kaudit {

// The item of a list that is one of these texts; null when there is none.
[[nodiscard]] inline const Text* find_any(std::span<const Text> list,
                                          std::initializer_list<std::string_view> wanted) noexcept {
  for (const Text& item : list) {
    if (item.written() && std::find(wanted.begin(), wanted.end(), item.value) != wanted.end()) {
      return &item;
    }
  }
  return nullptr;
}

// Whether a rule speaks of an API group. Kubernetes refuses rules without apiGroups, so that a
// missing list is read as the worse case.
[[nodiscard]] inline bool covers_group(const PolicyRule& rule, std::string_view group) noexcept {
  return rule.groups.empty() || find_any(rule.groups, {group, "*"}) != nullptr;
}

// `ClusterRole "ops"`: how every message about an object of RBAC begins.
[[nodiscard]] inline std::string subject(const Object& object) {
  return std::string(object.kind) + ' ' + quoted(object.name);
}

}  // namespace kaudit
