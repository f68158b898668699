#include "core/host_path.h"

#include <gtest/gtest.h>

#include "core/host_path_table.h"

namespace kaudit {
namespace {

TEST(HostPath, IsCleanedAsItTakesEffect) {
  const struct {
    std::string_view written, text;
  } kTable[] = {
      {"/run/docker.sock", "/run/docker.sock"},
      {"/var/run/docker.sock", "/run/docker.sock"},
      {"//var/run/docker.sock", "/run/docker.sock"},
      {"/var//run///docker.sock", "/run/docker.sock"},
      {"/var/run/./docker.sock", "/run/docker.sock"},
      {"/var/lib/../run/docker.sock", "/run/docker.sock"},
      {"/../../var/run/docker.sock/", "/run/docker.sock"},
      {"/var/run/", "/run"},
      {"/var/run", "/run"},
      {"/var/runner", "/var/runner"},
      {"/proc/1/root/run/docker.sock", "/run/docker.sock"},
      {"/proc/1/root/proc/77/root/var/run/docker.sock", "/run/docker.sock"},
      {"/proc/self/root", "/"},
      {"/proc/1/cwd/etc", "/etc"},
      {"/proc/1/rootless", "/proc/1/rootless"},
      {"/proc/x/root/etc", "/proc/x/root/etc"},
      {"/.bottlerocket/rootfs/run", "/run"},
      {"/", "/"},
      {"///", "/"},
      {"/..", "/"},
      {"", ""},
      {".", "."},
      {"./docker.sock", "docker.sock"},
      {"../../docker.sock", "../../docker.sock"},
      {"a/../..", ".."},
      {"~/.ssh/", "~/.ssh"},
      {R"(C:\ProgramData\docker)", "/ProgramData/docker"},
      {"c:", "/"},
      {R"(\\.\pipe\docker_engine)", "/pipe/docker_engine"},
      {"npipe:////./pipe/docker_engine", "/pipe/docker_engine"},
      {"//host/pipe/../../var/run", "/run"},
  };
  for (const auto& row : kTable) EXPECT_EQ(HostPath(row.written).text(), row.text) << row.written;
}

TEST(HostPath, KnowsRuntimeSockets) {
  const struct {
    std::string_view written, runtime;
  } kTable[] = {
      {"/var/run/docker.sock", "Docker"},
      {"/run/containerd/containerd.sock", "containerd"},
      {"/run/k3s/containerd/containerd.sock", "K3s and RKE2"},
      {"/var/snap/microk8s/common/run/containerd.sock", "MicroK8s"},
      {"/run/crio/crio.sock", "CRI-O"},
      {"/run/cri-dockerd.sock", "cri-dockerd"},
      {"/run/user/1000/podman/podman.sock", "rootless Podman"},
      {"/run/user/1000/docker.sock", "rootless Docker"},
      {"/home/alice/.colima/default/docker.sock", "Docker"},
      {"~/.rd/docker.sock", "Docker"},
      {"./docker.sock", "Docker"},
      {"/run/host-containerd/containerd.sock", "Bottlerocket's host containerd"},
      {"/opt/anywhere/cri-o.sock", "CRI-O"},
      {"/var/snap/lxd/common/lxd/unix.socket", "LXD"},
      {R"(\\.\pipe\docker_engine)", "Docker"},
      {R"(\\.\PIPE\Containerd-Containerd)", "containerd"},
      {"npipe:////./pipe/dockerDesktopLinuxEngine", "Docker Desktop"},
      {R"(C:\tmp\DOCKER.SOCK)", "Docker"},
  };
  for (const auto& row : kTable) {
    const HostPathGrade found = grade(HostPath(row.written));
    EXPECT_EQ(found.kind, HostPathKind::runtime_socket) << row.written;
    EXPECT_EQ(found.what, row.runtime) << row.written;
  }
  for (const std::string_view other :
       {"/run/docker.socket", "/run/docker.sock.bak", "/run/mydocker.sock", "/run/DOCKER.SOCK",
        "/data/docker.sock/x", R"(\\.\pipe\csi-proxy)", "/srv/pipe/docker_engine"}) {
    EXPECT_NE(grade(HostPath(other)).kind, HostPathKind::runtime_socket) << other;
  }
}

TEST(HostPath, KnowsDirectoriesAboveRuntimeSockets) {
  for (const std::string_view directory :
       {"/", "/run", "/var/run", "/var", "/run/containerd", "/run/k3s", "/run/k3s/containerd",
        "/run/k0s", "/run/crio", "/run/podman", "/run/user", "/run/user/1000", "/run/docker",
        "/var/snap", "/var/snap/microk8s/common", "/var/lib/incus", "/system", "/proc/1/root",
        "/var/lib/../../"}) {
    EXPECT_EQ(grade(HostPath(directory)).kind, HostPathKind::runtime_directory) << directory;
    EXPECT_NE(sockets_below(HostPath(directory)), "") << directory;
  }
  for (const std::string_view other :
       {"/var/lib", "/run/flannel", "/run/containers", "/etc", "/data", R"(C:\)", "", "run",
        "/var/lib/docker", "/home/alice", "/var/snap2"}) {
    EXPECT_NE(grade(HostPath(other)).kind, HostPathKind::runtime_directory) << other;
  }
  EXPECT_EQ(sockets_below(HostPath("/run/crio")), "CRI-O (/run/crio/crio.sock)");
  EXPECT_EQ(sockets_below(HostPath("/run/host-containerd")),
            "Bottlerocket's host containerd (/run/host-containerd/containerd.sock) and "
            "Bottlerocket's host containerd (/run/host-containerd/host-containerd.sock)");
  EXPECT_TRUE(sockets_below(HostPath("/var"))
                  .starts_with("Docker (/run/docker.sock), containerd "
                               "(/run/containerd/containerd.sock), CRI-O (/run/crio/crio.sock) "
                               "and "));
  EXPECT_EQ(sockets_below(HostPath("/etc")), "");
}

TEST(HostPath, GradesSensitivePlaces) {
  const struct {
    std::string_view written;
    Severity writable, read_only;
    std::string_view why;
  } kTable[] = {
      {R"(C:\)", Severity::critical, Severity::high, "is the whole file system of the host"},
      {"/etc/", Severity::high, Severity::high,
       "holds the host's passwords, keys and start-up configuration"},
      {"/etc/app.conf", Severity::low, Severity::low, "is configuration of the host"},
      {"/etc/kubernetes/pki/ca.key", Severity::critical, Severity::critical,
       "holds the cluster's private keys, administrators' kubeconfigs and static pods"},
      {"/etc/kubernetes/manifests", Severity::critical, Severity::medium,
       "makes the kubelet start any pod, past every admission check"},
      {"/var/lib/etcd/default", Severity::critical, Severity::critical,
       "holds every object of the cluster, Secrets too"},
      {"/var/lib/kubelet", Severity::high, Severity::high,
       "holds the node's credentials and the Secrets and tokens of all its pods"},
      {"/var/lib/kubelet/plugins/csi.sock", Severity::low, Severity::low,
       "leads to the sockets of CSI drivers"},
      {"/run/buildkit/buildkitd.sock", Severity::high, Severity::high,
       "leads to buildkitd's socket, which runs any command"},
      {"/var/run/dbus/system_bus_socket", Severity::high, Severity::high,
       "leads to the system bus, through which systemd takes orders"},
      {"/lib/modules", Severity::high, Severity::low,
       "holds the modules that the host's kernel loads"},
      {"/home/alice/.ssh/id_ed25519", Severity::high, Severity::high, "holds a user's SSH keys"},
      {"/root/.kube", Severity::high, Severity::high, "holds a user's cluster credentials"},
      {R"(C:\Users\alice\.aws)", Severity::high, Severity::high,
       "holds a user's cloud credentials"},
      {R"(c:\etc\kubernetes)", Severity::critical, Severity::critical,
       "holds the cluster's private keys, administrators' kubeconfigs and static pods"},
  };
  for (const auto& row : kTable) {
    const HostPathGrade found = grade(HostPath(row.written));
    EXPECT_EQ(found.kind, HostPathKind::sensitive) << row.written;
    EXPECT_EQ(found.what, row.why) << row.written;
    EXPECT_EQ(found.writable, row.writable) << row.written;
    EXPECT_EQ(found.read_only, row.read_only) << row.written;
  }
  for (const std::string_view harmless :
       {"/data", "/mnt/disks/ssd1", "/etc/localtime", "/etc/ssl/certs", "/home/alice/project",
        "/home/kubernetes/bin/nvidia", "/opt/app", "/var/lib/csi-hostpath-data", "/dev/null", "",
        "etc", "/proc/cpuinfo", "/etcetera"}) {
    EXPECT_EQ(grade(HostPath(harmless)).kind, HostPathKind::ordinary) << harmless;
  }
  const std::string long_path = "/etc/" + std::string(5000, 'x');
  EXPECT_EQ(grade(HostPath(long_path)).kind, HostPathKind::ordinary);
}

TEST(HostPath, KnowsDevices) {
  const struct {
    std::string_view written, what;
    Severity severity;
  } kTable[] = {
      {"/dev/kvm", "hardware virtualisation (KVM)", Severity::low},
      {"/dev/net/tun", "TUN and TAP network interfaces, as a VPN needs", Severity::low},
      {"/dev//fuse", "file systems in user space (FUSE)", Severity::low},
      {"/dev/sda1", "a disk", Severity::high},
      {"/dev/nvme0n1p1", "a disk", Severity::high},
      {"/dev/nvidiactl", "an NVIDIA graphics card", Severity::low},
      {"/dev/nvidia-caps/cap1", "an NVIDIA graphics card", Severity::low},
      {"/dev/ttyUSB0", "a serial port on USB", Severity::low},
      {"/dev/tty0", "a terminal of the host", Severity::medium},
      {"/dev/mem", "the host's memory", Severity::high},
      {"/dev/memory", "one that is not known here", Severity::low},
      {"/dev/bus/usb/001/002", "USB devices", Severity::low},
      {"/dev/mapper/root", "disks", Severity::high},
  };
  for (const auto& row : kTable) {
    const HostPathGrade found = grade(HostPath(row.written));
    EXPECT_EQ(found.kind, HostPathKind::device) << row.written;
    EXPECT_EQ(found.what, row.what) << row.written;
    EXPECT_EQ(found.writable, row.severity) << row.written;
  }
}

TEST(HostPath, FollowsASubPath) {
  EXPECT_EQ(HostPath(HostPath("/"), "run/docker.sock").text(), "/run/docker.sock");
  EXPECT_EQ(HostPath(HostPath("/var"), "run/docker.sock").text(), "/run/docker.sock");
  EXPECT_EQ(HostPath(HostPath("/opt"), "./cni//bin/").text(), "/opt/cni/bin");
  EXPECT_EQ(grade(HostPath(HostPath("/opt"), "cni")).kind, HostPathKind::sensitive);
  EXPECT_EQ(grade(HostPath(HostPath("/data"), "x/docker.sock")).kind, HostPathKind::runtime_socket);
}

TEST(HostPathTable, IsWellFormed) {
  for (const auto& socket : detail::runtime_sockets()) {
    EXPECT_EQ(HostPath(socket.path).text(), socket.path) << "written as it takes effect";
    EXPECT_FALSE(socket.runtime.empty());
  }
  for (const auto& entry : detail::sensitive_paths()) {
    EXPECT_EQ(HostPath(entry.path).text(), entry.path) << "written as it takes effect";
    EXPECT_LE(entry.read_only, entry.writable) << entry.path;
    for (const auto& other : detail::sensitive_paths()) {
      EXPECT_FALSE(&entry != &other && entry.path == other.path && entry.subtree == other.subtree)
          << entry.path << " is listed twice";
    }
  }
  for (const auto& device : detail::device_names()) {
    for (const auto& other : detail::device_names()) {
      EXPECT_FALSE(&device != &other && device.prefix == other.prefix)
          << device.prefix << " is listed twice";
    }
  }
}

}  // namespace
}  // namespace kaudit
