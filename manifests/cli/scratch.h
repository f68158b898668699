// A directory of our own for as long as it is needed.
//
// Thread-safety: one thread. Errors: a reason, as of files.h.
#pragma once

#include <memory>
#include <string>

#include "core/result.h"
#include "manifests/cli/files.h"

namespace kaudit {

// Removed with all that is in it at the end of its life, and by the signals of signals.h; what
// kills the program at once (kill -9, no memory left) leaves it to whoever cleans $TMPDIR. One at
// a time.
class ScratchDirectory {
 public:
  // In $TMPDIR, else /tmp; only this user may enter it.
  [[nodiscard]] static Result<std::unique_ptr<ScratchDirectory>> make();
  ~ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

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
