// Reads, from 1.19 on: securityContext.seccompProfile.type of the pod and of every init, app and
// ephemeral container. Allowed: unset, RuntimeDefault, Localhost.
// Reads, before 1.19: the annotations seccomp.security.alpha.kubernetes.io/pod and
// container.seccomp.security.alpha.kubernetes.io/<name of a container>. Allowed: absent,
// runtime/default, docker/default, localhost/*.
// Kubernetes' controls `seccompProfile_baseline` (baseline, 1.0) and, overriding it from 1.19 on,
// `seccompProfile_restricted`, which from 1.25 on is not asked of Windows pods.
#include <algorithm>
#include <vector>

#include "core/rules/compose/compose.h"
#include "core/rules/pod_security.h"

namespace kaudit {
namespace {

constexpr std::string_view kPodAnnotation = "seccomp.security.alpha.kubernetes.io/pod";
constexpr std::string_view kContainerAnnotation = "container.seccomp.security.alpha.kubernetes.io/";

bool allowed_annotation(std::string_view value) noexcept {
  return value == "runtime/default" || value == "docker/default" || value.starts_with("localhost/");
}

void check_annotations(const Workload& workload, Sink& sink) {
  std::vector<std::string_view> names;  // sorted; filled when the first annotation asks
  for (const Pair& annotation : workload.pod_annotations) {
    if (annotation.name != kPodAnnotation && !annotation.name.starts_with(kContainerAnnotation)) {
      continue;
    }
    // A null is an empty text to Kubernetes, and an empty text is not allowed.
    if (allowed_annotation(annotation.value.value_or({}))) continue;
    if (annotation.name != kPodAnnotation) {
      if (names.empty()) {
        for (const Container& c : workload.containers) names.push_back(c.name.value);
        std::sort(names.begin(), names.end());
      }
      const std::string_view container = annotation.name.substr(kContainerAnnotation.size());
      if (!std::binary_search(names.begin(), names.end(), container)) continue;
    }
    sink.report({.at = annotation.value.at,
                 .message = "pod's annotation " + shown(annotation.name) + " is " +
                            quoted(annotation.value.value_or({})) +
                            "; it must be \"runtime/default\" or begin with \"localhost/\"",
                 .fix = shown(annotation.name) + ": runtime/default"});
  }
}

void check(const Workload& workload, Sink& sink) {
  if (sink.minor() < 19) return check_annotations(workload, sink);
  const Profiles profiles = windows_exempt(workload, sink) ? kBaseline : kBaselineUp;
  for_each_security(workload, [&](const Security& security, const Container* container) {
    const Text& type = security.seccomp;
    if (!type.written() || type.value == "RuntimeDefault" || type.value == "Localhost") return;
    sink.report({.at = type.at,
                 .message = setter(container) + " sets securityContext.seccompProfile.type to " +
                            quoted(type.value) + "; it must be \"RuntimeDefault\" or \"Localhost\"",
                 .fix = "seccompProfile: {type: RuntimeDefault}",
                 .container = container},
                Severity::high, profiles);
  });
}

constexpr std::string_view kAliases[] = {"psa:seccompProfile_baseline",
                                         "psa:seccompProfile_restricted.type", "trivy:KSV-0104"};
constexpr std::string_view kReferences[] = {
    kPodSecurityStandards, "https://kubernetes.io/docs/tutorials/security/seccomp/"};

constexpr OnSurface kMore[] = {{.surface = Surface::compose,
                                .remediation = "Delete `seccomp:unconfined`, or name a profile: "
                                               "`seccomp:./seccomp.json`.",
                                .bad = R"(services:
  web:
    image: registry.example/shop:1.4.2
    security_opt:
      - seccomp:unconfined  # expect: seccomp-unconfined
)",
                                .good = R"(services:
  web:
    image: registry.example/shop:1.4.2
    security_opt: ["no-new-privileges:true"]
)"}};

}  // namespace

extern constinit const Rule rule_seccomp_unconfined = checked({
    .id = "KA1014",
    .slug = "seccomp-unconfined",
    .title = "Seccomp is switched off",
    .rationale =
        "The runtime's seccomp profile blocks the system calls that most kernel exploits and "
        "container escapes need. Unconfined opens all of them.",
    .remediation =
        "Write `seccompProfile: {type: RuntimeDefault}`, or `Localhost` with a profile of "
        "your own.",
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
  containers:
    - name: app
      image: registry.example/shop:1.4.2
      securityContext:
        seccompProfile:
          type: Unconfined  # expect: seccomp-unconfined
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
        seccompProfile:
          type: RuntimeDefault
)",
    .checks = {.workload = check, .compose = compose::seccomp_unconfined},
    .more = kMore,
});

}  // namespace kaudit
