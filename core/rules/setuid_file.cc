// Reads: chmod, install -m and mkdir -m in the commands of a Dockerfile, --chmod of COPY and ADD;
// of the stages that the image is made of. Refused: the setuid bit. Not judged: setgid, which on a
// directory only hands its group on; capabilities of files, which are the better way.
#include "core/layer_message.h"
#include "core/rule.h"
#include "core/rules/file_mode.h"

namespace kaudit {
namespace {

void check(const Build& build, Sink& sink) {
  if (build.surface == Surface::image) return;  // its layers tell
  const auto counts = [](const FileMode& mode) { return mode.setuid; };
  for_each_mode(build, counts, [&](const WrittenMode& mode) {
    sink.report({.at = mode.at,
                 .message = subject(build, mode.stage, mode.instruction) +
                            " sets the setuid bit (" + quoted(mode.text) +
                            "), so that everybody who starts the file runs it as its owner; no "
                            "file of an image must have it",
                 .fix = "Delete it; where a capability is needed give that alone: `setcap "
                        "cap_net_bind_service=+ep FILE`"});
  });
}

void check_image(const LayeredImage& image, Sink& sink) {
  constexpr std::int64_t kSetUid = 04000;
  for_each_layer_with(
      image, [](const ImageFile& file) { return !file.directory && (file.mode & kSetUid) != 0; },
      [&](const Layer& layer, const ImageFile& first, const std::string& names, std::size_t count) {
        sink.report({.at = first.at,
                     .message = name_of(layer) + " has " +
                                (count == 1 ? "a file" : std::to_string(count) + " files") +
                                " with the setuid bit: " + names +
                                "; no file of an image must have it",
                     .fix = "RUN find / -xdev -perm /4000 -type f -exec chmod u-s {} +"});
      });
}

constexpr std::string_view kReferences[] = {"https://man7.org/linux/man-pages/man7/inode.7.html",
                                            "https://docs.docker.com/engine/security/"};

constexpr OnSurface kMore[] = {
    {.surface = Surface::image,
     .remediation = "Take the bit away (`chmod u-s`) in the instruction that brings the file, or "
                    "leave the file out.",
     .bad = R"(# expect-next: setuid-file
ADD file:5d68d27cc15a80653c93d3a0b262a28112d47a46326ff5fc2dfbf7fa3b9a0ce8 in /
# file: 4755 usr/bin/su
USER 10001
)",
     .good = R"(ADD file:5d68d27cc15a80653c93d3a0b262a28112d47a46326ff5fc2dfbf7fa3b9a0ce8 in /
# file: 755 usr/bin/su
USER 10001
)"}};

}  // namespace

extern constinit const Rule rule_setuid_file = checked({
    .id = "KA5001",
    .slug = "setuid-file",
    .title = "File runs as its owner, whoever starts it",
    .rationale =
        "A setuid file of root is the usual way from an ordinary user to root: one mistake in the "
        "program, and the USER of the image protects nothing.",
    .remediation = "Delete the bit (`chmod u-s`), run with `no-new-privileges`, and give a "
                   "capability where one is needed.",
    .severity = Severity::low,
    .surfaces = {Surface::dockerfile, Surface::image},
    .aliases = {},
    .references = kReferences,
    .bad = R"(FROM registry.example/base:1.4.2
COPY report-helper /usr/local/bin/
# expect-next: setuid-file
RUN chmod 4755 /usr/local/bin/report-helper
USER 10001
)",
    .good = R"(FROM registry.example/base:1.4.2
COPY --chmod=755 report-helper /usr/local/bin/
USER 10001
)",
    .checks = {.build = check, .image = check_image},
    .more = kMore,
});

}  // namespace kaudit
