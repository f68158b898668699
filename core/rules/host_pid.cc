// Reads: spec.hostPID. Allowed: unset, false.
// Kubernetes' control `hostNamespaces` (baseline, 1.0).
#include "core/rules/compose/compose.h"
#include "core/rules/pod_security.h"

namespace kaudit {
namespace {

void check(const Workload& workload, Sink& sink) {
  if (!workload.host_pid.is(true)) return;
  sink.report({.at = workload.host_pid.at,
               .message = "pod sets hostPID to true; it must be false or unset",
               .fix = "hostPID: false"});
}

constexpr std::string_view kAliases[] = {
    "psa:hostNamespaces.hostPID", "cis:5.2.3",          "trivy:KSV-0010",
    "kube-linter:host-pid",       "checkov:CKV_K8S_17", "polaris:hostPIDSet"};
constexpr std::string_view kReferences[] = {kPodSecurityStandards,
                                            "https://kubernetes.io/docs/reference/kubernetes-api/"
                                            "workload-resources/pod-v1/#hosts-namespaces"};

constexpr OnSurface kMore[] = {{.surface = Surface::compose,
                                .remediation = "Delete `pid: host`.",
                                .bad = R"(services:
  web:
    image: registry.example/shop:1.4.2
    pid: host  # expect: host-pid
)",
                                .good = R"(services:
  web:
    image: registry.example/shop:1.4.2
    init: true
)"}};

}  // namespace

extern constinit const Rule rule_host_pid = checked({
    .id = "KA1004",
    .slug = "host-pid",
    .title = "Pod sees the node's processes",
    .rationale =
        "With the node's process namespace a container sees every process of the node, reads their "
        "environment and files through /proc where its user may, and signals or traces them.",
    .remediation = "Write `hostPID: false` or remove the line; `shareProcessNamespace: true` lets "
                   "the containers of one pod see each other.",
    .severity = Severity::high,
    .profiles = kBaselineUp,
    .surfaces = {Surface::kubernetes, Surface::compose},
    .aliases = kAliases,
    .references = kReferences,
    .bad = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  hostPID: true  # expect: host-pid
  containers:
    - name: app
      image: registry.example/shop:1.4.2
)",
    .good = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  hostPID: false
  containers:
    - name: app
      image: registry.example/shop:1.4.2
)",
    .checks = {.workload = check, .compose = compose::host_pid},
    .more = kMore,
});

}  // namespace kaudit
