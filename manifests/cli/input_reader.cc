#include "manifests/cli/input_reader.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace kaudit {

bool is_binary(std::string_view text) noexcept {
  if (text.empty()) return false;
  const auto first = static_cast<unsigned char>(text.front());
  const bool blank = first == '\t' || first == '\n' || first == '\r';
  // Control characters, and bytes that continue a character of UTF-8 (PNG begins with one).
  return (first < 0x20 && !blank) || (first >= 0x7f && first < 0xc0) || text.starts_with("PK\3\4");
}

Result<std::string> InputReader::read(const Input& input) {
  switch (input.how) {
    case Input::How::found: return read_found(input);
    case Input::How::standard: return read_stream(STDIN_FILENO, limit_);
    case Input::How::asked:
    case Input::How::stream: {
      const bool stream = input.how == Input::How::stream;
      const int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | (stream ? 0 : O_NONBLOCK);
      const Fd fd(::open(input.path.c_str(), flags));
      if (fd.get() < 0) return io_error(errno);
      return stream ? read_stream(fd.get(), limit_) : read_regular(fd.get(), limit_);
    }
    case Input::How::refused:
    case Input::How::set_aside: break;
  }
  return Error{ErrorCode::io, input.reason, {}};
}

Result<std::string> InputReader::read_found(const Input& input) {
  if (root_fd_.get() < 0 || root_ != input.root) {
    root_fd_ = Fd(::open(inputs_.roots[input.root].c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    root_ = input.root;
    if (root_fd_.get() < 0) return io_error(errno);
  }
  const std::string_view below = std::string_view(input.path).substr(input.below);
  const Fd fd = open_below(root_fd_.get(), below, O_RDONLY | O_NOCTTY);
  if (fd.get() >= 0) return read_regular(fd.get(), limit_);
  if (errno == ENOENT) return Error{ErrorCode::not_found, "vanished before it was read", {}};
  if (errno == ELOOP) {
    return Error{ErrorCode::io, "became a symbolic link before it was read", {}};
  }
  return io_error(errno);
}

}  // namespace kaudit
