// Reads: securityContext.seccompProfile.type of the pod and of every init, app and ephemeral
// container. Allowed: set for each container, its own or the pod's.
// Kubernetes' control `seccompProfile_restricted` (restricted, 1.19; from 1.25 on not asked of
// Windows pods). A type that is set but wrong is rule seccomp-unconfined's.
#include "core/rules/pod_security.h"

namespace kaudit {
namespace {

void check(const Workload& workload, Sink& sink) {
  if (!missing(workload, workload.pod.seccomp) || windows_exempt(workload, sink)) return;
  for (const Container& container : workload.containers) {
    if (!missing(workload, container.security.seccomp)) continue;
    sink.report({.at = container.security.seccomp.at,
                 .message = subject(container) +
                            " runs without a seccomp profile: neither it nor the pod sets "
                            "securityContext.seccompProfile.type to \"RuntimeDefault\" or "
                            "\"Localhost\"",
                 .fix = "seccompProfile: {type: RuntimeDefault}",
                 .container = &container,
                 .at_key = true});
  }
}

constexpr std::string_view kAliases[] = {"psa:seccompProfile_restricted", "cis:5.7.2",
                                         "trivy:KSV-0030", "checkov:CKV_K8S_31"};
constexpr std::string_view kReferences[] = {
    kPodSecurityStandards, "https://kubernetes.io/docs/tutorials/security/seccomp/"};

}  // namespace

extern constinit const Rule rule_seccomp_not_set = checked({
    .id = "KA1015",
    .slug = "seccomp-not-set",
    .title = "No seccomp profile is asked for",
    .rationale =
        "Unless the kubelet is told to default to the runtime's profile, a container without a "
        "seccomp profile may make every system call of the kernel.",
    .remediation =
        "Write `seccompProfile: {type: RuntimeDefault}` in the pod's securityContext: it holds for "
        "all containers.",
    .severity = Severity::medium,
    .profiles = kRestricted,
    .surfaces = {Surface::kubernetes},
    .since_minor = 19,
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
      securityContext:  # expect: seccomp-not-set
        runAsNonRoot: true
)",
    .good = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  securityContext:
    seccompProfile:
      type: RuntimeDefault
  containers:
    - name: app
      image: registry.example/shop:1.4.2
      securityContext:
        runAsNonRoot: true
)",
    .checks = {.workload = check},
});

}  // namespace kaudit
