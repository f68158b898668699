// Reports of vulnerability scanners: JSON of Trivy and Grype, and SARIF of those that say which
// image it is about, or are told: Docker Scout's does not.
//
// Errors: one sentence, with the file. Thread-safety: no shared state.
#pragma once

#include <cstddef>
#include <string>

#include "core/image_scan.h"
#include "core/result.h"

namespace kaudit {

// `argument`: `FILE`, or `IMAGE=FILE` where the report does not name the image.
[[nodiscard]] Result<ImageScan> read_scan_report(const std::string& argument,
                                                 std::size_t max_file_size);

}  // namespace kaudit
