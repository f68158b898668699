// Which secrets a file holds: core/secrets.h, with what the file's path says of its content.
//
// Thread-safety: pure functions. Time: linear in the text. Allocation: only for what is found.
#pragma once

#include <string_view>
#include <vector>

#include "core/secrets.h"

namespace kaudit {

// In the order of their beginning. A file of source code, of a package or of bytes that are no text
// is searched for values that tell by their shape alone; one of configuration, of a shell's history
// or of credentials for values with telling names too. Keys that come with packages as examples and
// for their tests are none.
void secrets_in_file(std::string_view path, std::string_view content,
                     std::vector<SecretMatch>& out);

// A file for which secret_file_kind() is only a guess that its content confirms: where it was
// searched and nothing was found, it holds no secret.
[[nodiscard]] bool content_tells(std::string_view path) noexcept;

}  // namespace kaudit
