// Reads: securityContext.windowsOptions.hostProcess of the pod and of every init, app and ephemeral
// container. Allowed: unset, false. Kubernetes' control `windowsHostProcess` (baseline, 1.0).
#include "core/rules/pod_security.h"

namespace kaudit {
namespace {

void check(const Workload& workload, Sink& sink) {
  for_each_security(workload, [&](const Security& security, const Container* container) {
    if (!security.host_process.is(true)) return;
    sink.report({.at = security.host_process.at,
                 .message = setter(container) +
                            " sets securityContext.windowsOptions.hostProcess to true; it must be "
                            "false or unset",
                 .fix = "hostProcess: false",
                 .container = container});
  });
}

constexpr std::string_view kAliases[] = {"psa:windowsHostProcess", "trivy:KSV-0103"};
constexpr std::string_view kReferences[] = {
    kPodSecurityStandards,
    "https://kubernetes.io/docs/tasks/configure-pod-container/create-hostprocess-pod/"};

}  // namespace

extern constinit const Rule rule_windows_host_process = checked({
    .id = "KA1020",
    .slug = "windows-host-process",
    .title = "Windows container runs as a process of the node",
    .rationale = "A HostProcess container runs on the Windows node itself, with the node's file "
                 "system, network and services.",
    .remediation = "Write `hostProcess: false` or remove the line.",
    .severity = Severity::high,
    .profiles = kBaselineUp,
    .surfaces = {Surface::kubernetes},
    .aliases = kAliases,
    .references = kReferences,
    .bad = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  os:
    name: windows
  securityContext:
    windowsOptions:
      hostProcess: true  # expect: windows-host-process
  containers:
    - name: app
      image: registry.example/shop:1.4.2
)",
    .good = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  os:
    name: windows
  securityContext:
    windowsOptions:
      hostProcess: false
  containers:
    - name: app
      image: registry.example/shop:1.4.2
)",
    .checks = {.workload = check},
});

}  // namespace kaudit
