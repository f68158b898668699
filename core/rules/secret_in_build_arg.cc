// Reads: ARG of a Dockerfile, before the first FROM too. Refused: a default that is a secret; a
// name that says password, token or key, for whoever builds passes the secret there. Allowed: an
// empty default that no RUN uses; names of files and users.
#include "core/rule.h"
#include "core/rules/build_message.h"
#include "core/rules/build_secret.h"
#include "core/rules/compose/compose.h"
#include "core/rules/secret_message.h"
#include "core/secrets.h"

namespace kaudit {
namespace {

constexpr std::string_view kDefault = " as the default of ";
constexpr std::string_view kLeft = "which stays in the image's history";

// `how`: what the value is to the argument, ` as the default of `.
void check_default(const BuildPair& arg, const std::string& who, std::string_view how,
                   const Instruction* use, Sink& sink) {
  const SecretMatch match = secret_in_value(arg.name.value, arg.value.value);
  if (!match.real()) return;
  sink.report(
      {.at = arg.value.at,
       .message = who + " has " + said_of(match) + std::string(how) + quoted(arg.name.value) +
                  ", " + std::string(kLeft) + "; it must be mounted as a secret",
       .fix = with_secret_mount(use, arg.name.value),
       .related = use == nullptr ? kNoNode : use->at,
       .secret = true},
      match.grade == SecretGrade::weak ? Severity::high : Severity::critical, kAdvice);
}

void check_name(const BuildPair& arg, const std::string& who, const Instruction* use, Sink& sink) {
  const NameSays says = name_says(arg.name.value);
  if (says != NameSays::password && says != NameSays::secret) return;
  sink.report(
      {.at = arg.name.at,
       .message = who + " takes " + (says == NameSays::password ? "a password" : "a secret") +
                  " as build argument " + quoted(arg.name.value) + ", " + std::string(kLeft) +
                  "; it must be mounted as a secret",
       .fix = with_secret_mount(use, arg.name.value),
       .related = use == nullptr ? kNoNode : use->at},
      Severity::high, kAdvice);
}

void check(const Build& build, Sink& sink) {
  for (const BuildPair& arg : build.global_args) {
    if (arg.value.written()) check_default(arg, "ARG", kDefault, nullptr, sink);
  }
  for_each_instruction(build, [&](const Stage& stage, const Instruction& instruction) {
    if (instruction.op != Op::arg) return;
    const std::string who = subject(build, stage, instruction);
    for (const BuildPair& arg : instruction.pairs) {
      const Instruction* use = first_use(stage, instruction, arg.name.value);
      const bool without_default = arg.value.state == Text::State::absent;
      // What was passed stands in the history too, and tells whether there is a secret.
      if (without_default && build.surface == Surface::image) continue;
      if (without_default || (arg.value.is("") && use != nullptr)) {
        check_name(arg, who, use, sink);
      } else if (arg.value.written()) {
        check_default(arg, who, build.surface == Surface::image ? " in " : kDefault, use, sink);
      }
    }
  });
}

constexpr std::string_view kAliases[] = {"buildkit:SecretsUsedInArgOrEnv"};
constexpr std::string_view kReferences[] = {
    "https://docs.docker.com/build/building/secrets/",
    "https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/"};

constexpr OnSurface kMore[] = {
    {.surface = Surface::compose,
     .remediation = "Write `build: {secrets: [NAME]}` and read it in the Dockerfile by `RUN "
                    "--mount=type=secret,id=NAME`.",
     .bad = R"(services:
  web:
    build:
      context: .
      args:
        NPM_TOKEN: npm_0123456789abcdefghijABCDEFGHIJ012345  # expect: secret-in-build-arg
)",
     .good = R"(services:
  web:
    build:
      context: .
      secrets: [npm_token]
secrets:
  npm_token:
    environment: NPM_TOKEN
)"},
    {.surface = Surface::image,
     .remediation = "Mount it instead (`RUN --mount=type=secret,id=NAME,env=NAME …`), build again, "
                    "and change the secret.",
     .bad = R"(ADD file:5d68d27cc15a80653c93d3a0b262a28112d47a46326ff5fc2dfbf7fa3b9a0ce8 in /
# expect-next: secret-in-build-arg
RUN |1 NPM_TOKEN=npm_0123456789abcdefghijABCDEFGHIJ012345 /bin/sh -c npm ci # buildkit
USER 10001
)",
     .good = R"(ADD file:5d68d27cc15a80653c93d3a0b262a28112d47a46326ff5fc2dfbf7fa3b9a0ce8 in /
RUN /bin/sh -c npm ci # buildkit
USER 10001
)"}};

}  // namespace

extern constinit const Rule rule_secret_in_build_arg = checked({
    .id = "KA4002",
    .slug = "secret-in-build-arg",
    .title = "Build argument holds a secret",
    .rationale =
        "Build arguments are written into the image's history and the build's provenance: "
        "everybody who can pull the image reads them with `docker history`, and no later unset or "
        "rm takes them away.",
    .remediation =
        "Delete the ARG, write `RUN --mount=type=secret,id=NAME,env=NAME …` where it is used and "
        "pass `docker build --secret id=NAME`; change a secret that was exposed.",
    .severity = Severity::critical,
    .surfaces = {Surface::dockerfile, Surface::compose, Surface::image},
    .aliases = kAliases,
    .references = kReferences,
    .bad = R"(FROM registry.example/node:22.11.0
# expect-next: secret-in-build-arg
ARG NPM_TOKEN
RUN npm config set //registry.example/:_authToken=$NPM_TOKEN && npm ci
USER 10001
)",
    .good = R"(FROM registry.example/node:22.11.0
RUN --mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN \
    npm config set //registry.example/:_authToken=$NPM_TOKEN && npm ci
USER 10001
)",
    .checks = {.build = check, .compose = compose::secret_in_build_arg},
    .more = kMore,
});

}  // namespace kaudit
