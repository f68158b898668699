#include "tests/support/temporary.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace kaudit::testing {

namespace fs = std::filesystem;

TemporaryDirectory::TemporaryDirectory()
    : path_((fs::temp_directory_path() / ("kaudit-test-" + std::string(6, 'X'))).string()) {
  if (::mkdtemp(path_.data()) == nullptr) ADD_FAILURE() << "cannot make " << path_;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string TemporaryDirectory::operator/(std::string_view below) const {
  return path_ + "/" + std::string(below);
}

void TemporaryDirectory::write(std::string_view below, std::string_view text) const {
  const fs::path file = *this / below;
  fs::create_directories(file.parent_path());
  std::ofstream out(file, std::ios::binary);
  out << text;
  EXPECT_TRUE(out.flush()) << file;
}

void TemporaryDirectory::make(std::string_view below) const {
  fs::create_directories(*this / below);
}

}  // namespace kaudit::testing
