// What the reactor knows of one accepted connection.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "webhook/net/channel.h"
#include "webhook/net/deadlines.h"
#include "webhook/net/http_framing.h"

namespace kaudit {

// An IPv6 address, or an IPv4 one mapped into it.
using PeerAddress = std::array<unsigned char, 16>;

enum class Phase : std::uint8_t {
  handshake,  // of TLS; nothing is allocated for it before its first byte
  receiving,  // between requests or in one
  working,    // a worker has its request
  writing,    // an answer, then receiving again
  lingering,  // everything is said; waiting until the peer has read it
  closed,     // destroyed once no worker holds its request
};

struct Connection : DeadlineNode {
  Connection(int descriptor, const FramingLimits& limits) : channel(descriptor), framing(limits) {}

  Channel channel;
  HttpFraming framing;
  // Read and not yet framed: requests sent before the one under way was answered.
  std::string pending;
  std::size_t pending_taken = 0;
  std::string out;
  std::size_t written = 0;
  std::string remote, client;
  PeerAddress address{};
  std::size_t charged = 0;   // of the budget for bodies
  std::size_t lingered = 0;  // bytes thrown away while lingering
  // What had been sent when it was last known to be taken, and when that was.
  std::uint64_t sent_then = 0;
  Clock::time_point taken_at;
  Stopwatch peer_time;    // used in the handshake and the request under way; idling is free
  std::size_t index = 0;  // in the reactor's list of all
  std::uint32_t interest = 0;
  Phase phase = Phase::receiving;
  bool client_allowed = true;
  bool readable = false;     // the poll said so, or bytes are left in the channel
  bool answered = false;     // the request under way was refused before its body was read
  bool close_after = false;  // this answer is the last
  bool served = false;       // at least one request was complete
  bool in_turn = false;      // in the list of those that go on without a poll
  bool has_job = false;      // a worker has its request

  [[nodiscard]] bool has_pending() const noexcept { return pending_taken < pending.size(); }
};

}  // namespace kaudit
