// The reactor's part that concerns one connection: handshake, requests, answers, the end.
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "webhook/net/reactor.h"
#include "webhook/net/release.h"
#include "webhook/net/tls.h"

namespace kaudit {
namespace {

// One connection's share before others have their turn.
constexpr std::size_t kReadsInTurn = 8;
constexpr std::size_t kStepsInTurn = 8;  // a request takes two
// Thrown away of a peer that goes on sending after the last answer.
constexpr std::size_t kMostLingered = 4U << 20U;
// A body that was given this much time may be given up for others.
constexpr std::chrono::milliseconds kBodyGrace{1000};
// How long the reactor may answer before it polls again; and when it found answers to be slow, how
// long it leaves them all to workers.
constexpr std::chrono::microseconds kAnswersInTurn{300};
constexpr std::chrono::milliseconds kSlowAnswer{2};
constexpr std::chrono::milliseconds kSlowPause{1000};

std::string_view phrase_of(int status) {
  switch (status) {
    case 400: return "Bad Request";
    case 403: return "Forbidden";
    case 408: return "Request Timeout";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 431: return "Request Header Fields Too Large";
    default: return "Error";
  }
}

// An API server tries again after that time, within the webhook's timeout.
constexpr std::string_view kShed =
    "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n";
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

void Reactor::advance(Connection& c) {
  std::size_t steps = 0;
  for (bool going = true; going;) {
    if (++steps > kStepsInTurn) {
      later(c);
      return;
    }
    switch (c.phase) {
      case Phase::handshake: going = shake_hands(c); break;
      case Phase::receiving: going = receive(c); break;
      case Phase::writing: going = write_out(c); break;
      case Phase::lingering:
        linger(c);
        going = false;
        break;
      case Phase::working:
      case Phase::closed: going = false; break;
    }
  }
}

bool Reactor::shake_hands(Connection& c) {
  if (!c.channel.is_tls()) {
    // A peer that says nothing costs no more than its socket.
    char first = 0;
    if (::recv(c.channel.descriptor(), &first, 1, MSG_PEEK) < 0 && errno == EAGAIN) return false;
    if (!c.channel.start_tls(tls_->current().get())) {
      close(c);
      return false;
    }
  }
  switch (c.channel.handshake().status) {
    case Channel::Status::want_read: arm(c, EPOLLIN); return false;
    case Channel::Status::want_write: arm(c, EPOLLOUT); return false;
    case Channel::Status::done: break;
    case Channel::Status::end:
    case Channel::Status::failed:
      ++counters_.tls_errors;
      // The alert is out; a reset would take it from the peer.
      c.phase = Phase::lingering;
      c.channel.end_writing();
      return true;
  }
  TlsClient client = tls_->client(c.channel.ssl());
  c.client = std::move(client.name);
  c.client_allowed = client.allowed;
  c.phase = Phase::receiving;
  frame(c, {});
  return true;
}

bool Reactor::receive(Connection& c) {
  for (std::size_t reads = 0; reads < kReadsInTurn; ++reads) {
    if (c.has_pending()) {
      c.pending_taken += frame(c, std::string_view(c.pending).substr(c.pending_taken));
      if (!c.has_pending()) {
        release(c.pending);
        c.pending_taken = 0;
      }
      if (c.phase != Phase::receiving) return true;
    }
    if (!c.readable && !c.channel.buffered()) break;
    const Channel::Result got = c.channel.read(buffer_.data(), buffer_.size());
    switch (got.status) {
      case Channel::Status::done: break;
      case Channel::Status::want_read:
        c.readable = false;
        arm(c, EPOLLIN);
        return false;
      case Channel::Status::want_write: arm(c, EPOLLOUT); return false;
      case Channel::Status::end: c.channel.end_writing(); [[fallthrough]];
      case Channel::Status::failed: close(c); return false;
    }
    c.readable = got.bytes == buffer_.size();
    const std::string_view input = std::string_view(buffer_).substr(0, got.bytes);
    const std::size_t taken = frame(c, input);
    if (taken < input.size()) c.pending.assign(input.substr(taken));
    if (c.phase != Phase::receiving) return true;
  }
  if (c.readable || c.channel.buffered()) {
    later(c);
  } else {
    arm(c, EPOLLIN);
  }
  return false;
}

std::size_t Reactor::frame(Connection& c, std::string_view input) {
  const std::size_t size = input.size();
  while (c.phase == Phase::receiving) {
    const HttpFraming::Step step = c.framing.feed(input);
    input.remove_prefix(step.consumed);
    switch (step.event) {
      case HttpFraming::Event::more:
        charge(c);
        if (c.phase != Phase::receiving) break;
        await_more(c);
        return size;
      case HttpFraming::Event::head: on_head(c, !input.empty()); break;
      case HttpFraming::Event::request:
        charge(c);
        if (c.phase == Phase::receiving) on_request(c);
        break;
      case HttpFraming::Event::error: on_framing_error(c); break;
    }
  }
  return size - input.size();
}

// Which deadline runs while the peer has the word.
void Reactor::await_more(Connection& c) {
  if (c.answered) {
    deadlines_.set(c, DeadlineKind::linger, now_);
  } else if (c.framing.has_head()) {
    give_time(c, DeadlineKind::body, now_);
  } else if (c.framing.begun() || (linger_over_ && (c.served || c.channel.is_tls()))) {
    give_time(c, DeadlineKind::header, now_);
  } else if (c.served || c.channel.is_tls()) {
    c.peer_time.pause(now_);
    deadlines_.set(c, DeadlineKind::idle, now_);
  }
}

// What it may take for this, but no more than is left of its total.
void Reactor::give_time(Connection& c, DeadlineKind kind, Clock::time_point since) {
  c.peer_time.run(now_);
  deadlines_.set(c, kind, since, c.peer_time.began() + options_.total);
}

void Reactor::on_head(Connection& c, bool body_here) {
  if (!c.client_allowed) {
    refuse(c, 403, "the client's certificate is for a name that may not call");
  } else if (options_.workers != 0 &&
             workers_.overloaded(now_, c.framing.announced() > kLargeBody)) {
    shed(c);
  } else if (c.framing.expects_continue() && !body_here) {
    c.out = kContinue;
    c.phase = Phase::writing;
  }
}

void Reactor::on_request(Connection& c) {
  c.served = true;
  if (c.answered) {
    c.answered = false;
    c.framing.next();
    return;
  }
  ++counters_.requests;
  auto job = std::make_unique<Job>();
  job->owner = &c;
  job->oversized = c.framing.oversized();
  job->keep_alive = c.framing.keep_alive();
  c.framing.take(job->head, job->body);
  c.framing.next();
  job->received = job->queued = Clock::now();
  job->remote = c.remote;
  job->client = c.client;
  deadlines_.clear(c);
  c.peer_time.pause(now_);
  if (answers_itself(*job)) {
    answer_itself(c, *job);
    return;
  }
  const bool keep_alive = job->keep_alive;
  job->charged = c.charged;
  if (!workers_.offer(job)) {
    body_bytes_ -= c.charged;
    c.charged = 0;
    ++counters_.shed;
    reply(c, std::string(kShed), keep_alive);
    return;
  }
  c.charged = 0;
  c.phase = Phase::working;
  c.has_job = true;
  ++jobs_;
  ++counters_.in_flight;
}

bool Reactor::answers_itself(const Job& job) const {
  return options_.workers == 0 || (job.body.size() < options_.inline_body &&
                                   answering_ < kAnswersInTurn && job.received >= answer_after_);
}

void Reactor::answer_itself(Connection& c, Job& job) {
  ++counters_.in_flight;
  answer(job, handler_);
  --counters_.in_flight;
  const Clock::time_point end = Clock::now();
  answering_ += end - job.received;
  if (end - job.received > kSlowAnswer) answer_after_ = end + kSlowPause;
  body_bytes_ -= c.charged;
  c.charged = 0;
  reply(c, std::move(job.response), job.keep_alive);
}

void Reactor::on_framing_error(Connection& c) {
  if (c.answered) {
    close(c);
    return;
  }
  ++counters_.protocol_errors;
  refuse(c, c.framing.status(), c.framing.reason());
}

// What is charged is what is allocated, not what a sender announces.
void Reactor::charge(Connection& c) {
  const std::size_t now = c.framing.body().empty() ? 0 : c.framing.memory();
  body_bytes_ += now - c.charged;
  c.charged = now;
  if (!make_room(c)) shed(c);
}

// The body that has been coming for longest is given up, if it had its time: a few slow senders
// cannot hold what many quick ones need.
bool Reactor::make_room(Connection& c) {
  // A quarter is for small bodies alone.
  const std::size_t all = options_.bodies_in_flight;
  const std::size_t most = c.charged > kLargeBody ? all - all / 4 : all;
  while (c.charged != 0 && body_bytes_ > most) {
    auto* oldest = static_cast<Connection*>(deadlines_.oldest(DeadlineKind::body));
    if (oldest == nullptr || oldest == &c || now_ - oldest->since < kBodyGrace) return false;
    shed(*oldest);
    later(*oldest);
  }
  return true;
}

// Says "try again" before the body is read to its end, and reads on without keeping it.
void Reactor::shed(Connection& c) {
  ++counters_.shed;
  // Whether a sender that was not told to go on sends its body, it alone knows.
  const bool keep_alive = c.framing.keep_alive() && !c.framing.expects_continue();
  c.framing.discard_body();
  body_bytes_ -= c.charged;
  c.charged = 0;
  c.answered = true;
  deadlines_.clear(c);
  reply(c, std::string(kShed), keep_alive);
}

void Reactor::reply(Connection& c, std::string response, bool keep_alive) {
  if (response.empty()) response = kShed;
  c.out = std::move(response);
  c.written = 0;
  c.close_after = !keep_alive || draining_;
  if (c.close_after) c.out.insert(c.out.find("\r\n") + 2, "Connection: close\r\n");
  c.phase = Phase::writing;
}

void Reactor::refuse(Connection& c, int status, std::string_view reason) {
  std::string body = std::to_string(status) + ' ' + std::string(phrase_of(status)) + ": " +
                     std::string(reason) + '\n';
  std::string response =
      "HTTP/1.1 " + std::to_string(status) + ' ' + std::string(phrase_of(status)) +
      "\r\nContent-Type: text/plain\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  if (!c.framing.is_head_method()) response += body;
  deadlines_.clear(c);
  reply(c, std::move(response), false);
}

// Buffers take many small answers before a write has to wait; who asks on and on and takes none of
// them is known by what its kernel has not acknowledged.
bool Reactor::is_deaf(Connection& c) {
  const std::uint64_t sent = c.channel.sent();
  const std::uint64_t untaken = c.channel.untaken();
  if (untaken == 0 || sent > c.sent_then + untaken) {
    c.sent_then = sent;
    c.taken_at = now_;
  }
  return now_ - c.taken_at > options_.write;
}

bool Reactor::write_out(Connection& c) {
  if (c.written == 0 && is_deaf(c)) {
    ++counters_.timeouts;
    close(c);
    return false;
  }
  while (c.written < c.out.size()) {
    const Channel::Result put = c.channel.write(std::string_view(c.out).substr(c.written));
    switch (put.status) {
      case Channel::Status::done: c.written += put.bytes; continue;
      case Channel::Status::want_read: arm(c, EPOLLIN); break;
      case Channel::Status::want_write: arm(c, EPOLLOUT); break;
      case Channel::Status::end:
      case Channel::Status::failed: close(c); return false;
    }
    give_time(c, DeadlineKind::write, c.taken_at);
    return false;
  }
  release(c.out);
  c.written = 0;
  if (c.close_after) {
    c.phase = Phase::lingering;
    c.channel.end_writing();
    return true;
  }
  // "Go on" is no answer.
  if (c.answered || !c.framing.has_head()) c.peer_time.reset();
  c.phase = Phase::receiving;
  // Says which deadline runs now.
  frame(c, {});
  return true;
}

// Closing while the peer still sends would reset the connection, and the reset would overtake the
// answer: wait until the peer has closed, a little.
void Reactor::linger(Connection& c) {
  deadlines_.set(c, DeadlineKind::linger, now_);
  for (std::size_t reads = 0; reads < kReadsInTurn && c.lingered < kMostLingered; ++reads) {
    const Channel::Result got = c.channel.discard(buffer_.data(), buffer_.size());
    if (got.status == Channel::Status::want_read) {
      arm(c, EPOLLIN);
      return;
    }
    if (got.status != Channel::Status::done) break;
    c.lingered += got.bytes;
    if (reads + 1 == kReadsInTurn) {
      later(c);
      return;
    }
  }
  close(c);
}

}  // namespace kaudit
