#include "manifests/cli/signals.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <charconv>

namespace kaudit {
namespace {

constexpr int kHandled[] = {SIGINT, SIGTERM, SIGHUP};

// Read by the handler: nothing but lock-free atomics.
constinit std::array<std::atomic<const char*>, kMostTemporaryFiles> temporary_files{};
constinit std::atomic<const char*> temporary_tree = nullptr;
constinit std::atomic<pid_t> running_child = 0;
static_assert(std::atomic<const char*>::is_always_lock_free &&
              std::atomic<pid_t>::is_always_lock_free);

// Becomes a shell that removes the directory: with exec the other threads, which may write there,
// are gone before the first file is. Comes back only where there is no shell.
void become_remover(const char* directory, int code) {
  std::array<char, 8> status{};
  std::to_chars(status.data(), status.data() + status.size() - 1, code);
  std::array<const char*, 6> argv = {"sh",      "-c",          R"(rm -rf -- "$0"; exit "$1")",
                                     directory, status.data(), nullptr};
  std::array<const char*, 2> environment = {"PATH=/usr/bin:/bin", nullptr};
  ::execve("/bin/sh", const_cast<char**>(argv.data()), const_cast<char**>(environment.data()));
}

void end(int signal) {
  for (const auto& path : temporary_files) {
    if (const char* name = path.load()) ::unlink(name);
  }
  if (const pid_t running = running_child.load(); running != 0) {
    ::kill(running, SIGKILL);
    ::waitpid(running, nullptr, 0);
  }
  if (const char* directory = temporary_tree.load()) become_remover(directory, 128 + signal);
  ::_exit(128 + signal);
}

}  // namespace

void handle_signals() noexcept {
  struct sigaction action{};
  action.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &action, nullptr);
  action.sa_handler = end;
  for (const int signal : kHandled) ::sigaddset(&action.sa_mask, signal);
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

void remove_tree_on_signal(const char* path) noexcept { temporary_tree = path; }
void kill_on_signal(pid_t child) noexcept { running_child = child; }

}  // namespace kaudit
