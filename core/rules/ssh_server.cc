// Reads: command, args, ports and image of every container; EXPOSE, CMD and ENTRYPOINT of a
// Dockerfile's final stage. Refused: sshd and dropbear, the service
// ssh, a port 22 or one named ssh, images that are an SSH server. One finding for each container,
// at the plainest of these.
#include <algorithm>

#include "core/command_words.h"
#include "core/rule.h"
#include "core/rules/build_message.h"
#include "core/rules/message.h"

namespace kaudit {
namespace {

constexpr std::int64_t kSshPort = 22;
constexpr std::string_view kImages[] = {"dropbear", "openssh-server", "ssh-server", "sshd"};

bool starts_server(const Word& word) noexcept {
  if (word.role == Word::Role::program) {
    return word.program == "sshd" || word.program == "dropbear" ||
           word.text.starts_with("/etc/init.d/ssh");
  }
  return (word.program == "service" || word.program == "rc-service" ||
          word.program == "systemctl") &&
         (word.text == "ssh" || word.text == "sshd" || word.text == "ssh.service" ||
          word.text == "sshd.service");
}

NodeId command_of(CommandWords words) noexcept {
  for (Word word; words.next(word);) {
    if (starts_server(word)) return word.at;
  }
  return kNoNode;
}

NodeId command_of(const Container& container) noexcept {
  NodeId found = command_of(CommandWords(container));
  for (const std::span<const Text> handler : container.handler_commands) {
    if (found == kNoNode) found = command_of(CommandWords(handler));
  }
  return found;
}

const Port* port_of(const Container& container) noexcept {
  for (const Port& port : container.ports) {
    if (port.protocol.written() && port.protocol.value != "TCP") continue;
    if (port.container.is(kSshPort) || port.name.is("ssh") || port.name.is("sshd")) return &port;
  }
  return nullptr;
}

bool is_server_image(const Container& container) noexcept {
  const std::string_view name = container.image.ref.name();
  return std::find(std::begin(kImages), std::end(kImages), name) != std::end(kImages);
}

void check(const Workload& workload, Sink& sink) {
  for (const Container& container : workload.containers) {
    NodeId at = command_of(container);
    std::string what;
    if (at != kNoNode) {
      what = " starts an SSH server";
    } else if (const Port* port = port_of(container)) {
      at = port->container.at;
      what = " listens for SSH on port " + std::to_string(port->container.value_or(kSshPort));
    } else if (is_server_image(container)) {
      at = container.image.at;
      what = " uses the image of an SSH server, " + quoted(container.image.value);
    } else {
      continue;
    }
    sink.report({.at = at,
                 .message = subject(container) + what +
                            (workload.surface == Surface::compose
                                 ? "; it must not, as docker compose exec gives a shell"
                                 : "; it must not, as kubectl exec and kubectl debug give a shell"),
                 .container = &container});
  }
}

constexpr std::string_view kAliases[] = {"kube-linter:ssh-port", "trivy:DS-0004"};
bool is_ssh_port(std::string_view port) noexcept {
  return port == "22" || port == "22/tcp" || port == "22/TCP";
}

void check_build(const Build& build, Sink& sink) {
  const Stage* final_stage = build.final_stage();
  if (final_stage == nullptr) return;
  for_each_instruction(build, [&](const Stage& stage, const Instruction& instruction) {
    if (&stage != final_stage || instruction.op != Op::expose) return;
    for (const Text& port : instruction.words) {
      if (!port.written() || !is_ssh_port(port.value)) continue;
      sink.report({.at = port.at,
                   .message = "EXPOSE opens port 22 for SSH; the image must not hold an SSH "
                              "server, as docker exec and kubectl exec give a shell",
                   .fix = "Delete the port and the SSH server"});
    }
  });
  for_each_command(build, [&](const BuildCommand& command) {
    const Op op = command.instruction.op;
    if (&command.stage != final_stage || (op != Op::cmd && op != Op::entrypoint)) return;
    CommandWords words = command.words();
    for (Word word; words.next(word);) {
      if (!starts_server(word)) continue;
      sink.report({.at = command.at(word),
                   .message = subject(build, command.stage, command.instruction) +
                              " starts an SSH server; it must not, as docker exec and kubectl "
                              "exec give a shell",
                   .fix = "Start the program alone"});
      return;
    }
  });
}

constexpr std::string_view kReferences[] = {
    "https://kubernetes.io/docs/tasks/debug/debug-application/get-shell-running-container/"};

constexpr OnSurface kMore[] = {
    {.surface = Surface::compose,
     .remediation = "Delete it; `docker compose exec` gives a shell without it.",
     .bad = R"(services:
  web:
    image: registry.example/shop:1.4.2
    command: [/usr/sbin/sshd, -D]  # expect: ssh-server
)",
     .good = R"(services:
  web:
    image: registry.example/shop:1.4.2
    command: [/shop]
)"},
    {.surface = Surface::image,
     .remediation = "Delete it; `docker exec` or `kubectl exec` gives a shell where one is needed.",
     .bad = R"(ADD file:5d68d27cc15a80653c93d3a0b262a28112d47a46326ff5fc2dfbf7fa3b9a0ce8 in /
# expect-next: ssh-server
EXPOSE map[22/tcp:{}]
USER 10001
)",
     .good = R"(ADD file:5d68d27cc15a80653c93d3a0b262a28112d47a46326ff5fc2dfbf7fa3b9a0ce8 in /
EXPOSE map[8080/tcp:{}]
USER 10001
)"}};

}  // namespace

extern constinit const Rule rule_ssh_server = checked({
    .id = "KA5005",
    .slug = "ssh-server",
    .title = "Container runs an SSH server",
    .rationale =
        "An SSH server in a container is a second way in, with keys and passwords of its own, "
        "past the cluster's authentication, authorization and audit log.",
    .remediation =
        "Remove the SSH server and its port; for a shell use `kubectl exec` or `kubectl debug`.",
    .severity = Severity::medium,
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
      ports:
        - containerPort: 22  # expect: ssh-server
)",
    .good = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  containers:
    - name: app
      image: registry.example/shop:1.4.2
      ports:
        - containerPort: 8443
)",
    .checks = {.workload = check, .build = check_build, .compose = check},
    .more = kMore,
});

}  // namespace kaudit
