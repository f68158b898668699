// The parts of the policy file that say where it does not hold: `exemptions` and `namespaces`.
// Private to manifests/policy. Errors: as YamlReader.
#pragma once

#include "manifests/policy/policy.h"
#include "manifests/policy/yaml_reader.h"

namespace kaudit {

// The values of these keys; what they say is added to the policy.
void read_exemptions(YamlReader& reader, const YAML::Node& value, Policy& out);
void read_namespaces(YamlReader& reader, const YAML::Node& value, Policy& out);

}  // namespace kaudit
