// Reads: spec.volumes[*].hostPath. Allowed: unset.
// Kubernetes' controls `hostPathVolumes` (baseline, 1.0) and, overriding it, `restrictedVolumes`
// (restricted, 1.0).
#include "core/rules/pod_security.h"

namespace kaudit {
namespace {

void check(const Workload& workload, Sink& sink) {
  for (const Volume& volume : workload.volumes) {
    if (volume.type != "hostPath") continue;
    std::string message = "volume " + quoted(volume.name.value) + " is a hostPath";
    if (volume.host_path.written()) message += " of " + quoted(volume.host_path.value);
    sink.report({.at = volume.host_path.at,
                 .message = std::move(message) + "; it must not be taken from the node",
                 .fix = "emptyDir: {}",
                 .at_key = !volume.host_path.written()});
  }
}

constexpr std::string_view kAliases[] = {"psa:hostPathVolumes", "psa:restrictedVolumes.hostPath",
                                         "trivy:KSV-0023", "polaris:hostPathSet"};
constexpr std::string_view kReferences[] = {
    kPodSecurityStandards, "https://kubernetes.io/docs/concepts/storage/volumes/#hostpath"};

}  // namespace

extern constinit const Rule rule_host_path = checked({
    .id = "KA1009",
    .slug = "host-path",
    .title = "Volume is a path of the node",
    .rationale =
        "A hostPath bypasses the container's own file system: what the pod writes there, the node "
        "and other pods read, and what the node keeps there, the pod reads.",
    .remediation = "Use `emptyDir: {}` for scratch space, a `persistentVolumeClaim` for data, a "
                   "`configMap` or `projected` volume for files.",
    .severity = Severity::medium,
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
      volumeMounts:
        - name: cache
          mountPath: /cache
  volumes:
    - name: cache
      hostPath:
        path: /srv/cache  # expect: host-path
)",
    .good = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  containers:
    - name: app
      image: registry.example/shop:1.4.2
      volumeMounts:
        - name: cache
          mountPath: /cache
  volumes:
    - name: cache
      emptyDir: {}
)",
    .checks = {.workload = check},
});

}  // namespace kaudit
