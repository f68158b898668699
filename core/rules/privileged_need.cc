#include "core/rules/privileged_need.h"

#include <algorithm>
#include <set>

#include "core/command_words.h"
#include "core/host_path.h"
#include "core/rules/capabilities.h"
#include "core/shown.h"

namespace kaudit {
namespace {

constexpr std::size_t kMost = 3;
// A script longer than this says no more about why; words are only looked up, so this bounds work.
constexpr std::size_t kMostWords = 20'000;

using Capabilities = std::vector<std::string_view>;

constexpr std::string_view kPlugin = "request the device through a device plugin";
constexpr std::string_view kRootless =
    "build images with a rootless builder, such as BuildKit's rootless image, Buildah or Kaniko";
constexpr std::string_view kOnNode = "do it on the node, in its image or by a system service";
constexpr std::string_view kKeep = "grant the capability alone";

// Device plugins that are the usual way to a device; by how its name below /dev/ begins.
struct Plugin {
  std::string_view prefix;
  std::string_view resource;
};
constexpr Plugin kPlugins[] = {
    {"nvidia", "nvidia.com/gpu"},
    {"dri", "gpu.intel.com/i915"},
    {"kfd", "amd.com/gpu"},
    {"kvm", "devices.kubevirt.io/kvm"},
    {"net/tun", "devices.kubevirt.io/tun"},
    {"vhost-net", "devices.kubevirt.io/vhost-net"},
};

// A program, and what it needs of the kernel.
struct Program {
  std::string_view name;
  std::string_view instead;
  std::string_view capabilities[2];
};
constexpr Program kPrograms[] = {
    {"arping", kKeep, {"NET_RAW", {}}},
    {"bpftool", kKeep, {"BPF", "PERFMON"}},
    {"bpftrace", kKeep, {"BPF", "PERFMON"}},
    {"bridge", kKeep, {"NET_ADMIN", {}}},
    {"buildkitd", kRootless, {}},
    {"chgrp", "let fsGroup of the pod's securityContext do it", {"CHOWN", {}}},
    {"chmod", "let fsGroup of the pod's securityContext do it", {"FOWNER", {}}},
    {"chown", "let fsGroup of the pod's securityContext do it", {"CHOWN", {}}},
    {"chronyd", kKeep, {"SYS_TIME", {}}},
    {"chroot", kOnNode, {}},
    {"conntrack", kKeep, {"NET_ADMIN", {}}},
    {"cryptsetup", "let a CSI driver encrypt the volume", {}},
    {"dockerd", kRootless, {}},
    {"dockerd-entrypoint.sh", kRootless, {}},
    {"fusermount", kPlugin, {}},
    {"fusermount3", kPlugin, {}},
    {"gcsfuse", "let its CSI driver mount the bucket", {}},
    {"gdb", kKeep, {"SYS_PTRACE", {}}},
    {"goofys", "let a CSI driver mount the bucket", {}},
    {"hwclock", kKeep, {"SYS_TIME", {}}},
    {"ifconfig", kKeep, {"NET_ADMIN", {}}},
    {"insmod", "load the module on the node at boot, from /etc/modules-load.d", {}},
    {"ip", kKeep, {"NET_ADMIN", {}}},
    {"ip6tables", kKeep, {"NET_ADMIN", "NET_RAW"}},
    {"ip6tables-restore", kKeep, {"NET_ADMIN", "NET_RAW"}},
    {"ipset", kKeep, {"NET_ADMIN", {}}},
    {"iptables", kKeep, {"NET_ADMIN", "NET_RAW"}},
    {"iptables-legacy", kKeep, {"NET_ADMIN", "NET_RAW"}},
    {"iptables-nft", kKeep, {"NET_ADMIN", "NET_RAW"}},
    {"iptables-restore", kKeep, {"NET_ADMIN", "NET_RAW"}},
    {"ipvsadm", kKeep, {"NET_ADMIN", {}}},
    {"losetup", "use a volumeMode: Block claim as a volumeDevice", {}},
    {"ltrace", kKeep, {"SYS_PTRACE", {}}},
    {"modprobe", "load the module on the node at boot, from /etc/modules-load.d", {}},
    {"mount", "let a volume or a CSI driver mount it", {}},
    {"nft", kKeep, {"NET_ADMIN", {}}},
    {"nsenter", kOnNode, {}},
    {"ntpd", kKeep, {"SYS_TIME", {}}},
    {"nvidia-smi", "request the GPU through its device plugin", {}},
    {"openvpn", kKeep, {"NET_ADMIN", {}}},
    {"perf", kKeep, {"PERFMON", {}}},
    {"ping", kKeep, {"NET_RAW", {}}},
    {"rmmod", kOnNode, {}},
    {"route", kKeep, {"NET_ADMIN", {}}},
    {"s3fs", "let a CSI driver mount the bucket", {}},
    {"sshfs", "let a CSI driver mount it", {}},
    {"strace", kKeep, {"SYS_PTRACE", {}}},
    {"swapoff", kOnNode, {}},
    {"swapon", kOnNode, {}},
    {"tc", kKeep, {"NET_ADMIN", {}}},
    {"tcpdump", kKeep, {"NET_RAW", {}}},
    {"tshark", kKeep, {"NET_RAW", {}}},
    {"ulimit", "raise the limit in the runtime's configuration on the node", {}},
    {"umount", "let a volume or a CSI driver mount it", {}},
    {"wg", kKeep, {"NET_ADMIN", {}}},
    {"wg-quick", kKeep, {"NET_ADMIN", {}}},
};
static_assert(std::is_sorted(std::begin(kPrograms), std::end(kPrograms),
                             [](const Program& a, const Program& b) { return a.name < b.name; }));

// An image that is known for being run privileged, by the end of its repository.
struct KnownImage {
  std::string_view name;
  std::string_view tag_has;  // only tags with this in them
  std::string_view instead;
  std::string_view capabilities[2];
};
constexpr KnownImage kImages[] = {
    {"docker", "dind", kRootless, {}},
    {"buildkit", "", kRootless, {}},
    {"gluetun",
     "",
     "grant the capability and request /dev/net/tun through a device plugin",
     {"NET_ADMIN", {}}},
    {"wireguard", "", kKeep, {"NET_ADMIN", {}}},
    {"tailscale",
     "",
     "run it with TS_USERSPACE=true or grant the capability alone",
     {"NET_ADMIN", {}}},
    {"openvpn", "", kKeep, {"NET_ADMIN", {}}},
    {"flannel", "", kKeep, {"NET_ADMIN", "NET_RAW"}},
    {"metallb", "", kKeep, {"NET_RAW", {}}},
    {"keepalived", "", kKeep, {"NET_ADMIN", "NET_RAW"}},
    {"falco", "", "use its modern eBPF driver with capabilities alone", {"BPF", "PERFMON"}},
    {"node-exporter", "", "it reads readOnly mounts without privileged", {}},
    {"cadvisor", "", "it reads readOnly mounts without privileged", {}},
    {"zigbee2mqtt", "", "request the serial adapter through a device plugin", {}},
    {"home-assistant", "", "request the adapter it talks to through a device plugin", {}},
};

// Programs and images by the device that they are there for; where its name differs from host to
// host, in capitals.
struct Handed {
  std::string_view name, device;
};
constexpr Handed kHanded[] = {
    {"fusermount", "/dev/fuse"},
    {"fusermount3", "/dev/fuse"},
    {"gcsfuse", "/dev/fuse"},
    {"gluetun", "/dev/net/tun"},
    {"goofys", "/dev/fuse"},
    {"home-assistant", "/dev/serial/by-id/ADAPTER"},
    {"openvpn", "/dev/net/tun"},
    {"s3fs", "/dev/fuse"},
    {"sshfs", "/dev/fuse"},
    {"tailscale", "/dev/net/tun"},
    {"zigbee2mqtt", "/dev/serial/by-id/ADAPTER"},
};

std::string_view device_for(std::string_view name) noexcept {
  for (const Handed& row : kHanded) {
    if (row.name == name) return row.device;
  }
  return {};
}

bool has_prefix(std::string_view name, std::string_view prefix) noexcept {
  return name.starts_with(prefix);
}

class Finder {
 public:
  Finder(const Workload& workload, const PrivilegedNeeds::Volumes& volumes,
         const Container& container)
      : workload_(workload), volumes_(volumes), container_(container) {}

  std::vector<PrivilegedNeed> run() && {
    devices();
    resources();
    capabilities();
    propagation();
    commands();
    image();
    if (found_.empty()) namespaces();
    return std::move(found_);
  }

 private:
  [[nodiscard]] bool full() const noexcept { return found_.size() == kMost; }
  void add(PrivilegedNeed need) {
    if (!full() && shown_.insert(need.shown).second) found_.push_back(std::move(need));
  }

  // hostPath volumes at or below /dev that the container mounts.
  void devices() {
    for (const Mount& mount : container_.mounts) {
      if (full()) return;
      const auto volume = volumes_.find(mount.volume.value);
      if (volume == volumes_.end()) continue;
      const HostPath path(volume->second->host_path.value);
      if (path.text() == "/dev") {
        add({"mounts all of /dev",
             "request the one device it uses through a device plugin",
             {},
             {}});
      } else if (path.text().starts_with("/dev/") && !has_prefix(path.text(), "/dev/shm")) {
        add(device(path));
      }
    }
    for (const Device& device : container_.devices) {
      if (full()) return;
      if (!device.path.written()) continue;
      if (container_.role == Container::Role::service) {
        add({"lists " + shown(device.name.value) + " under devices",
             "it is handed in without privileged",
             {},
             {},
             shown(device.name.value)});
        continue;
      }
      add({"has the volumeDevice " + shown(device.path.value),
           "a volumeDevice is handed in without privileged",
           {},
           {}});
    }
  }

  static PrivilegedNeed device(const HostPath& path) {
    PrivilegedNeed need{"mounts " + shown(path.text()), std::string(kPlugin), {}, {}};
    const HostPathGrade found = grade(path);
    if (found.kind == HostPathKind::device && !found.what.empty()) {
      need.shown += ", ";
      need.shown += found.what;
    }
    if (found.what.find("disk") != std::string_view::npos) {
      need.instead = "use a volumeMode: Block claim as a volumeDevice";
    }
    for (const Plugin& plugin : kPlugins) {
      if (has_prefix(path.text().substr(5), plugin.prefix)) need.resource = plugin.resource;
    }
    if (path.text() == "/dev/net/tun") need.capabilities = {"NET_ADMIN"};
    need.device = shown(path.text());
    return need;
  }

  // `nvidia.com/gpu` under resources.
  void resources() {
    for (const Device& device : container_.devices) {
      if (full()) return;
      if (device.path.written() || device.name.value.find('/') == std::string_view::npos) continue;
      add({"requests " + shown(device.name.value),
           "its device plugin hands it in without privileged",
           {},
           {}});
    }
  }

  void capabilities() {
    Capabilities added;
    std::string names;
    for (const Text& name : container_.security.capabilities_add) {
      if (!name.written() || canonical_capability(name.value) == "ALL" || added.size() == 8) {
        continue;
      }
      added.push_back(name.value);
      if (!names.empty()) names += ", ";
      names += shown(name.value);
    }
    if (added.empty()) return;
    const std::string instead =
        added.size() == 1 ? "keep that capability alone" : "keep those capabilities alone";
    add({"adds " + names, instead, std::move(added), {}});
  }

  // Kubernetes refuses it in a container that is not privileged.
  void propagation() {
    const auto both_ways = [](const Mount& m) { return m.propagation.is("Bidirectional"); };
    const auto mount = std::ranges::find_if(container_.mounts, both_ways);
    if (mount == container_.mounts.end()) return;
    add({"mounts " + shown(mount->path.value) + " with mountPropagation Bidirectional",
         "let a CSI driver mount on the node, and use HostToContainer here",
         {},
         {}});
  }

  void commands() {
    CommandWords words(container_);
    Word word;
    for (std::size_t n = 0; n < kMostWords && !full() && words.next(word); ++n) {
      if (word.role == Word::Role::argument && word.program == "sysctl") sysctl(word.text);
      if (word.role == Word::Role::program) program(word.program);
    }
  }

  void program(std::string_view name) {
    const auto* found =
        std::lower_bound(std::begin(kPrograms), std::end(kPrograms), name,
                         [](const Program& p, std::string_view n) { return p.name < n; });
    if (found != std::end(kPrograms) && found->name == name) {
      add(need("runs " + std::string(name), found->instead, found->capabilities, device_for(name)));
    } else if (name.starts_with("mkfs")) {
      add({"runs mkfs", "let a CSI driver format the volume", {}, {}});
    }
  }

  // `sysctl -w vm.max_map_count=262144`.
  void sysctl(std::string_view argument) {
    const std::string_view name = argument.substr(0, argument.find('='));
    const auto plain = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
    };
    if (name.size() == argument.size() || !std::all_of(name.begin(), name.end(), plain)) return;
    if (name.starts_with("net.") || name.starts_with("kernel.shm") ||
        name.starts_with("kernel.msg") || name.starts_with("kernel.sem") ||
        name.starts_with("fs.mqueue.")) {
      add({"sets the sysctl " + shown(name),
           "write it under the pod's securityContext.sysctls",
           {},
           {}});
    } else if (name.starts_with("vm.") || name.starts_with("kernel.") || name.starts_with("fs.")) {
      add({"sets the sysctl " + shown(name) + " of the whole node",
           "set it on the node, from /etc/sysctl.d",
           {},
           {}});
    }
  }

  void image() {
    if (!container_.image.valid()) return;
    const ImageRef& ref = container_.image.ref;
    for (const KnownImage& known : kImages) {
      if (ref.name() != known.name) continue;
      if (ref.tag.find(known.tag_has) == std::string_view::npos) continue;
      std::string shown = "runs the image " + std::string(ref.name());
      if (!known.tag_has.empty()) shown += ":" + std::string(known.tag_has);
      add(need(std::move(shown), known.instead, known.capabilities, device_for(known.name)));
    }
  }

  void namespaces() {
    if (workload_.host_network.is(true)) {
      add({"works on the node's network",
           "grant NET_ADMIN or NET_RAW where it changes or listens to it",
           {},
           {}});
    } else if (workload_.host_pid.is(true)) {
      add({"works on the node's processes", "grant SYS_PTRACE where it inspects them", {}, {}});
    }
  }

  static PrivilegedNeed need(std::string shown, std::string_view instead,
                             const std::string_view (&capabilities)[2], std::string_view device) {
    PrivilegedNeed out{std::move(shown), std::string(instead), {}, {}, std::string(device)};
    for (const std::string_view name : capabilities) {
      if (!name.empty()) out.capabilities.push_back(name);
    }
    if (instead == kKeep) {
      out.instead = "grant " + std::string(capabilities[0]);
      if (!capabilities[1].empty()) out.instead += " and " + std::string(capabilities[1]);
      out.instead += " alone";
    }
    return out;
  }

  const Workload& workload_;
  const PrivilegedNeeds::Volumes& volumes_;
  const Container& container_;
  std::vector<PrivilegedNeed> found_;
  std::set<std::string> shown_;
};

}  // namespace

PrivilegedNeeds::PrivilegedNeeds(const Workload& workload) : workload_(workload) {
  for (const Volume& volume : workload.volumes) {
    if (volume.host_path.written()) volumes_[volume.name.value] = &volume;
  }
}

std::vector<PrivilegedNeed> PrivilegedNeeds::of(const Container& container) const {
  return Finder(workload_, volumes_, container).run();
}

}  // namespace kaudit
