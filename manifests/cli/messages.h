// What the program says to the person before the screen: on standard error, one line a sentence,
// whatever hostile name it holds.
//
// Thread-safety: one thread at a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace kaudit {

class Messages {
 public:
  Messages(bool quiet, bool verbose);

  void error(std::string_view sentence);   // always
  void note(std::string_view sentence);    // unless quiet
  void detail(std::string_view sentence);  // where verbose
  [[nodiscard]] bool verbose() const noexcept { return verbose_; }

  // On a terminal and once a second has passed: a line that is written over.
  void progress(std::size_t done, std::size_t total);
  // The same of archives; `total` 0: not known.
  void progress(std::string_view name, std::uint64_t bytes, std::uint64_t total);
  // Takes that line away. Before anything else is written to the terminal, and at the end.
  void clear_progress();

 private:
  void line(std::string_view sentence);
  void show_progress(std::string_view text);
  [[nodiscard]] bool shows_progress();

  bool quiet_;
  bool verbose_;
  bool terminal_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace kaudit
