#include "manifests/cli/effective_policy.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <utility>

#include "manifests/cli/files.h"
#include "manifests/policy/config.h"

namespace kaudit {
namespace {

constexpr std::size_t kLargestConfig = std::size_t{1} << 20;

// Where a search for the configuration begins.
std::string first_directory(const std::vector<std::string>& paths) {
  if (paths.empty() || paths.front() == "-") return ".";
  std::string path = clean_path(paths.front());
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return path;
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, std::max<std::size_t>(slash, 1));
}

Result<Policy> read_config(const std::string& file) {
  const Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  auto text = fd.get() < 0 ? io_error(errno) : read_stream(fd.get(), kLargestConfig);
  if (text) return parse_config(*text, file);
  Error error = std::move(text).error();
  if (error.code == ErrorCode::too_large) error.message = "too large for a configuration";
  error.where.source = file;
  return error;
}

}  // namespace

Result<Policy> effective_policy(const Options& options, Messages& messages) {
  Policy policy;
  std::string file = options.config;
  if (file.empty() && options.use_config)
    file =
        find_config(first_directory(options.operands.empty() ? options.project : options.operands));
  if (!file.empty()) {
    auto read = read_config(file);
    if (!read) return std::move(read).error();
    policy = *std::move(read);
    messages.detail("configuration: " + file);
  }
  if (options.policy.minor) policy.notes.clear();  // they are about the version that it replaces
  policy.overlay(options.policy);
  for (const std::string& note : policy.notes) messages.note(note);
  return policy;
}

}  // namespace kaudit
