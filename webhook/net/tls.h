// The serving certificate: loaded, checked, exchanged while serving.
//
// Ownership: owns the SSL_CTX in use; connections keep theirs until they end. Thread-safety:
// current() from any thread, reload() from one.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/result.h"

struct ssl_ctx_st;  // OpenSSL's SSL_CTX
struct ssl_st;      // OpenSSL's SSL

namespace kaudit {

struct TlsOptions {
  std::string certificate_file, key_file;
  std::string client_ca_file;              // empty: clients need no certificate
  std::vector<std::string> client_names;   // common names or DNS names that may call; empty: any
  std::string ca_file;                     // the CA that the API server trusts, for self-checks
  std::vector<std::string> service_names;  // names that the certificate must hold
  bool tls_1_2 = false;                    // with ECDHE and AEAD only; else 1.3 alone
};

// What is served now.
struct TlsState {
  std::chrono::system_clock::time_point not_before, not_after;
  std::chrono::system_clock::time_point ca_not_after;  // epoch: no ca_file
  std::vector<std::string> problems;                   // sentences; empty: ready to serve
};

// Who is at the other end of a finished handshake.
struct TlsClient {
  std::string name;  // the certificate's name that may call, else its first; empty: no certificate
  bool allowed = true;
};

class TlsContext {
 public:
  // Refuses what cannot be served at all (unreadable, key of another certificate).
  static Result<std::unique_ptr<TlsContext>> load(TlsOptions options);
  ~TlsContext();
  // Reads the files again when they changed (by content, so that a Secret's `..data` swap counts).
  // True: exchanged. On an error the old pair stays in use, also when the new one could be served
  // but has problems (TlsState) that the old one has not.
  Result<bool> reload();
  [[nodiscard]] std::shared_ptr<ssl_ctx_st> current() const;
  // Checked against the clock now.
  [[nodiscard]] TlsState state() const;
  // From any thread.
  [[nodiscard]] TlsClient client(ssl_st* ssl) const;

 private:
  struct Impl;
  explicit TlsContext(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace kaudit
