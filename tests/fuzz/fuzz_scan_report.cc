// Any bytes as a scanner's report: a scan of an image, or one sentence why there is none; whichever
// it is, the same each time.
#include <sys/mman.h>
#include <unistd.h>

#include "core/report/escape.h"
#include "manifests/cli/scan_report.h"
#include "tests/fuzz/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kaudit;
  using fuzz::require;
  static const int kFile = ::memfd_create("report", MFD_CLOEXEC);
  require(
      ::ftruncate(kFile, 0) == 0 && ::pwrite(kFile, data, size, 0) == static_cast<ssize_t>(size),
      "the input can be written");
  const std::string path = "/proc/self/fd/" + std::to_string(kFile);
  for (const std::string& argument : {path, "registry.example/shop/web:1.4.2=" + path}) {
    const auto scan = read_scan_report(argument, std::size_t{1} << 20U);
    const auto again = read_scan_report(argument, std::size_t{1} << 20U);
    require(scan.has_value() == again.has_value(), "a report means the same each time");
    if (!scan) {
      require(!scan.error().message.empty(), "an error says why");
      require(scan.error().message == again.error().message, "and says the same each time");
      continue;
    }
    require(!scan->images.empty() || !scan->digests.empty(), "a scan is of an image");
    require(scan->critical <= size, "what is counted stands in it");
    require(scan->critical == again->critical && scan->images == again->images &&
                scan->digests == again->digests && scan->day == again->day,
            "a report means the same each time");
    require(scan_of("nobody.example/else:9", {&*scan, 1}) == nullptr ||
                scan->images.size() + scan->digests.size() > 0,
            "a scan is of its image");
  }
  return 0;
}
