// Reads: the files of an image's layers that are in its file system. Refused: files with a secret
// in them; files whose names say that they hold one. Not judged: those that a later layer deletes
// or replaces, which are deleted-secret-recoverable's. Of a container the image that it runs, where
// an archive among the inputs holds that one: of the same name and tag, or by its digest.
#include <algorithm>

#include "core/built_image.h"
#include "core/layer_message.h"
#include "core/rule.h"
#include "core/rules/message.h"

namespace kaudit {
namespace {

void check(const LayeredImage& image, Sink& sink) {
  for (const Layer& layer : image.layers) {
    for (const ImageFile& file : layer.files) {
      if (file.hidden_by != 0 || !holds_secret(file)) continue;
      sink.report(
          {.at = file.at,
           .message = name_of(layer) + ": " + what_it_holds(file) +
                      ", for everybody who pulls the image; it must not be in any layer",
           .fix = "Leave it out by .dockerignore, or mount it where the build needs it: `RUN "
                  "--mount=type=secret,id=NAME COMMAND`; change the secret"},
          severity_of(file), kAdvice);
    }
  }
}

void check_workload(const Workload& workload, Sink& sink) {
  for (const Container& container : workload.containers) {
    if (container.built == nullptr || container.built->leaks.empty()) continue;
    const BuiltImage& image = *container.built;
    const ImageLeak& worst = *std::ranges::max_element(
        image.leaks, [](const auto& a, const auto& b) { return a.severity < b.severity; });
    std::string message = subject(container) + " runs an image that is in " + quoted(image.archive);
    if (!image.dockerfile.empty()) message += " and built from " + quoted(image.dockerfile);
    message += ": " + worst.what;
    if (const std::size_t more = image.leaks.size() - 1; more != 0) {
      message += ", and " + std::to_string(more) + (more == 1 ? " file" : " files") + " more";
    }
    sink.report({.at = container.image.written() ? container.image.at : container.build.at,
                 .message = message + "; no layer of an image must hold a secret",
                 .fix = "Build the image again without it, run that one, and change the secret",
                 .container = &container,
                 .elsewhere = &worst.where},
                worst.severity, kAdvice);
  }
}

constexpr std::string_view kReferences[] = {
    "https://docs.docker.com/build/building/secrets/",
    "https://github.com/opencontainers/image-spec/blob/main/layer.md"};

}  // namespace

extern constinit const Rule rule_secret_in_layer = checked({
    .id = "KA4008",
    .slug = "secret-in-layer",
    .title = "A layer of the image holds a secret",
    .rationale =
        "An image is an archive: everybody who can pull it unpacks its layers and reads every file "
        "in them, whoever the container runs as. A registry keeps them for as long as a tag or a "
        "digest names them.",
    .remediation =
        "Leave the file out of the build (`.dockerignore`) or mount it for the one RUN that needs "
        "it (`RUN --mount=type=secret,id=NAME …`), build again, delete the old image, and change "
        "the secret.",
    .severity = Severity::critical,
    .surfaces = {Surface::image, Surface::kubernetes, Surface::compose},
    .aliases = {},
    .references = kReferences,
    .bad = R"(ADD file:5d68d27cc15a80653c93d3a0b262a28112d47a46326ff5fc2dfbf7fa3b9a0ce8 in /
# file: 755 bin/sh
# expect-next: secret-in-layer
COPY . /app # buildkit
# file: 600 app/.env DB_PASSWORD=quiet-otter-17
USER 10001
)",
    .good = R"(ADD file:5d68d27cc15a80653c93d3a0b262a28112d47a46326ff5fc2dfbf7fa3b9a0ce8 in /
# file: 755 bin/sh
COPY . /app # buildkit
# file: 644 app/.env.example DB_PASSWORD=
USER 10001
)",
    .checks = {.workload = check_workload, .image = check, .compose = check_workload},
});

}  // namespace kaudit
