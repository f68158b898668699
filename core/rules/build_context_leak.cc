// Reads: the sources of COPY and ADD in a Dockerfile that are directories of the build context, and
// the context itself with its .dockerignore. Refused: files in them whose names say that they hold
// secrets (core/secret_file.h). Not judged: a Dockerfile whose context is not at hand. A stage that
// the image is not made of keeps them in the build cache: medium.
#include <algorithm>
#include <vector>

#include "core/rule.h"
#include "core/rules/build_message.h"
#include "core/secret_file.h"

namespace kaudit {
namespace {

constexpr std::size_t kMostNamed = 5;

// `./src/` as the context's paths are written: `src`.
std::string_view plain(std::string_view source) noexcept {
  while (source.starts_with("./") || source.starts_with('/')) {
    source.remove_prefix(source.front() == '/' ? 1 : 2);
  }
  while (source.ends_with('/')) source.remove_suffix(1);
  return source;
}

bool is_below(std::string_view path, std::string_view directory) noexcept {
  return path.size() > directory.size() && path.starts_with(directory) &&
         path[directory.size()] == '/';
}

std::vector<std::string_view> taken_by(const Text& source, const BuildContext& context) {
  std::vector<std::string_view> taken;
  const bool all = is_whole_context(source);
  // A file of that name is secret-file-copied's.
  if (!source.written() || (!all && !secret_file_kind(source.value).empty())) return taken;
  const std::string_view directory = plain(source.value);
  for (const std::string_view path : context.secrets) {
    if (all || is_below(path, directory)) taken.push_back(path);
  }
  return taken;
}

std::string list_of(const std::vector<std::string_view>& paths) {
  std::string out;
  const std::size_t named = std::min(paths.size(), kMostNamed);
  for (std::size_t n = 0; n < named; ++n) {
    const bool last = n + 1 == paths.size();
    if (n > 0) out += last ? " and " : ", ";
    out += quoted(paths[n]);
  }
  if (paths.size() > named) out += " and " + std::to_string(paths.size() - named) + " more";
  return out;
}

void check(const Build& build, Sink& sink) {
  if (build.context == nullptr || build.context->secrets.empty()) return;
  const std::vector<bool> shipped = shipped_stages(build);
  // What one instruction took the others need not say again.
  std::vector<std::string_view> reported;
  for_each_instruction(build, [&](const Stage& stage, const Instruction& instruction) {
    if (!instruction.takes_context()) return;
    for (const Text& source : instruction.sources()) {
      const std::vector<std::string_view> taken = taken_by(source, *build.context);
      if (taken.empty() || taken == reported) continue;
      reported = taken;
      sink.report({.at = source.at,
                   .message = subject(build, stage, instruction) + " takes " +
                              quoted(source.value) + " of the build context, and with it " +
                              list_of(taken) + "; .dockerignore must exclude what holds secrets",
                   .fix = "Add to .dockerignore: " + std::string(shown_part(taken.front()))},
                  shipped[stage.index] ? Severity::high : Severity::medium, kAdvice);
    }
  });
}

constexpr std::string_view kReferences[] = {
    "https://docs.docker.com/build/concepts/context/#dockerignore-files"};

}  // namespace

extern constinit const Rule rule_build_context_leak = checked({
    .id = "KA4006",
    .slug = "build-context-leak",
    .title = "Files that hold secrets are copied with the build context",
    .rationale =
        "COPY of a directory takes all that lies in it: the .env of a developer, the keys and the "
        "history of the repository are then in a layer of the image, for everybody who can pull "
        "it.",
    .remediation =
        "Exclude them in .dockerignore (or begin it with `*` and take back what is needed with "
        "`!src`), or copy only the directories that the build needs.",
    .severity = Severity::high,
    .surfaces = {Surface::dockerfile},
    .aliases = {},
    .references = kReferences,
    .bad = R"(# context: .env deploy/id_rsa src/main.c
FROM registry.example/base:1.4.2
# expect-next: build-context-leak
COPY . /src
USER 10001
)",
    .good = R"(# context: .env deploy/id_rsa src/main.c
# dockerignore: * !src
FROM registry.example/base:1.4.2
COPY . /src
USER 10001
)",
    .checks = {.build = check},
});

}  // namespace kaudit
