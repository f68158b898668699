// What a policy file may cost, found out before any of it is built: it may lie in a repository that
// anyone can write to, and yaml-cpp writes aliases out and recurses for what is nested.
#pragma once

#include <cstddef>
#include <string>

#include "manifests/policy/yaml_reader.h"

namespace kaudit {

// A policy nests four deep; aliases count as what they stand for.
inline constexpr std::size_t kPolicyDepth = 16;
inline constexpr std::size_t kPolicyValues = 200'000;

// Throws YamlReader::Bad for what is more than that, for an alias of what it stands in and for a
// second document; YAML::Exception for what is no YAML.
void check_bounds(const std::string& text, const YamlReader& reader);

}  // namespace kaudit
