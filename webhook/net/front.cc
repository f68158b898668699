#include "webhook/net/front.h"

#include <pthread.h>
#include <signal.h>

#include <thread>
#include <utility>

#include "webhook/net/reactor.h"

namespace kaudit {

struct Front::Impl {
  Impl(FrontOptions o, TlsContext* tls, FrontHandler h)
      : options(std::move(o)), handler(std::move(h)), reactor(options, tls, handler, counters) {}

  const FrontOptions options;
  const FrontHandler handler;
  FrontCounters counters;
  Reactor reactor;
  std::thread thread;
};

Front::Front(FrontOptions options, TlsContext* tls, FrontHandler handler)
    : impl_(std::make_unique<Impl>(std::move(options), tls, std::move(handler))) {}

Front::~Front() { stop(std::chrono::milliseconds(0)); }

Result<std::uint16_t> Front::start() {
  Result<std::uint16_t> port = impl_->reactor.open();
  if (!port) return port;
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  impl_->thread = std::thread([this] { impl_->reactor.run(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return port;
}

void Front::drain(std::chrono::milliseconds linger) { impl_->reactor.drain(linger); }

void Front::stop(std::chrono::milliseconds limit) {
  if (!impl_->thread.joinable()) return;
  impl_->reactor.stop(limit);
  impl_->thread.join();
}

const FrontCounters& Front::counters() const noexcept { return impl_->counters; }

}  // namespace kaudit
