// Names of Linux capabilities as Kubernetes writes them: upper case, without CAP_.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace kaudit {

// What Pod Security baseline lets a container add: what runtimes give by default, without NET_RAW.
inline constexpr std::string_view kDefaultCapabilities[] = {
    "AUDIT_WRITE",      "CHOWN",   "DAC_OVERRIDE", "FOWNER",  "FSETID", "KILL",      "MKNOD",
    "NET_BIND_SERVICE", "SETFCAP", "SETGID",       "SETPCAP", "SETUID", "SYS_CHROOT"};

[[nodiscard]] constexpr bool is_default_capability(std::string_view name) noexcept {
  return std::binary_search(std::begin(kDefaultCapabilities), std::end(kDefaultCapabilities), name);
}

// `cap_net_admin` -> `NET_ADMIN`: what the writer meant; Kubernetes itself compares exactly.
[[nodiscard]] inline std::string canonical_capability(std::string_view written) {
  std::string out(written);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  if (out.starts_with("CAP_")) out.erase(0, 4);
  return out;
}

}  // namespace kaudit
