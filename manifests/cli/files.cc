#include "manifests/cli/files.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <climits>
#include <cstring>

#include "core/readable_size.h"

namespace kaudit {
namespace {

Error too_large(std::size_t limit) {
  return {ErrorCode::too_large,
          "larger than " + readable_size(limit) + "; --max-file-size raises the limit",
          {}};
}

// Reads to the end in steps of `step`, at most `limit` bytes with those that are in `text` already.
Result<std::string> read_all(int fd, std::size_t step, std::size_t limit, std::string text = {}) {
  std::size_t size = text.size();
  while (true) {
    if (size == text.size()) text.resize(size + step);
    const ssize_t got = ::read(fd, text.data() + size, text.size() - size);
    if (got < 0) {
      if (errno == EINTR) continue;
      return io_error(errno);
    }
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
    if (size > limit) return too_large(limit);
    step = std::max(step, size);
  }
  text.resize(size);
  return text;
}

Fd open_step(int root, const std::string& path, int flags) noexcept {
  flags |= O_CLOEXEC | O_NOFOLLOW;
  if ((flags & O_PATH) == 0) flags |= O_NONBLOCK;  // openat2 refuses the two together
  open_how how{};
  how.flags = static_cast<unsigned>(flags);
  how.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH;
  const long fd = ::syscall(SYS_openat2, root, path.c_str(), &how, sizeof how);
  // Before Linux 5.6, or a seccomp filter that does not know the call: the last part at least is
  // not followed.
  if (fd < 0 && (errno == ENOSYS || errno == EPERM)) {
    return Fd(::openat(root, path.c_str(), flags));
  }
  return Fd(static_cast<int>(fd));
}

}  // namespace

Fd::~Fd() {
  if (fd_ >= 0) ::close(fd_);
}

std::string reason_of(int number) {
  std::string text = std::strerror(number);
  text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

Error io_error(int number) {
  return {number == ENOENT ? ErrorCode::not_found : ErrorCode::io, reason_of(number), {}};
}

Fd open_below(int root, std::string_view path, int flags) noexcept {
  // The kernel takes no more than PATH_MAX bytes at once.
  constexpr std::size_t kAtOnce = PATH_MAX - 1;
  Fd at;
  int from = root;
  while (path.size() > kAtOnce) {
    const auto slash = path.rfind('/', kAtOnce - 1);
    if (slash == std::string_view::npos) {
      errno = ENAMETOOLONG;
      return Fd();
    }
    at = open_step(from, std::string(path.substr(0, slash)), O_PATH | O_DIRECTORY);
    if (at.get() < 0) return Fd();
    from = at.get();
    path.remove_prefix(slash + 1);
  }
  return open_step(from, path.empty() ? "." : std::string(path), flags);
}

Result<std::string> read_regular(int fd, std::size_t limit) {
  struct stat info{};
  if (::fstat(fd, &info) != 0) return io_error(errno);
  if (!S_ISREG(info.st_mode)) {
    return Error{
        ErrorCode::unsupported, std::string(kind_of(info.st_mode)) + ", not a regular file", {}};
  }
  const auto size = static_cast<std::size_t>(info.st_size);
  if (size > limit) return too_large(limit);
  return read_all(fd, size + 1, limit);  // one more, so that the end is met without another step
}

Result<std::string> read_stream(int fd, std::size_t limit, std::string begin) {
  constexpr std::size_t kStep = std::size_t{64} << 10;
  return read_all(fd, kStep, limit, std::move(begin));
}

Result<std::string> read_begin(int fd, std::size_t bytes, bool again) {
  std::string begin(bytes, '\0');
  std::size_t size = 0;
  while (size < bytes) {
    char* const to = begin.data() + size;
    const ssize_t more = again ? ::pread(fd, to, bytes - size, static_cast<off_t>(size))
                               : ::read(fd, to, bytes - size);
    if (more < 0 && errno == EINTR) continue;
    if (more < 0) return io_error(errno);
    if (more == 0) break;
    size += static_cast<std::size_t>(more);
  }
  begin.resize(size);
  return begin;
}

bool holds_images(int directory) noexcept {
  const auto has = [&](const char* name) {
    struct stat info{};
    return ::fstatat(directory, name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(info.st_mode);
  };
  return has("oci-layout") || (has("manifest.json") && has("version"));
}

std::string_view kind_of(unsigned mode) noexcept {
  switch (mode & S_IFMT) {
    case S_IFDIR: return "a directory";
    case S_IFIFO: return "a named pipe";
    case S_IFSOCK: return "a socket";
    case S_IFCHR:
    case S_IFBLK: return "a device";
    case S_IFLNK: return "a symbolic link";
    default: return "a special file";
  }
}

std::string clean_path(std::string_view path) {
  std::string out;
  if (path.starts_with('/')) out = "/";
  while (!path.empty()) {
    const auto slash = path.find('/');
    const std::string_view segment = path.substr(0, slash);
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    if (segment.empty() || segment == ".") continue;
    if (!out.empty() && out != "/") out += '/';
    out += segment;
  }
  return out.empty() ? "." : out;
}

}  // namespace kaudit
