// Checks of Compose services, for the rows of rules that Kubernetes has too. One row says one
// thing on every surface; here it is said in Compose's own field names.
//
// Thread-safety: pure functions.
#pragma once

#include "core/rule.h"

namespace kaudit::compose {

// host.cc
void host_network(const Workload& service, Sink& sink);
void host_pid(const Workload& service, Sink& sink);
void host_ipc(const Workload& service, Sink& sink);
void shared_process_namespace(const Workload& service, Sink& sink);
void host_user_namespace(const Workload& service, Sink& sink);
void host_cgroup(const Workload& service, Sink& sink);

// security.cc
void privileged_container(const Workload& service, Sink& sink);
void dangerous_capability(const Workload& service, Sink& sink);
void capabilities_not_dropped(const Workload& service, Sink& sink);
void privilege_escalation(const Workload& service, Sink& sink);
void seccomp_unconfined(const Workload& service, Sink& sink);
void apparmor_unconfined(const Workload& service, Sink& sink);
void selinux_options(const Workload& service, Sink& sink);
void unsafe_sysctl(const Workload& service, Sink& sink);
void writable_root_filesystem(const Workload& service, Sink& sink);
void no_resource_limits(const Workload& service, Sink& sink);

// user.cc
void run_as_root(const Workload& service, Sink& sink);
void may_run_as_root(const Workload& service, Sink& sink);
void root_group(const Workload& service, Sink& sink);

// volumes.cc
void runtime_socket(const Workload& service, Sink& sink);
void sensitive_host_path(const Workload& service, Sink& sink);
void host_device(const Workload& service, Sink& sink);

// secrets.cc
void secret_in_env(const Workload& service, Sink& sink);
void secret_in_build_arg(const Workload& service, Sink& sink);
void secret_in_command(const Workload& service, Sink& sink);
void secret_in_config(const Config& config, Sink& sink);
void secret_in_repository(const Workload& service, Sink& sink);
void secret_in_repository(const Config& secret, Sink& sink);

}  // namespace kaudit::compose
