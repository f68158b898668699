// Reads: securityContext.allowPrivilegeEscalation of every init, app and ephemeral container.
// Allowed: false. Kubernetes' control `allowPrivilegeEscalation` (restricted, 1.8; from 1.25 on not
// asked of Windows pods).
#include "core/rules/compose/compose.h"
#include "core/rules/pod_security.h"

namespace kaudit {
namespace {

void check(const Workload& workload, Sink& sink) {
  if (windows_exempt(workload, sink)) return;
  for (const Container& container : workload.containers) {
    const Flag& field = container.security.allow_privilege_escalation;
    const bool absent = missing(workload, field);
    if (!absent && !field.is(true)) continue;
    sink.report({.at = field.at,
                 .message = subject(container) +
                            (absent ? " does not set securityContext.allowPrivilegeEscalation, "
                                      "which is then true; it must be false"
                                    : " sets securityContext.allowPrivilegeEscalation to true; it "
                                      "must be false"),
                 .fix = "allowPrivilegeEscalation: false",
                 .container = &container,
                 .at_key = absent});
  }
}

constexpr std::string_view kAliases[] = {"psa:allowPrivilegeEscalation",
                                         "cis:5.2.6",
                                         "trivy:KSV-0001",
                                         "kube-linter:privilege-escalation-container",
                                         "checkov:CKV_K8S_20",
                                         "polaris:privilegeEscalationAllowed"};
constexpr std::string_view kReferences[] = {
    kPodSecurityStandards,
    "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/"};

constexpr OnSurface kMore[] = {
    {.surface = Surface::compose,
     .remediation = "Write `security_opt: [\"no-new-privileges:true\"]`.",
     .bad = R"(services:
  web:  # expect: privilege-escalation
    image: registry.example/shop:1.4.2
)",
     .good = R"(services:
  web:
    image: registry.example/shop:1.4.2
    security_opt: ["no-new-privileges:true"]
)"}};

}  // namespace

extern constinit const Rule rule_privilege_escalation = checked({
    .id = "KA1013",
    .slug = "privilege-escalation",
    .title = "Processes may gain more privileges than their parent",
    .rationale =
        "Without no_new_privs a set-user-ID program in the image (su, sudo, ping, a flawed helper) "
        "makes a process root that was started as another user.",
    .remediation = "Write `allowPrivilegeEscalation: false` in the container's securityContext.",
    .severity = Severity::medium,
    .profiles = kRestricted,
    .surfaces = {Surface::kubernetes, Surface::compose},
    .since_minor = 8,
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
        allowPrivilegeEscalation: true  # expect: privilege-escalation
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
        allowPrivilegeEscalation: false
)",
    .checks = {.workload = check, .compose = compose::privilege_escalation},
    .more = kMore,
});

}  // namespace kaudit
