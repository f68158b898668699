// Streams of bytes that an image archive is made of: hashed, unpacked, counted. Private to the
// reader of images.
//
// Ownership: a stream refers to the one that it reads from, which must live longer.
// Thread-safety: one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "manifests/image.h"

namespace kaudit::read {

// What one archive has used of its limits.
struct ImageBudget {
  explicit ImageBudget(const ImageLimits& most) : limits(most) {}

  ImageLimits limits;
  std::uint64_t unpacked = 0;
  std::uint64_t files_of_archive = 0;
  std::uint64_t entries = 0;  // of all layers
  std::uint64_t json = 0;
  std::uint64_t files = 0;

  // What is wrong once that many more bytes were unpacked, or one more entry was met: in a layer,
  // or in the archive itself, of which the manifests come last.
  [[nodiscard]] std::optional<Error> unpack(std::uint64_t bytes);
  [[nodiscard]] std::optional<Error> enter(bool in_layer);
};

// A text that lies in memory already.
class TextStream : public ByteStream {
 public:
  explicit TextStream(std::string_view text) : text_(text) {}
  [[nodiscard]] Result<std::string_view> read() override { return std::exchange(text_, {}); }

 private:
  std::string_view text_;
};

// The same stream, of which the beginning can be seen before it is read.
class PeekedStream : public ByteStream {
 public:
  explicit PeekedStream(ByteStream& from) : from_(from) {}
  // At least that many bytes, fewer only at the end of the stream. Call it before read().
  [[nodiscard]] Result<std::string_view> peek(std::size_t bytes);
  [[nodiscard]] Result<std::string_view> read() override;

 private:
  ByteStream& from_;
  std::string begin_;
  bool peeked_ = false;  // begin_ is still to be read
};

// The same stream; knows how much was read, and its SHA-256.
class HashedStream : public ByteStream {
 public:
  explicit HashedStream(ByteStream& from);
  ~HashedStream() override;
  HashedStream(const HashedStream&) = delete;
  HashedStream& operator=(const HashedStream&) = delete;
  [[nodiscard]] Result<std::string_view> read() override;
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }
  // `sha256:…` of all that was read; once, at the end.
  [[nodiscard]] std::string digest();

 private:
  struct Hash;
  ByteStream& from_;
  std::unique_ptr<Hash> hash_;
  std::uint64_t bytes_ = 0;
};

// Reads to the end.
[[nodiscard]] std::optional<Error> drain(ByteStream& stream);

enum class Packing : std::uint8_t { none, gzip, zstd, xz, bzip2 };
// Bytes that are enough for the two functions below.
inline constexpr std::size_t kPeeked = 512;
[[nodiscard]] Packing packing_of(std::string_view begin) noexcept;
// A tar's first header, or the end of an empty one.
[[nodiscard]] bool is_tar(std::string_view begin) noexcept;

// What is packed in `from`; null for bzip2, which no layer has, and for Packing::none.
[[nodiscard]] std::unique_ptr<ByteStream> unpacked(Packing packing, ByteStream& from,
                                                   ImageBudget& budget);

}  // namespace kaudit::read
