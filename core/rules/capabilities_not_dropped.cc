// Reads: securityContext.capabilities of every init, app and ephemeral container.
// Allowed: drop with the very entry ALL, add with nothing but NET_BIND_SERVICE.
// Kubernetes' control `capabilities_restricted` (restricted, 1.22; from 1.25 on not asked of
// Windows pods). Additions that baseline forbids too are rule dangerous-capability's.
#include <algorithm>

#include "core/rules/capabilities.h"
#include "core/rules/compose/compose.h"
#include "core/rules/pod_security.h"

namespace kaudit {
namespace {

constexpr std::string_view kFix = "capabilities: {drop: [ALL]}";

void check_drop(const Workload& workload, const Container& container, Sink& sink) {
  const std::span<const Text> dropped = container.security.capabilities_drop;
  if (dropped.empty()) {
    if (workload.patch) return;
    sink.report({.at = container.security.at,
                 .message = subject(container) +
                            " does not drop capabilities; securityContext.capabilities.drop must "
                            "contain ALL",
                 .fix = std::string(kFix),
                 .container = &container,
                 .at_key = true});
    return;
  }
  for (const Text& name : dropped) {
    if (!name.written() ? name.state == Text::State::unresolved : name.value == "ALL") return;
  }
  const auto meant = std::find_if(dropped.begin(), dropped.end(), [](const Text& name) {
    return canonical_capability(name.value) == "ALL";
  });
  std::string message = subject(container);
  if (meant != dropped.end()) {
    message += " drops " + quoted(meant->value) +
               " in securityContext.capabilities.drop; it must be spelled ALL";
  } else {
    message += " drops only some capabilities; securityContext.capabilities.drop must contain ALL";
  }
  sink.report({.at = meant != dropped.end() ? meant->at : dropped.front().at,
               .message = std::move(message),
               .fix = std::string(kFix),
               .container = &container});
}

void check(const Workload& workload, Sink& sink) {
  if (windows_exempt(workload, sink)) return;
  for (const Container& container : workload.containers) {
    check_drop(workload, container, sink);
    for (const Text& added : container.security.capabilities_add) {
      if (!added.written() || added.value == "NET_BIND_SERVICE" ||
          !is_default_capability(added.value)) {
        continue;
      }
      sink.report({.at = added.at,
                   .message = subject(container) + " adds " + quoted(added.value) +
                              " in securityContext.capabilities.add; only NET_BIND_SERVICE may be "
                              "added",
                   .fix = "remove " + quoted(added.value) + " from capabilities.add",
                   .container = &container});
    }
  }
}

constexpr std::string_view kAliases[] = {"psa:capabilities_restricted",
                                         "cis:5.2.8",
                                         "trivy:KSV-0106",
                                         "trivy:KSV-0003",
                                         "checkov:CKV_K8S_37",
                                         "kube-linter:drop-net-raw-capability",
                                         "polaris:insecureCapabilities"};
constexpr std::string_view kReferences[] = {
    kPodSecurityStandards, "https://man7.org/linux/man-pages/man7/capabilities.7.html"};

constexpr OnSurface kMore[] = {
    {.surface = Surface::compose,
     .remediation = "Write `cap_drop: [ALL]` and add back what the program needs under "
                    "`cap_add`.",
     .bad = R"(services:
  web:  # expect: capabilities-not-dropped
    image: registry.example/shop:1.4.2
)",
     .good = R"(services:
  web:
    image: registry.example/shop:1.4.2
    cap_drop: [ALL]
    cap_add: [NET_BIND_SERVICE]
)"}};

}  // namespace

extern constinit const Rule rule_capabilities_not_dropped = checked({
    .id = "KA1012",
    .slug = "capabilities-not-dropped",
    .title = "Container keeps capabilities that it was not asked to need",
    .rationale = "Runtimes grant about a dozen capabilities by default, among them forging "
                 "packets, changing "
                 "file owners and bypassing file permissions. Most programs need none of them.",
    .remediation =
        "Write `capabilities: {drop: [ALL]}` and add back `NET_BIND_SERVICE` alone where "
        "the program listens below port 1024.",
    .severity = Severity::medium,
    .profiles = kRestricted,
    .surfaces = {Surface::kubernetes, Surface::compose},
    .since_minor = 22,
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
      securityContext:  # expect: capabilities-not-dropped
        runAsNonRoot: true
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
          add: [NET_BIND_SERVICE]
)",
    .checks = {.workload = check, .compose = compose::capabilities_not_dropped},
    .more = kMore,
});

}  // namespace kaudit
