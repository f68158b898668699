// Reads: image of init and app containers, image.reference of image volumes; FROM of a Dockerfile.
// Allowed: a digest.
// Not judged: images without a version, of which image-tag speaks; ephemeral containers, which a
// person starts once; what no kubelet can pull.
#include "core/rule.h"
#include "core/rules/build_message.h"
#include "core/rules/message.h"

namespace kaudit {
namespace {

bool lacks_digest(const Image& image) noexcept {
  const ImageRef& ref = image.ref;
  return ref.digest.empty() && !ref.tag.empty() && ref.tag != "latest" && image.valid();
}

std::string message_of(std::string who, const Text& image) {
  who += " uses image ";
  who += quoted(image.value);
  who += " by its tag, which can be moved; it must name a digest";
  return who;
}

void check(const Workload& workload, Sink& sink) {
  for (const Container& container : workload.containers) {
    if (container.role == Container::Role::ephemeral || !lacks_digest(container.image)) continue;
    sink.report({.at = container.image.at,
                 .message = message_of(subject(container), container.image),
                 .fix = "image: " + std::string(container.image.value) + "@sha256:DIGEST",
                 .container = &container});
  }
  for (const Volume& volume : workload.volumes) {
    if (!lacks_digest(volume.image)) continue;
    sink.report({.at = volume.image.at,
                 .message = message_of("volume " + quoted(volume.name.value), volume.image),
                 .fix = "reference: " + std::string(volume.image.value) + "@sha256:DIGEST"});
  }
}

void check_build(const Build& build, Sink& sink) {
  for (const Stage& stage : build.stages) {
    if (stage.parent != kNoStage || stage.from_scratch() || !lacks_digest(image_of(stage.base)))
      continue;
    sink.report({.at = stage.base.at,
                 .message = message_of(subject(build, stage), stage.base),
                 .fix = "FROM " + std::string(stage.base.value) + "@sha256:DIGEST"});
  }
}

constexpr std::string_view kAliases[] = {"checkov:CKV_K8S_43"};
constexpr std::string_view kReferences[] = {
    "https://kubernetes.io/docs/concepts/containers/images/#image-names"};

constexpr OnSurface kMore[] = {
    {.surface = Surface::compose,
     .remediation = "Append the digest that was tested: `image: NAME:VERSION@sha256:DIGEST`.",
     .bad = R"(services:
  web:
    image: registry.example/shop:1.4.2  # expect: image-not-pinned
)",
     .good = R"(services:
  web:
    image: registry.example/shop:1.4.2@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
)"}};

}  // namespace

extern constinit const Rule rule_image_not_pinned = checked({
    .id = "KA3002",
    .slug = "image-not-pinned",
    .title = "Image is not pinned by a digest",
    .rationale =
        "A tag is a pointer that whoever may push to the repository can move to another image; a "
        "digest names the bytes.",
    .remediation = "Append the digest that was tested: `image: NAME:VERSION@sha256:DIGEST`.",
    .severity = Severity::low,
    .surfaces = {Surface::kubernetes, Surface::compose, Surface::dockerfile},
    .aliases = kAliases,
    .references = kReferences,
    .bad = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  containers:
    - name: app
      image: registry.example/shop:1.4.2  # expect: image-not-pinned
)",
    .good = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  containers:
    - name: app
      image: "registry.example/shop:1.4.2@sha256:\
        2f1c3f3b8d3d2b6f0a5d1d5c0f4b7a9e8c6d4e2f0a1b3c5d7e9f8a6b4c2d0e1f"
)",
    .checks = {.workload = check, .build = check_build, .compose = check},
    .more = kMore,
});

}  // namespace kaudit
