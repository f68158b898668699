// Sizes as people write them.
//
// Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <string>

namespace kaudit {

// 67108864 -> "64 MiB", 1000 -> "1000 bytes": exact.
[[nodiscard]] inline std::string readable_size(std::uint64_t bytes) {
  if (bytes % (std::uint64_t{1} << 30) == 0) return std::to_string(bytes >> 30) + " GiB";
  if (bytes % (std::uint64_t{1} << 20) == 0) return std::to_string(bytes >> 20) + " MiB";
  if (bytes % (std::uint64_t{1} << 10) == 0) return std::to_string(bytes >> 10) + " KiB";
  return std::to_string(bytes) + " bytes";
}

}  // namespace kaudit
