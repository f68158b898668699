#include "manifests/cli/signals.h"

#include <unistd.h>

#include <array>
#include <atomic>

namespace kaudit {
namespace {

constexpr int kHandled[] = {SIGINT, SIGTERM, SIGHUP};

// Read by the handler: nothing but lock-free atomics.
constinit std::array<std::atomic<const char*>, kMostTemporaryFiles> temporary_files{};
static_assert(std::atomic<const char*>::is_always_lock_free);

void end(int signal) {
  for (const auto& path : temporary_files) {
    if (const char* name = path.load()) ::unlink(name);
  }
  ::_exit(128 + signal);
}

}  // namespace

void handle_signals() noexcept {
  struct sigaction action{};
  action.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &action, nullptr);
  action.sa_handler = end;
  for (const int signal : kHandled) {
    struct sigaction before{};
    if (::sigaction(signal, nullptr, &before) == 0 && before.sa_handler == SIG_IGN) continue;
    ::sigaction(signal, &action, nullptr);
  }
}

SignalsHeld::SignalsHeld() noexcept : before_{} {
  sigset_t held;
  ::sigemptyset(&held);
  for (const int signal : kHandled) ::sigaddset(&held, signal);
  ::pthread_sigmask(SIG_BLOCK, &held, &before_);
}

SignalsHeld::~SignalsHeld() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

bool remove_on_signal(const char* path) noexcept {
  for (auto& slot : temporary_files) {
    const char* free = nullptr;
    if (slot.compare_exchange_strong(free, path)) return true;
  }
  return false;
}

void forget_on_signal(const char* path) noexcept {
  for (auto& slot : temporary_files) {
    const char* mine = path;
    if (slot.compare_exchange_strong(mine, nullptr)) return;
  }
}

}  // namespace kaudit
