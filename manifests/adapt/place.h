// Gives every field of a fact the place it has while it is not written: the enclosing value.
#pragma once

#include "core/facts.h"

namespace kaudit {

template <class... Fields>
void place_all(NodeId at, Fields&... fields) noexcept {
  ((fields.at = at), ...);
}

inline void place(Security& security, NodeId at) noexcept {
  place_all(at, security, security.privileged, security.allow_privilege_escalation,
            security.read_only_root_filesystem, security.run_as_non_root, security.run_as_user,
            security.run_as_group, security.user_name, security.seccomp, security.apparmor,
            security.proc_mount, security.selinux_type, security.selinux_user,
            security.selinux_role, security.host_process);
}

inline void place(Resources& resources, NodeId at) noexcept {
  place_all(at, resources, resources.cpu_request, resources.cpu_limit, resources.memory_request,
            resources.memory_limit);
}

inline void place(Container& container, NodeId at) noexcept {
  place_all(at, container, container.name, container.image, container.image_pull_policy,
            container.restart_policy, container.healthcheck);
  place(container.security, at);
  place(container.resources, at);
}

inline void place(Volume& volume, NodeId at) noexcept {
  place_all(at, volume, volume.name, volume.host_path, volume.host_path_type, volume.claim,
            volume.image);
}

inline void place(Workload& workload, NodeId spec) noexcept {
  workload.spec_at = spec;
  place(workload.pod, spec);
  place_all(spec, workload.host_network, workload.host_pid, workload.host_ipc, workload.host_users,
            workload.share_process_namespace, workload.automount_token, workload.service_account,
            workload.os_name, workload.replicas, workload.runtime_class, workload.restart_policy,
            workload.fs_group);
}

}  // namespace kaudit
