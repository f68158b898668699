// Put together of what other rules found and of the exposure of the object: core/exposure/chains.h.
// Reads nothing itself.
#include "core/rule.h"

namespace kaudit {
namespace {

constexpr std::string_view kReferences[] = {
    "https://kubernetes.io/docs/concepts/security/application-security-checklist/",
    "https://kubernetes.io/docs/concepts/security/rbac-good-practices/"};

}  // namespace

extern constinit const Rule rule_exposed_cluster_admin = checked({
    .id = "KA9006",
    .slug = "exposed-cluster-admin",
    .title = "Exposed workload may do everything in the cluster",
    .rationale =
        "The token of the account lies in the container: whoever takes over what the network "
        "reaches reads it, and is the administrator of the cluster.",
    .remediation =
        "Bind a role with the rights that are needed, or set `automountServiceAccountToken: "
        "false`.",
    .severity = Severity::critical,
    .surfaces = {Surface::kubernetes},
    .aliases = {},
    .references = kReferences,
    .bad = R"(apiVersion: v1
kind: List
items:
  - apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRoleBinding
    metadata:
      name: runner
    roleRef:
      apiGroup: rbac.authorization.k8s.io
      kind: ClusterRole
      name: cluster-admin  # expect: exposed-cluster-admin
    subjects:
      - {kind: ServiceAccount, name: runner, namespace: ci}
  - apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: runner
      namespace: ci
      annotations: {kaudit.dev/exposure: internet}
    spec:
      selector: {matchLabels: {app: runner}}
      template:
        metadata: {labels: {app: runner}}
        spec:
          serviceAccountName: runner
          containers:
            - name: runner
              image: registry.example/shop:1.4.2
)",
    .good = R"(apiVersion: v1
kind: List
items:
  - apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRoleBinding
    metadata:
      name: runner
    roleRef:
      apiGroup: rbac.authorization.k8s.io
      kind: ClusterRole
      name: cluster-admin
    subjects:
      - {kind: ServiceAccount, name: runner, namespace: ci}
  - apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: runner
      namespace: ci
      annotations: {kaudit.dev/exposure: isolated}
    spec:
      selector: {matchLabels: {app: runner}}
      template:
        metadata: {labels: {app: runner}}
        spec:
          serviceAccountName: runner
          containers:
            - name: runner
              image: registry.example/shop:1.4.2
)",
    .checks = {},
    .of_run = true,
});

}  // namespace kaudit
