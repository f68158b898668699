#include "webhook/net/listener.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace kaudit {
namespace {

constexpr int kBacklog = 1024;
// Bytes of the kernel's that a peer which does not read can fill; many answers have room.
constexpr int kSendBuffer = 64 << 10;

struct Name {
  sockaddr_storage storage{};
  socklen_t size = sizeof(sockaddr_storage);
  sockaddr* any() { return reinterpret_cast<sockaddr*>(&storage); }
  sockaddr_in& v4() { return reinterpret_cast<sockaddr_in&>(storage); }
  sockaddr_in6& v6() { return reinterpret_cast<sockaddr_in6&>(storage); }
};

bool parse(std::string address, std::uint16_t port, Name& name) {
  if (address.starts_with('[') && address.ends_with(']')) {
    address = address.substr(1, address.size() - 2);
  }
  if (address.empty()) address = "::";
  if (inet_pton(AF_INET, address.c_str(), &name.v4().sin_addr) == 1) {
    name.v4().sin_family = AF_INET;
    name.v4().sin_port = htons(port);
    name.size = sizeof(sockaddr_in);
    return true;
  }
  if (inet_pton(AF_INET6, address.c_str(), &name.v6().sin6_addr) != 1) return false;
  name.v6().sin6_family = AF_INET6;
  name.v6().sin6_port = htons(port);
  name.size = sizeof(sockaddr_in6);
  return true;
}

Error failed(const std::string& address, std::uint16_t port, const std::string& why) {
  Error error;
  error.code = ErrorCode::io;
  error.message = "cannot listen on " + address + " port " + std::to_string(port) + ": " + why;
  return error;
}

void set(int descriptor, int level, int option, int value) {
  ::setsockopt(descriptor, level, option, &value, sizeof value);
}

// Of IPv4 in IPv6 only the IPv4 part is shown, so that one client has one name.
void describe(Name& name, Accepted& accepted) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (name.storage.ss_family == AF_INET6) {
    const in6_addr& address = name.v6().sin6_addr;
    std::memcpy(accepted.address.data(), &address, sizeof address);
    const std::string port = ':' + std::to_string(ntohs(name.v6().sin6_port));
    if (IN6_IS_ADDR_V4MAPPED(&address)) {
      inet_ntop(AF_INET, accepted.address.data() + 12, text.data(), text.size());
      accepted.remote = text.data() + port;
    } else {
      inet_ntop(AF_INET6, &address, text.data(), text.size());
      accepted.remote = '[' + std::string(text.data()) + ']' + port;
    }
    return;
  }
  accepted.address[10] = accepted.address[11] = 0xff;
  std::memcpy(accepted.address.data() + 12, &name.v4().sin_addr, sizeof(in_addr));
  inet_ntop(AF_INET, &name.v4().sin_addr, text.data(), text.size());
  accepted.remote = text.data() + (':' + std::to_string(ntohs(name.v4().sin_port)));
}

int open_spare() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

}  // namespace

Result<std::uint16_t> Listener::open(const std::string& address, std::uint16_t port,
                                     unsigned unread_ms) {
  Name name;
  if (!parse(address, port, name)) {
    return failed(address, port, "this is neither an IPv4 nor an IPv6 address");
  }
  descriptor_ =
      ::socket(name.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
  if (descriptor_ < 0) return failed(address, port, std::strerror(errno));
  set(descriptor_, SOL_SOCKET, SO_REUSEADDR, 1);
  if (name.storage.ss_family == AF_INET6) set(descriptor_, IPPROTO_IPV6, IPV6_V6ONLY, 0);
  // Accepted sockets inherit these.
  set(descriptor_, IPPROTO_TCP, TCP_NODELAY, 1);
  set(descriptor_, SOL_SOCKET, SO_SNDBUF, kSendBuffer);
  set(descriptor_, IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(unread_ms));
  if (::bind(descriptor_, name.any(), name.size) != 0 || ::listen(descriptor_, kBacklog) != 0) {
    const Error error = failed(address, port, std::strerror(errno));
    close();
    return error;
  }
  spare_ = open_spare();
  name.size = sizeof name.storage;
  ::getsockname(descriptor_, name.any(), &name.size);
  return ntohs(name.storage.ss_family == AF_INET6 ? name.v6().sin6_port : name.v4().sin_port);
}

Accepted Listener::accept() {
  Name name;
  Accepted accepted;
  accepted.descriptor =
      ::accept4(descriptor_, name.any(), &name.size, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (accepted.descriptor >= 0) {
    describe(name, accepted);
    accepted.outcome = Accepted::Outcome::accepted;
    return accepted;
  }
  switch (errno) {
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM: break;
    case ECONNABORTED:
    case EINTR: accepted.outcome = Accepted::Outcome::refused; return accepted;
    default: return accepted;
  }
  // Without this the connection would wait in the backlog, and wake the poll for ever.
  accepted.outcome = Accepted::Outcome::starved;
  if (spare_ < 0) return accepted;
  ::close(spare_);
  Channel refused(::accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC));
  if (refused.descriptor() >= 0) {
    refused.reset();
    accepted.outcome = Accepted::Outcome::refused;
  }
  spare_ = open_spare();
  return accepted;
}

void Listener::close() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (spare_ >= 0) ::close(spare_);
  descriptor_ = spare_ = -1;
}

}  // namespace kaudit
