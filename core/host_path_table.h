// The data behind core/host_path.h: which places of a host are what. Private to host_path.cc.
#pragma once

#include <span>
#include <string_view>

#include "core/rule.h"

namespace kaudit::detail {

// In patterns a part `*` stands for any one part, and a path that begins with `~` is below any
// user's home.

struct RuntimeSocket {
  std::string_view path;
  std::string_view runtime;
  // Found on few hosts: only its own directory counts as leading to it, not every one above.
  bool rare = false;
};

struct RuntimeName {
  std::string_view name;  // of a socket wherever it stands, of a Windows pipe in lower case
  std::string_view runtime;
};

struct SensitivePath {
  std::string_view path;
  bool subtree;  // everything below, too
  Severity writable;
  Severity read_only;
  std::string_view why;  // goes on from "which …"; empty: an exception that is no finding
};

struct DeviceName {
  // How its name below /dev/ begins. What follows is no letter, or anything after a `*`.
  std::string_view prefix;
  Severity severity;
  std::string_view what;  // empty: harmless
};

[[nodiscard]] std::span<const RuntimeSocket> runtime_sockets() noexcept;
[[nodiscard]] std::span<const RuntimeName> runtime_socket_names() noexcept;
[[nodiscard]] std::span<const RuntimeName> runtime_pipes() noexcept;
[[nodiscard]] std::span<const SensitivePath> sensitive_paths() noexcept;
[[nodiscard]] std::span<const DeviceName> device_names() noexcept;

}  // namespace kaudit::detail
