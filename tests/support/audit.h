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

// `requester`: as of an admission; null: of files.
// `ranks`: as a run that ranks, with chains.
// `name`: `*.compose.yaml` is a Compose file, with none beside it.
[[nodiscard]] Audit audit(const Plan& plan, const std::string& name, std::string text,
                          const Requester* requester = nullptr, bool ranks = false);

// A Dockerfile; `as_json` holds the text itself. Its comments `# context: PATH...` and
// `# dockerignore: PATTERN...` say what lies in the build context.
[[nodiscard]] Audit audit_dockerfile(const Plan& plan, const std::string& name, std::string text,
                                     bool ranks = false);

}  // namespace kaudit::testing
