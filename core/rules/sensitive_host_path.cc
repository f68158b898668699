// Reads: spec.volumes[*].hostPath.path, the subPath and readOnly of its mounts, and hostPath.path
// and local.path of a PersistentVolume.
// Allowed: paths that core/host_path does not grade as sensitive. Runtime sockets and the
// directories above them are KA1002's, devices KA1024's, and that hostPath is used at all KA1009's.
#include "core/host_path.h"
#include "core/rule.h"
#include "core/rules/compose/compose.h"
#include "core/rules/message.h"
#include "core/rules/volume_use.h"

namespace kaudit {
namespace {

constexpr std::string_view kWanted = "; use a narrower path or another kind of volume";

std::string fix_for(const HostPathGrade& found, std::string_view name, bool read_only) {
  const std::string drop =
      "delete volume " + quoted(name) + " or mount only the file that is needed";
  if (!read_only && found.read_only < found.writable) {
    return "Write `readOnly: true` on the mount, or " + drop;
  }
  return 'D' + drop.substr(1);
}

void check(const Workload& workload, Sink& sink) {
  HostPathMounts mounts(workload);
  for (const Volume& volume : workload.volumes) {
    if (!volume.host_path.written()) continue;
    const HostPath path(volume.host_path.value);
    const HostPathGrade found = grade(path);
    if (found.kind == HostPathKind::sensitive) {
      const VolumeUse use = summary_of(mounts.of(volume));
      std::string message = host_path_subject(volume) + ", which ";
      if (use.mounts > 0) {
        message += subject(*use.container) +
                   (use.read_only ? " mounts readOnly and which " : " can write to and which ");
      }
      sink.report({.at = volume.host_path.at,
                   .message = message + std::string(found.what) + std::string(kWanted),
                   .fix = fix_for(found, volume.name.value, use.read_only),
                   .related = use.mount != nullptr ? use.mount->volume.at : kNoNode},
                  use.read_only ? found.read_only : found.writable, kAdvice);
      continue;
    }
    if (found.kind != HostPathKind::ordinary) continue;
    for (const auto& [named, container, mount] : mounts.of(volume)) {
      if (!mount->sub_path.written()) continue;
      const HostPathGrade inside = grade(HostPath(path, mount->sub_path.value));
      if (inside.kind != HostPathKind::sensitive) continue;
      const bool read_only = mount->read_only.is(true);
      sink.report(
          {.at = mount->sub_path.at,
           .message = subject(*container) + " mounts volume " + quoted(volume.name.value) +
                      " (hostPath.path " + quoted(volume.host_path.value) + ") with subPath " +
                      quoted(mount->sub_path.value) +
                      (read_only ? " readOnly, which " : ", which it can write to and which ") +
                      std::string(inside.what) + std::string(kWanted),
           .fix = fix_for(inside, volume.name.value, read_only),
           .container = container,
           .related = volume.host_path.at},
          read_only ? inside.read_only : inside.writable, kAdvice);
    }
  }
}

void check_volume(const PersistentVolume& volume, Sink& sink) {
  if (!is_on_host(volume)) return;
  const HostPathGrade found = grade(HostPath(volume.path.value));
  if (found.kind != HostPathKind::sensitive) return;
  sink.report({.at = volume.path.at,
               .message = host_path_subject(volume) + ", which " + std::string(found.what) +
                          "; give it a folder of its own",
               .fix = "Write a folder that holds nothing else, such as `path: /mnt/disks/" +
                      shown(volume.name) + "`"},
              found.writable, kAdvice);
}

constexpr std::string_view kAliases[] = {"kube-linter:sensitive-host-mounts"};
constexpr std::string_view kSupersedes[] = {"host-path"};
constexpr std::string_view kReferences[] = {
    "https://github.com/BishopFox/badPods",
    "https://kubernetes.io/docs/concepts/storage/volumes/#hostpath"};

constexpr OnSurface kMore[] = {
    {.surface = Surface::compose,
     .remediation = "Mount only the folder that is needed, with `:ro`, or use a named volume.",
     .bad = R"(services:
  web:
    image: registry.example/shop:1.4.2
    volumes:
      - /etc:/host/etc:ro  # expect: sensitive-host-path
)",
     .good = R"(services:
  web:
    image: registry.example/shop:1.4.2
    volumes:
      - data:/data
volumes:
  data:
)"}};

}  // namespace

extern constinit const Rule rule_sensitive_host_path = checked({
    .id = "KA1008",
    .slug = "sensitive-host-path",
    .title = "Volume mounts a sensitive path of the host",
    .rationale =
        "Such a path holds the node's or the cluster's keys, decides what the node's root runs, "
        "or shows other workloads' data: a container that is taken over takes the node with it.",
    .remediation = "Remove the hostPath volume, or mount only the file that is needed, `readOnly: "
                   "true`.",
    .severity = Severity::high,
    .surfaces = {Surface::kubernetes, Surface::compose},
    .aliases = kAliases,
    .references = kReferences,
    .supersedes = kSupersedes,
    .bad = R"(apiVersion: v1
kind: Pod
metadata:
  name: agent
spec:
  containers:
    - name: app
      image: registry.example/agent:1.4.2
      volumeMounts:
        - name: host-etc
          mountPath: /host/etc
  volumes:
    - name: host-etc
      hostPath:
        path: /etc  # expect: sensitive-host-path
)",
    .good = R"(apiVersion: v1
kind: Pod
metadata:
  name: agent
spec:
  containers:
    - name: app
      image: registry.example/agent:1.4.2
      volumeMounts:
        - name: os-release
          mountPath: /host/etc/os-release
          readOnly: true
  volumes:
    - name: os-release
      hostPath:
        path: /etc/os-release
        type: File
)",
    .checks = {.workload = check,
               .persistent_volume = check_volume,
               .compose = compose::sensitive_host_path},
    .more = kMore,
});

}  // namespace kaudit
