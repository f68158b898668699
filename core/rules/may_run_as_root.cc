// Reads: securityContext.runAsNonRoot and runAsUser of the pod and of every init, app and ephemeral
// container; of a Dockerfile the last USER of the final stage (what is root for certain is
// run-as-root's). Allowed: runAsNonRoot true for each container, its own or the pod's; false
// nowhere. Kubernetes' control `runAsNonRoot` (restricted, 1.0; from 1.35 on not asked of a pod
// with hostUsers: false).
#include "core/build_user.h"
#include "core/built_image.h"
#include "core/effective.h"
#include "core/image_ref.h"
#include "core/rules/build_message.h"
#include "core/rules/compose/compose.h"
#include "core/rules/pod_security.h"

namespace kaudit {
namespace {

void report_false(const Security& security, const Container* container, Sink& sink) {
  sink.report({.at = security.run_as_non_root.at,
               .message = setter(container) +
                          " sets securityContext.runAsNonRoot to false; it must be true",
               .fix = "runAsNonRoot: true",
               .container = container});
}

void report_missing(const Workload& workload, const Container& container, Sink& sink) {
  const Number& user = effective_run_as_user(workload, container);
  // From 1.23 on run-as-root says more about the same container, and breaks the same profile.
  if (user.is(0) && sink.minor() >= 23) return;
  if (built_as_root(workload, container)) return;  // likewise
  Note note{.at = container.security.run_as_non_root.at,
            .message = {},
            .fix = "runAsNonRoot: true",
            .container = &container,
            .at_key = true};
  if (user.written() && user.value != 0) {
    note.message = subject(container) + " runs as uid " + std::to_string(user.value) +
                   ", but neither it nor the pod sets securityContext.runAsNonRoot to true";
    sink.report(std::move(note), Severity::low, kRestricted);
  } else {
    note.message = subject(container) +
                   " may run as root: neither it nor the pod sets securityContext.runAsNonRoot to "
                   "true";
    sink.report(std::move(note));
  }
}

void check(const Workload& workload, Sink& sink) {
  if (user_namespace_relaxed(workload, sink)) return;
  const Flag& pod = workload.pod.run_as_non_root;
  if (pod.is(false)) report_false(workload.pod, nullptr, sink);
  for (const Container& container : workload.containers) {
    const Flag& own = container.security.run_as_non_root;
    if (own.is(false)) {
      report_false(container.security, &container, sink);
    } else if (missing(workload, own) && missing(workload, pod)) {
      report_missing(workload, container, sink);
    }
  }
}

void check_build(const Build& build, Sink& sink) {
  const Stage* stage = build.final_stage();
  if (stage == nullptr || is_windows(build, *stage)) return;
  const std::string who = subject(build, *stage);
  const BuildUser user = user_of(build, *stage);
  if (user.kind == BuildUser::Kind::name) {
    sink.report({.at = user.at,
                 .message = who + " runs as " + quoted(user_part(user.user.value)) +
                            ", a name; Kubernetes' runAsNonRoot accepts a numeric uid only",
                 .fix = "Write the user's uid: `USER 10001`"},
                Severity::info, kAdvice);
    return;
  }
  const bool base_decides = user.user.state == Text::State::absent;
  if (user.kind != BuildUser::Kind::unknown || !base_decides || !user.base.written()) return;
  const ImageRef base = split_image(user.base.value);
  for (const std::string_view part : {base.repository, base.tag}) {
    if (part.find("nonroot") != std::string_view::npos) return;
  }
  sink.report({.at = stage->at,
               .message = who + " may run as root: it has no USER, and which user " +
                          quoted(user.base.value) + " has is not known",
               .fix = "USER 10001"},
              Severity::medium, kAdvice);
}

constexpr std::string_view kAliases[] = {"psa:runAsNonRoot", "trivy:KSV-0012",
                                         "kube-linter:run-as-non-root", "checkov:CKV_K8S_23",
                                         "polaris:runAsRootAllowed"};
constexpr std::string_view kReferences[] = {
    kPodSecurityStandards,
    "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/"};

constexpr OnSurface kMore[] = {{.surface = Surface::compose,
                                .remediation = "Write `user: \"10001:10001\"`.",
                                .bad = R"(services:
  web:  # expect: may-run-as-root
    image: registry.example/shop:1.4.2
)",
                                .good = R"(services:
  web:
    image: registry.example/shop:1.4.2
    user: "10001:10001"
)"}};

}  // namespace

extern constinit const Rule rule_may_run_as_root = checked({
    .id = "KA1007",
    .slug = "may-run-as-root",
    .title = "Nothing keeps the container from running as root",
    .rationale =
        "Most images run as root unless told otherwise. With runAsNonRoot the kubelet refuses to "
        "start a container as uid 0, whatever the image becomes later.",
    .remediation = "Write `runAsNonRoot: true` in the pod's securityContext, and a `runAsUser` "
                   "above 0 where the image's own user is root or a name.",
    .severity = Severity::medium,
    .profiles = kRestricted,
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
      securityContext:  # expect: may-run-as-root
        allowPrivilegeEscalation: false
)",
    .good = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  securityContext:
    runAsNonRoot: true
  containers:
    - name: app
      image: registry.example/shop:1.4.2
      securityContext:
        allowPrivilegeEscalation: false
)",
    .checks = {.workload = check, .build = check_build, .compose = compose::may_run_as_root},
    .more = kMore,
});

}  // namespace kaudit
