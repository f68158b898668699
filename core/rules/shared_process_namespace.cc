// Reads: shareProcessNamespace of the pod. Allowed: unset, false.
#include "core/rule.h"
#include "core/rules/compose/compose.h"

namespace kaudit {
namespace {

void check(const Workload& workload, Sink& sink) {
  if (!workload.share_process_namespace.is(true)) return;
  sink.report({.at = workload.share_process_namespace.at,
               .message = "pod sets shareProcessNamespace to true, so that its containers see each "
                          "other's processes, environment and files; it must be false or unset",
               .fix = "shareProcessNamespace: false"});
}

constexpr std::string_view kReferences[] = {
    "https://kubernetes.io/docs/tasks/configure-pod-container/share-process-namespace/"};

constexpr OnSurface kMore[] = {{.surface = Surface::compose,
                                .remediation = "Delete the line `pid:`.",
                                .bad = R"(services:
  web:
    image: registry.example/shop:1.4.2
    pid: "service:db"  # expect: shared-process-namespace
)",
                                .good = R"(services:
  web:
    image: registry.example/shop:1.4.2
    init: true
)"}};

}  // namespace

extern constinit const Rule rule_shared_process_namespace = checked({
    .id = "KA1025",
    .slug = "shared-process-namespace",
    .title = "Containers of the pod share one process namespace",
    .rationale =
        "With a shared process namespace each container sees the others' command lines and "
        "environment, may signal their processes, and reaches their files through "
        "/proc/PID/root: one broken sidecar is enough for the whole pod.",
    .remediation = "Remove `shareProcessNamespace`, or write `shareProcessNamespace: false`.",
    .severity = Severity::low,
    .surfaces = {Surface::kubernetes, Surface::compose},
    .aliases = {},
    .references = kReferences,
    .bad = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  shareProcessNamespace: true  # expect: shared-process-namespace
  containers:
    - name: app
      image: registry.example/shop:1.4.2
    - name: log-shipper
      image: registry.example/log-shipper:3.1.0
)",
    .good = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  shareProcessNamespace: false
  containers:
    - name: app
      image: registry.example/shop:1.4.2
    - name: log-shipper
      image: registry.example/log-shipper:3.1.0
)",
    .checks = {.workload = check, .compose = compose::shared_process_namespace},
    .more = kMore,
});

}  // namespace kaudit
