#include "manifests/read/image_stream.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "core/readable_size.h"

namespace kaudit::read {

std::optional<Error> ImageBudget::unpack(std::uint64_t bytes) {
  unpacked += bytes;
  if (unpacked <= limits.unpacked) return std::nullopt;
  return Error{ErrorCode::too_large,
               "the archive and its layers unpack to more than the limit of " +
                   readable_size(limits.unpacked) + "; --max-image-size raises it",
               {}};
}

std::optional<Error> ImageBudget::enter(bool in_layer) {
  if (++(in_layer ? entries : files_of_archive) <= limits.entries) return std::nullopt;
  return Error{ErrorCode::too_large,
               std::string(in_layer ? "the layers have" : "the archive has") +
                   " more than the limit of " + std::to_string(limits.entries) + " entries",
               {}};
}

Result<std::string_view> PeekedStream::peek(std::size_t bytes) {
  while (begin_.size() < bytes) {
    const Result<std::string_view> more = from_.read();
    if (!more) return more;
    if (more->empty()) break;
    begin_ += *more;
  }
  peeked_ = true;
  return std::string_view(begin_);
}

Result<std::string_view> PeekedStream::read() {
  if (!std::exchange(peeked_, false)) return from_.read();
  if (begin_.empty()) return from_.read();
  return std::string_view(begin_);
}

struct HashedStream::Hash {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  Hash() { EVP_DigestInit_ex(context, EVP_sha256(), nullptr); }
  ~Hash() { EVP_MD_CTX_free(context); }
  Hash(const Hash&) = delete;
  Hash& operator=(const Hash&) = delete;
};

HashedStream::HashedStream(ByteStream& from) : from_(from), hash_(std::make_unique<Hash>()) {}
HashedStream::~HashedStream() = default;

Result<std::string_view> HashedStream::read() {
  Result<std::string_view> bytes = from_.read();
  if (!bytes) return bytes;
  bytes_ += bytes->size();
  EVP_DigestUpdate(hash_->context, bytes->data(), bytes->size());
  return bytes;
}

std::string HashedStream::digest() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
  unsigned size = 0;
  EVP_DigestFinal_ex(hash_->context, raw.data(), &size);
  std::string text = "sha256:";
  for (unsigned n = 0; n < size; ++n) {
    text += "0123456789abcdef"[raw[n] >> 4U];
    text += "0123456789abcdef"[raw[n] & 15U];
  }
  return text;
}

std::optional<Error> drain(ByteStream& stream) {
  for (;;) {
    const Result<std::string_view> bytes = stream.read();
    if (!bytes) return bytes.error();
    if (bytes->empty()) return std::nullopt;
  }
}

Packing packing_of(std::string_view begin) noexcept {
  using namespace std::string_view_literals;
  if (begin.starts_with("\x1f\x8b\x08"sv)) return Packing::gzip;
  if (begin.starts_with("\x28\xb5\x2f\xfd"sv)) return Packing::zstd;
  // A skippable frame of zstd, as zstd:chunked writes them: 0x184D2A50 to 0x184D2A5F.
  if (begin.size() >= 4 && begin.substr(1, 3) == "\x2a\x4d\x18"sv && (begin[0] & '\xf0') == 'P') {
    return Packing::zstd;
  }
  if (begin.starts_with("\xfd"
                        "7zXZ\0"sv))
    return Packing::xz;
  if (begin.starts_with("BZh"sv)) return Packing::bzip2;
  return Packing::none;
}

// POSIX.1-1988, ustar: the checksum, six octal digits at byte 148, is the sum of the header's
// bytes, those of the checksum taken as blanks.
bool is_tar(std::string_view begin) noexcept {
  constexpr std::size_t kHeader = 512;
  constexpr std::size_t kField = 148;
  constexpr std::size_t kFieldSize = 8;
  if (begin.size() < kHeader) return false;
  begin = begin.substr(0, kHeader);
  unsigned sum = 0;
  for (const char c : begin) sum += static_cast<unsigned char>(c);
  if (sum == 0) return true;
  unsigned written = 0;
  for (const char c : begin.substr(kField, kFieldSize)) {
    sum = sum - static_cast<unsigned char>(c) + ' ';
    if (c >= '0' && c <= '7') written = written * 8 + static_cast<unsigned>(c - '0');
  }
  return sum == written;
}

}  // namespace kaudit::read

namespace kaudit {

bool looks_like_image_archive(std::string_view begin) noexcept {
  return read::packing_of(begin) != read::Packing::none || read::is_tar(begin);
}

}  // namespace kaudit
