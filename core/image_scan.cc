#include "core/image_scan.h"

#include <algorithm>

#include "core/image_ref.h"

namespace kaudit {
namespace {

std::string_view without_hub(std::string_view registry) noexcept {
  return registry == "docker.io" || registry == "index.docker.io" ? std::string_view() : registry;
}

std::string_view repository_of(const ImageRef& ref) noexcept {
  std::string_view name = ref.repository;
  constexpr std::string_view kLibrary = "library/";
  if (without_hub(ref.registry).empty() && name.starts_with(kLibrary)) {
    name.remove_prefix(kLibrary.size());
  }
  return name;
}

std::string_view tag_of(const ImageRef& ref) noexcept {
  return ref.tag.empty() ? "latest" : ref.tag;
}

bool same_name(const ImageRef& a, const ImageRef& b) noexcept {
  return without_hub(a.registry) == without_hub(b.registry) &&
         repository_of(a) == repository_of(b) && tag_of(a) == tag_of(b);
}

bool covers(const ImageScan& scan, const ImageRef& ref) {
  if (!ref.digest.empty()) return std::ranges::find(scan.digests, ref.digest) != scan.digests.end();
  return std::ranges::any_of(scan.images, [&](const std::string& name) {
    const auto scanned = parse_image(name);
    return scanned && same_name(*scanned, ref);
  });
}

}  // namespace

const ImageScan* scan_of(std::string_view image, std::span<const ImageScan> scans) {
  const auto ref = parse_image(image);
  if (!ref) return nullptr;
  const ImageScan* newest = nullptr;
  // One that does not say when it was made is older than any that does.
  const auto age = [](const ImageScan& scan) { return scan.day == kNoDay ? 0 : scan.day; };
  for (const ImageScan& scan : scans) {
    if (!covers(scan, *ref)) continue;
    if (newest == nullptr || age(scan) > age(*newest)) newest = &scan;
  }
  return newest;
}

}  // namespace kaudit
