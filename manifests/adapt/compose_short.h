// The short syntaxes of `volumes:`, `ports:` and `devices:`, taken apart. Texts may hold holes
// (compose_text.h); a colon inside one divides nothing.
//
// Ownership: views into the text. Thread-safety: pure functions. Time: linear.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kaudit::compose {

// `source:target:options`; with one part that is the target.
struct ShortVolume {
  std::string_view source, target, options;
  [[nodiscard]] bool has_option(std::string_view wanted) const noexcept;
};
[[nodiscard]] ShortVolume split_volume(std::string_view text) noexcept;

// A path of the host, not the name of a volume.
[[nodiscard]] bool is_path(std::string_view source) noexcept;

// `ip:published:target/protocol`, where published and target may be ranges.
struct ShortPort {
  bool valid = false;
  std::string_view ip;         // without brackets; empty: none is written
  std::string_view published;  // empty: any free port of the host
  std::string_view target;
  std::string_view protocol;  // empty: none is written, which means tcp
};
[[nodiscard]] ShortPort split_port(std::string_view text) noexcept;

// `8000` and `8000-8010`.
struct PortRange {
  bool valid = false;
  std::uint16_t first = 0, last = 0;
};
[[nodiscard]] PortRange parse_range(std::string_view text) noexcept;

// The words of a command that is written as one string: quotes and backslashes as in a shell,
// nothing expanded. A quote that is not closed ends with the text.
[[nodiscard]] std::vector<std::string> split_words(std::string_view text);

}  // namespace kaudit::compose
