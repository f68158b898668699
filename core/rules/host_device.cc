// Reads: spec.volumes[*].hostPath.path and type, the containers that mount it and whether they are
// privileged; hostPath.path of a PersistentVolume.
// Allowed: no device of the node, except those that every container has (/dev/null …). A block
// device as a local PersistentVolume is what these are for; a device plugin's resource is the
// better way.
#include "core/host_path.h"
#include "core/rule.h"
#include "core/rules/compose/compose.h"
#include "core/rules/message.h"
#include "core/rules/volume_use.h"

namespace kaudit {
namespace {

// The device that a volume is; kind ordinary: none.
HostPathGrade device_of(const HostPath& path, const Text& type) noexcept {
  const HostPathGrade found = grade(path);
  if (found.kind == HostPathKind::device) return found;
  if (found.kind == HostPathKind::ordinary && !path.text().starts_with("/dev/")) {
    if (type.is("BlockDevice")) {
      return {HostPathKind::device, "a disk", Severity::high, Severity::high};
    }
    if (type.is("CharDevice")) {
      return {HostPathKind::device, "one that is not known here", Severity::low, Severity::low};
    }
  }
  return {};
}

// The resource by which a device plugin hands the device out. Sources: the plugins of NVIDIA, AMD
// and KubeVirt; any other device can be given by squat/generic-device-plugin.
std::string resource_for(std::string_view path) {
  if (path.starts_with("/dev/nvidia")) return "nvidia.com/gpu";
  if (path.starts_with("/dev/kfd")) return "amd.com/gpu";
  if (path == "/dev/kvm") return "devices.kubevirt.io/kvm";
  return "squat.ai/" + shown(path.substr(path.rfind('/') + 1));
}

const Container* privileged_user(std::span<const HostPathMounts::Use> uses) noexcept {
  for (const HostPathMounts::Use& use : uses) {
    if (use.container->security.privileged.is(true)) return use.container;
  }
  return nullptr;
}

void check(const Workload& workload, Sink& sink) {
  HostPathMounts mounts(workload);
  for (const Volume& volume : workload.volumes) {
    if (!volume.host_path.written()) continue;
    const HostPath path(volume.host_path.value);
    const HostPathGrade found = device_of(path, volume.host_path_type);
    if (found.kind != HostPathKind::device) continue;
    std::string message =
        host_path_subject(volume) + ", a device of the host: " + std::string(found.what);
    const std::span<const HostPathMounts::Use> uses = mounts.of(volume);
    const bool gives_node = found.writable >= Severity::high;
    if (gives_node) {
      message += "; it gives the whole node away, so no container may have it";
    } else if (const Container* container = privileged_user(uses)) {
      message += "; " + subject(*container) +
                 " is privileged, which the device alone does not need: a device plugin grants it";
    } else {
      message += "; a device plugin grants it without the hostPath and without privileged";
    }
    sink.report(
        {.at = volume.host_path.at,
         .message = std::move(message),
         .fix =
             gives_node
                 ? "Delete volume " + quoted(volume.name.value) +
                       "; a disk of its own is given by a PersistentVolume with `volumeMode: Block`"
                 : "Replace the volume by the device plugin's resource: `resources: {limits: {" +
                       resource_for(path.text()) + ": 1}}`",
         .related = uses.empty() ? kNoNode : uses.front().mount->volume.at},
        found.writable, kAdvice);
  }
}

void check_volume(const PersistentVolume& volume, Sink& sink) {
  if (volume.type != "hostPath" || !volume.path.written()) return;
  const HostPathGrade found = grade(HostPath(volume.path.value));
  if (found.kind != HostPathKind::device) return;
  sink.report({.at = volume.path.at,
               .message = host_path_subject(volume) + ", a device of the host: " +
                          std::string(found.what) + "; a disk is given as a local volume",
               .fix = "Write `volumeMode: Block` and `local: {path: …}` instead of hostPath"},
              found.writable, kAdvice);
}

constexpr std::string_view kSupersedes[] = {"host-path"};
constexpr std::string_view kReferences[] = {
    "https://kubernetes.io/docs/concepts/extend-kubernetes/compute-storage-net/device-plugins/",
    "https://kubernetes.io/docs/concepts/storage/volumes/#local"};

constexpr OnSurface kMore[] = {
    {.surface = Surface::compose,
     .remediation = "Delete the device unless the service needs that very one.",
     .bad = R"(services:
  web:
    image: registry.example/shop:1.4.2
    devices:
      - /dev/sda:/dev/sda  # expect: host-device
)",
     .good = R"(services:
  web:
    image: registry.example/shop:1.4.2
    devices:
      - /dev/null:/dev/null
)"}};

}  // namespace

extern constinit const Rule rule_host_device = checked({
    .id = "KA1024",
    .slug = "host-device",
    .title = "Volume mounts a device of the host",
    .rationale =
        "A device gives what its driver gives: a disk all files of the node, /dev/mem its memory. "
        "Others are harmless in themselves, but as a hostPath they work only in a privileged "
        "container, and that has all devices.",
    .remediation = "Ask a device plugin for the device, as in `resources: {limits: "
                   "{nvidia.com/gpu: 1}}`, and leave `privileged` out.",
    .severity = Severity::low,
    .surfaces = {Surface::kubernetes, Surface::compose},
    .aliases = {},
    .references = kReferences,
    .supersedes = kSupersedes,
    .bad = R"(apiVersion: v1
kind: Pod
metadata:
  name: emulator
spec:
  containers:
    - name: app
      image: registry.example/emulator:1.4.2
      securityContext:
        privileged: true
      volumeMounts:
        - name: kvm
          mountPath: /dev/kvm
  volumes:
    - name: kvm
      hostPath:
        path: /dev/kvm  # expect: host-device
        type: CharDevice
)",
    .good = R"(apiVersion: v1
kind: Pod
metadata:
  name: emulator
spec:
  containers:
    - name: app
      image: registry.example/emulator:1.4.2
      resources:
        limits:
          devices.kubevirt.io/kvm: 1
)",
    .checks = {.workload = check,
               .persistent_volume = check_volume,
               .compose = compose::host_device},
    .more = kMore,
});

}  // namespace kaudit
