// Reads: securityContext.capabilities.add of every init, app and ephemeral container.
// Allowed: the thirteen names of kDefaultCapabilities, spelled exactly so.
// Kubernetes' control `capabilities_baseline` (baseline, 1.0). From 1.22 on restricted asks for
// more (rule capabilities-not-dropped); from 1.25 on it asks nothing of a Windows pod.
#include <algorithm>

#include "core/rules/capabilities.h"
#include "core/rules/compose/compose.h"
#include "core/rules/pod_security.h"

namespace kaudit {
namespace {

// What a capability lets its holder do (capabilities(7)), and how bad that is.
struct Power {
  std::string_view name;
  std::string_view what;
  Severity severity;
};
constexpr Power kPowers[] = {
    {"ALL", "do whatever root may do", Severity::critical},
    {"AUDIT_CONTROL", "change the node's audit rules", Severity::high},
    {"AUDIT_READ", "read the node's audit log", Severity::medium},
    {"BLOCK_SUSPEND", "keep the node from suspending", Severity::medium},
    {"BPF", "load programs into the kernel", Severity::high},
    {"CHECKPOINT_RESTORE", "restore processes with chosen ids", Severity::medium},
    {"DAC_READ_SEARCH", "read any file and open files of the node by handle", Severity::critical},
    {"IPC_LOCK", "lock any amount of memory", Severity::medium},
    {"IPC_OWNER", "use any shared memory regardless of its owner", Severity::medium},
    {"LEASE", "take leases on any file", Severity::medium},
    {"LINUX_IMMUTABLE", "change immutable files", Severity::medium},
    {"MAC_ADMIN", "change mandatory access control", Severity::high},
    {"MAC_OVERRIDE", "bypass mandatory access control", Severity::high},
    {"NET_ADMIN", "reconfigure interfaces, routes and firewalls", Severity::high},
    {"NET_BROADCAST", "broadcast on the network", Severity::medium},
    {"NET_RAW", "forge packets and listen to those of others", Severity::medium},
    {"PERFMON", "observe the whole kernel", Severity::high},
    {"SYSLOG", "read the kernel's log and addresses", Severity::high},
    {"SYS_ADMIN", "mount file systems and administer the kernel", Severity::critical},
    {"SYS_BOOT", "reboot the node and load another kernel", Severity::critical},
    {"SYS_MODULE", "load modules into the node's kernel", Severity::critical},
    {"SYS_NICE", "raise the priority of any process", Severity::medium},
    {"SYS_PACCT", "switch process accounting", Severity::medium},
    {"SYS_PTRACE", "trace processes and read their memory", Severity::high},
    {"SYS_RAWIO", "write to the node's hardware and memory", Severity::critical},
    {"SYS_RESOURCE", "exceed limits and quotas", Severity::medium},
    {"SYS_TIME", "set the node's clock", Severity::high},
    {"SYS_TTY_CONFIG", "configure the node's terminals", Severity::medium},
    {"WAKE_ALARM", "wake the node", Severity::medium},
};
static_assert(std::is_sorted(std::begin(kPowers), std::end(kPowers),
                             [](const Power& a, const Power& b) { return a.name < b.name; }));

const Power* power_of(std::string_view name) noexcept {
  const auto* found =
      std::lower_bound(std::begin(kPowers), std::end(kPowers), name,
                       [](const Power& p, std::string_view n) { return p.name < n; });
  return found != std::end(kPowers) && found->name == name ? found : nullptr;
}

void report(const Workload& workload, const Container& container, const Text& added, Sink& sink) {
  std::string message =
      subject(container) + " adds " + quoted(added.value) + " in securityContext.capabilities.add";
  std::string fix = "remove " + quoted(added.value) + " from capabilities.add";
  Severity severity = Severity::high;
  const std::string spelled = canonical_capability(added.value);
  if (const Power* power = power_of(spelled)) {
    message += ", which lets it ";
    message += power->what;
    severity = power->severity;
  } else if (is_default_capability(spelled)) {
    message += ", which Kubernetes spells " + spelled;
    fix = "add: [" + spelled + "]";
    severity = Severity::low;
  } else {
    message += ", a capability that is not known";
  }
  message += "; only the runtime's default capabilities may be added";
  const bool restricted = sink.minor() < 22 || !windows_exempt(workload, sink);
  sink.report({.at = added.at,
               .message = std::move(message),
               .fix = std::move(fix),
               .container = &container},
              severity, restricted ? kBaselineUp : kBaseline);
}

void check(const Workload& workload, Sink& sink) {
  for (const Container& container : workload.containers) {
    for (const Text& added : container.security.capabilities_add) {
      if (added.written() && !is_default_capability(added.value)) {
        report(workload, container, added, sink);
      }
    }
  }
}

constexpr std::string_view kAliases[] = {"psa:capabilities_baseline",
                                         "psa:capabilities_restricted.add", "trivy:KSV-0022",
                                         "checkov:CKV_K8S_25", "polaris:dangerousCapabilities"};
constexpr std::string_view kReferences[] = {
    kPodSecurityStandards, "https://man7.org/linux/man-pages/man7/capabilities.7.html"};

constexpr OnSurface kMore[] = {{.surface = Surface::compose,
                                .remediation = "Delete the capability from `cap_add`.",
                                .bad = R"(services:
  web:
    image: registry.example/shop:1.4.2
    cap_add:
      - SYS_ADMIN  # expect: dangerous-capability
)",
                                .good = R"(services:
  web:
    image: registry.example/shop:1.4.2
    cap_add: [NET_BIND_SERVICE]
)"}};

}  // namespace

extern constinit const Rule rule_dangerous_capability = checked({
    .id = "KA1011",
    .slug = "dangerous-capability",
    .title = "Container adds a capability beyond the runtime's default",
    .rationale =
        "A capability is a part of root's power. Those beyond the runtime's default set reach the "
        "node's kernel, its network or the memory of other processes.",
    .remediation = "Remove the capability, or keep only one of the default set, such as "
                   "`add: [NET_BIND_SERVICE]`.",
    .severity = Severity::high,
    .profiles = kBaselineUp,
    .surfaces = {Surface::kubernetes, Surface::compose},
    .aliases = kAliases,
    .references = kReferences,
    .bad = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  containers:
    - name: app
      image: registry.example/shop:1.4.2
      securityContext:
        capabilities:
          drop: [ALL]
          add:
            - NET_ADMIN  # expect: dangerous-capability
)",
    .good = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  containers:
    - name: app
      image: registry.example/shop:1.4.2
      securityContext:
        capabilities:
          drop: [ALL]
          add:
            - NET_BIND_SERVICE
)",
    .checks = {.workload = check, .compose = compose::dangerous_capability},
    .more = kMore,
});

}  // namespace kaudit
