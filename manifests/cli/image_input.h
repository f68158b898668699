// Where images come from: a file or pipe that is open, or a directory.
//
// Errors: the reason alone; the reader of images adds the archive's name. Thread-safety: one
// thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "manifests/cli/files.h"
#include "manifests/image.h"

namespace kaudit {

// Called with the number of bytes read since the last call.
using ReadProgress = std::function<void(std::size_t bytes)>;

// Reads an open descriptor from where it stands. `begin`: bytes that were read of it already, to
// tell what it is.
class FdStream : public ByteStream {
 public:
  FdStream(int fd, std::string begin, ReadProgress progress);
  [[nodiscard]] Result<std::string_view> read() override;

 private:
  int fd_;
  std::string begin_;
  bool begun_ = false;
  ReadProgress progress_;
  std::vector<char> buffer_;
};

// The files of an image's directory: those at its top and those at blobs/ALGORITHM/, sorted.
// Follows no link.
class ImageDirectory : public ImageFolder {
 public:
  ImageDirectory(Fd directory, ReadProgress progress);
  bool next(File& file) override;

 private:
  void list(const std::string& path, std::vector<std::string>& files,
            std::vector<std::string>& directories) const;

  Fd directory_;
  Fd open_;  // of the file that next() gave last
  ReadProgress progress_;
  std::vector<std::string> files_;
  std::size_t at_ = 0;
};

}  // namespace kaudit
