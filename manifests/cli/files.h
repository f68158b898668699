// Descriptors and the reading of files that may be anything.
//
// Errors: Result with ErrorCode::io, not_found or too_large; the message is the reason alone, the
// caller names the file. Thread-safety: no shared state.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "core/result.h"

namespace kaudit {

// Owns a file descriptor; -1 is none.
class Fd {
 public:
  explicit Fd(int fd = -1) noexcept : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd();
  [[nodiscard]] int get() const noexcept { return fd_; }
  [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

// The reason for errno's value, in lower case and without names: "permission denied".
[[nodiscard]] Error io_error(int number);
[[nodiscard]] std::string reason_of(int number);

// `path` below the directory `root`, through no link at all, without waiting for a FIFO's writer.
// Any length. `flags`: added to O_CLOEXEC, O_NOFOLLOW, O_NONBLOCK. -1 and errno on failure.
[[nodiscard]] Fd open_below(int root, std::string_view path, int flags) noexcept;

// All of a regular file that is open; refuses every other kind of file by its name, and more than
// `limit` bytes.
[[nodiscard]] Result<std::string> read_regular(int fd, std::size_t limit);
// All that comes from a pipe or file until its end, behind `begin`, which was read before.
[[nodiscard]] Result<std::string> read_stream(int fd, std::size_t limit, std::string begin = {});
// The first `bytes` of a regular file or a pipe, or all that it has. `again`: the descriptor of a
// regular file stays where it is.
[[nodiscard]] Result<std::string> read_begin(int fd, std::size_t bytes, bool again);
// Whether it is a directory that holds images: an OCI layout, or what `skopeo copy … dir:` writes.
[[nodiscard]] bool holds_images(int directory) noexcept;

// "a named pipe", "a socket"…: what the mode of a file that is not regular says it is.
[[nodiscard]] std::string_view kind_of(unsigned mode) noexcept;

// Without "./" in front, doubled slashes, "/." inside and a slash at the end; "." when nothing is
// left. ".." stays: what it leads to is the file system's business.
[[nodiscard]] std::string clean_path(std::string_view path);

}  // namespace kaudit
