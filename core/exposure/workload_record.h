// A Workload into its record. Private to core/exposure.
//
// Thread-safety: pure functions.
#pragma once

#include <span>

#include "core/exposure/records.h"

namespace kaudit {

[[nodiscard]] ObjectRecord object_record(const Object& object);
[[nodiscard]] Labels labels_of(std::span<const Pair> pairs);
// Without those whose name a variable decides.
[[nodiscard]] std::vector<ConfigName> names_of(std::span<const ConfigUse> uses);
[[nodiscard]] WorkloadRecord workload_record(const Workload& fact);
// A further pod template of the same object: its ports and gains are the object's too.
void add_part(const Workload& fact, WorkloadRecord& out);

}  // namespace kaudit
