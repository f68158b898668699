#include "webhook/net/channel.h"

#include <linux/sockios.h>
#include <openssl/err.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace kaudit {
namespace {

Channel::Result socket_result(ssize_t returned, Channel::Status would_block) {
  if (returned > 0) return {Channel::Status::done, static_cast<std::size_t>(returned)};
  if (returned == 0) return {Channel::Status::end};
  if (errno == EAGAIN || errno == EINTR) return {would_block};
  return {Channel::Status::failed};
}

}  // namespace

bool Channel::start_tls(SSL_CTX* context) {
  ERR_clear_error();
  ssl_.reset(SSL_new(context));
  if (ssl_ == nullptr || SSL_set_fd(ssl_.get(), descriptor_) != 1) return false;
  SSL_set_accept_state(ssl_.get());
  return true;
}

Channel::Result Channel::tls_result(int returned, std::size_t bytes) {
  if (returned == 1) return {Status::done, bytes};
  switch (SSL_get_error(ssl_.get(), returned)) {
    case SSL_ERROR_WANT_READ: return {Status::want_read};
    case SSL_ERROR_WANT_WRITE: return {Status::want_write};
    case SSL_ERROR_ZERO_RETURN: return {Status::end};
    default: return {Status::failed};
  }
}

Channel::Result Channel::handshake() {
  ERR_clear_error();
  return tls_result(SSL_do_handshake(ssl_.get()), 0);
}

Channel::Result Channel::read(char* data, std::size_t size) {
  if (!ssl_) return socket_result(::recv(descriptor_, data, size, 0), Status::want_read);
  ERR_clear_error();
  std::size_t bytes = 0;
  const int returned = SSL_read_ex(ssl_.get(), data, size, &bytes);
  return tls_result(returned, bytes);
}

Channel::Result Channel::write(std::string_view data) {
  if (!ssl_) {
    const Result put = socket_result(::send(descriptor_, data.data(), data.size(), MSG_NOSIGNAL),
                                     Status::want_write);
    sent_ += put.bytes;
    return put;
  }
  ERR_clear_error();
  std::size_t bytes = 0;
  const int returned = SSL_write_ex(ssl_.get(), data.data(), data.size(), &bytes);
  return tls_result(returned, bytes);
}

std::uint64_t Channel::sent() const noexcept {
  return ssl_ ? BIO_number_written(SSL_get_wbio(ssl_.get())) : sent_;
}

std::uint64_t Channel::untaken() const noexcept {
  int bytes = 0;
  if (::ioctl(descriptor_, SIOCOUTQ, &bytes) != 0 || bytes < 0) return 0;
  return static_cast<std::uint64_t>(bytes);
}

bool Channel::buffered() const noexcept { return ssl_ && SSL_has_pending(ssl_.get()) == 1; }

void Channel::end_writing() {
  if (ssl_ && SSL_is_init_finished(ssl_.get())) {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
  }
  ::shutdown(descriptor_, SHUT_WR);
}

Channel::Result Channel::discard(char* scratch, std::size_t size) const {
  return socket_result(::recv(descriptor_, scratch, size, 0), Status::want_read);
}

void Channel::close() {
  ssl_.reset();
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

void Channel::reset() {
  const linger now{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close();
}

}  // namespace kaudit
