// Makes keys and certificates (ECDSA P-256): for --self-signed-dir and for tests. Private to
// webhook/net.
#pragma once

#include <string>
#include <vector>

#include "webhook/net/certificates.h"

namespace kaudit {

struct Issued {
  OpensslPtr<X509> certificate;
  OpensslPtr<EVP_PKEY> key;
};

struct IssueRequest {
  std::string common_name;
  std::vector<std::string> names;  // DNS names and IP addresses
  SystemTime not_before, not_after;
  bool authority = false;
  bool for_client = false;         // else for a server
  const Issued* issuer = nullptr;  // null: signs itself
};

// Empty pointers when OpenSSL fails (no memory, no randomness).
[[nodiscard]] Issued issue(const IssueRequest& request);
[[nodiscard]] std::string to_pem(X509* certificate);
[[nodiscard]] std::string to_pem(EVP_PKEY* key);

}  // namespace kaudit
