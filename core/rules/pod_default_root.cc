// Reads: the pod's securityContext.runAsUser where every container has a runAsUser of its own.
// Allowed: unset, not 0. Kubernetes' control `runAsUser` (restricted, 1.23; from 1.35 on not asked
// of a pod with hostUsers: false) looks at the field; rule run-as-root reports it where it takes
// effect.
#include <algorithm>

#include "core/rules/pod_security.h"

namespace kaudit {
namespace {

void check(const Workload& workload, Sink& sink) {
  if (!workload.pod.run_as_user.is(0) || user_namespace_relaxed(workload, sink)) return;
  const auto overrides = [](const Container& c) { return c.security.run_as_user.written(); };
  if (!std::all_of(workload.containers.begin(), workload.containers.end(), overrides)) return;
  sink.report({.at = workload.pod.run_as_user.at,
               .message = "pod sets securityContext.runAsUser to 0, the default of every container "
                          "added later; it must be a uid above 0",
               .fix = "runAsUser: 10001"});
}

constexpr std::string_view kAliases[] = {"psa:runAsUser.pod"};
constexpr std::string_view kReferences[] = {
    kPodSecurityStandards,
    "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/"};

}  // namespace

extern constinit const Rule rule_pod_default_root = checked({
    .id = "KA1029",
    .slug = "pod-default-root",
    .title = "Pod's default user is root although no container uses it",
    .rationale = "Every container of this pod has a user of its own, but one that is added later, "
                 "an injected "
                 "sidecar or a debugging container, would run as root.",
    .remediation = "Write a `runAsUser` above 0 in the pod's securityContext, or remove the line.",
    .severity = Severity::medium,
    .profiles = kRestricted,
    .surfaces = {Surface::kubernetes},
    .since_minor = 23,
    .aliases = kAliases,
    .references = kReferences,
    .bad = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  securityContext:
    runAsUser: 0  # expect: pod-default-root
  containers:
    - name: app
      image: registry.example/shop:1.4.2
      securityContext:
        runAsUser: 10001
)",
    .good = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  securityContext:
    runAsUser: 10001
  containers:
    - name: app
      image: registry.example/shop:1.4.2
)",
    .checks = {.workload = check},
});

}  // namespace kaudit
