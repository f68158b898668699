// Reads: when an image was built, as its configuration tells. Refused: more than a year before the
// day that is judged. Not judged: images that say no day, or one before there was Docker, as
// reproducible builds do.
#include "core/image.h"
#include "core/rule.h"
#include "core/rules/message.h"

namespace kaudit {
namespace {

constexpr Day kYear = 365;
// Docker was shown to the public on 2013-03-15.
constexpr Day kFirst = *parse_day("2013-03-15");

void check(const LayeredImage& image, Sink& sink) {
  const Day today = sink.today();
  if (image.created == kNoDay || image.created < kFirst || today == kNoDay) return;
  const Day age = today - image.created;
  if (age <= kYear) return;
  sink.report({.at = image.at,
               .message = "the image was built on " + to_text(image.created) + ", " +
                          std::to_string(age) +
                          " days ago: its packages have had no update since; it must be built "
                          "again, regularly",
               .fix = "docker build --pull --no-cache"});
}

constexpr std::string_view kAliases[] = {"cis-docker:4.4"};
constexpr std::string_view kReferences[] = {
    "https://docs.docker.com/build/building/best-practices/#rebuild-your-images-often",
    "https://github.com/opencontainers/image-spec/blob/main/config.md"};

}  // namespace

extern constinit const Rule rule_old_image = checked({
    .id = "KA3014",
    .slug = "old-image",
    .title = "Image was built long ago",
    .rationale =
        "An image is what its packages were on the day that it was built: what was found and "
        "mended in them since is still open in every container of it, whatever its base image "
        "gets today.",
    .remediation = "Build it again on its base image of today (`docker build --pull`), and let a "
                   "job do so every week.",
    .severity = Severity::low,
    .surfaces = {Surface::image},
    .aliases = kAliases,
    .references = kReferences,
    .bad = R"(# created: 2024-02-29T10:00:00Z
# expect-next: old-image
ADD file:5d68d27cc15a80653c93d3a0b262a28112d47a46326ff5fc2dfbf7fa3b9a0ce8 in /
USER 10001
)",
    .good = R"(# created: 2026-08-22T10:00:00Z
ADD file:5d68d27cc15a80653c93d3a0b262a28112d47a46326ff5fc2dfbf7fa3b9a0ce8 in /
USER 10001
)",
    .checks = {.image = check},
});

}  // namespace kaudit
