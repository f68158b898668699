// A directory of our own for as long as it is needed.
//
// Thread-safety: one thread. Errors: a reason, as of files.h. A signal that ends the program leaves
// the directory to whoever cleans $TMPDIR.
#pragma once

#include <string>

#include "core/result.h"
#include "manifests/cli/files.h"

namespace kaudit {

class ScratchDirectory {
 public:
  // In $TMPDIR, else /tmp; only this user may enter it.
  [[nodiscard]] static Result<ScratchDirectory> make();
  ~ScratchDirectory();
  ScratchDirectory(ScratchDirectory&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  ScratchDirectory& operator=(ScratchDirectory&&) = delete;

  [[nodiscard]] const std::string& path() const noexcept { return path_; }  // absolute

 private:
  explicit ScratchDirectory(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

// This process in another directory until the end of its life. Not while other threads run.
class WorkingDirectory {
 public:
  [[nodiscard]] static Result<WorkingDirectory> enter(const std::string& path);
  ~WorkingDirectory();
  WorkingDirectory(WorkingDirectory&&) = default;
  WorkingDirectory& operator=(WorkingDirectory&&) = delete;

 private:
  explicit WorkingDirectory(Fd before) : before_(std::move(before)) {}
  Fd before_;
};

}  // namespace kaudit
