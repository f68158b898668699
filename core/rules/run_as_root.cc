// Reads: securityContext.runAsUser of the pod and of every init, app and ephemeral container; of a
// Dockerfile the last USER of the final stage, or of a stage that it builds on.
// Core: no container runs as uid 0 after it inherits from the pod. Kubernetes' control `runAsUser`
// (restricted, 1.23; from 1.35 on not asked of a pod with hostUsers: false) forbids the same fields
// whoever inherits them: rule pod-default-root reports what no container inherits.
#include <algorithm>

#include "core/build_user.h"
#include "core/built_image.h"
#include "core/effective.h"
#include "core/rules/build_message.h"
#include "core/rules/compose/compose.h"
#include "core/rules/pod_security.h"

namespace kaudit {
namespace {

// `container "app" and container "log" inherit`: the containers that a pod's runAsUser reaches.
std::string inheritors(const Workload& workload) {
  std::string out;
  std::size_t count = 0;
  for (const Container& container : workload.containers) {
    if (container.security.run_as_user.written()) continue;
    if (count++ > 0) out += " and ";
    out += subject(container);
  }
  return out + (count == 1 ? " inherits" : " inherit");
}

// Restricted asks for runAsNonRoot instead: rule may-run-as-root, which leaves the place to this.
void report_built(const Workload& workload, const Container& container, Sink& sink) {
  const BuiltImage& image = *container.built;
  sink.report({.at = container.image.at,
               .message = subject(container) +
                          " runs as root: neither it nor the pod sets securityContext.runAsUser, "
                          "and its image is " +
                          (image.dockerfile.empty() ? "in " + quoted(image.archive)
                                                    : "built from " + quoted(image.dockerfile) +
                                                          " (" + image.said_by + " says so)") +
                          ", where " + image.why_root + "; it must be a uid above 0",
               .fix = "Write `USER 10001` in the Dockerfile, or `runAsUser: 10001`",
               .container = &container,
               .elsewhere = &image.where},
              Severity::high, user_namespace_relaxed(workload, sink) ? kAdvice : kRestricted);
}

void check(const Workload& workload, Sink& sink) {
  Profiles profiles = kCore;
  if (sink.minor() >= 23 && !user_namespace_relaxed(workload, sink)) {
    profiles = profiles | kRestricted;
  }
  const Severity severity = Severity::high;
  const auto inherits = [](const Container& c) { return !c.security.run_as_user.written(); };
  if (workload.pod.run_as_user.is(0) &&
      std::any_of(workload.containers.begin(), workload.containers.end(), inherits)) {
    sink.report({.at = workload.pod.run_as_user.at,
                 .message = "pod sets securityContext.runAsUser to 0, which " +
                            inheritors(workload) + "; it must be a uid above 0",
                 .fix = "runAsUser: 10001"},
                severity, profiles);
  }
  for (const Container& container : workload.containers) {
    if (built_as_root(workload, container)) report_built(workload, container, sink);
    if (!container.security.run_as_user.is(0)) continue;
    sink.report({.at = container.security.run_as_user.at,
                 .message = subject(container) +
                            " sets securityContext.runAsUser to 0; it must be a uid above 0",
                 .fix = "runAsUser: 10001",
                 .container = &container},
                severity, profiles);
  }
}

void check_build(const Build& build, Sink& sink) {
  const Stage* stage = build.final_stage();
  if (stage == nullptr) return;
  const BuildUser user = user_of(build, *stage);
  if (user.kind != BuildUser::Kind::root) return;
  Note note{.at = user.at,
            .message = subject(build, *stage) + " runs as root: " + why_root(user) +
                       (user.user.written() ? "; it must be a uid above 0"
                                            : "; it must have a USER with a uid above 0"),
            .fix = "USER 10001"};
  if (user.at < stage->at) note.related = stage->at;  // inherited from an earlier stage
  sink.report(std::move(note), Severity::high, kCore);
}

constexpr std::string_view kAliases[] = {"psa:runAsUser", "cis:5.2.7", "trivy:KSV-0105",
                                         "hadolint:DL3002", "trivy:DS-0002"};
constexpr std::string_view kReferences[] = {
    kPodSecurityStandards,
    "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/"};

constexpr OnSurface kMore[] = {
    {.surface = Surface::compose,
     .remediation = "Write `user: \"10001:10001\"`.",
     .bad = R"(services:
  web:
    image: registry.example/shop:1.4.2
    user: root  # expect: run-as-root
)",
     .good = R"(services:
  web:
    image: registry.example/shop:1.4.2
    user: "10001:10001"
)"},
    {.surface = Surface::image,
     .remediation = "Write `USER 10001` at the end of the Dockerfile.",
     .bad = R"(# expect-next: run-as-root
ADD file:5d68d27cc15a80653c93d3a0b262a28112d47a46326ff5fc2dfbf7fa3b9a0ce8 in /
CMD ["/app"]
)",
     .good = R"(ADD file:5d68d27cc15a80653c93d3a0b262a28112d47a46326ff5fc2dfbf7fa3b9a0ce8 in /
USER 10001
CMD ["/app"]
)"}};

}  // namespace

extern constinit const Rule rule_run_as_root = checked({
    .id = "KA1006",
    .slug = "run-as-root",
    .title = "Container runs as root",
    .rationale =
        "Root in a container is root for the kernel unless the pod has a user namespace: every "
        "flaw "
        "in the kernel, the runtime or a mounted path is then open to whoever takes over the "
        "process.",
    .remediation = "Write `runAsUser: 10001` (any uid above 0 that the image's files allow) and "
                   "`runAsNonRoot: true`.",
    .severity = Severity::high,
    .profiles = kCore | kRestricted,
    .surfaces = {Surface::kubernetes, Surface::compose, Surface::dockerfile, Surface::image},
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
        runAsUser: 0  # expect: run-as-root
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
        runAsUser: 10001
        runAsNonRoot: true
)",
    .checks = {.workload = check, .build = check_build, .compose = compose::run_as_root},
    .more = kMore,
});

}  // namespace kaudit
