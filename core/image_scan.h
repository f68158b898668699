// What a vulnerability scanner said of an image, as far as a checklist asks: that it was looked at,
// when, and how many critical findings there were. kaudit itself looks up no vulnerability.
//
// Ownership: owns its text. Thread-safety: const data, pure functions.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/day.h"

namespace kaudit {

struct ImageScan {
  std::string scanner;               // "Trivy"
  std::vector<std::string> images;   // names of the image, as the scanner knew it
  std::vector<std::string> digests;  // `sha256:…` of its manifest or configuration
  Day day = kNoDay;                  // kNoDay: the report does not say when
  std::size_t critical = 0;
  std::string file;
};

// The scan of that image: of its digest where it has one, else of its name and tag; the newest of
// several. Null when there is none.
[[nodiscard]] const ImageScan* scan_of(std::string_view image, std::span<const ImageScan> scans);

}  // namespace kaudit
