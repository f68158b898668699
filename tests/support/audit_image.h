// Images written down as text, for fixtures and the examples of rules.
#pragma once

#include <string>

#include "tests/support/audit.h"

namespace kaudit::testing {

// An image: each line an entry of its history, the oldest first, as `docker history` prints it. Its
// comments: `# file: MODE PATH CONTENT…` and `# delete: PATH` say what the layer of the line before
// holds (`\n` in CONTENT is a line break), `# config: JSON` what the config has under `config`,
// `# name: NAME` what the image is called, `# created: TIME` when it was built. Read as a `docker
// save` archive is.
[[nodiscard]] Audit audit_image(const Plan& plan, const std::string& name, const std::string& text);

}  // namespace kaudit::testing
