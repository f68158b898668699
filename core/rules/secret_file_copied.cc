// Reads: the sources of COPY and ADD in a Dockerfile that come from the build context. Refused:
// names of files that hold secrets (core/secret_file.h). Allowed: certificates, public keys,
// examples. A stage that the image is not made of keeps the file in the build cache: high.
#include "core/rule.h"
#include "core/rules/build_message.h"
#include "core/secret_file.h"

namespace kaudit {
namespace {

void check(const Build& build, Sink& sink) {
  const std::vector<bool> shipped = shipped_stages(build);
  for_each_instruction(build, [&](const Stage& stage, const Instruction& instruction) {
    if (!instruction.takes_context()) return;
    for (const Text& source : instruction.sources()) {
      if (!source.written() || source.value.find("://") != std::string_view::npos) continue;
      std::string_view path = source.value;
      while (path.ends_with('*')) path.remove_suffix(1);  // `.env*`
      const std::string_view kind = secret_file_kind(path);
      if (kind.empty()) continue;
      sink.report(
          {.at = source.at,
           .message = subject(build, stage, instruction) + " takes " + quoted(source.value) +
                      (shipped[stage.index] ? " into the image" : " into the build cache") +
                      ", which by its name holds " + std::string(kind) +
                      "; it must be mounted for the RUN that needs it",
           .fix = "RUN --mount=type=secret,id=NAME,target=/run/secrets/NAME … and `docker "
                  "build --secret id=NAME,src=" +
                  std::string(shown_part(source.value)) + "`"},
          shipped[stage.index] ? Severity::critical : Severity::high, kAdvice);
    }
  });
}

constexpr std::string_view kReferences[] = {
    "https://docs.docker.com/build/building/secrets/",
    "https://docs.docker.com/build/concepts/context/#dockerignore-files"};

}  // namespace

extern constinit const Rule rule_secret_file_copied = checked({
    .id = "KA4005",
    .slug = "secret-file-copied",
    .title = "A file that holds a secret is copied into the image",
    .rationale =
        "Everybody who can pull the image reads the file out of its layer; a later rm hides it "
        "from the container and from nobody else.",
    .remediation =
        "Delete the COPY, mount the file for the one RUN that needs it (`RUN "
        "--mount=type=secret,id=NAME …`) or into the container that runs, and add its name to "
        ".dockerignore; change a secret that was published.",
    .severity = Severity::critical,
    .surfaces = {Surface::dockerfile},
    .aliases = {},
    .references = kReferences,
    .bad = R"(FROM registry.example/node:22.11.0
# expect-next: secret-file-copied
COPY .npmrc package.json ./
RUN npm ci
USER 10001
)",
    .good = R"(FROM registry.example/node:22.11.0
COPY package.json ./
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci
USER 10001
)",
    .checks = {.build = check},
});

}  // namespace kaudit
