// Reads: securityContext.appArmorProfile.type of the pod and of every init, app and ephemeral
// container. Allowed: unset, RuntimeDefault, Localhost.
// Reads: every annotation container.apparmor.security.beta.kubernetes.io/*, whether or not it names
// a container. Allowed: empty, runtime/default, localhost/*.
// Kubernetes' control `appArmorProfile` (baseline, 1.0).
#include "core/rules/compose/compose.h"
#include "core/rules/pod_security.h"

namespace kaudit {
namespace {

constexpr std::string_view kAnnotation = "container.apparmor.security.beta.kubernetes.io/";

bool allowed_annotation(std::string_view value) noexcept {
  return value.empty() || value == "runtime/default" || value.starts_with("localhost/");
}

void check(const Workload& workload, Sink& sink) {
  for_each_security(workload, [&](const Security& security, const Container* container) {
    const Text& type = security.apparmor;
    if (!type.written() || type.value == "RuntimeDefault" || type.value == "Localhost") return;
    sink.report({.at = type.at,
                 .message = setter(container) + " sets securityContext.appArmorProfile.type to " +
                            quoted(type.value) +
                            "; it must be unset, \"RuntimeDefault\" or \"Localhost\"",
                 .fix = "appArmorProfile: {type: RuntimeDefault}",
                 .container = container});
  });
  for (const Pair& annotation : workload.pod_annotations) {
    if (!annotation.name.starts_with(kAnnotation)) continue;
    const std::string_view value = annotation.value.value_or({});
    if (allowed_annotation(value)) continue;
    sink.report({.at = annotation.value.at,
                 .message = "pod's annotation " + shown(annotation.name) + " is " + quoted(value) +
                            "; it must be unset, \"runtime/default\" or begin with \"localhost/\"",
                 .fix = shown(annotation.name) + ": runtime/default"});
  }
}

constexpr std::string_view kAliases[] = {"psa:appArmorProfile", "trivy:KSV-0002"};
constexpr std::string_view kReferences[] = {
    kPodSecurityStandards, "https://kubernetes.io/docs/tutorials/security/apparmor/"};

constexpr OnSurface kMore[] = {{.surface = Surface::compose,
                                .remediation = "Delete `apparmor:unconfined`.",
                                .bad = R"(services:
  web:
    image: registry.example/shop:1.4.2
    security_opt:
      - apparmor:unconfined  # expect: apparmor-unconfined
)",
                                .good = R"(services:
  web:
    image: registry.example/shop:1.4.2
    security_opt: ["no-new-privileges:true"]
)"}};

}  // namespace

extern constinit const Rule rule_apparmor_unconfined = checked({
    .id = "KA1016",
    .slug = "apparmor-unconfined",
    .title = "AppArmor is switched off",
    .rationale =
        "The runtime's AppArmor profile keeps a container from mounting file systems and from "
        "writing to the sensitive parts of /proc and /sys. Unconfined lifts that.",
    .remediation = "Write `appArmorProfile: {type: RuntimeDefault}`, or remove the field: the "
                   "runtime's profile is the default.",
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
        appArmorProfile:
          type: Unconfined  # expect: apparmor-unconfined
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
        appArmorProfile:
          type: RuntimeDefault
)",
    .checks = {.workload = check, .compose = compose::apparmor_unconfined},
    .more = kMore,
});

}  // namespace kaudit
