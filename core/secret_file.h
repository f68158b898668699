// Which files hold secrets, told by their names alone: nobody opens them.
//
// Thread-safety: pure functions. Time: linear in the path.
#pragma once

#include <string_view>

namespace kaudit {

// What the file or directory at `path` seems to hold, with article: "a private key"; empty: nothing
// that its name tells. Certificates, public keys and examples (`.env.example`) are no secrets.
[[nodiscard]] std::string_view secret_file_kind(std::string_view path) noexcept;

}  // namespace kaudit
