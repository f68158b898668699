// Reads: resources of app containers and sidecars, and of the pod (from 1.32 on).
// Required: a memory limit; for the CPU a limit or a request, as the share that a request secures
// protects the neighbours too, and a limit slows down programs that could run. Not judged: init
// containers that end, ephemeral containers, which cannot have any, patches without image.
#include "core/rule.h"
#include "core/rules/compose/compose.h"
#include "core/rules/message.h"

namespace kaudit {
namespace {

struct Lack {
  std::string_view what, wanted, fix;
};

// One finding for each container, however much it lacks.
Lack lack_of(bool memory, bool cpu) noexcept {
  if (memory && cpu) {
    return {"has no memory limit, and neither a CPU limit nor a CPU request",
            "limits.memory and requests.cpu",
            "resources: {requests: {cpu: 100m}, limits: {memory: 256Mi}}"};
  }
  if (memory)
    return {"has no memory limit", "limits.memory", "resources: {limits: {memory: 256Mi}}"};
  return {"has neither a CPU limit nor a CPU request", "requests.cpu",
          "resources: {requests: {cpu: 100m}}"};
}

bool runs_on(const Container& container) noexcept {
  return container.role == Container::Role::app ||
         (container.role == Container::Role::init && container.restart_policy.is("Always"));
}

bool is_set(const Text& amount) noexcept { return amount.state != Text::State::absent; }

void check(const Workload& workload, Sink& sink) {
  if (workload.patch) return;
  const Value of_pod = workload.document->at(workload.spec_at)["resources"];
  const bool pod_memory = of_pod["limits"]["memory"].set();
  const bool pod_cpu = of_pod["limits"]["cpu"].set() || of_pod["requests"]["cpu"].set();
  for (const Container& container : workload.containers) {
    if (!runs_on(container)) continue;
    const Resources& has = container.resources;
    const bool memory = !pod_memory && !is_set(has.memory_limit);
    const bool cpu = !pod_cpu && !is_set(has.cpu_limit) && !is_set(has.cpu_request);
    if (!memory && !cpu) continue;
    const Lack lack = lack_of(memory, cpu);
    std::string message = subject(container) + ' ';
    message.append(lack.what).append("; its resources must set ").append(lack.wanted);
    sink.report({.at = has.at,
                 .message = std::move(message),
                 .fix = std::string(lack.fix),
                 .container = &container,
                 .at_key = true});
  }
}

constexpr std::string_view kAliases[] = {"trivy:KSV-0011",
                                         "trivy:KSV-0018",
                                         "kube-linter:unset-cpu-requirements",
                                         "kube-linter:unset-memory-requirements",
                                         "checkov:CKV_K8S_11",
                                         "checkov:CKV_K8S_13"};
constexpr std::string_view kReferences[] = {
    "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/"};

constexpr OnSurface kMore[] = {{.surface = Surface::compose,
                                .remediation = "Write `mem_limit: 512m` and `cpus: 1.0`.",
                                .bad = R"(services:
  web:  # expect: no-resource-limits
    image: registry.example/shop:1.4.2
)",
                                .good = R"(services:
  web:
    image: registry.example/shop:1.4.2
    mem_limit: 512m
    cpus: 1.0
)"}};

}  // namespace

extern constinit const Rule rule_no_resource_limits = checked({
    .id = "KA7001",
    .slug = "no-resource-limits",
    .title = "Container may use all memory or CPU of its node",
    .rationale =
        "A program that leaks, or is made to by an attacker, takes its neighbours down with it "
        "where nothing bounds it. A LimitRange in the namespace may do so; a manifest that says it "
        "itself is safe everywhere.",
    .remediation =
        "Write `resources: {requests: {cpu: 100m, memory: 128Mi}, limits: {memory: 256Mi}}` with "
        "amounts that were measured.",
    .severity = Severity::low,
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
      resources:  # expect: no-resource-limits
        requests: {cpu: 100m, memory: 128Mi}
)",
    .good = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  containers:
    - name: app
      image: registry.example/shop:1.4.2
      resources:
        requests: {cpu: 100m, memory: 128Mi}
        limits: {memory: 256Mi}
)",
    .checks = {.workload = check, .compose = compose::no_resource_limits},
    .more = kMore,
});

}  // namespace kaudit
