// Reads: spec.volumes[*].hostPath.path, the subPath of its mounts, and hostPath.path and local.path
// of a PersistentVolume.
// Allowed: every path that neither is a container runtime's socket, however it is written, nor a
// directory above one. Declaring the volume is enough; readOnly makes no difference.
#include "core/host_path.h"
#include "core/rule.h"
#include "core/rules/compose/compose.h"
#include "core/rules/message.h"
#include "core/rules/volume_use.h"

namespace kaudit {
namespace {

bool leads_to_runtime(const HostPathGrade& found) noexcept {
  return found.kind == HostPathKind::runtime_socket ||
         found.kind == HostPathKind::runtime_directory;
}

// `the socket of Docker`, `a directory above the sockets of Docker (/run/docker.sock) and …`.
std::string described(const HostPath& path, const HostPathGrade& found) {
  if (found.kind == HostPathKind::runtime_socket) {
    return "the socket of " + std::string(found.what);
  }
  return "a directory above the sockets of " + sockets_below(path);
}

constexpr std::string_view kGain =
    "; whoever reaches such a socket starts containers with any right on the node, so no volume "
    "may lead to one";

// What the mounts of the volume add: who has it, and that neither readOnly nor subPath helps.
std::string mounted(const VolumeUse& use, const HostPath& path) {
  if (use.mounts == 0) return "; no container mounts it yet, but any that is added can";
  std::string out = "; " + subject(*use.container) + " mounts it";
  if (use.mounts > 1) out += " (and " + std::to_string(use.mounts - 1) + " more)";
  if (use.mount->sub_path.written() && !use.mount->sub_path.value.empty()) {
    out += " with subPath " + quoted(use.mount->sub_path.value);
    const HostPath below(path, use.mount->sub_path.value);
    const HostPathGrade found = grade(below);
    out += leads_to_runtime(found) ? ", which is " + described(below, found)
                                   : ", which is no socket, but the volume gives more";
  } else if (use.read_only) {
    out += " readOnly, which does not prevent connecting";
  }
  return out;
}

void check(const Workload& workload, Sink& sink) {
  HostPathMounts mounts(workload);
  for (const Volume& volume : workload.volumes) {
    if (!volume.host_path.written()) continue;
    const HostPath path(volume.host_path.value);
    const HostPathGrade found = grade(path);
    if (leads_to_runtime(found)) {
      const VolumeUse use = summary_of(mounts.of(volume));
      sink.report({.at = volume.host_path.at,
                   .message = host_path_subject(volume) + ", " + described(path, found) +
                              mounted(use, path) + std::string(kGain),
                   .fix = "Delete volume " + quoted(volume.name.value) +
                          " and the volumeMounts that name it, or mount only the folder that is "
                          "needed, such as `path: /var/log/pods`",
                   .related = use.mount != nullptr ? use.mount->volume.at : kNoNode});
      continue;
    }
    for (const auto& [named, container, mount] : mounts.of(volume)) {
      if (!mount->sub_path.written()) continue;
      const HostPath below(path, mount->sub_path.value);
      const HostPathGrade inside = grade(below);
      if (!leads_to_runtime(inside)) continue;
      sink.report({.at = mount->sub_path.at,
                   .message = subject(*container) + " mounts volume " + quoted(volume.name.value) +
                              " (hostPath.path " + quoted(volume.host_path.value) +
                              ") with subPath " + quoted(mount->sub_path.value) + ", " +
                              described(below, inside) + std::string(kGain),
                   .fix = "Delete this mount of volume " + quoted(volume.name.value),
                   .container = container,
                   .related = volume.host_path.at});
    }
  }
}

void check_volume(const PersistentVolume& volume, Sink& sink) {
  if (!is_on_host(volume)) return;
  const HostPath path(volume.path.value);
  const HostPathGrade found = grade(path);
  if (!leads_to_runtime(found)) return;
  sink.report(
      {.at = volume.path.at,
       .message = host_path_subject(volume) + ", " + described(path, found) + std::string(kGain),
       .fix = "Delete the PersistentVolume, or give it a folder of its own, such as "
              "`path: /mnt/disks/" +
              shown(volume.name) + "`"});
}

constexpr std::string_view kAliases[] = {"checkov:CKV_K8S_27", "kube-linter:docker-sock",
                                         "kubescape:C-0074", "trivy:KSV-0006"};
constexpr std::string_view kSupersedes[] = {"host-path"};
constexpr std::string_view kReferences[] = {
    "https://docs.docker.com/engine/security/#docker-daemon-attack-surface",
    "https://kubernetes.io/docs/concepts/storage/volumes/#hostpath"};

constexpr OnSurface kMore[] = {
    {.surface = Surface::compose,
     .remediation = "Delete the volume; where a part of the Docker API is needed, run a proxy "
                    "that allows just that.",
     .bad = R"(services:
  web:
    image: registry.example/shop:1.4.2
    volumes:
      - /var/run/docker.sock:/var/run/docker.sock:ro  # expect: runtime-socket
)",
     .good = R"(services:
  web:
    image: registry.example/shop:1.4.2
    volumes:
      - ./data:/data
)"}};

}  // namespace

extern constinit const Rule rule_runtime_socket = checked({
    .id = "KA1002",
    .slug = "runtime-socket",
    .title = "Volume leads to the container runtime's socket",
    .rationale =
        "The runtime takes orders from whoever can connect to its socket: one request starts a "
        "privileged container that owns the node. Admission control, RBAC and readOnly mounts do "
        "not see it.",
    .remediation =
        "Remove the hostPath volume; ask the Kubernetes API instead, or build images with a "
        "rootless builder.",
    .severity = Severity::critical,
    .profiles = kCore,
    .surfaces = {Surface::kubernetes, Surface::compose},
    .aliases = kAliases,
    .references = kReferences,
    .supersedes = kSupersedes,
    .bad = R"(apiVersion: v1
kind: Pod
metadata:
  name: builder
spec:
  containers:
    - name: app
      image: registry.example/builder:1.4.2
      volumeMounts:
        - name: docker
          mountPath: /var/run/docker.sock
          readOnly: true
  volumes:
    - name: docker
      hostPath:
        path: /var/run/docker.sock  # expect: runtime-socket
)",
    .good = R"(apiVersion: v1
kind: Pod
metadata:
  name: builder
spec:
  containers:
    - name: app
      image: registry.example/builder:1.4.2
      volumeMounts:
        - name: cache
          mountPath: /cache
  volumes:
    - name: cache
      emptyDir: {}
)",
    .checks = {.workload = check,
               .persistent_volume = check_volume,
               .compose = compose::runtime_socket},
    .more = kMore,
});

}  // namespace kaudit
