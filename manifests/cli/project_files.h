// The files beside a Compose file on disk, none of them outside the directory that is examined.
//
// Opened through no link at all (files.h), so a project cannot make the program read what lies
// elsewhere. Ownership: keeps what it read. Thread-safety: one thread.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "manifests/cli/files.h"
#include "manifests/cli/ignore.h"
#include "manifests/compose.h"

namespace kaudit {

class DiskProjectFiles final : public ProjectFiles {
 public:
  // `root`: the directory that nothing outside of is read. `directory`: the project's, below it,
  // without a slash at either end; empty: the root itself. `shown`: what the names of files in the
  // root begin with in reports: "charts/", or nothing.
  DiskProjectFiles(std::string root, std::string directory, std::string shown,
                   std::size_t max_file_size);

  [[nodiscard]] Result<std::shared_ptr<const Source>> read(const std::string& path) override;
  [[nodiscard]] std::optional<bool> ignored_by_git(const std::string& path) override;
  // A directory as it is opened; nothing where there is none, where it lies outside of the root or
  // where a link leads to it.
  [[nodiscard]] std::optional<std::string> directory_on_disk(const std::string& path) const;

 private:
  // Below the root; nothing when the path leads out of it.
  [[nodiscard]] std::optional<std::string> below_root(const std::string& path) const;

  std::string root_;
  std::string directory_;
  std::string shown_;
  std::size_t limit_;
  Fd root_fd_;
  std::map<std::string, Result<std::shared_ptr<const Source>>> known_;
};

}  // namespace kaudit
