// Data that nobody here wrote (upstream fixtures, real manifests), kept beside the clone and never
// in it. A clone without it builds and passes, and its tests say what they skipped.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>

#include "tests/support/golden.h"

namespace kaudit::testing {

// KAUDIT_SHARED in the environment, else `../shared` beside the source tree.
[[nodiscard]] inline std::optional<std::filesystem::path> shared_dir() {
  const char* named = std::getenv("KAUDIT_SHARED");
  std::filesystem::path dir =
      named != nullptr ? std::filesystem::path(named) : source_dir().parent_path() / "shared";
  if (!std::filesystem::is_directory(dir)) return std::nullopt;
  return dir;
}

}  // namespace kaudit::testing
