// How the containers of a workload use one of its volumes; shared by the rules on host paths.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/facts.h"
#include "core/rules/message.h"

namespace kaudit {

// The mounts of a workload's hostPath volumes, by volume. Made for the first volume that asks, in
// time linear in volumes and mounts (but for a sort by name): a hostile pod has many of both.
// Ownership: views the facts.
class HostPathMounts {
 public:
  struct Use {
    const Volume* volume;
    const Container* container;
    const Mount* mount;
  };

  explicit HostPathMounts(const Workload& workload) noexcept : workload_(workload) {}

  // Of a volume, in the order written. Kubernetes refuses a name given twice: the first has them.
  [[nodiscard]] std::span<const Use> of(const Volume& volume) {
    if (!made_) make();
    const auto [from, to] = std::ranges::equal_range(uses_, volume.name.value, {}, name_of_use);
    if (from == to || from->volume != &volume) return {};
    return {from, to};
  }

 private:
  static std::string_view name_of_use(const Use& use) noexcept { return use.volume->name.value; }

  void make() {
    made_ = true;
    std::vector<const Volume*> volumes;
    for (const Volume& volume : workload_.volumes) {
      if (volume.host_path.written() && volume.name.written()) volumes.push_back(&volume);
    }
    const auto name = [](const Volume* volume) { return volume->name.value; };
    std::ranges::stable_sort(volumes, {}, name);
    for (const Container& container : workload_.containers) {
      for (const Mount& mount : container.mounts) {
        if (!mount.volume.written()) continue;
        const auto found = std::ranges::lower_bound(volumes, mount.volume.value, {}, name);
        if (found == volumes.end() || name(*found) != mount.volume.value) continue;
        uses_.push_back({*found, &container, &mount});
      }
    }
    std::ranges::stable_sort(uses_, {}, name_of_use);
  }

  const Workload& workload_;
  bool made_ = false;
  std::vector<Use> uses_;  // by name of the volume, then as written
};

struct VolumeUse {
  const Container* container = nullptr;  // of the first mount; null: none mounts it
  const Mount* mount = nullptr;
  std::size_t mounts = 0;
  bool read_only = false;  // mounted, and nowhere writable
};

[[nodiscard]] inline VolumeUse summary_of(std::span<const HostPathMounts::Use> uses) noexcept {
  if (uses.empty()) return {};
  const auto read_only = [](const auto& use) { return use.mount->read_only.is(true); };
  return {uses.front().container, uses.front().mount, uses.size(),
          std::ranges::all_of(uses, read_only)};
}

// `volume "docker" has hostPath.path "/run/docker.sock"`.
[[nodiscard]] inline std::string host_path_subject(const Volume& volume) {
  return "volume " + quoted(volume.name.value) + " has hostPath.path " +
         quoted(volume.host_path.value);
}

// `PersistentVolume "data" has spec.local.path "/run"`.
[[nodiscard]] inline std::string host_path_subject(const PersistentVolume& volume) {
  return "PersistentVolume " + quoted(volume.name) + " has spec." + shown(volume.type) + ".path " +
         quoted(volume.path.value);
}

// The two kinds of PersistentVolume that are a path of a node.
[[nodiscard]] inline bool is_on_host(const PersistentVolume& volume) noexcept {
  return volume.path.written() && (volume.type == "hostPath" || volume.type == "local");
}

}  // namespace kaudit
