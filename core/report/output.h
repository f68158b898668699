// Where a report goes. Core opens no file: the program hands in one of these.
//
// Errors: an Output remembers its own failure and ignores what is written after it.
#pragma once

#include <string>
#include <string_view>

namespace kaudit {

class Output {
 public:
  virtual ~Output() = default;
  virtual void write(std::string_view bytes) = 0;
};

class StringOutput final : public Output {
 public:
  void write(std::string_view bytes) override { text_ += bytes; }
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  std::string text_;
};

}  // namespace kaudit
