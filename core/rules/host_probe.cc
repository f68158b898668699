// Reads: host of httpGet and tcpSocket in the livenessProbe, readinessProbe, startupProbe and in
// lifecycle.postStart and preStop of every init, app and ephemeral container. Allowed: unset,
// empty. Kubernetes' control `hostProbesAndHostLifecycle` (baseline, 1.34).
#include "core/rules/pod_security.h"

namespace kaudit {
namespace {

void check(const Workload& workload, Sink& sink) {
  for (const Container& container : workload.containers) {
    for (const ProbeHost& probe : container.probe_hosts) {
      if (!probe.host.written() || probe.host.value.empty()) continue;
      sink.report({.at = probe.host.at,
                   .message = subject(container) + " sets " + std::string(probe.handler) +
                              ".host to " + quoted(probe.host.value) + "; it must be unset",
                   .fix = "remove the line host: the kubelet then asks the pod itself",
                   .container = &container});
    }
  }
}

constexpr std::string_view kAliases[] = {"psa:hostProbesAndHostLifecycle"};
constexpr std::string_view kReferences[] = {
    kPodSecurityStandards,
    "https://kubernetes.io/docs/tasks/configure-pod-container/"
    "configure-liveness-readiness-startup-probes/"};

}  // namespace

extern constinit const Rule rule_host_probe = checked({
    .id = "KA1021",
    .slug = "host-probe",
    .title = "Probe or lifecycle handler names a host",
    .rationale =
        "The kubelet makes these requests from the node: a host of the author's choice turns it "
        "into "
        "a proxy that reaches what the pod may not, cloud metadata and the node's loopback among "
        "them.",
    .remediation = "Remove the line `host`: the kubelet then asks the pod itself.",
    .severity = Severity::medium,
    .profiles = kBaselineUp,
    .surfaces = {Surface::kubernetes},
    .since_minor = 34,
    .aliases = kAliases,
    .references = kReferences,
    .bad = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  containers:
    - name: app
      image: registry.example/shop:1.4.2
      livenessProbe:
        httpGet:
          host: 169.254.169.254  # expect: host-probe
          path: /
          port: 80
)",
    .good = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  containers:
    - name: app
      image: registry.example/shop:1.4.2
      livenessProbe:
        httpGet:
          path: /healthz
          port: 8080
)",
    .checks = {.workload = check},
});

}  // namespace kaudit
