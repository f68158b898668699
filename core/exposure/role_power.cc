#include "core/exposure/role_power.h"

#include <algorithm>
#include <initializer_list>
#include <span>
#include <string_view>

namespace kaudit {
namespace {

bool has(std::span<const Text> list, std::initializer_list<std::string_view> wanted) noexcept {
  return std::ranges::any_of(list, [&](const Text& text) {
    return text.written() && std::ranges::find(wanted, text.value) != wanted.end();
  });
}

bool is_powerful(const PolicyRule& rule) noexcept {
  if (!rule.names.empty()) return false;  // of single objects
  if (has(rule.verbs, {"*", "escalate", "bind", "impersonate"})) {
    return has(rule.resources,
               {"*", "roles", "clusterroles", "rolebindings", "clusterrolebindings", "users",
                "groups", "serviceaccounts", "secrets", "pods", "pods/exec"});
  }
  const bool reads = has(rule.verbs, {"get", "list", "watch"});
  const bool writes = has(rule.verbs, {"create", "update", "patch"});
  return (reads && has(rule.resources, {"*", "secrets", "nodes/proxy"})) ||
         (writes && has(rule.resources,
                        {"*", "pods", "pods/exec", "pods/attach", "nodes/proxy", "rolebindings",
                         "clusterrolebindings", "serviceaccounts/token", "deployments",
                         "daemonsets", "statefulsets", "jobs", "cronjobs",
                         "validatingwebhookconfigurations", "mutatingwebhookconfigurations"}));
}

}  // namespace

AccountPower power_of(const Role& role) noexcept {
  AccountPower power = AccountPower::none;
  for (const PolicyRule& rule : role.rules) {
    if (has(rule.verbs, {"*"}) && has(rule.resources, {"*"}) && has(rule.groups, {"*"}) &&
        role.kind == "ClusterRole") {
      return AccountPower::cluster_admin;
    }
    if (is_powerful(rule)) power = AccountPower::powerful;
  }
  return power;
}

AccountPower power_of_builtin(std::string_view role) noexcept {
  if (role == "cluster-admin") return AccountPower::cluster_admin;
  return role == "admin" || role == "edit" ? AccountPower::powerful : AccountPower::none;
}

}  // namespace kaudit
