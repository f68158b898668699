#include "webhook/net/reactor.h"

#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "webhook/net/tls.h"

namespace kaudit {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kReadBuffer = 16U << 10U;  // a TLS record
constexpr int kEventsAtOnce = 256;
constexpr int kAcceptsAtOnce = 64;
constexpr milliseconds kInTurn{1};
constexpr milliseconds kStarvedPause{100};
constexpr milliseconds kLongestWait{60'000};

FramingLimits limits_of(const FrontOptions& o) {
  return {o.request_line, o.header_line, o.header_bytes, o.headers, o.body, o.discard};
}

Deadlines::Lengths lengths_of(const FrontOptions& o) {
  constexpr milliseconds kLinger{2000};
  return {o.handshake, o.header, o.body_time, o.write, o.idle, kLinger};
}

}  // namespace

std::size_t Reactor::AddressHash::operator()(const PeerAddress& address) const noexcept {
  return std::hash<std::string_view>()(
      {reinterpret_cast<const char*>(address.data()), address.size()});
}

Reactor::Reactor(const FrontOptions& options, TlsContext* tls, const FrontHandler& handler,
                 FrontCounters& counters)
    : options_(options),
      limits_(limits_of(options)),
      tls_(tls),
      handler_(handler),
      counters_(counters),
      workers_(options, handler, [this] { wake(); }),
      deadlines_(lengths_of(options)),
      buffer_(kReadBuffer, '\0') {}

Reactor::~Reactor() {
  workers_.stop();
  connections_.clear();
  if (epoll_ >= 0) ::close(epoll_);
  if (wake_ >= 0) ::close(wake_);
}

Result<std::uint16_t> Reactor::open() {
  Result<std::uint16_t> port = listener_.open(options_.address, options_.port,
                                              static_cast<unsigned>(options_.write.count()));
  if (!port) return port;
  epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  wake_ = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  epoll_event listening{.events = EPOLLIN, .data = {.ptr = &listener_}};
  epoll_event waking{.events = EPOLLIN, .data = {.ptr = nullptr}};
  if (epoll_ < 0 || wake_ < 0 ||
      ::epoll_ctl(epoll_, EPOLL_CTL_ADD, listener_.descriptor(), &listening) != 0 ||
      ::epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &waking) != 0) {
    return Error{ErrorCode::io, std::string("cannot poll: ") + std::strerror(errno), {}};
  }
  // Signals are for the program's own thread; a write to a closed socket is an error, no signal.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  workers_.start();
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return port;
}

void Reactor::wake() const {
  const std::uint64_t one = 1;
  // It fails only when the counter is full: then the reactor wakes anyway.
  [[maybe_unused]] const ssize_t written = ::write(wake_, &one, sizeof one);
}

void Reactor::drain(milliseconds linger) {
  drain_order_.store(linger.count());
  wake();
}

void Reactor::stop(milliseconds limit) {
  stop_order_.store(limit.count());
  wake();
}

void Reactor::run() {
  std::array<epoll_event, kEventsAtOnce> events{};
  now_ = Clock::now();
  while (!finished()) {
    const int count = ::epoll_wait(epoll_, events.data(), kEventsAtOnce, poll_timeout());
    now_ = Clock::now();
    answering_ = {};
    take_orders();  // before anything is answered that arrived after them
    bool may_accept = false;
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      if (event.data.ptr == nullptr) {
        std::uint64_t ignored = 0;
        [[maybe_unused]] const ssize_t read = ::read(wake_, &ignored, sizeof ignored);
        take_orders();  // one may have come since, and its call is taken by this read
        collect_answers();
      } else if (event.data.ptr == &listener_) {
        may_accept = true;
      } else {
        on_event(*static_cast<Connection*>(event.data.ptr), event.events);
      }
    }
    continue_in_turn();
    // Those that are here come before those that want to be.
    if (accept_again_ != Clock::time_point{} && now_ >= accept_again_) {
      accept_again_ = {};
      epoll_event listening{.events = EPOLLIN, .data = {.ptr = &listener_}};
      ::epoll_ctl(epoll_, EPOLL_CTL_MOD, listener_.descriptor(), &listening);
    }
    if (may_accept) accept_all();
    expire();
    sweep();
  }
  listener_.close();
  workers_.stop();
  counters_.in_flight -= static_cast<std::int64_t>(jobs_);
  for (const auto& c : connections_) close(*c);
  connections_.clear();
}

bool Reactor::finished() {
  return stopping_ && ((connections_.empty() && jobs_ == 0) || now_ >= stop_until_);
}

int Reactor::poll_timeout() {
  if (!in_turn_.empty()) return 0;
  Clock::time_point until = deadlines_.next(now_ + kLongestWait);
  if (accept_again_ != Clock::time_point{}) until = std::min(until, accept_again_);
  if (draining_ && !linger_over_) until = std::min(until, linger_until_);
  if (stopping_) until = std::min(until, stop_until_);
  // Rounded up: a wait that ends a little early would come round again at once.
  const auto wait = std::chrono::ceil<milliseconds>(until - Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(wait, 0, kLongestWait.count()));
}

void Reactor::accept_all() {
  for (int i = 0; i < kAcceptsAtOnce; ++i) {
    Accepted accepted = listener_.accept();
    switch (accepted.outcome) {
      case Accepted::Outcome::accepted: adopt(std::move(accepted)); break;
      case Accepted::Outcome::refused: ++counters_.refused_connections; break;
      case Accepted::Outcome::none: return;
      case Accepted::Outcome::starved: {
        epoll_event nothing{.events = 0, .data = {.ptr = &listener_}};
        ::epoll_ctl(epoll_, EPOLL_CTL_MOD, listener_.descriptor(), &nothing);
        accept_again_ = now_ + kStarvedPause;
        return;
      }
    }
  }
}

void Reactor::adopt(Accepted&& accepted) {
  auto connection = std::make_unique<Connection>(accepted.descriptor, limits_);
  Connection& c = *connection;
  std::size_t& from_there = addresses_[accepted.address];
  epoll_event event{.events = EPOLLIN, .data = {.ptr = &c}};
  if (connections_.size() >= options_.connections ||
      from_there >= options_.connections_per_address ||
      ::epoll_ctl(epoll_, EPOLL_CTL_ADD, accepted.descriptor, &event) != 0) {
    if (from_there == 0) addresses_.erase(accepted.address);
    ++counters_.refused_connections;
    c.channel.reset();
    return;
  }
  ++from_there;
  ++counters_.connections;
  ++counters_.open;
  c.interest = EPOLLIN;
  c.address = accepted.address;
  c.remote = std::move(accepted.remote);
  c.phase = tls_ != nullptr ? Phase::handshake : Phase::receiving;
  c.index = connections_.size();
  connections_.push_back(std::move(connection));
  give_time(c, tls_ != nullptr ? DeadlineKind::handshake : DeadlineKind::header, now_);
}

void Reactor::on_event(Connection& c, std::uint32_t events) {
  if (c.phase == Phase::closed) return;
  if (c.phase == Phase::working) {
    // More input waits in the socket until the answer is out; a peer that is gone needs none.
    if ((events & (EPOLLHUP | EPOLLERR)) != 0) {
      close(c);
    } else {
      arm(c, 0);
    }
    return;
  }
  c.readable = true;
  if (!c.in_turn) advance(c);
}

void Reactor::expire() {
  while (DeadlineNode* node = deadlines_.expired(now_))
    on_deadline(static_cast<Connection&>(*node));
  if (draining_ && !linger_over_ && now_ >= linger_until_) {
    linger_over_ = true;
    for (std::size_t i = connections_.size(); i-- > 0;) close_if_quiet(*connections_[i]);
  }
}

void Reactor::on_deadline(Connection& c) {
  const DeadlineKind kind = c.kind;
  if (kind == DeadlineKind::idle) {
    c.channel.end_writing();
  } else if (kind != DeadlineKind::linger) {
    ++counters_.timeouts;
  }
  // A slow sender is told why, and not waited for: it had its time. Whoever does not read is not.
  if ((kind == DeadlineKind::header || kind == DeadlineKind::body) && c.framing.begun() &&
      !c.answered) {
    refuse(c, 408,
           kind == DeadlineKind::header ? "the headers took too long" : "the body took too long");
    advance(c);
  }
  close(c);
}

void Reactor::collect_answers() {
  workers_.collect(answers_);
  for (std::unique_ptr<Job>& job : answers_) {
    --jobs_;
    --counters_.in_flight;
    body_bytes_ -= job->charged;
    Connection& c = *job->owner;
    c.has_job = false;
    if (c.phase == Phase::closed) {
      gone_.push_back(&c);
      continue;
    }
    if (job->shed) {
      ++counters_.shed;
      job->response.clear();
    }
    reply(c, std::move(job->response), job->keep_alive);
    advance(c);
  }
  answers_.clear();
}

// Those that send much at once have a share of the time; whoever sent one request comes first.
void Reactor::continue_in_turn() {
  const Clock::time_point until = now_ + kInTurn;
  for (std::size_t left = in_turn_.size(); left > 0 && Clock::now() < until; --left) {
    Connection& c = *in_turn_.front();
    in_turn_.pop_front();
    c.in_turn = false;
    advance(c);
  }
}

void Reactor::take_orders() {
  if (drain_order_.load() >= 0 && !draining_) begin_drain();
  if (stop_order_.load() >= 0 && !stopping_) begin_stop();
}

void Reactor::begin_drain() {
  draining_ = true;
  linger_until_ = now_ + milliseconds(drain_order_.load());
}

void Reactor::begin_stop() {
  // What the kernel has accepted already would be reset otherwise.
  accept_all();
  ::epoll_ctl(epoll_, EPOLL_CTL_DEL, listener_.descriptor(), nullptr);
  listener_.close();
  accept_again_ = {};
  draining_ = linger_over_ = stopping_ = true;
  stop_until_ = now_ + milliseconds(stop_order_.load());
  for (std::size_t i = connections_.size(); i-- > 0;) close_if_quiet(*connections_[i]);
}

// Closes a connection that nobody waits on. A request may be on its way into our socket: look.
void Reactor::close_if_quiet(Connection& c) {
  if (c.phase != Phase::receiving && c.phase != Phase::handshake) return;
  c.readable = true;
  advance(c);
  const bool silent = c.phase == Phase::handshake
                          ? !c.channel.is_tls()
                          : c.phase == Phase::receiving && !c.framing.begun() && !c.has_pending();
  if (!silent) return;
  c.channel.end_writing();
  close(c);
}

void Reactor::later(Connection& c) {
  if (c.in_turn) return;
  c.in_turn = true;
  in_turn_.push_back(&c);
}

void Reactor::arm(Connection& c, std::uint32_t interest) {
  if (c.interest == interest) return;
  epoll_event event{.events = interest, .data = {.ptr = &c}};
  ::epoll_ctl(epoll_, EPOLL_CTL_MOD, c.channel.descriptor(), &event);
  c.interest = interest;
}

void Reactor::close(Connection& c) {
  if (c.phase == Phase::closed) return;
  c.phase = Phase::closed;
  deadlines_.clear(c);
  c.channel.close();
  body_bytes_ -= c.charged;
  c.charged = 0;
  --counters_.open;
  const auto address = addresses_.find(c.address);
  if (address != addresses_.end() && --address->second == 0) addresses_.erase(address);
  // Events of this round and a worker may still hold its address.
  if (!c.has_job) gone_.push_back(&c);
}

void Reactor::sweep() {
  for (Connection* c : gone_) {
    if (c->in_turn) std::erase(in_turn_, c);
    const std::size_t index = c->index;
    connections_[index].swap(connections_.back());
    connections_[index]->index = index;
    connections_.pop_back();
  }
  gone_.clear();
}

}  // namespace kaudit
