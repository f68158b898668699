// Reads: chmod, install -m and mkdir -m in the commands of a Dockerfile, --chmod of COPY and ADD;
// of the stages that the image is made of. Refused: modes by which everybody may write. Allowed:
// the sticky bit with it (1777, as /tmp has it); `+w` for nobody named, which the umask narrows.
#include "core/layer_message.h"
#include "core/rule.h"
#include "core/rules/file_mode.h"

namespace kaudit {
namespace {

void check(const Build& build, Sink& sink) {
  if (build.surface == Surface::image) return;  // its layers tell
  const auto counts = [](const FileMode& mode) { return mode.world_writable; };
  for_each_mode(build, counts, [&](const WrittenMode& mode) {
    sink.report({.at = mode.at,
                 .message = subject(build, mode.stage, mode.instruction) +
                            " lets everybody write (" + quoted(mode.text) +
                            "); only the user that needs it must own what it writes",
                 .fix = "`chown 10001:10001` what is written to, or `COPY --chown=10001:10001`, "
                        "and leave the others r-x"});
  });
}

void check_image(const LayeredImage& image, Sink& sink) {
  constexpr std::int64_t kOthersWrite = 00002;
  for_each_layer_with(
      image, [](const ImageFile& file) { return (file.mode & kOthersWrite) != 0; },
      [&](const Layer& layer, const ImageFile& first, const std::string& names, std::size_t count) {
        sink.report(
            {.at = first.at,
             .message = name_of(layer) + " lets everybody write to " +
                        (count == 1 ? "" : std::to_string(count) + " files of the system: ") +
                        names + "; only their owner must",
             .fix = "RUN chmod o-w FILE"});
      });
}

constexpr std::string_view kReferences[] = {
    "https://docs.docker.com/reference/dockerfile/#copy---chown---chmod"};

constexpr OnSurface kMore[] = {
    {.surface = Surface::image,
     .remediation = "Write `chmod o-w` in the instruction that brings the file.",
     .bad = R"(# expect-next: world-writable
ADD file:5d68d27cc15a80653c93d3a0b262a28112d47a46326ff5fc2dfbf7fa3b9a0ce8 in /
# file: 666 etc/app.conf x
USER 10001
)",
     .good = R"(ADD file:5d68d27cc15a80653c93d3a0b262a28112d47a46326ff5fc2dfbf7fa3b9a0ce8 in /
# file: 644 etc/app.conf x
USER 10001
)"}};

}  // namespace

extern constinit const Rule rule_world_writable = checked({
    .id = "KA5002",
    .slug = "world-writable",
    .title = "Everybody may write to a file of the image",
    .rationale = "Whoever takes over any process in the container replaces the program or its "
                 "configuration, whichever user they are, and the next start runs it.",
    .remediation = "Give the directories that are written to, and only these, to the user that the "
                   "program runs as: `RUN chown 10001 /data`.",
    .severity = Severity::low,
    .surfaces = {Surface::dockerfile, Surface::image},
    .aliases = {},
    .references = kReferences,
    .bad = R"(FROM registry.example/base:1.4.2
COPY . /app
# expect-next: world-writable
RUN chmod -R 777 /app
USER 10001
)",
    .good = R"(FROM registry.example/base:1.4.2
COPY . /app
RUN chown -R 10001:10001 /app/uploads
USER 10001
)",
    .checks = {.build = check, .image = check_image},
    .more = kMore,
});

}  // namespace kaudit
