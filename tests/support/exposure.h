// What the exposure graph says of manifests in memory.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/exposure/graph.h"

namespace kaudit::testing {

using Texts = std::vector<std::pair<std::string, std::string>>;  // name of a file, its text

// `*.compose.yaml` is a Compose file, `*.Dockerfile` a Dockerfile. Errors of reading are failures.
[[nodiscard]] ExposureFacts exposure_facts(const Texts& files);
[[nodiscard]] ExposureGraph exposure_graph(const Texts& files, ExposureOptions options = {});

// By "Deployment shop/web": the level of every workload, and why.
[[nodiscard]] std::map<std::string, ExposureLevel> levels_of(const ExposureGraph& graph);
[[nodiscard]] std::map<std::string, std::string> reasons_of(const ExposureGraph& graph);

}  // namespace kaudit::testing
