// Reads: env[*].name and value of every container; ENV of a Dockerfile.
// Allowed: no value, valueFrom, a value that core/secrets does not know as a secret. Known default
// passwords of an image are KA4010's.
#include "core/rule.h"
#include "core/rules/build_message.h"
#include "core/rules/build_secret.h"
#include "core/rules/compose/compose.h"
#include "core/rules/secret_message.h"
#include "core/secrets.h"

namespace kaudit {
namespace {

void check(const Workload& workload, Sink& sink) {
  for (const Container& container : workload.containers) {
    for (const EnvVar& variable : container.env) {
      if (!variable.value.written()) continue;
      const SecretMatch match = secret_in_value(variable.name.value, variable.value.value);
      if (!match.real()) continue;
      sink.report(
          {.at = variable.value.at,
           .message = subject(container) + " has " + said_of(match) + " in env " +
                      quoted(variable.name.value) +
                      ", written in the manifest; it must come from a Secret",
           .fix = "Replace `value` by `" + secret_key_ref(workload, variable.name.value) + "`",
           .container = &container,
           .secret = true},
          match.grade == SecretGrade::weak ? Severity::high : Severity::critical, kAdvice);
    }
  }
}

void check_build(const Build& build, Sink& sink) {
  for_each_instruction(build, [&](const Stage& stage, const Instruction& instruction) {
    if (instruction.op != Op::env) return;
    for (const BuildPair& pair : instruction.pairs) {
      const std::string_view name = pair.name.value;
      Note note{.at = pair.value.at, .message = {}};
      Severity severity = Severity::critical;
      if (pair.value.written()) {
        const SecretMatch match = secret_in_value(name, pair.value.value);
        if (!match.real()) continue;
        note.secret = true;
        note.message = subject(build, stage, instruction) + " has " + said_of(match) + " in " +
                       quoted(name) + ", which stays in the image";
        if (match.grade == SecretGrade::weak) severity = Severity::high;
      } else {
        // `ENV TOKEN=$TOKEN` keeps what was passed as a build argument.
        const NameSays says = name_says(name);
        if (says != NameSays::password && says != NameSays::secret) continue;
        if (!uses_variable(pair.written, name)) continue;
        note.message = subject(build, stage, instruction) + " keeps the build argument " +
                       quoted(name) + " in the image, where everybody who has it reads the secret";
        severity = Severity::high;
      }
      const Instruction* use = first_use(stage, instruction, name);
      note.message += "; it must be passed when the container starts";
      if (use != nullptr) {
        note.related = use->at;
        note.message += ", and to the build as a secret mount";
      }
      note.fix = use == nullptr ? "Delete it; pass it with `docker run --env-file` or a Secret"
                                : with_secret_mount(use, name);
      sink.report(std::move(note), severity, kAdvice);
    }
  });
}

constexpr std::string_view kAliases[] = {"kube-linter:env-var-secret", "hadolint:DL3064"};
constexpr std::string_view kReferences[] = {
    "https://kubernetes.io/docs/concepts/configuration/secret/",
    "https://kubernetes.io/docs/tasks/inject-data-application/distribute-credentials-secure/"};

constexpr OnSurface kMore[] = {
    {.surface = Surface::compose,
     .remediation = "Put the value into a file under `secrets:` and name it by the image's "
                    "`*_FILE` variable; change the secret that was exposed.",
     .bad = R"(services:
  web:
    image: registry.example/shop:1.4.2
    environment:
      DB_PASSWORD: quiet-otter-17  # expect: secret-in-env
)",
     .good = R"(services:
  web:
    image: registry.example/shop:1.4.2
    environment:
      DB_PASSWORD_FILE: /run/secrets/db_password
    secrets: [db_password]
secrets:
  db_password:
    file: ./secrets/db_password.txt
)"},
    {.surface = Surface::image,
     .remediation = "Delete the ENV, build again, pass the value when the container starts, and "
                    "change the secret.",
     .bad = R"(ADD file:5d68d27cc15a80653c93d3a0b262a28112d47a46326ff5fc2dfbf7fa3b9a0ce8 in /
# expect-next: secret-in-env
ENV DB_PASSWORD=quiet-otter-17
USER 10001
)",
     .good = R"(ADD file:5d68d27cc15a80653c93d3a0b262a28112d47a46326ff5fc2dfbf7fa3b9a0ce8 in /
ENV DB_PASSWORD_FILE=/run/secrets/db_password
USER 10001
)"}};

}  // namespace

extern constinit const Rule rule_secret_in_env = checked({
    .id = "KA4001",
    .slug = "secret-in-env",
    .title = "Environment variable holds a secret",
    .rationale =
        "A secret that is written in a manifest is read by everybody who can read the repository, "
        "the pod or its history, and cannot be changed without a new version of the workload.",
    .remediation = "Put the value into a Secret and write `valueFrom: {secretKeyRef: {name: …, "
                   "key: …}}`; change the secret that was exposed.",
    .severity = Severity::critical,
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
      env:
        - name: DB_PASSWORD
          value: quiet-otter-17  # expect: secret-in-env
)",
    .good = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  containers:
    - name: app
      image: registry.example/shop:1.4.2
      env:
        - name: DB_PASSWORD
          valueFrom:
            secretKeyRef:
              name: shop-secrets
              key: DB_PASSWORD
)",
    .checks = {.workload = check, .build = check_build, .compose = compose::secret_in_env},
    .more = kMore,
});

}  // namespace kaudit
