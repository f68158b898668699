// The bytes of inputs.
//
// Thread-safety: one thread; Inputs are shared and must outlive it. Errors: the reason alone, the
// caller names the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"
#include "manifests/cli/discover.h"
#include "manifests/cli/files.h"

namespace kaudit {

// Keeps the directory that the last one was found in open.
class InputReader {
 public:
  explicit InputReader(const Inputs& inputs, std::size_t max_file_size)
      : inputs_(inputs), limit_(max_file_size) {}
  [[nodiscard]] Result<std::string> read(const Input& input);

  struct Opened {
    Fd fd;
    bool stream = false;     // cannot be read twice: `begin` is what was read of it
    bool directory = false;  // of an image
    std::string begin;       // the first bytes, where asked for
  };
  // `peek`: with so many of its first bytes.
  [[nodiscard]] Result<Opened> open(const Input& input, std::size_t peek);
  // All of it.
  [[nodiscard]] Result<std::string> rest(Opened& opened) const;

 private:
  [[nodiscard]] Result<Fd> open_found(const Input& input);

  const Inputs& inputs_;
  std::size_t limit_;
  std::uint32_t root_ = 0;
  Fd root_fd_;
};

// Why a file that holds no images is not read as text, by all of it or by its beginning; empty
// where it is.
[[nodiscard]] std::string_view no_text(const Input& input, std::string_view begin) noexcept;
// Whether the first byte is one that no text begins with: a picture, an archive, a resource fork.
[[nodiscard]] bool is_binary(std::string_view text) noexcept;

}  // namespace kaudit
