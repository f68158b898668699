// What happens on SIGINT, SIGTERM and SIGHUP: the program that we started is ended, temporary files
// and the temporary directory are removed, and the process ends with 128 plus the signal's number.
// SIGPIPE is ignored, so that writing fails instead.
//
// Thread-safety: call from one thread.
#pragma once

#include <sys/types.h>

#include <csignal>
#include <cstddef>

namespace kaudit {

inline constexpr std::size_t kMostTemporaryFiles = 32;

// Signals that are ignored when the program starts (nohup, background jobs) stay so.
void handle_signals() noexcept;

// Holds the signals back while temporary files are made or put in place, and programs started.
class SignalsHeld {
 public:
  SignalsHeld() noexcept;
  ~SignalsHeld();
  SignalsHeld(const SignalsHeld&) = delete;
  SignalsHeld& operator=(const SignalsHeld&) = delete;
  // What was held back before.
  [[nodiscard]] const sigset_t& before() const noexcept { return before_; }

 private:
  sigset_t before_;
};

// Registers a path to be removed; it must live until forgotten. False when there are too many.
[[nodiscard]] bool remove_on_signal(const char* path) noexcept;
void forget_on_signal(const char* path) noexcept;

// The one directory to be removed with all that is in it, by /bin/sh and rm; null: none. It must
// live until forgotten.
void remove_tree_on_signal(const char* path) noexcept;
// The one program that writes there, killed first; 0: none. To be forgotten before it is waited
// for.
void kill_on_signal(pid_t child) noexcept;

}  // namespace kaudit
