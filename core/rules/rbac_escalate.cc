// Reads: verbs, apiGroups, resources and resourceNames of the rules of Roles and ClusterRoles.
// Refused: escalate and bind on roles, impersonate on users, groups and service accounts, and `*`
// as verb on these. Allowed: names in resourceNames, unless cluster-admin or system:masters is one
// of them. `*` as resource is rbac-wildcard's to report unless the verb says it plainly.
#include "core/rule.h"
#include "core/rules/rbac.h"

namespace kaudit {
namespace {

struct Power {
  const Text* verb;
  std::string_view effect;
};

Power power_of(const PolicyRule& rule) noexcept {
  const bool roles = covers_group(rule, "rbac.authorization.k8s.io") &&
                     find_any(rule.resources, {"roles", "clusterroles", "*"}) != nullptr;
  const bool people =
      (covers_group(rule, "") &&
       find_any(rule.resources, {"users", "groups", "serviceaccounts", "*"}) != nullptr) ||
      (covers_group(rule, "authentication.k8s.io") &&
       find_any(rule.resources, {"uids", "userextras/*", "*"}) != nullptr);
  const bool named = find_any(rule.resources, {"*"}) == nullptr;
  if (roles) {
    if (const Text* verb = find_any(rule.verbs, {"escalate"})) {
      return {verb, "allows writing roles with more rights than the writer has"};
    }
    if (const Text* verb = find_any(rule.verbs, {"bind"})) {
      return {verb, "allows binding roles with more rights than the binder has"};
    }
    if (const Text* verb = find_any(rule.verbs, {"*"}); verb != nullptr && named) {
      return {verb, "allows writing and binding any role"};
    }
  }
  if (people) {
    if (const Text* verb = find_any(rule.verbs, {"impersonate"})) {
      return {verb, "allows acting as another user"};
    }
    if (const Text* verb = find_any(rule.verbs, {"*"}); verb != nullptr && named) {
      return {verb, "allows acting as another user"};
    }
  }
  return {nullptr, {}};
}

void check(const Role& role, Sink& sink) {
  for (const PolicyRule& rule : role.rules) {
    const Power power = power_of(rule);
    if (power.verb == nullptr) continue;
    if (!rule.names.empty() &&
        find_any(rule.names, {"cluster-admin", "system:masters"}) == nullptr) {
      continue;
    }
    sink.report({.at = power.verb->at,
                 .message = subject(role) + ' ' + std::string(power.effect) + " (verb " +
                            quoted(power.verb->value) +
                            "); it must be limited by resourceNames or removed"});
  }
}

constexpr std::string_view kAliases[] = {"cis:5.1.8",           "trivy:KSV-0043",
                                         "trivy:KSV-0050",      "trivy:KSV-0051",
                                         "checkov:CKV_K8S_158", "checkov:CKV_K8S_157"};
constexpr std::string_view kReferences[] = {
    "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#escalate-verb",
    "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#impersonate-verb"};

}  // namespace

extern constinit const Rule rule_rbac_escalate = checked({
    .id = "KA6007",
    .slug = "rbac-escalate",
    .title = "Role may give itself more rights",
    .rationale =
        "Kubernetes lets nobody hand out rights that he does not have, but for these three verbs: "
        "escalate, bind and impersonate. Each is a short way to cluster-admin.",
    .remediation = "Remove the verb, or limit it: `resourceNames: [ROLE]` beside `verbs: [bind]`.",
    .severity = Severity::high,
    .surfaces = {Surface::kubernetes},
    .aliases = kAliases,
    .references = kReferences,
    .bad = R"(apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: shop
rules:
  - apiGroups: [rbac.authorization.k8s.io]
    resources: [clusterroles]
    verbs: [get, bind]  # expect: rbac-escalate
)",
    .good = R"(apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: shop
rules:
  - apiGroups: [rbac.authorization.k8s.io]
    resources: [clusterroles]
    resourceNames: [view]
    verbs: [bind]
)",
    .checks = {.role = check},
});

}  // namespace kaudit
