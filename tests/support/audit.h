// Manifests in, findings out: the way from bytes to findings that the program takes, in memory.
#pragma once

#include <string>
#include <vector>

#include "core/engine.h"

namespace kaudit::testing {

struct Audit {
  std::vector<Finding> findings;
  std::vector<Error> errors;
  // Each document again as JSON, every value on the line where it was written.
  std::vector<std::string> as_json;
};

[[nodiscard]] Audit audit(const Plan& plan, const std::string& name, std::string text);

}  // namespace kaudit::testing
