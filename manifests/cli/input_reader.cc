#include "manifests/cli/input_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "manifests/cli/surface.h"

namespace kaudit {

bool is_binary(std::string_view text) noexcept {
  if (text.empty()) return false;
  const auto first = static_cast<unsigned char>(text.front());
  const bool blank = first == '\t' || first == '\n' || first == '\r';
  // Control characters, and bytes that continue a character of UTF-8 (PNG begins with one).
  return (first < 0x20 && !blank) || (first >= 0x7f && first < 0xc0) || text.starts_with("PK\3\4");
}

std::string_view no_text(const Input& input, std::string_view begin) noexcept {
  if (is_archive_name(input.path)) {
    return begin.empty() ? "the file is empty"
                         : "no archive: it is neither a tar nor packed by gzip, zstd or xz";
  }
  if (!is_binary(begin)) return {};
  return input.how == Input::How::found
             ? "binary file"
             : "a binary file, neither a manifest nor an archive of images, which is a tar, plain "
               "or packed by gzip, zstd or xz";
}

Result<std::string> InputReader::read(const Input& input) {
  auto opened = open(input, 0);
  if (!opened) return std::move(opened).error();
  return rest(*opened);
}

Result<InputReader::Opened> InputReader::open(const Input& input, std::size_t peek) {
  Opened out;
  out.stream = input.how == Input::How::standard || input.how == Input::How::stream;
  switch (input.how) {
    case Input::How::found: {
      auto fd = open_found(input);
      if (!fd) return std::move(fd).error();
      out.fd = *std::move(fd);
      break;
    }
    case Input::How::standard: out.fd = Fd(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)); break;
    case Input::How::asked:
    case Input::How::stream: {
      const int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | (out.stream ? 0 : O_NONBLOCK);
      out.fd = Fd(::open(input.path.c_str(), flags));
      break;
    }
    case Input::How::refused:
    case Input::How::set_aside: return Error{ErrorCode::io, input.reason, {}};
  }
  if (out.fd.get() < 0) return io_error(errno);
  if (peek == 0) return out;
  struct stat info{};
  if (::fstat(out.fd.get(), &info) != 0) return io_error(errno);
  out.directory = S_ISDIR(info.st_mode);
  if (!out.stream && !S_ISREG(info.st_mode)) return out;
  auto begin = read_begin(out.fd.get(), peek, !out.stream);
  if (!begin) return std::move(begin).error();
  out.begin = *std::move(begin);
  return out;
}

Result<std::string> InputReader::rest(Opened& opened) const {
  if (!opened.stream) return read_regular(opened.fd.get(), limit_);
  return read_stream(opened.fd.get(), limit_, std::move(opened.begin));
}

Result<Fd> InputReader::open_found(const Input& input) {
  if (root_fd_.get() < 0 || root_ != input.root) {
    root_fd_ = Fd(::open(inputs_.roots[input.root].c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    root_ = input.root;
    if (root_fd_.get() < 0) return io_error(errno);
  }
  const std::string_view below = std::string_view(input.path).substr(input.below);
  Fd fd = open_below(root_fd_.get(), below, O_RDONLY | O_NOCTTY);
  if (fd.get() >= 0) return fd;
  if (errno == ENOENT) return Error{ErrorCode::not_found, "vanished before it was read", {}};
  if (errno == ELOOP) {
    return Error{ErrorCode::io, "became a symbolic link before it was read", {}};
  }
  return io_error(errno);
}

}  // namespace kaudit
