// Reads: roleRef and subjects of ClusterRoleBindings and RoleBindings.
// Refused: the user system:anonymous, the group system:unauthenticated (critical); the group
// system:authenticated (high), which is everybody with any account, on some clouds anybody at all.
// Allowed: the roles that Kubernetes and kubeadm bind so themselves.
#include "core/rule.h"
#include "core/rules/rbac.h"

namespace kaudit {
namespace {

bool is_public_by_design(const Binding& binding, bool anonymous) noexcept {
  const Text& role = binding.role_name;
  if (role.is("system:public-info-viewer")) return true;
  // What `kubeadm join` reads before it has an identity.
  if (role.is("kubeadm:bootstrap-signer-clusterinfo") && binding.ns == "kube-public") return true;
  return !anonymous && (role.is("system:discovery") || role.is("system:basic-user"));
}

void check(const Binding& binding, Sink& sink) {
  for (const Subject& who : binding.subjects) {
    const bool anonymous = (who.kind.is("User") && who.name.is("system:anonymous")) ||
                           (who.kind.is("Group") && who.name.is("system:unauthenticated"));
    const bool anybody = who.kind.is("Group") && who.name.is("system:authenticated");
    if ((!anonymous && !anybody) || is_public_by_design(binding, anonymous)) continue;
    sink.report(
        {.at = who.name.at,
         .message = subject(binding) + " gives the role " + quoted(binding.role_name.value) +
                    " to " + quoted(who.name.value) +
                    (anonymous ? ", which is everybody who reaches the API server"
                               : ", which is everybody with any account or service account") +
                    "; bind it to those who need it"},
        anonymous ? Severity::critical : Severity::high, kAdvice);
  }
}

constexpr std::string_view kAliases[] = {"trivy:KSV-0122", "trivy:KSV-01011"};
constexpr std::string_view kReferences[] = {
    "https://kubernetes.io/docs/reference/access-authn-authz/authentication/#anonymous-requests",
    "https://kubernetes.io/docs/reference/access-authn-authz/rbac/#discovery-roles"};

}  // namespace

extern constinit const Rule rule_rbac_anonymous = checked({
    .id = "KA6008",
    .slug = "rbac-anonymous",
    .title = "Rights for anonymous or all users",
    .rationale = "Requests without credentials come from the user system:anonymous in the group "
                 "system:unauthenticated: what these may do, everybody on the network may do.",
    .remediation = "Remove the subject, and bind the users, groups or service accounts by name.",
    .severity = Severity::critical,
    .surfaces = {Surface::kubernetes},
    .aliases = kAliases,
    .references = kReferences,
    .bad = R"(apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: dashboard
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: view
subjects:
  - apiGroup: rbac.authorization.k8s.io
    kind: User
    name: system:anonymous  # expect: rbac-anonymous
)",
    .good = R"(apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: dashboard
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: view
subjects:
  - kind: ServiceAccount
    name: dashboard
    namespace: dashboard
)",
    .checks = {.binding = check},
});

}  // namespace kaudit
