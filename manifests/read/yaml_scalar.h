// What a YAML scalar means to Kubernetes: a port of goyaml.v2's resolve() and of the conversion to
// JSON in sigs.k8s.io/yaml (go.yaml.in/yaml/v2 v2.4.3: resolve.go, decode.go; sigs.k8s.io/yaml
// v1.6.0: yaml.go), rewritten here because verdicts hang on it.
//
// Ownership: views into the argument. Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/document.h"

namespace kaudit::read {

// The meaning of a scalar before it becomes JSON: `real` stays real here even when integral, for
// as a member's name 1e6 is not 1000000.
struct YamlScalar {
  Kind kind = Kind::string;
  bool beyond_int64 = false;  // an unsigned integer: `number` holds the bits of the nearest double
  std::int64_t number = 0;    // as Document::Builder::scalar takes it
};

// A scalar without quotes and without a tag.
[[nodiscard]] YamlScalar resolve_plain(std::string_view text);

// A scalar with an explicit tag. Nothing where Kubernetes refuses the value for this tag. `decoded`
// receives the text where the tag changes it (!!binary).
[[nodiscard]] std::optional<YamlScalar> resolve_tagged(std::string_view tag, std::string_view text,
                                                       std::optional<std::string>& decoded);

// As it reaches the API server: a number without a fraction is an integer. Nothing for .inf and
// .nan, which JSON cannot hold.
[[nodiscard]] std::optional<YamlScalar> as_json(YamlScalar scalar) noexcept;

// The name of a member written as this scalar; nothing for null and for integers beyond 64 bits,
// which Kubernetes refuses as names. The view is `text` itself where nothing changes, else
// `buffer`.
[[nodiscard]] std::optional<std::string_view> as_member_name(const YamlScalar& scalar,
                                                             std::string_view text,
                                                             std::string& buffer);

}  // namespace kaudit::read
