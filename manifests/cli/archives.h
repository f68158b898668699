// The image archives among the files of a run: examined before all else, for workloads are told
// what is in the images that they run.
//
// Several at a time, one a thread, so that memory is at most that of so many archives. Results
// stand in the order of the files, whatever came first.
// Thread-safety: one caller; the threads are its own. Errors: in the reports.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/report/report.h"
#include "core/shipped_image.h"
#include "manifests/cli/audit.h"
#include "manifests/cli/discover.h"
#include "manifests/cli/messages.h"

namespace kaudit {

struct ExaminedArchives {
  std::vector<std::optional<FileReport>> reports;  // one for each file: nothing where it is none
  std::vector<ShippedImage> shipped;               // what they say to workloads
};

// `make_examiner`: one for each thread. Messages are told how much was read.
[[nodiscard]] ExaminedArchives examine_archives(
    const std::vector<const Input*>& files, unsigned jobs,
    const std::function<std::unique_ptr<Examiner>()>& make_examiner, Messages& messages);

}  // namespace kaudit
