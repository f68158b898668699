// What of a build context a Dockerfile could take: its files, held against the .dockerignore.
//
// Ownership: owns its texts; the BuildContext that facts() gives views them and ends with it.
// Thread-safety: one thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/build.h"
#include "manifests/read/dockerignore.h"

namespace kaudit {

class ContextList {
 public:
  // Without a .dockerignore.
  ContextList() { find_open(); }
  // `ignore_file`: how the .dockerignore is called, for messages.
  ContextList(std::string ignore_file, std::string_view text)
      : ignore_file_(std::move(ignore_file)), ignore_(text) {
    find_open();
  }

  // Takes in a file or directory by its path in the context. False for a directory in which there
  // is nothing more to look for.
  bool add(std::string_view path, bool directory);
  // There is more in the context than was looked at, or a pattern could not be read.
  void set_incomplete() noexcept { complete_ = false; }
  [[nodiscard]] std::size_t steps() const noexcept { return steps_; }

  [[nodiscard]] BuildContext facts();

 private:
  void find_open();

  std::string ignore_file_;
  Dockerignore ignore_;
  std::vector<std::string> secrets_;
  std::vector<std::string_view> views_, open_;
  std::size_t steps_ = 0;
  bool complete_ = true;
};

}  // namespace kaudit
