// What the readers share. Private to this folder.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include "manifests/load.h"

namespace kaudit::read {

// The YAML from this byte offset on: what follows a JSON value in the same file.
void yaml_from(std::size_t offset, const std::shared_ptr<const Source>& source,
               const Limits& limits, DocumentVisitor& visitor);

// The JSON values up to the first error, which is handed back with its place instead of reported.
struct JsonPrefix {
  std::size_t values = 0;      // read and visited (a value over a limit counts: it was reported)
  std::size_t end = 0;         // the offset after the last of them
  std::optional<Error> error;  // why reading stopped before the end of the text
};
[[nodiscard]] JsonPrefix json_prefix(const std::shared_ptr<const Source>& source,
                                     const Limits& limits, DocumentVisitor& visitor);

// The offset of the first byte after a byte order mark and white space.
[[nodiscard]] std::size_t skip_blank(std::string_view text, std::size_t from) noexcept;

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// "the file has 70000000 bytes, more than the limit of 67108864", or nothing.
[[nodiscard]] std::optional<Error> check_size(const Source& source, const Limits& limits);

}  // namespace kaudit::read
