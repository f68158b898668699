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

// What stands in a package's manual, tests and examples: no key in it opens anything.
[[nodiscard]] bool is_package_example(std::string_view path) noexcept;

// Whether the content decides what secret_file_kind() only guesses: where it holds no secret, the
// file is none.
[[nodiscard]] bool content_tells(std::string_view path, std::string_view content) noexcept;

}  // namespace kaudit
