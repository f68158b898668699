// Reads: the source of spec.volumes[*]. Allowed: the types of kAllowed, or none: Kubernetes makes
// such a volume an emptyDir before Pod Security sees it.
// Kubernetes' control `restrictedVolumes` (restricted, 1.0). hostPath is rule host-path's.
#include <algorithm>

#include "core/rules/pod_security.h"

namespace kaudit {
namespace {

constexpr std::string_view kAllowed[] = {"configMap", "csi",   "downwardAPI",           "emptyDir",
                                         "ephemeral", "image", "persistentVolumeClaim", "projected",
                                         "secret"};

void check(const Workload& workload, Sink& sink) {
  for (const Volume& volume : workload.volumes) {
    if (volume.type.empty() || volume.type == "hostPath" ||
        std::find(std::begin(kAllowed), std::end(kAllowed), volume.type) != std::end(kAllowed)) {
      continue;
    }
    sink.report({.at = volume.at,
                 .message = "volume " + quoted(volume.name.value) + " is of type " +
                            quoted(volume.type) +
                            "; it must be configMap, csi, downwardAPI, emptyDir, ephemeral, image, "
                            "persistentVolumeClaim, projected or secret",
                 .fix = "persistentVolumeClaim: {claimName: <claim>}"});
  }
}

constexpr std::string_view kAliases[] = {"psa:restrictedVolumes", "trivy:KSV-0028"};
constexpr std::string_view kReferences[] = {kPodSecurityStandards,
                                            "https://kubernetes.io/docs/concepts/storage/volumes/"};

}  // namespace

extern constinit const Rule rule_restricted_volume_type = checked({
    .id = "KA1022",
    .slug = "restricted-volume-type",
    .title = "Volume is of a type that bypasses the cluster's storage",
    .rationale = "A volume that names a server or disk itself bypasses the PersistentVolumes that "
                 "administrators provide: whoever writes the pod chooses which storage is mounted.",
    .remediation = "Put the storage behind a PersistentVolume and write "
                   "`persistentVolumeClaim: {claimName: …}`.",
    .severity = Severity::medium,
    .profiles = kRestricted,
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
  volumes:
    - name: data  # expect: restricted-volume-type
      nfs:
        server: files.example
        path: /shop
)",
    .good = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  containers:
    - name: app
      image: registry.example/shop:1.4.2
  volumes:
    - name: data
      persistentVolumeClaim:
        claimName: shop
)",
    .checks = {.workload = check},
});

}  // namespace kaudit
