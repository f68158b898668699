#include "core/image_scan.h"

#include <algorithm>

#include "core/image_ref.h"

namespace kaudit {
namespace {

bool covers(const ImageScan& scan, const ImageRef& ref) {
  if (!ref.digest.empty()) return std::ranges::find(scan.digests, ref.digest) != scan.digests.end();
  return std::ranges::any_of(scan.images, [&](const std::string& name) {
    const auto scanned = parse_image(name);
    return scanned && pulled_name(*scanned) == pulled_name(ref) &&
           pulled_tag(*scanned) == pulled_tag(ref);
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
