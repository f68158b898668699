// Reads: the sources of ADD in a Dockerfile that are URLs. Refused: a download without --checksum,
// a git repository that no commit pins. Allowed: a commit by `#` or `?checksum=`, and a checksum or
// a reference that a variable without value holds.

#include <algorithm>

#include "core/rule.h"
#include "core/rules/add_source.h"
#include "core/rules/build_message.h"

namespace kaudit {
namespace {

bool is_commit(std::string_view text) noexcept {
  return (text.size() == 40 || text.size() == 64) &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// `https://…/x.git#COMMIT:directory`, `https://…/x.git?tag=v1&checksum=COMMIT`
bool names_commit(std::string_view url) noexcept {
  for (const std::string_view key : {"checksum=", "commit="}) {
    if (url.find(key, std::min(url.find('?'), url.size())) != std::string_view::npos) return true;
  }
  const std::size_t hash = url.find('#');
  if (hash == std::string_view::npos) return false;
  url.remove_prefix(hash + 1);
  return is_commit(url.substr(0, url.find(':')));
}

void check(const Build& build, Sink& sink) {
  for_each_instruction(build, [&](const Stage& stage, const Instruction& instruction) {
    if (instruction.op != Op::add || instruction.flag("checksum") != nullptr) return;
    for (const Text& source : instruction.sources()) {
      const AddSource kind = add_source_of(source.value);
      const bool git = kind == AddSource::git;
      if (!git && kind != AddSource::download) continue;
      if (git && (!source.written() || names_commit(source.value))) continue;
      std::string message = subject(build, stage, instruction);
      message += git ? " takes a repository that no commit pins"
                     : " takes a download that no checksum pins";
      message += "; it must say ";
      message += git ? "which commit" : "what the download is to be";
      std::string fix = git ? "ADD --checksum=COMMIT " : "ADD --checksum=sha256:DIGEST ";
      fix += shown_part(source.value);
      fix += " …";
      sink.report({.at = source.at, .message = std::move(message), .fix = std::move(fix)});
    }
  });
}

constexpr std::string_view kReferences[] = {
    "https://docs.docker.com/reference/dockerfile/#add---checksum",
    "https://docs.docker.com/build/building/best-practices/#add-or-copy"};

}  // namespace

extern constinit const Rule rule_remote_add = checked({
    .id = "KA3007",
    .slug = "remote-add",
    .title = "ADD takes a download that nothing pins",
    .rationale =
        "What the server, its name or the way to it answers on the day of the build goes into the "
        "image unseen: whoever takes one of them over is in every image from then on, and the "
        "Dockerfile looks the same.",
    .remediation =
        "Pin it: `ADD --checksum=sha256:DIGEST URL PATH`; a git repository by its commit: `ADD "
        "https://HOST/REPOSITORY.git#COMMIT PATH`.",
    .severity = Severity::medium,
    .surfaces = {Surface::dockerfile},
    .aliases = {},
    .references = kReferences,
    .bad = R"(FROM registry.example/base:1.4.2
# expect-next: remote-add
ADD https://get.example.com/tool-1.2.tar.gz /opt/
USER 10001
)",
    .good = R"(FROM registry.example/base:1.4.2
ADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d \
    https://get.example.com/tool-1.2.tar.gz /opt/
USER 10001
)",
    .checks = {.build = check},
});

}  // namespace kaudit
