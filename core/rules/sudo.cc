// Reads: command, args and the commands of probes and hooks of every container, shell scripts in
// these included; the commands of a Dockerfile. Refused: sudo.
#include "core/command_words.h"
#include "core/rule.h"
#include "core/rules/build_message.h"
#include "core/rules/message.h"

namespace kaudit {
namespace {

void check_words(const Container& container, CommandWords words, Sink& sink) {
  NodeId reported = kNoNode;
  for (Word word; words.next(word);) {
    if (word.role != Word::Role::program || word.program != "sudo" || word.at == reported) continue;
    reported = word.at;  // once for each script
    sink.report({.at = word.at,
                 .message = subject(container) +
                            " runs sudo, which works only while privilege escalation is "
                            "allowed; it must start as the user that it needs",
                 .container = &container});
  }
}

void check(const Workload& workload, Sink& sink) {
  for (const Container& container : workload.containers) {
    check_words(container, CommandWords(container), sink);
    for (const std::span<const Text> handler : container.handler_commands) {
      check_words(container, CommandWords(handler), sink);
    }
  }
}

void check_build(const Build& build, Sink& sink) {
  for_each_command(build, [&](const BuildCommand& command) {
    CommandWords words = command.words();
    for (Word word; words.next(word);) {
      if (word.role != Word::Role::program || word.program != "sudo") continue;
      sink.report({.at = command.at(word),
                   .message = subject(build, command.stage, command.instruction) +
                              " runs sudo; a USER instruction must say who runs what",
                   .fix = "Write `USER root` before what needs root and `USER 10001` after it"});
      return;  // once for each command
    }
  });
}

constexpr std::string_view kAliases[] = {"hadolint:DL3004", "trivy:DS-0010"};
constexpr std::string_view kReferences[] = {
    "https://docs.docker.com/build/building/best-practices/#user",
    "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/"};

constexpr OnSurface kMore[] = {
    {.surface = Surface::image,
     .remediation = "Leave sudo out of the image.",
     .bad = R"(ADD file:5d68d27cc15a80653c93d3a0b262a28112d47a46326ff5fc2dfbf7fa3b9a0ce8 in /
# expect-next: sudo
RUN /bin/sh -c sudo make install # buildkit
USER 10001
)",
     .good = R"(ADD file:5d68d27cc15a80653c93d3a0b262a28112d47a46326ff5fc2dfbf7fa3b9a0ce8 in /
RUN /bin/sh -c make install # buildkit
USER 10001
)"}};

}  // namespace

extern constinit const Rule rule_sudo = checked({
    .id = "KA5004",
    .slug = "sudo",
    .title = "Container runs sudo",
    .rationale =
        "sudo in an image is a door to root that is open to every process in the container, and "
        "it keeps allowPrivilegeEscalation and setuid files in use.",
    .remediation =
        "Drop sudo, do what needs root while the image is built, and set `runAsUser` to the user "
        "that the program needs.",
    .severity = Severity::low,
    .surfaces = {Surface::kubernetes, Surface::dockerfile, Surface::image},
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
      command:
        - sh
        - -c
        - sudo chown app /data && exec shop  # expect: sudo
)",
    .good = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  securityContext:
    fsGroup: 10001
  containers:
    - name: app
      image: registry.example/shop:1.4.2
      command: [shop]
)",
    .checks = {.workload = check, .build = check_build},
    .more = kMore,
});

}  // namespace kaudit
