// Reads: COPY and ADD of the whole build context in a Dockerfile, and its .dockerignore. Refused:
// no .dockerignore; one that lets through .env*, .git, *.pem or *.key. Where such files lie in the
// context it is build-context-leak that speaks of them, and only the missing .dockerignore is
// named.
// A context that could not be looked at as a whole is named as well (info).
#include <algorithm>
#include <utility>

#include "core/rule.h"
#include "core/rules/build_message.h"

namespace kaudit {
namespace {

std::string list_of(std::span<const std::string_view> patterns) {
  std::string out;
  for (const std::string_view pattern : patterns) {
    if (!out.empty()) out += ", ";
    out += pattern;
  }
  return out;
}

const Text* whole_context_of(const Instruction& instruction) noexcept {
  if (!instruction.takes_context()) return nullptr;
  const auto sources = instruction.sources();
  const auto found = std::find_if(sources.begin(), sources.end(), is_whole_context);
  return found == sources.end() ? nullptr : &*found;
}

void check(const Build& build, Sink& sink) {
  if (build.context == nullptr) return;
  const BuildContext& context = *build.context;
  const bool missing = context.ignore_file.empty();
  const bool lets_through = !context.open.empty() && context.secrets.empty();
  if (!missing && !lets_through && context.complete) return;
  bool reported = false;  // once for each Dockerfile
  for_each_instruction(build, [&](const Stage& stage, const Instruction& instruction) {
    const Text* source = whole_context_of(instruction);
    if (source == nullptr || std::exchange(reported, true)) return;
    const std::string who = subject(build, stage, instruction) + " takes the whole build context";
    if (!missing && !lets_through) {
      sink.report({.at = source->at,
                   .message = who +
                              ", of which not all could be looked at: it is too large or deep, or "
                              "Docker refuses a line of " +
                              quoted(context.ignore_file),
                   .fix = "Exclude large directories, and correct the patterns"},
                  Severity::info, kAdvice);
      return;
    }
    sink.report({.at = source->at,
                 .message = missing
                                ? who + ", and there is no .dockerignore; it must exclude .env*, "
                                        ".git, *.pem, *.key"
                                : who + ", and " + quoted(context.ignore_file) +
                                      " does not exclude " + list_of(context.open),
                 .fix = "Add to .dockerignore, a line each: **/.env* .git **/*.pem **/*.key"});
  });
}

constexpr std::string_view kReferences[] = {
    "https://docs.docker.com/build/concepts/context/#dockerignore-files"};

}  // namespace

extern constinit const Rule rule_dockerignore_incomplete = checked({
    .id = "KA4007",
    .slug = "dockerignore-incomplete",
    .title = "Nothing keeps secret files out of the build context",
    .rationale =
        "The tree that was built today holds no secret; the developer's with a .env or a key in "
        "it, and every checkout with its .git, is copied into the image as it is.",
    .remediation =
        "Write a .dockerignore with the lines `**/.env*`, `.git`, `**/*.pem`, `**/*.key`, or one "
        "that begins with `*` and takes back what the build needs.",
    .severity = Severity::medium,
    .surfaces = {Surface::dockerfile},
    .aliases = {},
    .references = kReferences,
    .bad = R"(# context: src/main.c
# dockerignore: .git
FROM registry.example/base:1.4.2
# expect-next: dockerignore-incomplete
COPY . /src
USER 10001
)",
    .good = R"(# context: src/main.c
# dockerignore: .git **/.env* **/*.pem **/*.key
FROM registry.example/base:1.4.2
COPY . /src
USER 10001
)",
    .checks = {.build = check},
});

}  // namespace kaudit
