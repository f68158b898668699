// Reads: roleRef and subjects of ClusterRoleBindings and RoleBindings.
// Refused: the ClusterRole cluster-admin. A RoleBinding gives it for one namespace only: medium.
// Allowed: Kubernetes' own binding of it to the group system:masters; a binding without subjects.
#include "core/rule.h"
#include "core/rules/rbac.h"

namespace kaudit {
namespace {

bool is_builtin(const Binding& binding) noexcept {
  return binding.name == "cluster-admin" && binding.subjects.size() == 1 &&
         binding.subjects[0].kind.is("Group") && binding.subjects[0].name.is("system:masters");
}

std::string name_of_subject(const Subject& subject) {
  std::string out = shown(subject.kind.value);
  out += ' ';
  std::string name;
  if (subject.ns.written()) (name += subject.ns.value) += '/';
  return out + quoted(name.append(subject.name.value));
}

void check(const Binding& binding, Sink& sink) {
  if (!binding.role_name.is("cluster-admin") || binding.role_kind.is("Role") ||
      binding.subjects.empty() || is_builtin(binding)) {
    return;
  }
  const bool everywhere = binding.kind == "ClusterRoleBinding";
  std::string message = subject(binding) + " gives " + name_of_subject(binding.subjects[0]);
  const std::size_t more = binding.subjects.size() - 1;
  if (more != 0) message += " and " + std::to_string(more) + " more";
  message += everywhere ? " every right in the cluster (cluster-admin)"
                        : " every right in its namespace (cluster-admin)";
  message += "; bind a role with the rights that are needed";
  sink.report({.at = binding.role_name.at,
               .message = std::move(message),
               .fix = "roleRef.name: a role that lists the rights that are needed"},
              everywhere ? Severity::high : Severity::medium, kAdvice);
}

constexpr std::string_view kAliases[] = {"cis:5.1.1", "trivy:KSV-0111",
                                         "kube-linter:cluster-admin-role-binding"};
constexpr std::string_view kReferences[] = {
    "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles",
    "https://kubernetes.io/docs/concepts/security/rbac-good-practices/"};

}  // namespace

extern constinit const Rule rule_cluster_admin_binding = checked({
    .id = "KA6003",
    .slug = "cluster-admin-binding",
    .title = "cluster-admin is bound",
    .rationale =
        "cluster-admin may do everything, reading all secrets and changing all roles included: "
        "whoever gets hold of one such token owns the cluster.",
    .remediation = "Bind a role that lists the verbs and resources that are needed.",
    .severity = Severity::high,
    .surfaces = {Surface::kubernetes},
    .aliases = kAliases,
    .references = kReferences,
    .bad = R"(apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: shop
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: cluster-admin  # expect: cluster-admin-binding
subjects:
  - kind: ServiceAccount
    name: shop
    namespace: shop
)",
    .good = R"(apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: shop
  namespace: shop
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: shop
subjects:
  - kind: ServiceAccount
    name: shop
    namespace: shop
)",
    .checks = {.binding = check},
});

}  // namespace kaudit
