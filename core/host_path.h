// What a path on the host means: a container runtime's socket, a directory above one, a device, or
// another place that a container should not reach. Lexical only: no file is ever looked at.
//
// Thread-safety: values and constants. Allocation: none for a path that is written clean.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/rule.h"

namespace kaudit {

// A path as it takes effect: absolute where it was absolute, `/` between the parts, without `//`,
// `.`, `..` and a `/` at the end; /var/run is /run, /proc/1/root is /, a Windows drive is left out.
class HostPath {
 public:
  // `written` must outlive the HostPath.
  explicit HostPath(std::string_view written);
  // The place below `base` that a mount's subPath leads to.
  HostPath(const HostPath& base, std::string_view sub_path);
  HostPath(const HostPath&) = delete;
  HostPath& operator=(const HostPath&) = delete;

  [[nodiscard]] std::string_view text() const noexcept { return text_; }
  // On a Windows drive or a named pipe: names compare without regard to case.
  [[nodiscard]] bool windows() const noexcept { return windows_; }
  // The name of a Windows pipe (`docker_engine`), else empty.
  [[nodiscard]] std::string_view pipe() const noexcept { return pipe_; }

 private:
  void clean(std::string_view written);

  std::string_view text_;
  std::string_view pipe_;
  std::string owned_;  // where the text had to be rebuilt
  bool windows_ = false;
};

enum class HostPathKind : std::uint8_t {
  ordinary,
  runtime_socket,     // `what`: the runtime, "Docker"
  runtime_directory,  // a directory above known sockets: sockets_below() names them
  sensitive,          // `what`: why, "holds the private keys of the cluster"
  device,             // `what`: the device, "a disk"
};

struct HostPathGrade {
  HostPathKind kind = HostPathKind::ordinary;
  std::string_view what;
  Severity writable = Severity::info;
  Severity read_only = Severity::info;  // when no container can write there
};

[[nodiscard]] HostPathGrade grade(const HostPath& path) noexcept;

// `Docker (/run/docker.sock), containerd (/run/containerd/containerd.sock) and 9 more`.
[[nodiscard]] std::string sockets_below(const HostPath& directory);

}  // namespace kaudit
