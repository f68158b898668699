// Reads: securityContext.privileged of every init, app and ephemeral container; RUN --security of a
// Dockerfile.
// Allowed: unset, false. Kubernetes' control `privileged` (baseline, 1.0).
// For the message: what the container seems to need it for (privileged_need.h).
#include <algorithm>
#include <optional>

#include "core/rule.h"
#include "core/rules/build_message.h"
#include "core/rules/compose/compose.h"
#include "core/rules/message.h"
#include "core/rules/privileged_need.h"

namespace kaudit {
namespace {

std::string message(const Container& container, const std::vector<PrivilegedNeed>& needs) {
  std::string out =
      subject(container) + " sets securityContext.privileged to true; it must be false or unset";
  for (const PrivilegedNeed& need : needs) out += "; it " + need.shown + ": " + need.instead;
  return out;
}

// `privileged: false, capabilities: {drop: [ALL], add: [NET_ADMIN]}`: what covers the needs.
std::string fix(const std::vector<PrivilegedNeed>& needs) {
  std::vector<std::string_view> capabilities, resources;
  const auto keep = [](std::vector<std::string_view>& list, std::string_view name) {
    if (std::find(list.begin(), list.end(), name) == list.end()) list.push_back(name);
  };
  for (const PrivilegedNeed& need : needs) {
    for (const std::string_view name : need.capabilities) keep(capabilities, name);
    if (!need.resource.empty()) keep(resources, need.resource);
  }
  std::string out = "privileged: false";
  for (std::size_t n = 0; n < capabilities.size(); ++n) {
    out += n == 0 ? ", capabilities: {drop: [ALL], add: [" : ", ";
    out += shown(capabilities[n]);
  }
  if (!capabilities.empty()) out += "]}";
  for (std::size_t n = 0; n < resources.size(); ++n) {
    out += n == 0 ? ", resources: {limits: {" : ", ";
    out += resources[n];
    out += ": 1";
  }
  if (!resources.empty()) out += "}}";
  return out;
}

void check(const Workload& workload, Sink& sink) {
  std::optional<PrivilegedNeeds> all_needs;  // made when the first privileged container asks
  for (const Container& container : workload.containers) {
    if (!container.security.privileged.is(true)) continue;
    if (!all_needs) all_needs.emplace(workload);
    const std::vector<PrivilegedNeed> needs = all_needs->of(container);
    sink.report({.at = container.security.privileged.at,
                 .message = message(container, needs),
                 .fix = fix(needs),
                 .container = &container});
  }
}

void check_build(const Build& build, Sink& sink) {
  for_each_instruction(build, [&](const Stage& stage, const Instruction& instruction) {
    const BuildFlag* security = instruction.op == Op::run ? instruction.flag("security") : nullptr;
    if (security == nullptr || !security->value.is("insecure")) return;
    sink.report({.at = security->value.at,
                 .message = subject(build, stage, instruction) +
                            " runs privileged on the machine that builds (--security=insecure); "
                            "it must be sandboxed",
                 .fix = "RUN --security=sandbox"},
                Severity::critical, kCore);
  });
}

constexpr std::string_view kAliases[] = {"psa:privileged",     "cis:5.2.2",
                                         "trivy:KSV-0017",     "kube-linter:privileged-container",
                                         "checkov:CKV_K8S_16", "polaris:runAsPrivileged"};
constexpr std::string_view kReferences[] = {
    "https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline"};

constexpr OnSurface kMore[] = {
    {.surface = Surface::compose,
     .remediation = "Delete `privileged: true` and grant what it needs alone: `cap_add: "
                    "[NET_ADMIN]`, `devices: [/dev/fuse]`.",
     .bad = R"(services:
  web:
    image: registry.example/shop:1.4.2
    privileged: true  # expect: privileged-container
)",
     .good = R"(services:
  web:
    image: registry.example/shop:1.4.2
    cap_drop: [ALL]
    cap_add: [NET_ADMIN]
)"}};

}  // namespace

extern constinit const Rule rule_privileged_container = checked({
    .id = "KA1001",
    .slug = "privileged-container",
    .title = "Container runs privileged",
    .rationale =
        "A privileged container has every capability, all devices of the node and no seccomp or "
        "AppArmor confinement: whoever takes it over owns the node.",
    .remediation = "Write `privileged: false` and grant what it needs alone: a capability under "
                   "`capabilities.add`, a device through a device plugin under `resources.limits`.",
    .severity = Severity::critical,
    .profiles = kCore | kBaseline | kRestricted,
    .surfaces = {Surface::kubernetes, Surface::compose, Surface::dockerfile},
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
        privileged: true  # expect: privileged-container
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
        privileged: false
        capabilities:
          drop: [ALL]
          add: [NET_BIND_SERVICE]
)",
    .checks = {.workload = check, .build = check_build, .compose = compose::privileged_container},
    .more = kMore,
});

}  // namespace kaudit
