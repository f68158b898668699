// Reads: ports[*].hostPort of every init, app and ephemeral container. Allowed: unset, 0.
// Kubernetes' control `hostPorts` (baseline, 1.0).
#include "core/rules/pod_security.h"

namespace kaudit {
namespace {

void check(const Workload& workload, Sink& sink) {
  for (const Container& container : workload.containers) {
    for (const Port& port : container.ports) {
      if (!port.host.written() || port.host.value == 0) continue;
      sink.report({.at = port.host.at,
                   .message = subject(container) + " uses hostPort " +
                              std::to_string(port.host.value) + "; it must be unset",
                   .fix = "remove the line hostPort: " + std::to_string(port.host.value),
                   .container = &container});
    }
  }
}

constexpr std::string_view kAliases[] = {"psa:hostPorts", "trivy:KSV-0024", "checkov:CKV_K8S_26",
                                         "polaris:hostPortSet"};
constexpr std::string_view kReferences[] = {
    kPodSecurityStandards, "https://kubernetes.io/docs/concepts/configuration/overview/#services"};

}  // namespace

extern constinit const Rule rule_host_port = checked({
    .id = "KA1010",
    .slug = "host-port",
    .title = "Container listens on a port of the node",
    .rationale =
        "A hostPort opens the container on every address of the node, past Services and often past "
        "network policies, and ties the pod to nodes where the port is free.",
    .remediation =
        "Remove the line `hostPort` and publish the containerPort through a Service or Ingress.",
    .severity = Severity::medium,
    .profiles = kBaselineUp,
    .surfaces = {Surface::kubernetes},
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
      ports:
        - containerPort: 8080
          hostPort: 8080  # expect: host-port
)",
    .good = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  containers:
    - name: app
      image: registry.example/shop:1.4.2
      ports:
        - containerPort: 8080
)",
    .checks = {.workload = check},
});

}  // namespace kaudit
