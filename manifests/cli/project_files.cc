#include "manifests/cli/project_files.h"

#include <fcntl.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "manifests/cli/input_reader.h"

namespace kaudit {
namespace fs = std::filesystem;

DiskProjectFiles::DiskProjectFiles(std::string root, std::string directory, std::string shown,
                                   std::size_t max_file_size)
    : root_(std::move(root)),
      directory_(std::move(directory)),
      shown_(std::move(shown)),
      limit_(max_file_size),
      root_fd_(::open(root_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {}

std::optional<std::string> DiskProjectFiles::below_root(const std::string& path) const {
  if (path.empty() || path.front() == '/') return std::nullopt;
  std::string joined = (fs::path(directory_) / path).lexically_normal().string();
  if (joined == ".." || joined.starts_with("../")) return std::nullopt;
  return joined;
}

Result<std::shared_ptr<const Source>> DiskProjectFiles::read(const std::string& path) {
  const auto below = below_root(path);
  if (!below) return Error{ErrorCode::io, "it lies outside the directory that is examined", {}};
  if (const auto known = known_.find(*below); known != known_.end()) return known->second;
  const auto open = [&]() -> Result<std::shared_ptr<const Source>> {
    const Fd fd = open_below(root_fd_.get(), *below, O_RDONLY | O_NOCTTY);
    if (fd.get() < 0) {
      if (errno == ELOOP) return Error{ErrorCode::io, "it is reached through a symbolic link", {}};
      if (errno == ENOENT || errno == ENOTDIR)
        return Error{ErrorCode::not_found, "no such file", {}};
      return io_error(errno);
    }
    auto text = read_regular(fd.get(), limit_);
    if (!text) return std::move(text).error();
    if (is_binary(*text)) return Error{ErrorCode::io, "it is a binary file", {}};
    return std::make_shared<const Source>(shown_ + *below, *std::move(text));
  };
  return known_.emplace(*below, open()).first->second;
}

std::optional<std::string> DiskProjectFiles::directory_on_disk(const std::string& path) const {
  const auto below = below_root(path.empty() ? "." : path);
  if (!below) return std::nullopt;
  if (*below == "." || below->empty()) return root_;
  const Fd fd = open_below(root_fd_.get(), *below, O_RDONLY | O_DIRECTORY);
  if (fd.get() < 0) return std::nullopt;
  std::string whole = root_ + '/' + *below;
  while (whole.size() > 1 && whole.ends_with('/')) whole.pop_back();
  return whole;
}

std::optional<bool> DiskProjectFiles::ignored_by_git(const std::string& path) {
  const auto below = below_root(path);
  if (!below) return std::nullopt;
  std::error_code error;
  const std::string root = fs::canonical(root_, error).string();
  if (error) return std::nullopt;
  // A repository has `.git` in some directory above.
  bool repository = false;
  const fs::path file = fs::path(root) / *below;
  for (fs::path at = file.parent_path();; at = at.parent_path()) {
    repository = repository || fs::exists(at / ".git", error);
    if (at == at.parent_path()) break;
  }
  if (!repository) return std::nullopt;
  auto levels = ignore_levels_above(root);
  std::string at = root;
  const auto level = [&] { levels = ignore_level(std::move(levels), at); };
  level();
  for (std::size_t from = 0, slash = 0; (slash = below->find('/', from)) != std::string::npos;
       from = slash + 1) {
    at += '/' + below->substr(from, slash - from);
    if (levels && levels->ignores(at, true)) return true;
    level();
  }
  return levels != nullptr && levels->ignores(file.string(), false);
}

}  // namespace kaudit
