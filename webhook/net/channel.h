// One accepted socket, plain or under TLS, never blocking. Owns the descriptor. Thread-safety:
// none.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "webhook/net/openssl_ptr.h"

namespace kaudit {

class Channel {
 public:
  enum class Status : std::uint8_t {
    done,
    want_read,   // nothing to read; or a write that must read first
    want_write,  // no room to write; or a read that must write first
    end,         // the peer sends no more
    failed,
  };
  struct Result {
    Status status;
    std::size_t bytes = 0;
  };

  explicit Channel(int descriptor) : descriptor_(descriptor) {}
  ~Channel() { close(); }
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
  [[nodiscard]] bool is_tls() const noexcept { return ssl_ != nullptr; }
  [[nodiscard]] SSL* ssl() const noexcept { return ssl_.get(); }

  // From now on everything goes through TLS, which handshake() sets up. False: out of memory.
  bool start_tls(SSL_CTX* context);
  [[nodiscard]] Result handshake();
  [[nodiscard]] Result read(char* data, std::size_t size);
  [[nodiscard]] Result write(std::string_view data);
  // Bytes written into the socket so far, and those of them that the peer's kernel has not taken.
  [[nodiscard]] std::uint64_t sent() const noexcept;
  [[nodiscard]] std::uint64_t untaken() const noexcept;
  // Whether bytes are here that no poll will tell of.
  [[nodiscard]] bool buffered() const noexcept;
  // Says to the peer that nothing more comes.
  void end_writing();
  // Reads and forgets what comes, without TLS: for a connection that is only waited out.
  [[nodiscard]] Result discard(char* scratch, std::size_t size) const;
  void close();
  // Closes at once: the peer sees a reset.
  void reset();

 private:
  [[nodiscard]] Result tls_result(int returned, std::size_t bytes);

  int descriptor_;
  OpensslPtr<SSL> ssl_;
  std::uint64_t sent_ = 0;  // without TLS, which counts itself
};

}  // namespace kaudit
