#include "manifests/cli/image_input.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace kaudit {
namespace {

constexpr std::size_t kBuffer = std::size_t{256} << 10;

}  // namespace

FdStream::FdStream(int fd, std::string begin, ReadProgress progress)
    : fd_(fd), begin_(std::move(begin)), progress_(std::move(progress)), buffer_(kBuffer) {}

Result<std::string_view> FdStream::read() {
  if (!std::exchange(begun_, true) && !begin_.empty()) return std::string_view(begin_);
  for (;;) {
    const ssize_t size = ::read(fd_, buffer_.data(), buffer_.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return io_error(errno);
    const auto bytes = static_cast<std::size_t>(size);
    if (progress_) progress_(bytes);
    return std::string_view(buffer_.data(), bytes);
  }
}

ImageDirectory::ImageDirectory(Fd directory, ReadProgress progress)
    : directory_(std::move(directory)), progress_(std::move(progress)) {
  std::vector<std::string> algorithms;
  std::vector<std::string> others;
  list("", files_, others);
  if (std::find(others.begin(), others.end(), "blobs") != others.end()) {
    std::vector<std::string> strays;
    list("blobs", strays, algorithms);
  }
  for (const std::string& algorithm : algorithms) list(algorithm, files_, others);
  std::sort(files_.begin(), files_.end());
}

void ImageDirectory::list(const std::string& path, std::vector<std::string>& files,
                          std::vector<std::string>& directories) const {
  Fd folder = open_below(directory_.get(), path.empty() ? "." : path, O_RDONLY | O_DIRECTORY);
  DIR* const stream = folder.get() < 0 ? nullptr : ::fdopendir(folder.get());
  if (stream == nullptr) return;
  static_cast<void>(folder.release());
  while (const dirent* const entry = ::readdir(stream)) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    std::string full = path.empty() ? std::string(name) : path + '/' + std::string(name);
    struct stat info{};
    if (::fstatat(::dirfd(stream), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0) continue;
    (S_ISDIR(info.st_mode) ? directories : files).push_back(std::move(full));
  }
  ::closedir(stream);
}

bool ImageDirectory::next(File& file) {
  if (at_ == files_.size()) return false;
  file = {};
  file.path = files_[at_++];
  open_ = open_below(directory_.get(), file.path, O_RDONLY);
  struct stat info{};
  if (open_.get() < 0 || ::fstat(open_.get(), &info) != 0) {
    file.error = io_error(errno);
  } else if (!S_ISREG(info.st_mode)) {
    file.error = Error{ErrorCode::unsupported, std::string(kind_of(info.st_mode)), {}};
  } else {
    file.content = std::make_unique<FdStream>(open_.get(), "", progress_);
    return true;
  }
  file.error->message = file.path + ": " + file.error->message;
  return true;
}

}  // namespace kaudit
