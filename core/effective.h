// What takes effect for a container after the pod's security context is inherited, as the kubelet
// does it: a field of the container, where written, wins over the pod's.
#pragma once

#include "core/facts.h"

namespace kaudit {

[[nodiscard]] inline const Number& effective_run_as_user(const Workload& workload,
                                                         const Container& container) noexcept {
  return container.security.run_as_user.written() ? container.security.run_as_user
                                                  : workload.pod.run_as_user;
}
[[nodiscard]] inline const Number& effective_run_as_group(const Workload& workload,
                                                          const Container& container) noexcept {
  return container.security.run_as_group.written() ? container.security.run_as_group
                                                   : workload.pod.run_as_group;
}
[[nodiscard]] inline const Flag& effective_run_as_non_root(const Workload& workload,
                                                           const Container& container) noexcept {
  return container.security.run_as_non_root.written() ? container.security.run_as_non_root
                                                      : workload.pod.run_as_non_root;
}

}  // namespace kaudit
