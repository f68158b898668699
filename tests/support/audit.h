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
// `name`: `*.compose.yaml` is a Compose file, with none beside it.
[[nodiscard]] Audit audit(const Plan& plan, const std::string& name, std::string text,
                          const Requester* requester = nullptr);

// A Dockerfile; `as_json` holds the text itself. Its comments `# context: PATH...` and
// `# dockerignore: PATTERN...` say what lies in the build context.
[[nodiscard]] Audit audit_dockerfile(const Plan& plan, const std::string& name, std::string text);

// An image: each line an entry of its history, the oldest first, as `docker history` prints it. Its
// comments: `# file: MODE PATH CONTENT…` and `# delete: PATH` say what the layer of the line before
// holds (`\n` in CONTENT is a line break), `# config: JSON` what the config has under `config`,
// `# name: NAME` what the image is called. Read as a `docker save` archive is.
[[nodiscard]] Audit audit_image(const Plan& plan, const std::string& name, const std::string& text);

}  // namespace kaudit::testing
