// Reads: verbs, apiGroups, resources and resourceNames of the rules of Roles and ClusterRoles.
// Refused: get, list, watch or `*` on secrets. Allowed: secrets that resourceNames lists. `*` as
// resource is rbac-wildcard's to report.
#include "core/rule.h"
#include "core/rules/rbac.h"

namespace kaudit {
namespace {

void check(const Role& role, Sink& sink) {
  for (const PolicyRule& rule : role.rules) {
    const Text* secrets = find_any(rule.resources, {"secrets"});
    if (secrets == nullptr || !rule.names.empty() || !covers_group(rule, "")) continue;
    const Text* verb = find_any(rule.verbs, {"get", "list", "watch", "*"});
    if (verb == nullptr) continue;
    const std::string_view where = role.kind == "ClusterRole" ? "every secret where it is bound"
                                                              : "every secret of its namespace";
    sink.report({.at = secrets->at,
                 .message = subject(role) + " allows reading " + std::string(where) + " (verb " +
                            quoted(verb->value) + "); it must name the secrets in resourceNames",
                 .fix = "resourceNames: [NAME], verbs: [get]"});
  }
}

constexpr std::string_view kAliases[] = {"cis:5.1.2", "trivy:KSV-0041", "trivy:KSV-0113",
                                         "kube-linter:access-to-secrets"};
constexpr std::string_view kReferences[] = {
    "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#listing-secrets"};

}  // namespace

extern constinit const Rule rule_rbac_secrets_read = checked({
    .id = "KA6005",
    .slug = "rbac-secrets-read",
    .title = "Role may read secrets",
    .rationale =
        "Who reads all secrets reads the credentials of every other program, and the tokens of "
        "service accounts that may do more; list and watch show the contents as get does.",
    .remediation =
        "Name the secrets: `resourceNames: [shop-database]` with `verbs: [get]`, or mount them "
        "instead.",
    .severity = Severity::medium,
    .surfaces = {Surface::kubernetes},
    .aliases = kAliases,
    .references = kReferences,
    .bad = R"(apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: shop
  namespace: shop
rules:
  - apiGroups: [""]
    resources: [configmaps, secrets]  # expect: rbac-secrets-read
    verbs: [get, list]
)",
    .good = R"(apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: shop
  namespace: shop
rules:
  - apiGroups: [""]
    resources: [configmaps]
    verbs: [get, list]
  - apiGroups: [""]
    resources: [secrets]
    resourceNames: [shop-database]
    verbs: [get]
)",
    .checks = {.role = check},
});

}  // namespace kaudit
