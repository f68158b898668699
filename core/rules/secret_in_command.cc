// Reads: command, args and the commands of probes and lifecycle hooks of every container, and the
// annotations of every object and pod template; commands, heredocs, LABEL and the sources of ADD in
// a Dockerfile.
// Allowed: no secret in them, neither as `--password VALUE`, `NAME=VALUE`, in a URL nor by shape.
#include <utility>

#include "core/rule.h"
#include "core/rules/build_message.h"
#include "core/rules/compose/compose.h"
#include "core/rules/run_rewrite.h"
#include "core/rules/secret_message.h"
#include "core/secrets.h"

namespace kaudit {
namespace {

constexpr std::string_view kWanted =
    ", where everybody sees it who can read the object or list processes; it must come from a "
    "Secret";

void check_words(const Workload& workload, const Container& container, std::string_view field,
                 std::span<const Text> words, CommandSecrets& scanner, Sink& sink) {
  std::vector<SecretMatch> found;
  for (std::size_t n = 0; n < words.size(); ++n) {
    if (!words[n].written()) continue;
    found.clear();
    scanner.scan(words[n].value, found);
    const SecretMatch match = worst_of(found);
    if (!match.real()) continue;
    sink.report(
        {.at = words[n].at,
         .message = subject(container) + " has " + said_of(match) + " in " + std::string(field) +
                    '[' + std::to_string(n) + ']' + std::string(kWanted),
         .fix = "Write `$(SECRET_VALUE)` in its place and add to env: `{name: "
                "SECRET_VALUE, " +
                secret_key_ref(workload, "value") + "}`",
         .container = &container,
         .secret = true},
        match.grade == SecretGrade::weak ? Severity::high : Severity::critical, kAdvice);
  }
}

void check_annotations(std::span<const Pair> annotations, std::string_view of, Sink& sink) {
  std::vector<SecretMatch> found;
  for (const Pair& annotation : annotations) {
    if (!annotation.value.written()) continue;
    found.clear();
    find_secrets(annotation.value.value, found);
    const SecretMatch match =
        worse_of(worst_of(found), secret_in_value(annotation.name, annotation.value.value));
    if (!match.real()) continue;
    sink.report({.at = annotation.value.at,
                 .message = "annotation " + quoted(annotation.name) + " of the " + std::string(of) +
                            " has " + said_of(match) +
                            ", which everybody sees who can read the object; it must be in a "
                            "Secret",
                 .fix = "Delete the annotation, and change the secret that was exposed",
                 .secret = true},
                match.grade == SecretGrade::weak ? Severity::high : Severity::critical, kAdvice);
  }
}

void check(const Workload& workload, Sink& sink) {
  for (const Container& container : workload.containers) {
    CommandSecrets scanner;
    check_words(workload, container, "command", container.command, scanner, sink);
    check_words(workload, container, "args", container.args, scanner, sink);
    for (const std::span<const Text> words : container.handler_commands) {
      CommandSecrets handler;
      check_words(workload, container, "a probe's or hook's command", words, handler, sink);
    }
  }
  // A Pod's annotations are its object's, which check_object() reads.
  if (workload.kind != "Pod") check_annotations(workload.pod_annotations, "pod template", sink);
}

void check_object(const Object& object, Sink& sink) {
  check_annotations(object.annotations, "object", sink);
}

// `fix`: of a RUN.
void report_in_build(const Build& build, const Stage& stage, const Instruction& instruction,
                     NodeId at, const SecretMatch& match, std::string fix, Sink& sink) {
  const bool used = instruction.op == Op::run;
  sink.report({.at = at,
               .message = subject(build, stage, instruction) + " has " + said_of(match) +
                          ", which stays in the image and its history; it must " +
                          (used ? "be mounted as a secret" : "not be in a Dockerfile"),
               .fix = used ? std::move(fix) : "Delete it, and change the secret that was exposed",
               .secret = true},
              match.grade == SecretGrade::weak ? Severity::high : Severity::critical, kAdvice);
}

void check_script(const Build& build, const Stage& stage, const Instruction& instruction,
                  const Script& script, Sink& sink) {
  std::vector<SecretMatch> found;
  CommandSecrets().scan(script.text, found);
  NodeId last = kNoNode;
  for (std::size_t n = 0; n < found.size(); ++n) {
    if (!found[n].real()) continue;
    const NodeId at = script.at(script.text.substr(found[n].begin));
    if (std::exchange(last, at) == at) continue;
    const bool runs = instruction.op == Op::run;
    report_in_build(build, stage, instruction, at, found[n],
                    runs ? rewritten_run(instruction, script, found, n) : "", sink);
  }
}

void check_build_words(const Build& build, const Stage& stage, const Instruction& instruction,
                       Sink& sink) {
  CommandSecrets scanner;
  std::vector<SecretMatch> found;
  for (const Text& word : instruction.words) {
    found.clear();
    scanner.scan(word.value, found);
    const SecretMatch match = worst_of(found);
    if (!match.real()) continue;
    report_in_build(build, stage, instruction, word.at, match,
                    instruction.op == Op::run ? rewritten_run(instruction) : "", sink);
  }
}

void check_build(const Build& build, Sink& sink) {
  for_each_instruction(build, [&](const Stage& stage, const Instruction& instruction) {
    for (const Heredoc& heredoc : instruction.heredocs) {
      check_script(build, stage, instruction, heredoc.body, sink);
    }
    if (instruction.op == Op::label) {
      std::vector<SecretMatch> found;
      for (const BuildPair& pair : instruction.pairs) {
        found.clear();
        find_secrets(pair.value.value, found);
        found.push_back(secret_in_value(pair.name.value, pair.value.value));
        const SecretMatch match = worst_of(found);
        if (match.real())
          report_in_build(build, stage, instruction, pair.value.at, match, {}, sink);
      }
    } else if (!instruction.script.text.empty()) {
      check_script(build, stage, instruction, instruction.script, sink);
    } else {
      check_build_words(build, stage, instruction, sink);
    }
  });
}

constexpr std::string_view kReferences[] = {
    "https://kubernetes.io/docs/concepts/configuration/secret/",
    "https://kubernetes.io/docs/tasks/inject-data-application/"
    "define-environment-variable-container/"};

constexpr OnSurface kMore[] = {
    {.surface = Surface::compose,
     .remediation = "Let the program read the value from a file under `secrets:`.",
     .bad = R"(services:
  web:
    image: registry.example/shop:1.4.2
    command: [shop, --password, quiet-otter-17]  # expect: secret-in-command
)",
     .good = R"(services:
  web:
    image: registry.example/shop:1.4.2
    command: [shop, --password-file, /run/secrets/db_password]
)"},
    {.surface = Surface::image,
     .remediation = "Mount it instead (`RUN --mount=type=secret,id=NAME …`), build again, and "
                    "change the secret.",
     .bad = R"(ADD file:5d68d27cc15a80653c93d3a0b262a28112d47a46326ff5fc2dfbf7fa3b9a0ce8 in /
# expect-next: secret-in-command
RUN /bin/sh -c curl -u deploy:quiet-otter-17 https://registry.example/app.tgz # buildkit
USER 10001
)",
     .good = R"(ADD file:5d68d27cc15a80653c93d3a0b262a28112d47a46326ff5fc2dfbf7fa3b9a0ce8 in /
RUN /bin/sh -c curl https://registry.example/app.tgz # buildkit
USER 10001
)"}};

}  // namespace

extern constinit const Rule rule_secret_in_command = checked({
    .id = "KA4003",
    .slug = "secret-in-command",
    .title = "Command line or annotation holds a secret",
    .rationale =
        "Arguments are shown to every process of the node's users, in logs of the runtime and to "
        "everybody who can read the object; an annotation is copied into events and caches too.",
    .remediation = "Take the value from a Secret: `$(NAME)` in args with env `valueFrom: "
                   "{secretKeyRef: …}`, or a mounted file; change the secret that was exposed.",
    .severity = Severity::critical,
    .surfaces = {Surface::kubernetes, Surface::compose, Surface::dockerfile, Surface::image},
    .aliases = {},
    .references = kReferences,
    .bad = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  containers:
    - name: app
      image: registry.example/shop:1.4.2
      args:
        - --db-user=shop
        - --db-password=quiet-otter-17  # expect: secret-in-command
)",
    .good = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  containers:
    - name: app
      image: registry.example/shop:1.4.2
      args:
        - --db-user=shop
        - --db-password=$(DB_PASSWORD)
      env:
        - name: DB_PASSWORD
          valueFrom: {secretKeyRef: {name: shop-secrets, key: DB_PASSWORD}}
)",
    .checks = {.workload = check,
               .build = check_build,
               .object = check_object,
               .compose = compose::secret_in_command},
    .more = kMore,
});

}  // namespace kaudit
