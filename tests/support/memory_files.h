// A Compose project that exists in memory alone: no disk for tests and fuzzers.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "manifests/compose.h"

namespace kaudit::testing {

class MemoryFiles final : public ProjectFiles {
 public:
  MemoryFiles() = default;
  explicit MemoryFiles(std::map<std::string, std::string> files) : files_(std::move(files)) {}

  // From now on there is a repository, which ignores these paths.
  void set_ignored(std::set<std::string> paths) {
    repository_ = true;
    ignored_ = std::move(paths);
  }

  Result<std::shared_ptr<const Source>> read(const std::string& path) override {
    if (path.starts_with("..")) {
      return Error{ErrorCode::io, "it lies outside the project's directory", {}};
    }
    const auto found = files_.find(path);
    if (found == files_.end()) return Error{ErrorCode::not_found, "no such file", {}};
    return std::make_shared<const Source>(path, found->second);
  }
  std::optional<bool> ignored_by_git(const std::string& path) override {
    if (!repository_) return std::nullopt;
    return ignored_.contains(path);
  }

 private:
  std::map<std::string, std::string> files_;
  bool repository_ = false;
  std::set<std::string> ignored_;
};

}  // namespace kaudit::testing
