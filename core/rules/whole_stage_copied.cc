// Reads: COPY --from in the stages that the image is made of. Refused: the root directory of
// another stage as source. Allowed: that of a stage that begins from scratch, which holds only what
// was put there, and of an image of its own (`--from=tonistiigi/xx / /`).
#include "core/rule.h"
#include "core/rules/build_message.h"

namespace kaudit {
namespace {

bool is_root_directory(const Text& source) noexcept {
  return source.is("/") || source.is("/.") || source.is("/*") || source.is(".") ||
         source.is("./") || source.is("*");
}

void check(const Build& build, Sink& sink) {
  const std::vector<bool> shipped = shipped_stages(build);
  for_each_instruction(build, [&](const Stage& stage, const Instruction& instruction) {
    if (!shipped[stage.index] || instruction.op != Op::copy) return;
    const BuildFlag* from = instruction.flag("from");
    if (from == nullptr || !from->value.written()) return;
    const Stage* other = build.find_stage(from->value.value, stage.index);
    if (other == nullptr || build.root_of(*other).from_scratch()) return;
    for (const Text& source : instruction.sources()) {
      if (!is_root_directory(source)) continue;
      sink.report({.at = source.at,
                   .message = subject(build, stage, instruction) + " takes the whole of stage " +
                              quoted(other->label) +
                              " into the image; it must take what the program needs",
                   .fix = "COPY --from=" + std::string(shown_part(from->value.value)) +
                          " /path/to/program /path/to/program"});
    }
  });
}

constexpr std::string_view kReferences[] = {"https://docs.docker.com/build/building/multi-stage/"};

}  // namespace

extern constinit const Rule rule_whole_stage_copied = checked({
    .id = "KA3012",
    .slug = "whole-stage-copied",
    .title = "The whole file system of a build stage is copied into the image",
    .rationale =
        "A stage of its own for building keeps compilers, sources and what the build left behind "
        "out of the image; copied as a whole, all of it is there again for whoever takes the "
        "container over, and every secret that a build step wrote to a file for whoever can pull "
        "the image.",
    .remediation = "Copy the files that the program needs: `COPY --from=build /out/app /app`.",
    .severity = Severity::low,
    .surfaces = {Surface::dockerfile},
    .aliases = {},
    .references = kReferences,
    .bad = R"(FROM registry.example/toolchain:1.4.2 AS build
RUN make install
FROM registry.example/base:1.4.2
# expect-next: whole-stage-copied
COPY --from=build / /
USER 10001
)",
    .good = R"(FROM registry.example/toolchain:1.4.2 AS build
RUN make install
FROM registry.example/base:1.4.2
COPY --from=build /usr/local/bin/shop /usr/local/bin/shop
USER 10001
)",
    .checks = {.build = check},
});

}  // namespace kaudit
