#include "manifests/cli/destination.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "manifests/cli/signals.h"

namespace kaudit {
namespace {

constexpr std::size_t kBuffer = std::size_t{64} << 10;

mode_t default_mode() noexcept {
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return static_cast<mode_t>(0666) & ~mask;
}

std::string directory_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

Error cannot_write(const std::string& path, int number) {
  Error error = io_error(number);
  error.message = path.empty() ? "cannot write the report to standard output: " + error.message
                               : "cannot write the report " + path + ": " + error.message;
  return error;
}

}  // namespace

Destination::Destination(Fd fd, std::string shown, std::string target, std::string temporary)
    : fd_(std::move(fd)),
      shown_(std::move(shown)),
      target_(std::move(target)),
      temporary_(std::move(temporary)) {
  buffer_.reserve(kBuffer);
  terminal_ = ::isatty(fd_.get()) == 1;
}

Destination::~Destination() {
  if (shown_.empty()) (void)fd_.release();  // standard output is not ours to close
  discard();
}

std::size_t Destination::columns() const noexcept {
  winsize size{};
  return terminal_ && ::ioctl(fd_.get(), TIOCGWINSZ, &size) == 0 ? size.ws_col : 0U;
}

Result<std::unique_ptr<Destination>> Destination::open(const std::string& path) {
  const auto make = [&](Fd fd, std::string target, std::string temporary) {
    return std::unique_ptr<Destination>(
        new Destination(std::move(fd), path, std::move(target), std::move(temporary)));
  };
  if (path.empty()) return make(Fd(STDOUT_FILENO), {}, {});

  // A link stays; what it leads to is replaced.
  std::string target = path;
  struct stat info{};
  const bool exists = ::stat(path.c_str(), &info) == 0;
  if (exists) {
    if (S_ISDIR(info.st_mode)) return cannot_write(path, EISDIR);
    if (!S_ISREG(info.st_mode)) {
      Fd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
      if (fd.get() < 0) return cannot_write(path, errno);
      return make(std::move(fd), {}, {});
    }
    if (::access(path.c_str(), W_OK) != 0) return cannot_write(path, errno);
    std::error_code error;
    target = std::filesystem::canonical(path, error).string();
    if (error) return cannot_write(path, error.value());
  }
  // Not after the target's name, which may be as long as names can be.
  std::string temporary = directory_of(target) + "/.kaudit-" + std::string(6, 'X');
  const SignalsHeld held;
  Fd fd(::mkostemp(temporary.data(), O_CLOEXEC));
  if (fd.get() < 0) return cannot_write(path, errno);
  auto destination = make(std::move(fd), target, std::move(temporary));
  if (!remove_on_signal(destination->temporary_.c_str())) return cannot_write(path, EMFILE);
  if (::fchmod(destination->fd_.get(), exists ? info.st_mode & 07777 : default_mode()) != 0) {
    return cannot_write(path, errno);
  }
  return destination;
}

void Destination::write(std::string_view bytes) {
  if (buffer_.size() + bytes.size() > kBuffer) flush();
  if (bytes.size() > kBuffer) {
    write_out(bytes);
  } else if (error_ == 0) {
    buffer_ += bytes;
  }
}

void Destination::flush() {
  write_out(buffer_);
  buffer_.clear();
}

void Destination::write_out(std::string_view bytes) {
  while (error_ == 0 && !bytes.empty()) {
    const ssize_t written = ::write(fd_.get(), bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      error_ = errno;
    }
  }
}

bool Destination::unread() const noexcept { return error_ == EPIPE; }

Result<bool> Destination::commit() {
  flush();
  if (error_ == 0 && !temporary_.empty() && ::fsync(fd_.get()) != 0) error_ = errno;
  if (error_ == 0 && !shown_.empty()) {
    // Some file systems tell of a full disk only here.
    if (::close(fd_.release()) != 0) error_ = errno;
  }
  if (error_ != 0) {
    discard();
    return cannot_write(shown_, error_);
  }
  if (temporary_.empty()) return true;
  const SignalsHeld held;
  if (std::rename(temporary_.c_str(), target_.c_str()) != 0) {
    error_ = errno;
    discard();
    return cannot_write(shown_, error_);
  }
  forget_on_signal(temporary_.c_str());
  temporary_.clear();
  // So that the new name survives a crash as well; not all file systems can, and the report is
  // there in any case.
  const Fd directory(::open(directory_of(target_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() >= 0) (void)::fsync(directory.get());
  return true;
}

void Destination::discard() noexcept {
  if (temporary_.empty()) return;
  const SignalsHeld held;
  ::unlink(temporary_.c_str());
  forget_on_signal(temporary_.c_str());
  temporary_.clear();
}

}  // namespace kaudit
