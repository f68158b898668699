// The listening socket: bound, accepted from, also when descriptors run out.
//
// Ownership: owns its descriptors. Thread-safety: none.
#pragma once

#include <cstdint>
#include <string>

#include "core/result.h"
#include "webhook/net/connection.h"

namespace kaudit {

struct Accepted {
  enum class Outcome : std::uint8_t { accepted, none, refused, starved };
  Outcome outcome = Outcome::none;
  int descriptor = -1;
  PeerAddress address{};
  std::string remote;  // "192.0.2.1:443", "[2001:db8::1]:443"
};

class Listener {
 public:
  Listener() = default;
  ~Listener() { close(); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // An IPv4 or IPv6 address, or nothing for all; gives the port. `unread`: how long a peer may not
  // acknowledge what was sent before the kernel gives it up.
  Result<std::uint16_t> open(const std::string& address, std::uint16_t port, unsigned unread_ms);
  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
  // `refused`: one was closed for want of descriptors. `starved`: not even that; wait a little.
  [[nodiscard]] Accepted accept();
  void close();

 private:
  int descriptor_ = -1;
  int spare_ = -1;  // given up for a moment to close a connection that cannot be served
};

}  // namespace kaudit
