// Reads: securityContext.procMount of every init, app and ephemeral container, spec.hostUsers.
// Allowed: unset, Default. From 1.35 on baseline allows any value in a pod with hostUsers: false,
// restricted does not. Kubernetes' controls `procMount` (baseline, 1.0) and, overriding it,
// `procMount_restricted` (restricted, 1.35).
#include "core/rules/pod_security.h"

namespace kaudit {
namespace {

void check(const Workload& workload, Sink& sink) {
  const Profiles profiles = user_namespace_relaxed(workload, sink) ? kRestricted : kBaselineUp;
  for (const Container& container : workload.containers) {
    const Text& field = container.security.proc_mount;
    if (!field.written() || field.value == "Default") continue;
    sink.report({.at = field.at,
                 .message = subject(container) + " sets securityContext.procMount to " +
                            quoted(field.value) + "; it must be unset or \"Default\"",
                 .fix = "procMount: Default",
                 .container = &container},
                Severity::high, profiles);
  }
}

constexpr std::string_view kAliases[] = {"psa:procMount", "psa:procMount_restricted",
                                         "trivy:KSV-0027", "kube-linter:unsafe-proc-mount"};
constexpr std::string_view kReferences[] = {
    kPodSecurityStandards,
    "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/"};

}  // namespace

extern constinit const Rule rule_proc_mount = checked({
    .id = "KA1018",
    .slug = "proc-mount",
    .title = "The masks over /proc are taken away",
    .rationale =
        "Runtimes hide the parts of /proc and /sys that reveal or change the node's kernel. An "
        "unmasked /proc shows them; to root without a user namespace it is a way out.",
    .remediation = "Write `procMount: Default` or remove the line.",
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
  containers:
    - name: app
      image: registry.example/shop:1.4.2
      securityContext:
        procMount: Unmasked  # expect: proc-mount
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
        procMount: Default
)",
    .checks = {.workload = check},
});

}  // namespace kaudit
