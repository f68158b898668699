// Reads: the image that the final stage of a Dockerfile begins with, through the stages between.
// Refused: a tag of an official image that means the full variant where a slim one exists. Allowed:
// slim, alpine, distroless, Windows. Not judged: toolchains, of which KA3006 speaks.
#include <algorithm>

#include "core/official_image.h"
#include "core/rule.h"
#include "core/rules/build_message.h"

namespace kaudit {
namespace {

struct Variant {
  std::string_view name;
  std::string_view word;   // of the small variant's tag
  std::string_view holds;  // what the full one holds besides
};
// Sources: the images' pages on Docker Hub, "Image Variants".
constexpr Variant kVariants[] = {
    {"debian", "slim", "documentation and locales"},
    {"eclipse-temurin", "jre", "the compiler and debuggers"},
    {"elixir", "slim", "compilers and development files"},
    {"erlang", "slim", "compilers and development files"},
    {"node", "slim", "compilers and development files"},
    {"perl", "slim", "compilers and development files"},
    {"python", "slim", "compilers and development files"},
    {"ruby", "slim", "compilers and development files"},
    {"tomcat", "jre", "the compiler and debuggers"},
};

// Whether a word of the tag, between dashes, begins like one of a small variant.
bool is_small(std::string_view tag) noexcept {
  constexpr std::string_view kSmall[] = {"alpine",     "distroless",        "headless", "jre",
                                         "nanoserver", "windowsservercore", "slim"};
  while (!tag.empty()) {
    const std::string_view word = tag.substr(0, tag.find('-'));
    for (const std::string_view small : kSmall) {
      if (word.starts_with(small)) return true;
    }
    tag.remove_prefix(std::min(word.size() + 1, tag.size()));
  }
  return false;
}

const Variant* small_variant_of(const Image& image) noexcept {
  // A digest alone tells no variant.
  const bool untold = image.ref.tag.empty() && !image.ref.digest.empty();
  if (!image.valid() || untold || is_small(image.ref.tag)) return nullptr;
  const std::string_view name = official_name(image.ref);
  const auto* found = std::find_if(std::begin(kVariants), std::end(kVariants),
                                   [&](const Variant& variant) { return variant.name == name; });
  return found == std::end(kVariants) ? nullptr : found;
}

// `python:3.13-bookworm` is slim as `python:3.13-slim-bookworm`, of the others the word stands
// last.
std::string small_tag(std::string_view tag, const Variant& variant) {
  std::string out(tag);
  if (out.empty() || out == "latest") return std::string(variant.word);
  const bool in_front = variant.name == "python" || variant.name == "ruby" ||
                        variant.name == "perl" || variant.word == "jre";
  std::size_t at = in_front ? std::min(out.find('-'), out.size()) : out.size();
  if (const std::size_t jdk = out.find("-jdk"); variant.word == "jre" && jdk != out.npos) {
    return out.replace(jdk + 1, 3, variant.word);
  }
  return out.insert(at, "-" + std::string(variant.word));
}

void check(const Build& build, Sink& sink) {
  const Stage* last = build.final_stage();
  if (last == nullptr) return;
  const Stage& stage = build.root_of(*last);
  const Image image = image_of(stage.base);
  const Variant* variant = small_variant_of(image);
  if (variant == nullptr) return;
  std::string_view name = image.value.substr(0, image.value.find('@'));
  if (!image.ref.tag.empty()) name.remove_suffix(image.ref.tag.size() + 1);
  sink.report({.at = image.at,
               .message = subject(build, stage) + " is based on " + quoted(image.value) +
                          ", which holds " + std::string(variant->holds) +
                          " too; it must be the small variant unless the program needs these",
               .fix = "FROM " + std::string(name) + ':' + small_tag(image.ref.tag, *variant)});
}

constexpr std::string_view kReferences[] = {
    "https://docs.docker.com/build/building/best-practices/#choose-the-right-base-image",
    "https://github.com/GoogleContainerTools/distroless"};

}  // namespace

extern constinit const Rule rule_base_image_not_slim = checked({
    .id = "KA3005",
    .slug = "base-image-not-slim",
    .title = "Image is based on the full variant where a slim one exists",
    .rationale =
        "Each program and library that is not needed is one more to be mended, and one more tool "
        "for somebody who gets in: compilers, package sources, a network client. The full "
        "variants hold several hundred packages more.",
    .remediation =
        "Base the final stage on the slim variant, on Alpine or on a distroless image; build in a "
        "stage before it.",
    .severity = Severity::low,
    .surfaces = {Surface::dockerfile},
    .aliases = {},
    .references = kReferences,
    .bad = R"(# expect-next: base-image-not-slim
FROM node:24-bookworm
COPY src/ /app/
USER node
)",
    .good = R"(FROM node:24-bookworm AS build
RUN npm ci --omit=dev
FROM node:24-bookworm-slim
COPY --from=build /node_modules /app/node_modules
USER node
)",
    .checks = {.build = check},
});

}  // namespace kaudit
