// Reads: runAsGroup as it takes effect for each container, fsGroup and supplementalGroups.
// Allowed: unset, anything but 0. A group adds nothing for a container whose runAsUser is 0: that
// is run-as-root's to say.
#include "core/effective.h"
#include "core/rule.h"
#include "core/rules/compose/compose.h"
#include "core/rules/message.h"

namespace kaudit {
namespace {

void check(const Workload& workload, Sink& sink) {
  bool inherited = false;
  for (const Container& container : workload.containers) {
    const Number& group = effective_run_as_group(workload, container);
    if (!group.is(0) || effective_run_as_user(workload, container).is(0)) continue;
    if (!container.security.run_as_group.written()) {
      inherited = true;  // said once, of the pod
      continue;
    }
    sink.report({.at = group.at,
                 .message = subject(container) +
                            " sets securityContext.runAsGroup to 0, the root group; it must be "
                            "another group or unset",
                 .fix = "runAsGroup: 10001",
                 .container = &container});
  }
  if (inherited) {
    sink.report({.at = workload.pod.run_as_group.at,
                 .message = "pod sets securityContext.runAsGroup to 0, the root group; it must be "
                            "another group or unset",
                 .fix = "runAsGroup: 10001"});
  }
  if (workload.fs_group.is(0)) {
    sink.report({.at = workload.fs_group.at,
                 .message = "pod sets securityContext.fsGroup to 0, so that the root group owns "
                            "its volumes and is a group of every process; it must be another "
                            "group or unset",
                 .fix = "fsGroup: 10001"});
  }
  for (const Number& group : workload.supplemental_groups) {
    if (!group.is(0)) continue;
    sink.report({.at = group.at,
                 .message = "pod lists group 0, the root group, in "
                            "securityContext.supplementalGroups; it must not be there",
                 .fix = "Remove the 0 from supplementalGroups."});
  }
}

constexpr std::string_view kAliases[] = {"trivy:KSV-0116"};
constexpr std::string_view kReferences[] = {
    "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/"};

constexpr OnSurface kMore[] = {{.surface = Surface::compose,
                                .remediation = "Write `user: \"10001:10001\"`.",
                                .bad = R"(services:
  web:
    image: registry.example/shop:1.4.2
    user: "10001:0"  # expect: root-group
)",
                                .good = R"(services:
  web:
    image: registry.example/shop:1.4.2
    user: "10001:10001"
)"}};

}  // namespace

extern constinit const Rule rule_root_group = checked({
    .id = "KA1026",
    .slug = "root-group",
    .title = "Processes belong to the root group",
    .rationale =
        "Many files, in images and on mounted host paths, are readable or writable for group 0: a "
        "process in that group keeps part of root's reach although it runs as another user.",
    .remediation =
        "Write a group of its own: `runAsGroup: 10001`, and `fsGroup: 10001` for volumes.",
    .severity = Severity::low,
    .surfaces = {Surface::kubernetes, Surface::compose},
    .aliases = kAliases,
    .references = kReferences,
    .bad = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  securityContext:
    runAsUser: 10001
    runAsGroup: 0  # expect: root-group
    fsGroup: 0  # expect: root-group
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
    runAsUser: 10001
    runAsGroup: 10001
    fsGroup: 10001
  containers:
    - name: app
      image: registry.example/shop:1.4.2
)",
    .checks = {.workload = check, .compose = compose::root_group},
    .more = kMore,
});

}  // namespace kaudit
