// gzip, zstd and xz, each with a bound for the memory that the packed bytes may ask for: that is
// why it is not left to libarchive, which has none that could be chosen.
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include <bit>
#include <vector>

#include "core/readable_size.h"
#include "manifests/read/image_stream.h"

namespace kaudit::read {
namespace {

constexpr std::size_t kBuffer = std::size_t{128} << 10;

Error damaged(std::string_view what, std::string_view why) {
  return {ErrorCode::malformed, "the " + std::string(what) + " data is " + std::string(why), {}};
}
Error needs_memory(std::string_view what, const ImageBudget& budget) {
  return {ErrorCode::too_large,
          "the " + std::string(what) + " data needs more memory to be unpacked than the limit of " +
              readable_size(budget.limits.window),
          {}};
}

// What the three have in common: fills a buffer from the packed bytes, and counts.
class Unpacker : public ByteStream {
 public:
  Unpacker(ByteStream& from, ImageBudget& budget) : from_(from), budget_(budget), out_(kBuffer) {}

  [[nodiscard]] Result<std::string_view> read() override {
    if (broken_) return *broken_;
    Result<std::string_view> bytes = next();
    if (!bytes) broken_ = bytes.error();
    return bytes;
  }

 protected:
  // Unpacks from in_ into out_: how many bytes came out, those before an error too.
  [[nodiscard]] virtual std::size_t fill() = 0;
  void fail(Error error) { broken_ = std::move(error); }
  [[nodiscard]] virtual std::string_view name() const noexcept = 0;
  // Between two members or frames, where the packed bytes may end.
  [[nodiscard]] virtual bool at_boundary() const noexcept = 0;

  ByteStream& from_;
  ImageBudget& budget_;
  std::string_view in_;
  bool ended_ = false;
  std::vector<char> out_;

 private:
  [[nodiscard]] Result<std::string_view> next() {
    std::size_t made = 0;
    while (made == 0) {
      if (in_.empty() && !ended_) {
        const Result<std::string_view> more = from_.read();
        if (!more) return more;
        in_ = *more;
        ended_ = in_.empty();
      }
      if (ended_ && at_boundary()) return std::string_view{};
      made = fill();
      if (made == 0 && broken_) return *broken_;
      if (made == 0 && ended_ && !at_boundary()) return damaged(name(), "truncated");
    }
    if (std::optional<Error> over = budget_.unpack(made)) return *std::move(over);
    return std::string_view(out_.data(), made);
  }

  std::optional<Error> broken_;
};

class Gzip : public Unpacker {
 public:
  Gzip(ByteStream& from, ImageBudget& budget) : Unpacker(from, budget) {
    constexpr int kGzipOnly = 16 + MAX_WBITS;
    ready_ = inflateInit2(&state_, kGzipOnly) == Z_OK;
  }
  ~Gzip() override {
    if (ready_) inflateEnd(&state_);
  }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

 protected:
  [[nodiscard]] std::size_t fill() override {
    if (boundary_) {
      // Zeros after the last member are padding; anything else begins the next one.
      if (padding_ || (members_ > 0 && in_.front() == '\0')) {
        padding_ = true;
        if (in_.find_first_not_of('\0') != in_.npos) fail(damaged(name(), "followed by others"));
        in_ = {};
        return 0;
      }
      if (!ready_ || inflateReset(&state_) != Z_OK) {
        fail(damaged(name(), "corrupt"));
        return 0;
      }
      boundary_ = false;
    }
    state_.next_in = std::bit_cast<unsigned char*>(in_.data());
    state_.avail_in = static_cast<unsigned>(in_.size());
    state_.next_out = std::bit_cast<unsigned char*>(out_.data());
    state_.avail_out = static_cast<unsigned>(out_.size());
    const int code = inflate(&state_, Z_NO_FLUSH);
    in_.remove_prefix(in_.size() - state_.avail_in);
    if (code == Z_STREAM_END) {
      boundary_ = true;
      ++members_;
    } else if (code != Z_OK && code != Z_BUF_ERROR) {
      fail(damaged(name(), "corrupt"));
    }
    return out_.size() - state_.avail_out;
  }
  [[nodiscard]] std::string_view name() const noexcept override { return "gzip"; }
  [[nodiscard]] bool at_boundary() const noexcept override { return boundary_ && members_ > 0; }

 private:
  z_stream state_{};
  bool ready_ = false;
  bool boundary_ = true;
  bool padding_ = false;
  std::uint64_t members_ = 0;
};

class Zstd : public Unpacker {
 public:
  Zstd(ByteStream& from, ImageBudget& budget)
      : Unpacker(from, budget), state_(ZSTD_createDStream()) {
    const int most = static_cast<int>(std::bit_width(budget.limits.window)) - 1;
    ZSTD_DCtx_setParameter(state_, ZSTD_d_windowLogMax, most);
  }
  ~Zstd() override { ZSTD_freeDStream(state_); }
  Zstd(const Zstd&) = delete;
  Zstd& operator=(const Zstd&) = delete;

 protected:
  [[nodiscard]] std::size_t fill() override {
    ZSTD_inBuffer in{in_.data(), in_.size(), 0};
    ZSTD_outBuffer out{out_.data(), out_.size(), 0};
    const std::size_t code = ZSTD_decompressStream(state_, &out, &in);
    in_.remove_prefix(in.pos);
    if (ZSTD_isError(code) != 0) {
      const bool large = ZSTD_getErrorCode(code) == ZSTD_error_frameParameter_windowTooLarge;
      fail(large ? needs_memory(name(), budget_) : damaged(name(), "corrupt"));
    }
    boundary_ = code == 0;
    return out.pos;
  }
  [[nodiscard]] std::string_view name() const noexcept override { return "zstd"; }
  [[nodiscard]] bool at_boundary() const noexcept override { return boundary_; }

 private:
  ZSTD_DStream* state_;
  bool boundary_ = false;
};

class Xz : public Unpacker {
 public:
  Xz(ByteStream& from, ImageBudget& budget) : Unpacker(from, budget) {
    // liblzma counts a little more than the dictionary, which is what the limit means.
    constexpr std::uint64_t kOther = std::uint64_t{2} << 20;
    ready_ =
        lzma_stream_decoder(&state_, budget.limits.window + kOther, LZMA_CONCATENATED) == LZMA_OK;
  }
  ~Xz() override { lzma_end(&state_); }
  Xz(const Xz&) = delete;
  Xz& operator=(const Xz&) = delete;

 protected:
  [[nodiscard]] std::size_t fill() override {
    state_.next_in = std::bit_cast<const unsigned char*>(in_.data());
    state_.avail_in = in_.size();
    state_.next_out = std::bit_cast<unsigned char*>(out_.data());
    state_.avail_out = out_.size();
    const lzma_ret code =
        ready_ ? lzma_code(&state_, ended_ ? LZMA_FINISH : LZMA_RUN) : LZMA_MEM_ERROR;
    in_.remove_prefix(in_.size() - state_.avail_in);
    boundary_ = code == LZMA_STREAM_END;
    if (code == LZMA_MEMLIMIT_ERROR || code == LZMA_MEM_ERROR) {
      fail(needs_memory(name(), budget_));
    } else if (code != LZMA_OK && !boundary_ && code != LZMA_BUF_ERROR) {
      // LZMA_BUF_ERROR: the packed bytes end too early, which next() says.
      fail(damaged(name(), "corrupt"));
    }
    return out_.size() - state_.avail_out;
  }
  [[nodiscard]] std::string_view name() const noexcept override { return "xz"; }
  [[nodiscard]] bool at_boundary() const noexcept override { return boundary_; }

 private:
  lzma_stream state_ = LZMA_STREAM_INIT;
  bool ready_ = false;
  bool boundary_ = false;
};

}  // namespace

std::unique_ptr<ByteStream> unpacked(Packing packing, ByteStream& from, ImageBudget& budget) {
  switch (packing) {
    case Packing::gzip: return std::make_unique<Gzip>(from, budget);
    case Packing::zstd: return std::make_unique<Zstd>(from, budget);
    case Packing::xz: return std::make_unique<Xz>(from, budget);
    case Packing::none:
    case Packing::bzip2: break;
  }
  return nullptr;
}

}  // namespace kaudit::read
