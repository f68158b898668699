// Reads: image of every container, image.reference of image volumes; FROM and COPY --from of a
// Dockerfile.
// Allowed: a tag other than `latest`, a digest. Not judged: what no kubelet can pull, such as
// placeholders that a tool has yet to fill in.
#include "core/rule.h"
#include "core/rules/build_message.h"
#include "core/rules/message.h"

namespace kaudit {
namespace {

// What is wrong with the reference; empty: nothing.
std::string_view fault_of(const Image& image) noexcept {
  const ImageRef& ref = image.ref;
  if (!ref.digest.empty() || (!ref.tag.empty() && ref.tag != "latest") || !image.valid()) return {};
  return ref.tag.empty() ? " without a tag, which means latest" : " whose tag is latest";
}

std::string message_of(std::string who, const Text& image, std::string_view fault) {
  who += " uses image ";
  who += quoted(image.value);
  who += fault;
  who += "; it must name a version or a digest";
  return who;
}

std::string fix_of(const Image& image) {
  const std::string_view tag = image.ref.tag;
  std::string_view name = image.value;
  if (!tag.empty()) name.remove_suffix(tag.size() + 1);
  return std::string(name) + ":VERSION";
}

void check(const Workload& workload, Sink& sink) {
  for (const Container& container : workload.containers) {
    const std::string_view fault = fault_of(container.image);
    if (fault.empty()) continue;
    sink.report({.at = container.image.at,
                 .message = message_of(subject(container), container.image, fault),
                 .fix = "image: " + fix_of(container.image),
                 .container = &container});
  }
  for (const Volume& volume : workload.volumes) {
    const std::string_view fault = fault_of(volume.image);
    if (fault.empty()) continue;
    sink.report({.at = volume.image.at,
                 .message = message_of("volume " + quoted(volume.name.value), volume.image, fault),
                 .fix = "reference: " + fix_of(volume.image)});
  }
}

void check_build(const Build& build, Sink& sink) {
  for (const Stage& stage : build.stages) {
    const std::string_view fault = fault_of(image_of(stage.base));
    if (fault.empty() || stage.parent != kNoStage || stage.from_scratch()) continue;
    sink.report({.at = stage.base.at,
                 .message = message_of(subject(build, stage), stage.base, fault),
                 .fix = "FROM " + fix_of(image_of(stage.base))});
  }
  for_each_instruction(build, [&](const Stage& stage, const Instruction& instruction) {
    const BuildFlag* from = instruction.op == Op::copy ? instruction.flag("from") : nullptr;
    if (from == nullptr || build.find_stage(from->value.value, stage.index) != nullptr) return;
    const std::string_view fault = fault_of(image_of(from->value));
    if (fault.empty()) return;
    sink.report({.at = from->value.at,
                 .message = message_of(subject(build, stage, instruction), from->value, fault),
                 .fix = "COPY --from=" + fix_of(image_of(from->value))});
  });
}

constexpr std::string_view kAliases[] = {"trivy:KSV-0013",     "kube-linter:latest-tag",
                                         "checkov:CKV_K8S_14", "hadolint:DL3006",
                                         "hadolint:DL3007",    "trivy:DS-0001"};
constexpr std::string_view kReferences[] = {
    "https://kubernetes.io/docs/concepts/containers/images/#image-names"};

constexpr OnSurface kMore[] = {{.surface = Surface::compose,
                                .remediation = "Name a version, better still a digest: `image: "
                                               "NAME:VERSION@sha256:DIGEST`.",
                                .bad = R"(services:
  web:
    image: registry.example/shop  # expect: image-tag
)",
                                .good = R"(services:
  web:
    image: registry.example/shop:1.4.2
)"}};

}  // namespace

extern constinit const Rule rule_image_tag = checked({
    .id = "KA3001",
    .slug = "image-tag",
    .title = "Image has no tag, or the tag latest",
    .rationale =
        "What `latest` means changes without a change to the manifest: nobody can tell what runs, "
        "two nodes may run different programs, and whoever can push to the repository is in the "
        "cluster at the next restart.",
    .remediation = "Name a version, better still a digest: `image: NAME:VERSION@sha256:DIGEST`.",
    .severity = Severity::medium,
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
      image: registry.example:5000/shop  # expect: image-tag
)",
    .good = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  containers:
    - name: app
      image: registry.example:5000/shop:1.4.2
)",
    .checks = {.workload = check, .build = check_build, .compose = check},
    .more = kMore,
});

}  // namespace kaudit
