// Certificates and keys from PEM text: read, looked into. Private to webhook/net.
//
// Errors name the file and what is wrong, never a byte of a key.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "webhook/net/openssl_ptr.h"

namespace kaudit {

using Certificates = std::vector<OpensslPtr<X509>>;
using SystemTime = std::chrono::system_clock::time_point;

// At most 1 MiB.
Result<std::string> read_pem_file(const std::string& file);
// At least one; `file` is for messages.
Result<Certificates> parse_certificates(std::string_view pem, const std::string& file);
// Without a passphrase: there is nobody to ask.
Result<OpensslPtr<EVP_PKEY>> parse_key(std::string_view pem, const std::string& file);

[[nodiscard]] SystemTime not_before(const X509* certificate);
[[nodiscard]] SystemTime not_after(const X509* certificate);
// "2026-01-31T12:00:00Z".
[[nodiscard]] std::string to_string(SystemTime time);
// The common name first, then the DNS names.
[[nodiscard]] std::vector<std::string> names_of(X509* certificate);
// Whether a client that asks for `name` accepts it: DNS names (and addresses) only, as Go does.
[[nodiscard]] bool is_for(X509* certificate, const std::string& name);

}  // namespace kaudit
