// Reads: securityContext.privileged of every init, app and ephemeral container.
// Allowed: unset, false. Kubernetes' control `privileged` (baseline, 1.0).
#include "core/rule.h"
#include "core/rules/message.h"

namespace kaudit {
namespace {

void check(const Workload& workload, Sink& sink) {
  for (const Container& container : workload.containers) {
    if (!container.security.privileged.is(true)) continue;
    sink.report({.at = container.security.privileged.at,
                 .message = subject(container) +
                            " sets securityContext.privileged to true; it must be false or unset",
                 .fix = {},
                 .container = &container});
  }
}

constexpr std::string_view kAliases[] = {"psa:privileged", "cis:5.2.2", "trivy:KSV-0017",
                                         "kube-linter:privileged-container"};
constexpr std::string_view kReferences[] = {
    "https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline"};

}  // namespace

extern constinit const Rule rule_privileged_container = checked({
    .id = "KA1001",
    .slug = "privileged-container",
    .title = "Container runs privileged",
    .rationale =
        "A privileged container has every capability, all devices of the node and no seccomp or "
        "AppArmor confinement: whoever takes it over owns the node.",
    .remediation = "Write `privileged: false` and grant the one capability or device it needs.",
    .severity = Severity::critical,
    .profiles = kCore | kBaseline | kRestricted,
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
      securityContext:
        privileged: true  # expect: privileged-container
)",
    .good = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  containers:
    - name: app
      image: registry.example/shop:1.4.2
      securityContext:
        privileged: false
        capabilities:
          drop: [ALL]
          add: [NET_BIND_SERVICE]
)",
    .checks = {.workload = check},
});

}  // namespace kaudit
