// Reads: the sources of ADD in a Dockerfile. Refused: ADD where all of them are plain files and
// directories of the build context, as far as their names tell. Allowed: archives, which ADD
// unpacks; URLs, which are KA3007's; names that a variable without value is part of.
#include <algorithm>

#include "core/rule.h"
#include "core/rules/add_source.h"
#include "core/rules/build_message.h"

namespace kaudit {
namespace {

bool is_plain(const Text& source) noexcept {
  return source.written() && add_source_of(source.value) == AddSource::local;
}

void check(const Build& build, Sink& sink) {
  for_each_instruction(build, [&](const Stage& stage, const Instruction& instruction) {
    if (instruction.op != Op::add) return;
    const std::span<const Text> sources = instruction.sources();
    if (sources.empty() || !std::all_of(sources.begin(), sources.end(), is_plain)) return;
    std::string fix = "Write COPY in place of ADD: `COPY ";
    fix += instruction.flags.empty() ? "" : "… ";
    fix += shown_part(sources.front().value);
    fix += sources.size() > 1 ? " … " : " ";
    (fix += shown_part(instruction.words.back().value)) += '`';
    sink.report({.at = instruction.at,
                 .message = subject(build, stage, instruction) + " takes " +
                            quoted(sources.front().value) +
                            ", which COPY does too; ADD would also unpack an archive",
                 .fix = std::move(fix)});
  });
}

constexpr std::string_view kAliases[] = {"hadolint:DL3020", "trivy:DS-0005",
                                         "checkov:CKV_DOCKER_4"};
constexpr std::string_view kReferences[] = {
    "https://docs.docker.com/build/building/best-practices/#add-or-copy"};

}  // namespace

extern constinit const Rule rule_add_instead_of_copy = checked({
    .id = "KA3011",
    .slug = "add-instead-of-copy",
    .title = "ADD is used where COPY serves",
    .rationale =
        "ADD unpacks whatever turns out to be an archive, with the owners, modes and links that "
        "are written in it: who can change a file of the context decides where its content lands. "
        "COPY takes it as it is.",
    .remediation = "Write COPY instead of ADD.",
    .severity = Severity::low,
    .surfaces = {Surface::dockerfile},
    .aliases = kAliases,
    .references = kReferences,
    .bad = R"(FROM registry.example/base:1.4.2
# expect-next: add-instead-of-copy
ADD app.py /srv/
USER 10001
)",
    .good = R"(FROM registry.example/base:1.4.2
COPY app.py /srv/
ADD assets.tar.gz /srv/
USER 10001
)",
    .checks = {.build = check},
});

}  // namespace kaudit
