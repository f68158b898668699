#include "tests/support/client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <utility>

namespace kaudit::testing {

Client::Client(std::uint16_t port, const ClientOptions& options)
    : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval patience{.tv_sec = kPatience.count(), .tv_usec = 0};
  const int on = 1;
  ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (options.receive_buffer != 0) {
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &options.receive_buffer,
                 sizeof options.receive_buffer);
  }
  connected_ = ::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  if (connected_ && options.tls) shake_hands(options);
}

Client::~Client() {
  ssl_.reset();
  ::close(descriptor_);
}

void Client::shake_hands(const ClientOptions& options) {
  // OpenSSL writes without MSG_NOSIGNAL.
  std::signal(SIGPIPE, SIG_IGN);
  ERR_clear_error();
  context_.reset(SSL_CTX_new(TLS_client_method()));
  SSL_CTX* context = context_.get();
  if (options.max_version != 0) SSL_CTX_set_max_proto_version(context, options.max_version);
  SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
  if (!options.ciphers.empty()) SSL_CTX_set_cipher_list(context, options.ciphers.c_str());
  if (!options.ca_file.empty()) {
    SSL_CTX_load_verify_file(context, options.ca_file.c_str());
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  }
  if (!options.certificate_file.empty()) {
    SSL_CTX_use_certificate_chain_file(context, options.certificate_file.c_str());
    SSL_CTX_use_PrivateKey_file(context, options.key_file.c_str(), SSL_FILETYPE_PEM);
  }
  ssl_.reset(SSL_new(context));
  SSL_set_fd(ssl_.get(), descriptor_);
  SSL_set1_host(ssl_.get(), options.server_name.c_str());
  if (!options.protocols.empty()) {
    SSL_set_alpn_protos(ssl_.get(),
                        reinterpret_cast<const unsigned char*>(options.protocols.data()),
                        static_cast<unsigned>(options.protocols.size()));
  }
  connected_ = SSL_connect(ssl_.get()) == 1;
  if (!connected_) note_error();
}

void Client::note_error() {
  broken_ = true;
  const unsigned long error = ERR_peek_last_error();
  // "tlsv1 alert unknown ca"
  const char* text = ERR_reason_error_string(error);
  const std::string_view reason = text != nullptr ? text : "";
  constexpr std::string_view kAlert = " alert ";
  if (const std::size_t at = reason.find(kAlert); at != reason.npos) {
    alert_ = reason.substr(at + kAlert.size());
  }
  ERR_clear_error();
}

bool Client::send(std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t sent = 0;
    if (ssl_) {
      ERR_clear_error();
      sent = SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
      if (sent <= 0) note_error();
    } else {
      sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    }
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::string Client::read_some() {
  if (!buffer_.empty()) return std::exchange(buffer_, {});
  std::array<char, 16384> data{};
  ssize_t got = 0;
  if (ssl_) {
    ERR_clear_error();
    got = SSL_read(ssl_.get(), data.data(), static_cast<int>(data.size()));
    if (got <= 0 && SSL_get_error(ssl_.get(), static_cast<int>(got)) != SSL_ERROR_ZERO_RETURN) {
      note_error();
    }
  } else {
    got = ::recv(descriptor_, data.data(), data.size(), 0);
    if (got < 0) broken_ = true;
  }
  return {data.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
}

std::string Client::read_all() {
  std::string all;
  for (std::string some = read_some(); !some.empty(); some = read_some()) all += some;
  return all;
}

std::string Client::response(bool has_body) {
  std::string text;
  std::size_t size = std::string::npos;
  while (text.size() < size) {
    const std::string some = read_some();
    if (some.empty()) return {};
    text += some;
    const std::size_t head = text.find("\r\n\r\n");
    if (head == text.npos) continue;
    constexpr std::string_view kLength = "Content-Length: ";
    const std::size_t length = text.find(kLength);
    const bool counted = has_body && length < head;
    size = head + 4 +
           (counted ? std::strtoul(text.c_str() + length + kLength.size(), nullptr, 10) : 0);
  }
  buffer_ = text.substr(size);
  text.resize(size);
  return text;
}

void Client::end() { ::shutdown(descriptor_, SHUT_WR); }

std::string post(std::string_view path, std::string_view body, std::string_view headers) {
  std::string text = "POST ";
  text.append(path).append(" HTTP/1.1\r\nHost: localhost\r\n").append(headers);
  text += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  return text.append(body);
}

std::string get(std::string_view path) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
}

}  // namespace kaudit::testing
