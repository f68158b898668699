// How the containers of a workload use one of its volumes; shared by the rules on host paths.
#pragma once

#include <string>

#include "core/facts.h"
#include "core/rules/message.h"

namespace kaudit {

// Calls `seen(container, mount)` for each mount of the volume.
template <class Seen>
void for_each_mount(const Workload& workload, const Volume& volume, Seen seen) {
  for (const Container& container : workload.containers) {
    for (const Mount& mount : container.mounts) {
      if (mount.volume.is(volume.name.value)) seen(container, mount);
    }
  }
}

struct VolumeUse {
  const Container* container = nullptr;  // of the first mount; null: none mounts it
  const Mount* mount = nullptr;
  std::size_t mounts = 0;
  bool read_only = false;  // mounted, and nowhere writable
};

[[nodiscard]] inline VolumeUse use_of(const Workload& workload, const Volume& volume) {
  VolumeUse use{.read_only = true};
  for_each_mount(workload, volume, [&](const Container& container, const Mount& mount) {
    if (use.mounts++ == 0) {
      use.container = &container;
      use.mount = &mount;
    }
    use.read_only = use.read_only && mount.read_only.is(true);
  });
  use.read_only = use.read_only && use.mounts > 0;
  return use;
}

// `volume "docker" has hostPath.path "/run/docker.sock"`.
[[nodiscard]] inline std::string host_path_subject(const Volume& volume) {
  return "volume " + quoted(volume.name.value) + " has hostPath.path " +
         quoted(volume.host_path.value);
}

// `PersistentVolume "data" has spec.local.path "/run"`.
[[nodiscard]] inline std::string host_path_subject(const PersistentVolume& volume) {
  return "PersistentVolume " + quoted(volume.name) + " has spec." + std::string(volume.type) +
         ".path " + quoted(volume.path.value);
}

// The two kinds of PersistentVolume that are a path of a node.
[[nodiscard]] inline bool is_on_host(const PersistentVolume& volume) noexcept {
  return volume.path.written() && (volume.type == "hostPath" || volume.type == "local");
}

}  // namespace kaudit
