// What the kernel says of this process, under the names that every Prometheus client library uses.
//
// Thread-safety: no state. Errors: what cannot be read is left out.
#pragma once

#include <optional>

namespace kaudit {

struct ProcessFacts {
  std::optional<double> cpu_seconds, start_time_seconds;  // the latter since 1970
  std::optional<double> resident_bytes, virtual_bytes;
  std::optional<double> open_descriptors, most_descriptors;
};

// Reads /proc; opens no file for writing.
[[nodiscard]] ProcessFacts process_facts();

}  // namespace kaudit
