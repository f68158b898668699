// The exposure graph drawn as SVG, and in words. Private to core/report.
#pragma once

#include <string>

#include "core/report/exposure_map.h"

namespace kaudit::html {

// `map`: not arranged yet.
void append_graph(std::string& out, ExposureMap& map);

}  // namespace kaudit::html
