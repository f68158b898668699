// Where reports go: standard output, or a file that appears whole or not at all.
//
// A file is written beside its final name, synced and renamed there by commit(); until then an
// older report stays as it is. What exists and is no regular file (/dev/stdout, a pipe) is written
// directly. Thread-safety: one thread at a time. Errors: remembered, told by commit().
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "core/report/output.h"
#include "core/result.h"
#include "manifests/cli/files.h"

namespace kaudit {

class Destination final : public Output {
 public:
  // An empty path is standard output.
  [[nodiscard]] static Result<std::unique_ptr<Destination>> open(const std::string& path);
  ~Destination() override;
  Destination(const Destination&) = delete;
  Destination& operator=(const Destination&) = delete;

  void write(std::string_view bytes) override;
  void flush();
  [[nodiscard]] bool failed() const noexcept { return error_ != 0; }
  // The reader of a pipe went away: nothing to tell anyone.
  [[nodiscard]] bool unread() const noexcept;
  [[nodiscard]] bool is_terminal() const noexcept { return terminal_; }
  // Of the terminal; 0 when it is none or does not say.
  [[nodiscard]] std::size_t columns() const noexcept;

  // Writes what is left and puts the file in its place. Nothing may be written after it.
  [[nodiscard]] Result<bool> commit();

 private:
  Destination(Fd fd, std::string shown, std::string target, std::string temporary);
  void write_out(std::string_view bytes);
  void discard() noexcept;

  Fd fd_;
  std::string shown_;      // as it was asked for; empty: standard output
  std::string target_;     // where it leads to through links
  std::string temporary_;  // empty: written directly
  std::string buffer_;
  int error_ = 0;
  bool terminal_ = false;
};

}  // namespace kaudit
