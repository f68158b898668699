// Reads: verbs, apiGroups, resources and resourceNames of the rules of Roles and ClusterRoles.
// Refused: `*` for the resources of every group or of the core group (high), for those of other
// groups or for verbs (medium), where it only lets read those, or is limited by resourceNames
// (low). One finding for each rule.
#include "core/rule.h"
#include "core/rules/rbac.h"

namespace kaudit {
namespace {

// `get`, `get and 3 more`.
std::string some_of(std::span<const Text> items) {
  if (items.empty()) return "nothing";
  std::string out = shown(items[0].value);
  if (items.size() > 1) out += " and " + std::to_string(items.size() - 1) + " more";
  return out;
}

bool only_reads(const PolicyRule& rule) noexcept {
  return std::all_of(rule.verbs.begin(), rule.verbs.end(), [](const Text& verb) {
    return verb.is("get") || verb.is("list") || verb.is("watch");
  });
}

void check_rule(const Role& role, const PolicyRule& rule, Sink& sink) {
  const Text* resources = find_any(rule.resources, {"*"});
  const Text* verbs = find_any(rule.verbs, {"*"});
  if (resources == nullptr && verbs == nullptr) return;
  if (rule.resources.empty()) return;  // of nonResourceURLs

  const bool secrets_too = resources != nullptr && covers_group(rule, "");
  Severity severity = Severity::medium;
  if (secrets_too) severity = Severity::high;
  if (resources == nullptr && !rule.names.empty()) severity = Severity::low;
  if (!secrets_too && only_reads(rule)) severity = Severity::low;

  std::string message = subject(role) + " grants ";
  message += verbs != nullptr ? "every verb (\"*\")" : some_of(rule.verbs);
  if (resources == nullptr) {
    message += " on " + some_of(rule.resources);
  } else {
    message += " on every resource (\"*\")";
    if (secrets_too) {
      message += ", secrets included";
    } else if (rule.groups.size() == 1) {
      message += " of " + shown(rule.groups[0].value);
    }
  }
  message += "; it must list what is needed";
  sink.report({.at = (resources != nullptr ? resources : verbs)->at,
               .message = std::move(message),
               .fix = resources == nullptr ? "verbs: [get, list, watch]"
                                           : "resources: the names of those that are needed"},
              severity, kAdvice);
}

void check(const Role& role, Sink& sink) {
  for (const PolicyRule& rule : role.rules) check_rule(role, rule, sink);
}

constexpr std::string_view kAliases[] = {"cis:5.1.3",
                                         "trivy:KSV-0044",
                                         "trivy:KSV-0045",
                                         "trivy:KSV-0046",
                                         "kube-linter:wildcard-in-rules",
                                         "checkov:CKV_K8S_49"};
constexpr std::string_view kReferences[] = {
    "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#least-privilege"};

}  // namespace

extern constinit const Rule rule_rbac_wildcard = checked({
    .id = "KA6004",
    .slug = "rbac-wildcard",
    .title = "Role grants by wildcard",
    .rationale =
        "`*` covers verbs and resources that nobody thought of, secrets, exec and escalate among "
        "them, and those that a later version or an operator adds.",
    .remediation = "List the verbs and resources: `resources: [configmaps]`, `verbs: [get, list]`.",
    .severity = Severity::high,
    .surfaces = {Surface::kubernetes},
    .aliases = kAliases,
    .references = kReferences,
    .bad = R"(apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: shop
rules:
  - apiGroups: ["*"]
    resources: ["*"]  # expect: rbac-wildcard
    verbs: ["*"]
)",
    .good = R"(apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: shop
rules:
  - apiGroups: [""]
    resources: [configmaps]
    verbs: [get, list, watch]
)",
    .checks = {.role = check},
});

}  // namespace kaudit
