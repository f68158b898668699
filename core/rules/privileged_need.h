// What a privileged container seems to need, as far as its spec shows it, and what grants just
// that: devices, capabilities, commands, well-known images. For messages only: never a verdict.
//
// Ownership: a PrivilegedNeed views the facts. Thread-safety: const data.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/facts.h"

namespace kaudit {

struct PrivilegedNeed {
  std::string shown;    // "mounts /dev/fuse": what the spec shows, a verb first
  std::string instead;  // "request the device through a device plugin": what to do, a verb first
  std::vector<std::string_view> capabilities;  // that cover it
  std::string_view resource;                   // extended resource that covers it, if well known
  std::string device = {};                     // of the host that covers it, if one is known
};

class PrivilegedNeeds {
 public:
  // hostPath volumes by name.
  using Volumes = std::map<std::string_view, const Volume*>;

  explicit PrivilegedNeeds(const Workload& workload);
  // The strongest evidence first, at most three, none twice.
  [[nodiscard]] std::vector<PrivilegedNeed> of(const Container& container) const;

 private:
  const Workload& workload_;
  Volumes volumes_;
};

}  // namespace kaudit
