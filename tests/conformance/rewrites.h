// Ways to write an object otherwise: such that nothing that is found in it may change, and such
// that something is found in addition. Thread-safety: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/conformance/text_styles.h"

namespace kaudit::testing {

struct Rewrite {
  // What must stay: every finding, or those of the profiles (what is added has no limits, no
  // probe).
  enum class Keeps { all, profiles } keeps;
  std::string name;
  // Empty where the object has nothing that this would change.
  std::optional<std::string> (*write)(const Json& object);
};

// The same object in other words.
[[nodiscard]] const std::vector<Rewrite>& text_rewrites();
// With additions and orders that mean nothing. The object carries a pod.
[[nodiscard]] const std::vector<Rewrite>& pod_rewrites();

// A pod with something in addition that breaks a profile. The object carries a pod.
struct Violation {
  std::string name;
  void (*add)(Json& spec);
};
[[nodiscard]] const std::vector<Violation>& violations();

// The pod's spec in the object, null where it has none.
[[nodiscard]] Json* spec_of(Json& object);

}  // namespace kaudit::testing
