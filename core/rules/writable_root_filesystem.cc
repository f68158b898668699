// Reads: securityContext.readOnlyRootFilesystem of init and app containers; for the message the
// user that takes effect. Allowed: true. Not judged: Windows, which has no such field; ephemeral
// containers, which are there to be written in; a patch that does not name an image.
#include "core/effective.h"
#include "core/rule.h"
#include "core/rules/compose/compose.h"
#include "core/rules/message.h"

namespace kaudit {
namespace {

std::string_view for_its_user(const Workload& workload, const Container& container) {
  const Number& user = effective_run_as_user(workload, container);
  if (user.is(0)) return ", all the more as it runs as root and can replace every program in it";
  if (user.written() || effective_run_as_non_root(workload, container).is(true)) return "";
  return ", all the more as it may run as root, who can replace every program in it";
}

void check(const Workload& workload, Sink& sink) {
  if (workload.windows() || workload.patch) return;
  for (const Container& container : workload.containers) {
    const Flag& read_only = container.security.read_only_root_filesystem;
    if (container.role == Container::Role::ephemeral || read_only.is(true) ||
        read_only.state == Flag::State::unresolved) {
      continue;
    }
    std::string message = subject(container);
    message += read_only.written() ? " sets securityContext.readOnlyRootFilesystem to false"
                                   : " does not set securityContext.readOnlyRootFilesystem";
    message += "; it must be true";
    message += for_its_user(workload, container);
    sink.report({.at = read_only.at,
                 .message = std::move(message),
                 .fix = "readOnlyRootFilesystem: true",
                 .container = &container,
                 .at_key = !read_only.written()});
  }
}

constexpr std::string_view kAliases[] = {"trivy:KSV-0014", "kube-linter:no-read-only-root-fs",
                                         "checkov:CKV_K8S_22"};
constexpr std::string_view kReferences[] = {
    "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/"};

constexpr OnSurface kMore[] = {
    {.surface = Surface::compose,
     .remediation = "Write `read_only: true`, with `tmpfs: [/tmp]` and volumes for what the "
                    "program writes.",
     .bad = R"(services:
  web:  # expect: writable-root-filesystem
    image: registry.example/shop:1.4.2
)",
     .good = R"(services:
  web:
    image: registry.example/shop:1.4.2
    read_only: true
    tmpfs: [/tmp]
)"}};

}  // namespace

extern constinit const Rule rule_writable_root_filesystem = checked({
    .id = "KA1023",
    .slug = "writable-root-filesystem",
    .title = "Container can write to its root filesystem",
    .rationale =
        "Who breaks into a container usually drops tools into it or replaces its programs; on a "
        "read-only root filesystem neither works.",
    .remediation =
        "Write `readOnlyRootFilesystem: true` in the container's securityContext, and mount an "
        "emptyDir where the program writes (often /tmp).",
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
      securityContext:
        readOnlyRootFilesystem: false  # expect: writable-root-filesystem
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
        readOnlyRootFilesystem: true
      volumeMounts:
        - {name: tmp, mountPath: /tmp}
  volumes:
    - name: tmp
      emptyDir: {}
)",
    .checks = {.workload = check, .compose = compose::writable_root_filesystem},
    .more = kMore,
});

}  // namespace kaudit
