// Put together of what other rules found and of the exposure of the object: core/exposure/chains.h.
// Reads nothing itself.
#include "core/rule.h"

namespace kaudit {
namespace {

constexpr std::string_view kReferences[] = {
    "https://kubernetes.io/docs/concepts/security/application-security-checklist/",
    "https://docs.gitlab.com/runner/security/"};

}  // namespace

extern constinit const Rule rule_ci_runner_owns_cluster = checked({
    .id = "KA9005",
    .slug = "ci-runner-owns-cluster",
    .title = "CI runner with the runtime's socket and a cluster-admin account",
    .rationale =
        "A runner starts what others push. With the socket any job takes the node, with the "
        "account any job takes the cluster: a merge request is enough.",
    .remediation = "Build without a daemon (BuildKit rootless), and give the account a role in the "
                   "namespace of its jobs.",
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
              image: gitlab/gitlab-runner:v17.5.0
          volumes:
            - name: docker
              hostPath:
                path: /var/run/docker.sock  # expect: ci-runner-owns-cluster
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
      name: view
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
              image: gitlab/gitlab-runner:v17.5.0
          volumes:
            - name: docker
              hostPath:
                path: /var/run/docker.sock
)",
    .checks = {},
    .of_run = true,
});

}  // namespace kaudit
