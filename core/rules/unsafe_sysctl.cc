// Reads: the pod's securityContext.sysctls[*].name. Allowed: the names of kSafe from the version
// given there on; the spelling with slashes is not among them, as in Kubernetes.
// Kubernetes' control `sysctls` (baseline, 1.0).
#include <algorithm>

#include "core/rules/compose/compose.h"
#include "core/rules/pod_security.h"

namespace kaudit {
namespace {

struct Safe {
  std::string_view name;
  std::uint8_t since_minor;
};
constexpr Safe kSafe[] = {
    {"kernel.shm_rmid_forced", 0},
    {"net.ipv4.ip_local_port_range", 0},
    {"net.ipv4.ip_unprivileged_port_start", 0},
    {"net.ipv4.ping_group_range", 0},
    {"net.ipv4.tcp_syncookies", 0},
    {"net.ipv4.ip_local_reserved_ports", 27},
    {"net.ipv4.tcp_fin_timeout", 29},
    {"net.ipv4.tcp_keepalive_intvl", 29},
    {"net.ipv4.tcp_keepalive_probes", 29},
    {"net.ipv4.tcp_keepalive_time", 29},
    {"net.ipv4.tcp_rmem", 32},
    {"net.ipv4.tcp_wmem", 32},
    {"net.ipv4.tcp_notsent_lowat", 37},
    {"net.ipv4.tcp_slow_start_after_idle", 37},
};

const Safe* find_safe(std::string_view name) noexcept {
  const auto* found = std::find_if(std::begin(kSafe), std::end(kSafe),
                                   [name](const Safe& safe) { return safe.name == name; });
  return found == std::end(kSafe) ? nullptr : found;
}

void report(const Text& name, const Safe* later, Sink& sink) {
  std::string message = "pod sets the sysctl " + quoted(name.value) + " in securityContext.sysctls";
  std::string dotted(name.value);
  std::replace(dotted.begin(), dotted.end(), '/', '.');
  std::string fix = "remove the sysctl " + quoted(name.value);
  if (later != nullptr) {
    message += ", which counts as safe from Kubernetes 1." + std::to_string(later->since_minor) +
               " on, not in 1." + std::to_string(sink.minor());
  } else if (const Safe* meant = find_safe(dotted); meant != nullptr && dotted != name.value) {
    message += ", which Kubernetes compares in its spelling with dots only";
    fix = "name: " + dotted;
  } else {
    message += ", which does not count as safe";
  }
  sink.report({.at = name.at,
               .message = std::move(message) + "; only safe sysctls may be set",
               .fix = std::move(fix),
               .at_key = !name.written()});
}

void check(const Workload& workload, Sink& sink) {
  for (const Sysctl& sysctl : workload.sysctls) {
    if (sysctl.name.state == Text::State::unresolved) continue;
    const Safe* safe = find_safe(sysctl.name.value_or({}));
    if (safe == nullptr || safe->since_minor > sink.minor()) report(sysctl.name, safe, sink);
  }
}

constexpr std::string_view kAliases[] = {"psa:sysctls", "trivy:KSV-0026",
                                         "kube-linter:unsafe-sysctls"};
constexpr std::string_view kReferences[] = {
    kPodSecurityStandards, "https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/"};

constexpr OnSurface kMore[] = {{.surface = Surface::compose,
                                .remediation = "Delete the sysctl.",
                                .bad = R"(services:
  web:
    image: registry.example/shop:1.4.2
    sysctls:
      net.ipv4.conf.all.forwarding: 1  # expect: unsafe-sysctl
)",
                                .good = R"(services:
  web:
    image: registry.example/shop:1.4.2
    sysctls:
      net.ipv4.ip_unprivileged_port_start: 0
)"}};

}  // namespace

extern constinit const Rule rule_unsafe_sysctl = checked({
    .id = "KA1019",
    .slug = "unsafe-sysctl",
    .title = "Pod sets a kernel parameter that is not safe",
    .rationale =
        "A sysctl outside the safe set may switch off a defence of the kernel, or reach other pods "
        "and the node itself.",
    .remediation = "Remove the sysctl, or set it on the nodes that need it; safe are for example "
                   "`net.ipv4.ip_unprivileged_port_start` and `net.ipv4.tcp_keepalive_time`.",
    .severity = Severity::medium,
    .profiles = kBaselineUp,
    .surfaces = {Surface::kubernetes, Surface::compose},
    .aliases = kAliases,
    .references = kReferences,
    .bad = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  securityContext:
    sysctls:
      - name: net.core.somaxconn  # expect: unsafe-sysctl
        value: "4096"
  containers:
    - name: app
      image: registry.example/shop:1.4.2
)",
    .good = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  securityContext:
    sysctls:
      - name: net.ipv4.ip_unprivileged_port_start
        value: "80"
  containers:
    - name: app
      image: registry.example/shop:1.4.2
)",
    .checks = {.workload = check, .compose = compose::unsafe_sysctl},
    .more = kMore,
});

}  // namespace kaudit
