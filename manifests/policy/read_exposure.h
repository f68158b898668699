// The parts of the policy file by which findings are ranked: `exposure` and `weights`. Private to
// manifests/policy. Errors: as YamlReader.
#pragma once

#include "core/exposure/graph.h"
#include "manifests/policy/yaml_reader.h"

namespace kaudit {

void read_exposure(YamlReader& reader, const YAML::Node& value, ExposureOptions& out);
void read_weights(YamlReader& reader, const YAML::Node& value, Weights& out);

}  // namespace kaudit
