// The transport in front of cpp-httplib: accepts, speaks TLS, frames HTTP/1.1 strictly, keeps
// deadlines and limits, and hands over complete requests only. One reactor thread owns all
// connections; workers see whole requests and answer with whole responses. A small request is
// answered by the reactor itself while answers are quick: handing it over and back costs as much
// CPU as most answers do.
//
// Ownership: a Front owns its sockets and threads. Thread-safety: start, drain and stop from one
// thread; counters from any. Units: seconds as std::chrono durations, bytes.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"

namespace kaudit {

class TlsContext;  // webhook/net/tls.h

// The limits of shared promises D1 to D6; see webhook/README.md for what each answers.
struct FrontOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;   // 0: any free one
  std::size_t workers = 2;  // 0: the reactor itself calls the handler (health, metrics)
  std::size_t inline_body = 32U << 10U;  // a larger body is for a worker; 0: every request is
  std::size_t request_line = 4096, header_line = 8192, header_bytes = 32768, headers = 64;
  std::size_t body = 8u << 20;
  std::size_t discard = 32u << 20;  // read and thrown away of a larger body, to answer it
  std::size_t bodies_in_flight = 24u << 20;
  std::size_t connections = 4096, connections_per_address = 3072;
  std::size_t queue = 1024;  // requests that wait for a worker; more are shed
  std::chrono::milliseconds handshake{5000}, header{5000}, body_time{8000}, write{8000};
  // Of a peer's time in all, for the handshake if it is the first and one request and its answer.
  std::chrono::milliseconds total{8000};
  std::chrono::milliseconds idle{180000};  // longer than Go's 90 s, which must close first
  std::chrono::milliseconds queue_wait{1000};
};

// Valid during the handler's call.
struct FramedRequest {
  std::string_view head;  // request line and headers as sent, framing headers made plain
  std::string_view body;  // identity, complete; of an oversized one the beginning
  bool oversized = false;
  std::string_view remote_address;
  std::string_view client_name;                    // of a verified client certificate
  std::chrono::steady_clock::time_point received;  // its last byte
};

// Called by workers and by the reactor, at the same time; should not block.
// Writes a complete HTTP/1.1 response, without Connection header: that is the front's to add.
using FrontHandler = std::function<void(const FramedRequest& request, std::string& response)>;

// Since start. Read by metrics.
struct FrontCounters {
  std::atomic<std::uint64_t> connections{0};  // accepted
  std::atomic<std::int64_t> open{0};
  std::atomic<std::int64_t> in_flight{0};  // requests handed over and not answered
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> shed{0};                 // 503 with Retry-After
  std::atomic<std::uint64_t> refused_connections{0};  // over a cap
  std::atomic<std::uint64_t> tls_errors{0};
  std::atomic<std::uint64_t> protocol_errors{0};  // 4xx by the framing
  std::atomic<std::uint64_t> timeouts{0};
};

class Front {
 public:
  // `tls` null: plain. The context may be exchanged while serving (TlsContext does that).
  Front(FrontOptions options, TlsContext* tls, FrontHandler handler);
  ~Front();
  // Listens and starts the threads. The port is then known.
  [[nodiscard]] Result<std::uint16_t> start();
  // Every request sent from now on is answered with `Connection: close`; idle connections are
  // closed when `linger` is over. New ones are still accepted.
  void drain(std::chrono::milliseconds linger);
  // Stops accepting, finishes what is in flight (at most `limit`), closes everything.
  void stop(std::chrono::milliseconds limit);
  [[nodiscard]] const FrontCounters& counters() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kaudit
