// Reads: securityContext.seLinuxOptions of the pod and of every init, app and ephemeral container.
// Allowed: type unset, empty, container_t, container_init_t, container_kvm_t, from 1.31 on
// container_engine_t; user and role unset or empty; level is free.
// Kubernetes' control `seLinuxOptions` (baseline, 1.0).
#include <algorithm>

#include "core/rules/compose/compose.h"
#include "core/rules/pod_security.h"

namespace kaudit {
namespace {

constexpr std::string_view kTypes[] = {"", "container_t", "container_init_t", "container_kvm_t"};

bool allowed_type(std::string_view type, std::uint8_t minor) noexcept {
  return std::find(std::begin(kTypes), std::end(kTypes), type) != std::end(kTypes) ||
         (minor >= 31 && type == "container_engine_t");
}

void check_unset(const Text& field, std::string_view name, const Container* container, Sink& sink) {
  if (!field.written() || field.value.empty()) return;
  sink.report({.at = field.at,
               .message = setter(container) + " sets securityContext.seLinuxOptions." +
                          std::string(name) + " to " + quoted(field.value) + "; it must be unset",
               .fix = "remove the line " + std::string(name) + " from seLinuxOptions",
               .container = container});
}

void check(const Workload& workload, Sink& sink) {
  for_each_security(workload, [&](const Security& security, const Container* container) {
    const Text& type = security.selinux_type;
    if (type.written() && !allowed_type(type.value, sink.minor())) {
      std::string message = setter(container) + " sets securityContext.seLinuxOptions.type to " +
                            quoted(type.value) +
                            "; it must be unset, \"container_t\", \"container_init_t\"";
      message += sink.minor() >= 31 ? ", \"container_kvm_t\" or \"container_engine_t\""
                                    : " or \"container_kvm_t\"";
      sink.report({.at = type.at,
                   .message = std::move(message),
                   .fix = "type: container_t",
                   .container = container});
    }
    check_unset(security.selinux_user, "user", container, sink);
    check_unset(security.selinux_role, "role", container, sink);
  });
}

constexpr std::string_view kAliases[] = {"psa:seLinuxOptions", "trivy:KSV-0025"};
constexpr std::string_view kReferences[] = {
    kPodSecurityStandards,
    "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/"};

constexpr OnSurface kMore[] = {
    {.surface = Surface::compose,
     .remediation = "Delete `label:disable`; for a shared folder add `:z` to its volume.",
     .bad = R"(services:
  web:
    image: registry.example/shop:1.4.2
    security_opt:
      - label:disable  # expect: selinux-options
)",
     .good = R"(services:
  web:
    image: registry.example/shop:1.4.2
    volumes:
      - ./data:/data:z
)"}};

}  // namespace

extern constinit const Rule rule_selinux_options = checked({
    .id = "KA1017",
    .slug = "selinux-options",
    .title = "SELinux confinement is changed",
    .rationale =
        "Types such as spc_t or unconfined_t, and other users and roles, take the container out of "
        "the confinement that separates it from the node and from other pods.",
    .remediation = "Remove `type`, `user` and `role` from seLinuxOptions or write "
                   "`type: container_t`; `level` may stay.",
    .severity = Severity::medium,
    .profiles = kBaselineUp,
    .surfaces = {Surface::kubernetes, Surface::compose},
    .aliases = kAliases,
    .references = kReferences,
    .bad = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  securityContext:
    seLinuxOptions:
      type: spc_t  # expect: selinux-options
  containers:
    - name: app
      image: registry.example/shop:1.4.2
)",
    .good = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  securityContext:
    seLinuxOptions:
      type: container_t
      level: s0:c123,c456
  containers:
    - name: app
      image: registry.example/shop:1.4.2
)",
    .checks = {.workload = check, .compose = compose::selinux_options},
    .more = kMore,
});

}  // namespace kaudit
