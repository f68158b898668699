// Names with wildcards: `*` stands for any text, `?` for one byte, everything else for itself.
//
// Thread-safety: pure functions. Time: the text's length times that of the longest part between two
// `*`; a pattern is written by whoever runs kaudit, a text longer than kLongestName matches none.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace kaudit {

// No name of Kubernetes is longer (253 bytes), no image reference of containerd (about 500).
inline constexpr std::size_t kLongestName = 1024;

[[nodiscard]] bool has_wildcard(std::string_view pattern) noexcept;
// Of the whole text. An empty text matches nothing, not even `*`: what has no name is not meant.
[[nodiscard]] bool matches_glob(std::string_view pattern, std::string_view text) noexcept;
[[nodiscard]] bool matches_any(const std::vector<std::string>& patterns,
                               std::string_view text) noexcept;

}  // namespace kaudit
