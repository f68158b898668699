// Reads: spec.hostIPC. Allowed: unset, false.
// Kubernetes' control `hostNamespaces` (baseline, 1.0).
#include "core/rules/compose/compose.h"
#include "core/rules/pod_security.h"

namespace kaudit {
namespace {

void check(const Workload& workload, Sink& sink) {
  if (!workload.host_ipc.is(true)) return;
  sink.report({.at = workload.host_ipc.at,
               .message = "pod sets hostIPC to true; it must be false or unset",
               .fix = "hostIPC: false"});
}

constexpr std::string_view kAliases[] = {
    "psa:hostNamespaces.hostIPC", "cis:5.2.4",          "trivy:KSV-0008",
    "kube-linter:host-ipc",       "checkov:CKV_K8S_18", "polaris:hostIPCSet"};
constexpr std::string_view kReferences[] = {kPodSecurityStandards,
                                            "https://kubernetes.io/docs/reference/kubernetes-api/"
                                            "workload-resources/pod-v1/#hosts-namespaces"};

constexpr OnSurface kMore[] = {
    {.surface = Surface::compose,
     .remediation = "Delete `ipc: host`; two services that share memory write `ipc: "
                    "shareable` and `ipc: service:NAME`.",
     .bad = R"(services:
  web:
    image: registry.example/shop:1.4.2
    ipc: host  # expect: host-ipc
)",
     .good = R"(services:
  web:
    image: registry.example/shop:1.4.2
    ipc: private
)"}};

}  // namespace

extern constinit const Rule rule_host_ipc = checked({
    .id = "KA1005",
    .slug = "host-ipc",
    .title = "Pod shares the node's inter-process communication",
    .rationale =
        "With the node's IPC namespace a container reads and writes the shared memory, semaphores "
        "and message queues of the node's processes and of every other pod that shares it.",
    .remediation = "Write `hostIPC: false` or remove the line; containers of one pod already share "
                   "memory through an `emptyDir` with `medium: Memory`.",
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
  hostIPC: true  # expect: host-ipc
  containers:
    - name: app
      image: registry.example/shop:1.4.2
)",
    .good = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  hostIPC: false
  containers:
    - name: app
      image: registry.example/shop:1.4.2
)",
    .checks = {.workload = check, .compose = compose::host_ipc},
    .more = kMore,
});

}  // namespace kaudit
