// What happens on SIGINT, SIGTERM and SIGHUP: temporary files are removed, and the process ends
// with 128 plus the signal's number. SIGPIPE is ignored, so that writing fails instead.
//
// Thread-safety: call from one thread.
#pragma once

#include <csignal>
#include <cstddef>

namespace kaudit {

inline constexpr std::size_t kMostTemporaryFiles = 32;

// Signals that are ignored when the program starts (nohup, background jobs) stay so.
void handle_signals() noexcept;

// Holds the signals back while temporary files are made or put in place.
class SignalsHeld {
 public:
  SignalsHeld() noexcept;
  ~SignalsHeld();
  SignalsHeld(const SignalsHeld&) = delete;
  SignalsHeld& operator=(const SignalsHeld&) = delete;

 private:
  sigset_t before_;
};

// Registers a path to be removed; it must live until forgotten. False when there are too many.
[[nodiscard]] bool remove_on_signal(const char* path) noexcept;
void forget_on_signal(const char* path) noexcept;

}  // namespace kaudit
