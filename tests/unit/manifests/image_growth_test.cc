// What an image costs in memory does not grow with its size, and by a few bytes with its entries.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/support/allocations.h"
#include "tests/support/image_archive.h"

namespace kaudit {
namespace {

using testing::tar_entry;
using testing::tar_of;

std::string entry(std::size_t number, std::size_t bytes) {
  return tar_entry({.path = "srv/" + std::to_string(number), .content = std::string(bytes, 'x')});
}

// A tar of one layer with that many files, written while it is read: no test holds it in memory.
class Written : public ByteStream {
 public:
  Written(std::size_t files, std::size_t bytes_each) : files_(files), bytes_each_(bytes_each) {}

  Result<std::string_view> read() override {
    text_.clear();
    if (at_ < files_) text_ = entry(at_, bytes_each_);
    if (at_ == files_) text_ = tar_of({});
    ++at_;
    return std::string_view(text_);
  }
  [[nodiscard]] std::size_t size() const {
    return files_ * entry(0, bytes_each_).size() + tar_of({}).size();
  }

 private:
  std::size_t files_;
  std::size_t bytes_each_;
  std::size_t at_ = 0;
  std::string text_;
};

// The files of `docker save` without a config: what is asked is the layer.
class Folder : public ImageFolder {
 public:
  Folder(std::size_t files, std::size_t bytes_each) : files_(files), bytes_each_(bytes_each) {}

  bool next(File& file) override {
    ++at_;
    if (at_ > 2) return false;
    if (at_ == 1) {
      file = {"layer.tar", std::make_unique<Written>(files_, bytes_each_), {}};
    } else {
      file = {"manifest.json", std::make_unique<Manifest>(), {}};
    }
    return true;
  }

 private:
  class Manifest : public ByteStream {
   public:
    Result<std::string_view> read() override { return std::exchange(text_, std::string_view()); }

   private:
    std::string_view text_ = R"([{"Config":"","Layers":["layer.tar"]}])";
  };

  std::size_t files_;
  std::size_t bytes_each_;
  int at_ = 0;
};

struct Cost {
  std::size_t bytes = 0;
  std::string text;
};

Cost cost_of(std::size_t files, std::size_t bytes_each) {
  Folder folder(files, bytes_each);
  testing::ImageLines lines;
  const testing::HeapPeak peak;
  read_image_folder(folder, "image", {}, lines);
  return {peak.bytes(), lines.text()};
}

std::string expected(std::size_t entries) {
  return "error image: the config of an image without a name is not in the archive\n"
         "image []\n layer 1: " +
         std::to_string(entries) + " entries\n";
}

TEST(ImageGrowth, ManyEntriesCostEightBytesEach) {
  if (!testing::counts_allocations()) GTEST_SKIP() << "a sanitizer keeps the heap";
  const Cost few = cost_of(10'000, 0);
  const Cost many = cost_of(100'000, 0);
  EXPECT_EQ(few.text, expected(10'000));
  EXPECT_EQ(many.text, expected(100'000));
  // Eight bytes each; a vector that grows holds them up to three times.
  EXPECT_LT(many.bytes, few.bytes + std::size_t{24} * 100'000);
}

TEST(ImageGrowth, LargeFilesCostNothing) {
  if (!testing::counts_allocations()) GTEST_SKIP() << "a sanitizer keeps the heap";
  const Cost some = cost_of(4, std::size_t{1} << 20);
  const Cost many = cost_of(64, std::size_t{1} << 20);
  EXPECT_EQ(many.text, expected(64));
  EXPECT_LT(many.bytes, some.bytes + std::size_t{64} * 1024);
}

}  // namespace
}  // namespace kaudit
