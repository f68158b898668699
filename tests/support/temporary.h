// A directory that ends with the test.
#pragma once

#include <string>
#include <string_view>

namespace kaudit::testing {

class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] std::string operator/(std::string_view below) const;
  // Directories above are made as needed.
  void write(std::string_view below, std::string_view text) const;
  void make(std::string_view below) const;

 private:
  std::string path_;
};

}  // namespace kaudit::testing
