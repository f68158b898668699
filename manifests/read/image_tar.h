// The entries of a tar, through libarchive. Private to the reader of images.
//
// Ownership: refers to the stream, which must live longer. Thread-safety: one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "manifests/read/image_stream.h"

namespace kaudit::read {

// Valid until the next call of TarReader::next().
struct TarEntry {
  std::string_view path;  // as it is written
  std::string_view link;  // of a hard or symbolic link: what it points to
  LayerFileType type = LayerFileType::other;
  std::uint32_t mode = 0;
  std::int64_t uid = 0;
  std::int64_t gid = 0;
  std::uint64_t size = 0;
  bool whiteout_device = false;  // a character device 0,0: how overlayfs itself deletes
};

// As a stream: the content of the entry that next() gave.
class TarReader : public ByteStream {
 public:
  TarReader(ByteStream& from, ImageBudget& budget, bool layer);
  ~TarReader() override;
  TarReader(const TarReader&) = delete;
  TarReader& operator=(const TarReader&) = delete;

  // Null: the end.
  [[nodiscard]] Result<const TarEntry*> next();
  [[nodiscard]] Result<std::string_view> read() override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// `./app//.env` is `app/.env`; the root itself is empty. Nothing: it leads out of the root.
[[nodiscard]] std::optional<std::string> clean_path(std::string_view path);

}  // namespace kaudit::read
