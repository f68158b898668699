// An HTTP client for tests of the front: plain or TLS, says exactly what it is told to say.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "webhook/net/openssl_ptr.h"

namespace kaudit::testing {

struct ClientOptions {
  bool tls = false;
  std::string ca_file{}, certificate_file{}, key_file{};
  std::string server_name = "localhost";
  int max_version = 0;      // 0: any
  std::string ciphers{};    // of TLS 1.2
  std::string protocols{};  // of ALPN, in its wire form
  int receive_buffer = 0;   // of the socket; 0: the system's
};

// Waits at most kPatience for anything, then behaves as if the peer had closed.
class Client {
 public:
  static constexpr std::chrono::seconds kPatience{20};

  explicit Client(std::uint16_t port, const ClientOptions& options = {});
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // TCP, and TLS where asked for, are up.
  [[nodiscard]] bool connected() const noexcept { return connected_; }
  // False: the peer closed. Blocks while the peer does not read.
  bool send(std::string_view bytes);
  // Everything until the peer closes.
  std::string read_all();
  // One response, by its Content-Length; what was read beyond it is kept for the next. Empty: the
  // peer closed first.
  std::string response(bool has_body = true);
  // Some bytes; empty: closed.
  std::string read_some();
  // No more will be sent.
  void end();
  // Whether the last read ended by a reset or a TLS alert, not in order.
  [[nodiscard]] bool broken() const noexcept { return broken_; }
  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
  [[nodiscard]] SSL* ssl() const noexcept { return ssl_.get(); }
  // The TLS alert that the peer sent, else empty.
  [[nodiscard]] const std::string& alert() const noexcept { return alert_; }

 private:
  void shake_hands(const ClientOptions& options);
  void note_error();

  int descriptor_ = -1;
  OpensslPtr<SSL_CTX> context_;
  OpensslPtr<SSL> ssl_;
  std::string buffer_, alert_;
  bool connected_ = false, broken_ = false;
};

// "POST /path" with a Host, `headers` (each with CR LF) and the body's length.
std::string post(std::string_view path, std::string_view body, std::string_view headers = "");
std::string get(std::string_view path);

}  // namespace kaudit::testing
