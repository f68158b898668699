#include <algorithm>
#include <array>
#include <vector>

#include "core/rules/capabilities.h"
#include "core/rules/compose/compose.h"
#include "core/rules/message.h"
#include "core/rules/privileged_need.h"

namespace kaudit::compose {
namespace {

// A service of another file that this one only changes: what it does not say stands there.
bool is_whole(const Workload& service) noexcept { return !service.patch; }

bool drops_all(const Security& security) {
  return std::any_of(security.capabilities_drop.begin(), security.capabilities_drop.end(),
                     [](const Text& name) {
                       return !name.written() || canonical_capability(name.value) == "ALL";
                     });
}

void keep(std::vector<std::string_view>& list, std::string_view name) {
  if (std::find(list.begin(), list.end(), name) == list.end()) list.push_back(name);
}

std::string as_list(std::string_view key, const std::vector<std::string_view>& names) {
  std::string out = '`' + std::string(key) + ": [";
  for (const std::string_view name : names) {
    if (!out.ends_with('[')) out += ", ";
    out += name;
  }
  return out + "]`";
}

// `devices: [/dev/fuse]`, `cap_add: [SYS_ADMIN]`: what covers the needs.
std::string narrower(const std::vector<PrivilegedNeed>& needs) {
  std::vector<std::string_view> devices, capabilities;
  bool gpu = false;
  for (const PrivilegedNeed& need : needs) {
    for (const std::string_view name : need.capabilities) keep(capabilities, name);
    const bool nvidia = need.device.starts_with("/dev/nvidia") || need.shown == "runs nvidia-smi";
    gpu |= nvidia;
    if (!need.device.empty() && !nvidia) keep(devices, need.device);
    // To mount is what FUSE is for.
    if (need.device == "/dev/fuse") keep(capabilities, "SYS_ADMIN");
  }
  std::string out = "Delete `privileged: true`";
  std::string_view separator = " and write ";
  const auto add = [&](std::string_view text) {
    out.append(separator).append(text);
    separator = ", ";
  };
  if (gpu) add("`gpus: all`");
  if (!devices.empty()) add(as_list("devices", devices));
  if (!capabilities.empty()) add(as_list("cap_add", capabilities));
  if (gpu || !devices.empty() || !capabilities.empty()) return out;
  return out + "; what it needs of the host goes under `devices:` or `cap_add:`";
}

}  // namespace

void privileged_container(const Workload& service, Sink& sink) {
  for (const Container& container : service.containers) {
    if (!container.security.privileged.is(true)) continue;
    std::string message =
        subject(container) + " sets privileged to true; it must be false or unset";
    const std::vector<PrivilegedNeed> needs = PrivilegedNeeds(service).of(container);
    for (const PrivilegedNeed& need : needs) message += "; it " + need.shown;
    sink.report({.at = container.security.privileged.at,
                 .message = std::move(message),
                 .fix = narrower(needs),
                 .container = &container});
  }
}

void dangerous_capability(const Workload& service, Sink& sink) {
  for (const Container& container : service.containers) {
    for (const Text& added : container.security.capabilities_add) {
      if (!added.written()) continue;
      const std::string name = canonical_capability(added.value);
      if (is_default_capability(name) || name == "NET_RAW") continue;  // Docker gives these anyway
      sink.report({.at = added.at,
                   .message = subject(container) + " adds capability " + quoted(name) +
                              " in cap_add, which Docker does not give by default" +
                              (name == "ALL" ? ": with all of them it is as good as privileged"
                                             : std::string()),
                   .fix = "Delete `" + name + "` from cap_add",
                   .container = &container});
    }
  }
}

void capabilities_not_dropped(const Workload& service, Sink& sink) {
  for (const Container& container : service.containers) {
    if (!is_whole(service) || drops_all(container.security)) continue;
    sink.report({.at = container.at,
                 .message = subject(container) +
                            " keeps the capabilities that Docker gives by default; cap_drop must "
                            "hold ALL",
                 .fix = "cap_drop: [ALL]",
                 .container = &container,
                 .at_key = true});
  }
}

void privilege_escalation(const Workload& service, Sink& sink) {
  for (const Container& container : service.containers) {
    const Flag& allowed = container.security.allow_privilege_escalation;
    const bool missing = allowed.state == Flag::State::absent && is_whole(service);
    if (!missing && !allowed.is(true)) continue;
    sink.report({.at = missing ? container.at : allowed.at,
                 .message = subject(container) +
                            (missing ? " does not set no-new-privileges; security_opt must hold it"
                                     : " sets no-new-privileges to false; it must be true"),
                 .fix = "security_opt: [\"no-new-privileges:true\"]",
                 .container = &container,
                 .at_key = missing});
  }
}

void seccomp_unconfined(const Workload& service, Sink& sink) {
  for (const Container& container : service.containers) {
    if (!container.security.seccomp.is("unconfined")) continue;
    sink.report({.at = container.security.seccomp.at,
                 .message = subject(container) +
                            " turns seccomp off in security_opt; it must keep Docker's profile or "
                            "name one of its own",
                 .fix = "Delete `seccomp:unconfined`",
                 .container = &container});
  }
}

void apparmor_unconfined(const Workload& service, Sink& sink) {
  for (const Container& container : service.containers) {
    if (!container.security.apparmor.is("unconfined")) continue;
    sink.report({.at = container.security.apparmor.at,
                 .message = subject(container) +
                            " turns AppArmor off in security_opt; it must keep docker-default or "
                            "name a profile of its own",
                 .fix = "Delete `apparmor:unconfined`",
                 .container = &container});
  }
}

void selinux_options(const Workload& service, Sink& sink) {
  constexpr std::array kAllowed = {"container_t", "container_init_t", "container_kvm_t",
                                   "container_engine_t"};
  for (const Container& container : service.containers) {
    const Security& security = container.security;
    const auto report = [&](const Text& field, std::string said, std::string_view fix) {
      sink.report({.at = field.at,
                   .message = subject(container) + std::move(said),
                   .fix = std::string(fix),
                   .container = &container});
    };
    if (security.selinux_type.is("disable")) {
      report(security.selinux_type, " turns SELinux off by label:disable; it must keep its label",
             "Delete `label:disable`; for a shared folder add `:z` to its volume");
    } else if (security.selinux_type.written() &&
               std::find(kAllowed.begin(), kAllowed.end(), security.selinux_type.value) ==
                   kAllowed.end()) {
      report(security.selinux_type,
             " runs as SELinux type " + quoted(security.selinux_type.value) +
                 ", which is no container's; it must be container_t or unset",
             "Delete the line `label:type:…`");
    }
    for (const Text* field : {&security.selinux_user, &security.selinux_role}) {
      if (!field->written()) continue;
      report(*field,
             " sets its SELinux user or role to " + quoted(field->value) + "; it must be unset",
             "Delete the line");
    }
  }
}

void unsafe_sysctl(const Workload& service, Sink& sink) {
  // What Kubernetes' baseline allows; Docker itself lets through all of net.* and IPC's.
  constexpr std::array kSafe = {
      "kernel.shm_rmid_forced",           "net.ipv4.ip_local_port_range",
      "net.ipv4.ip_local_reserved_ports", "net.ipv4.ip_unprivileged_port_start",
      "net.ipv4.ping_group_range",        "net.ipv4.tcp_fin_timeout",
      "net.ipv4.tcp_keepalive_intvl",     "net.ipv4.tcp_keepalive_probes",
      "net.ipv4.tcp_keepalive_time",      "net.ipv4.tcp_rmem",
      "net.ipv4.tcp_syncookies",          "net.ipv4.tcp_wmem"};
  for (const Sysctl& sysctl : service.sysctls) {
    if (!sysctl.name.written() ||
        std::find(kSafe.begin(), kSafe.end(), sysctl.name.value) != kSafe.end()) {
      continue;
    }
    const Container& container = service.containers.front();
    sink.report({.at = sysctl.name.at,
                 .message = subject(container) + " sets sysctl " + quoted(sysctl.name.value) +
                            ", which is not one of those known to be safe",
                 .fix = "Delete `" + shown(sysctl.name.value) + "` from sysctls",
                 .container = &container});
  }
}

void writable_root_filesystem(const Workload& service, Sink& sink) {
  for (const Container& container : service.containers) {
    const Flag& read_only = container.security.read_only_root_filesystem;
    if (!is_whole(service) || read_only.is(true) || read_only.state == Flag::State::unresolved) {
      continue;
    }
    const bool written = read_only.written();
    sink.report({.at = written ? read_only.at : container.at,
                 .message = subject(container) +
                            (written ? " sets read_only to false" : " does not set read_only") +
                            "; it must be true",
                 .fix = "read_only: true, with `tmpfs: [/tmp]` for what it writes",
                 .container = &container,
                 .at_key = !written});
  }
}

void no_resource_limits(const Workload& service, Sink& sink) {
  for (const Container& container : service.containers) {
    const bool memory = container.resources.memory_limit.state != Text::State::absent;
    const bool cpu = container.resources.cpu_limit.state != Text::State::absent;
    if (!is_whole(service) || (memory && cpu)) continue;
    sink.report(
        {.at = container.at,
         .message = subject(container) + (memory ? " has no limit on CPU; cpus must be set"
                                          : cpu  ? " has no limit on memory; mem_limit must be set"
                                                : " has no limits; mem_limit and cpus must be set"),
         .fix = memory ? "cpus: 1.0"
                : cpu  ? "mem_limit: 512m"
                       : "mem_limit: 512m, cpus: 1.0",
         .container = &container,
         .at_key = true});
  }
}

}  // namespace kaudit::compose
