// Reads: spec.hostNetwork; RUN --network of a Dockerfile. Allowed: unset, false; default, none.
// Kubernetes' control `hostNamespaces` (baseline, 1.0).
#include "core/rules/build_message.h"
#include "core/rules/compose/compose.h"
#include "core/rules/pod_security.h"

namespace kaudit {
namespace {

void check(const Workload& workload, Sink& sink) {
  if (!workload.host_network.is(true)) return;
  sink.report({.at = workload.host_network.at,
               .message = "pod sets hostNetwork to true; it must be false or unset",
               .fix = "hostNetwork: false"});
}

void check_build(const Build& build, Sink& sink) {
  for_each_instruction(build, [&](const Stage& stage, const Instruction& instruction) {
    const BuildFlag* network = instruction.op == Op::run ? instruction.flag("network") : nullptr;
    if (network == nullptr || !network->value.is("host")) return;
    sink.report({.at = network->value.at,
                 .message = subject(build, stage, instruction) +
                            " uses the network of the machine that builds; it must not",
                 .fix = "RUN --network=default"},
                Severity::high, kCore);
  });
}

constexpr std::string_view kAliases[] = {
    "psa:hostNamespaces.hostNetwork", "cis:5.2.5",          "trivy:KSV-0009",
    "kube-linter:host-network",       "checkov:CKV_K8S_19", "polaris:hostNetworkSet"};
constexpr std::string_view kReferences[] = {kPodSecurityStandards,
                                            "https://kubernetes.io/docs/reference/kubernetes-api/"
                                            "workload-resources/pod-v1/#hosts-namespaces"};

constexpr OnSurface kMore[] = {
    {.surface = Surface::compose,
     .remediation = "Delete `network_mode: host` and publish what is needed under `ports:`.",
     .bad = R"(services:
  web:
    image: registry.example/shop:1.4.2
    network_mode: host  # expect: host-network
)",
     .good = R"(services:
  web:
    image: registry.example/shop:1.4.2
    ports: ["127.0.0.1:8080:8080"]
)"}};

}  // namespace

extern constinit const Rule rule_host_network = checked({
    .id = "KA1003",
    .slug = "host-network",
    .title = "Pod shares the node's network",
    .rationale =
        "On the node's network a container reaches what listens on the node's loopback (the "
        "kubelet, local agents, cloud metadata), can listen on any of the node's ports, and no "
        "NetworkPolicy applies to it.",
    .remediation =
        "Write `hostNetwork: false` (or remove the line) and publish ports through a Service.",
    .severity = Severity::high,
    .profiles = kCore | kBaselineUp,
    .surfaces = {Surface::kubernetes, Surface::compose, Surface::dockerfile},
    .aliases = kAliases,
    .references = kReferences,
    .bad = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  hostNetwork: true  # expect: host-network
  containers:
    - name: app
      image: registry.example/shop:1.4.2
)",
    .good = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  hostNetwork: false
  containers:
    - name: app
      image: registry.example/shop:1.4.2
)",
    .checks = {.workload = check, .build = check_build, .compose = compose::host_network},
    .more = kMore,
});

}  // namespace kaudit
