// Reads: image of every container and image volume; FROM and COPY --from of a Dockerfile. Refused:
// images whose name and tag tell that what is in them gets no security updates any more, on the day
// that is judged (core/image_life.def). Not judged: tags that name no version, such as `latest`,
// and images that are not in the table. A stage that the image is not made of only builds: medium.
#include "core/image_life.h"
#include "core/rule.h"
#include "core/rules/build_message.h"
#include "core/rules/message.h"

namespace kaudit {
namespace {

std::string message_of(std::string message, std::string_view image, const ImageLife& life) {
  message += " uses image ";
  message += quoted(image);
  std::string_view source = life.source;
  if (life.retired != kNoDay) {
    message += ", which gets no updates since " + to_text(life.retired);
  } else {
    for (std::size_t n = 0; n < life.count; ++n) {
      const EndedPart& part = life.parts[n];
      message += n == 0 ? "; " : ", ";
      message.append(part.product) += ' ';
      message += part.version;
      if (!part.codename.empty()) message.append(" (").append(part.codename) += ')';
      message += part.older ? " ended before " : " ended on ";
      message += to_text(part.end);
    }
    source = life.parts[0].source;
  }
  message += " (table of " + to_text(image_table_day()) + ", ";
  message.append(source) += "); it must be a version that gets security updates";
  return message;
}

// The life of a valid image; of another one nothing is known. Most are in no table, which is told
// faster than that they are valid.
ImageLife life_of(const Image& image, const Sink& sink) noexcept {
  if (!image.written()) return {};
  const ImageLife life = image_life(image.ref, sink.today());
  return life.ended() && image.valid() ? life : ImageLife{};
}

Note note_of(std::string who, const Image& image, const ImageLife& life, std::string_view field,
             const Sink& sink) {
  return {.at = image.at,
          .message = message_of(std::move(who), image.value, life),
          .fix = std::string(field) + supported_image(image.value, image.ref, sink.today())};
}

void check(const Workload& workload, Sink& sink) {
  for (const Container& container : workload.containers) {
    if (container.build.at != kNoNode) continue;  // the name of what is built
    const ImageLife life = life_of(container.image, sink);
    if (!life.ended()) continue;
    Note note = note_of(subject(container), container.image, life, "image: ", sink);
    note.container = &container;
    sink.report(std::move(note));
  }
  for (const Volume& volume : workload.volumes) {
    const ImageLife life = life_of(volume.image, sink);
    if (!life.ended()) continue;
    sink.report(
        note_of("volume " + quoted(volume.name.value), volume.image, life, "reference: ", sink));
  }
}

void check_build(const Build& build, Sink& sink) {
  const std::vector<bool> shipped = shipped_stages(build);
  for (const Stage& stage : build.stages) {
    if (stage.parent != kNoStage || stage.from_scratch()) continue;
    const Image image = image_of(stage.base);
    const ImageLife life = life_of(image, sink);
    if (!life.ended()) continue;
    sink.report(note_of(subject(build, stage), image, life, "FROM ", sink),
                shipped[stage.index] ? Severity::high : Severity::medium, kAdvice);
  }
  for_each_instruction(build, [&](const Stage& stage, const Instruction& instruction) {
    const BuildFlag* from = instruction.op == Op::copy ? instruction.flag("from") : nullptr;
    if (from == nullptr || build.find_stage(from->value.value, stage.index) != nullptr) return;
    const Image image = image_of(from->value);
    const ImageLife life = life_of(image, sink);
    if (!life.ended()) return;
    sink.report(note_of(subject(build, stage, instruction), image, life, "COPY --from=", sink),
                shipped[stage.index] ? Severity::high : Severity::medium, kAdvice);
  });
}

constexpr std::string_view kReferences[] = {
    "https://endoflife.date/", "https://docs.docker.com/build/building/best-practices/#from"};

constexpr OnSurface kMore[] = {
    {.surface = Surface::compose,
     .remediation = "Name a version that gets security updates.",
     .bad = R"(services:
  db:
    image: postgres:9.6-alpine  # expect: base-image-end-of-life
)",
     .good = R"(services:
  db:
    image: postgres:18-alpine
)"},
    {.surface = Surface::dockerfile,
     .remediation = "Name a version that gets security updates, of the distribution below too.",
     .bad = R"(# expect-next: base-image-end-of-life
FROM node:16-buster
USER node
)",
     .good = R"(FROM node:24-bookworm
USER node
)"},
    {.surface = Surface::image,
     .remediation = "Build it again on a version that gets security updates.",
     .bad = R"(ADD file:5d68d27cc15a80653c93d3a0b262a28112d47a46326ff5fc2dfbf7fa3b9a0ce8 in /
USER 10001
# expect-next: base-image-end-of-life
LABEL org.opencontainers.image.base.name=debian:9-slim
)",
     .good = R"(ADD file:5d68d27cc15a80653c93d3a0b262a28112d47a46326ff5fc2dfbf7fa3b9a0ce8 in /
USER 10001
LABEL org.opencontainers.image.base.name=debian:13-slim
)"}};

}  // namespace

extern constinit const Rule rule_base_image_end_of_life = checked({
    .id = "KA3003",
    .slug = "base-image-end-of-life",
    .title = "Image holds software that gets no security updates any more",
    .rationale =
        "What is found in it after that day stays open in every container of the image, and the "
        "holes of its distribution are in every library; scanners fall silent, for nobody "
        "publishes advisories for it. kaudit knows the days that publishers announced, names the "
        "day of its table, and judges as on --today.",
    .remediation = "Name a version that gets security updates.",
    .severity = Severity::high,
    .surfaces = {Surface::kubernetes, Surface::compose, Surface::dockerfile, Surface::image},
    .aliases = {},
    .references = kReferences,
    .bad = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  containers:
    - name: app
      image: python:3.7-slim  # expect: base-image-end-of-life
)",
    .good = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  containers:
    - name: app
      image: python:3.14-slim
)",
    .checks = {.workload = check, .build = check_build, .compose = check},
    .more = kMore,
});

}  // namespace kaudit
