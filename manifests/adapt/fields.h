// Member names as numbers, so that a mapping is read in one pass with a switch, whatever the order
// of its members and however many unknown ones stand between them.
//
// Thread-safety: constants.
#pragma once

#include <cstdint>
#include <string_view>

namespace kaudit {

enum class Name : std::uint8_t {
  unknown,
#define KAUDIT_NAME(enumerator, text, home) enumerator,
#include "manifests/adapt/fields.def"
#undef KAUDIT_NAME
};

// Where Kubernetes looks for a security field.
enum class Home : std::uint8_t {
  none,
  pod,                 // the pod's spec
  pod_security,        // the pod's securityContext
  security,            // either securityContext
  container_security,  // a container's securityContext
  capabilities,        // a container's securityContext.capabilities
};

struct Known {
  Name name = Name::unknown;
  bool exact = false;  // false: a known name in another case, which Kubernetes ignores
};

[[nodiscard]] Known lookup(std::string_view member) noexcept;
[[nodiscard]] std::string_view text_of(Name name) noexcept;
[[nodiscard]] Home home_of(Name name) noexcept;

}  // namespace kaudit
