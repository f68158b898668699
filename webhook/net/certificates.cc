#include "webhook/net/certificates.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstring>
#include <ctime>
#include <fstream>

namespace kaudit {
namespace {

constexpr std::size_t kMostPem = 1U << 20U;

Error wrong(const std::string& file, std::string message, ErrorCode code = ErrorCode::config) {
  ERR_clear_error();
  Error error;
  error.code = code;
  error.message = std::move(message);
  error.where.source = file;
  return error;
}

OpensslPtr<BIO> memory(std::string_view text) {
  return OpensslPtr<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

SystemTime time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
  return std::chrono::system_clock::from_time_t(timegm(&parts));
}

std::string text_of(const ASN1_STRING* string) {
  unsigned char* utf8 = nullptr;
  const int size = ASN1_STRING_to_UTF8(&utf8, string);
  if (size < 0) return {};
  std::string text(reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(size));
  OPENSSL_free(utf8);
  return text;
}

// Says "no passphrase", where OpenSSL would ask the terminal.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*data*/) { return 0; }

}  // namespace

Result<std::string> read_pem_file(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in)
    return wrong(file, std::string("cannot be read: ") + std::strerror(errno), ErrorCode::io);
  std::string text(kMostPem + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad() || (!in.eof() && in.fail())) return wrong(file, "cannot be read", ErrorCode::io);
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > kMostPem) return wrong(file, "is larger than 1 MiB", ErrorCode::too_large);
  return text;
}

Result<Certificates> parse_certificates(std::string_view pem, const std::string& file) {
  const OpensslPtr<BIO> bio = memory(pem);
  Certificates found;
  while (X509* certificate = PEM_read_bio_X509_AUX(bio.get(), nullptr, no_passphrase, nullptr)) {
    found.emplace_back(certificate);
  }
  const unsigned long error = ERR_peek_last_error();
  const bool ended =
      ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
  if (found.empty()) return wrong(file, "holds no certificate in PEM form");
  if (!ended) return wrong(file, "holds a broken certificate");
  ERR_clear_error();
  return found;
}

Result<OpensslPtr<EVP_PKEY>> parse_key(std::string_view pem, const std::string& file) {
  const OpensslPtr<BIO> bio = memory(pem);
  OpensslPtr<EVP_PKEY> key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  if (!key) return wrong(file, "holds no private key in PEM form without a passphrase");
  return key;
}

SystemTime not_before(const X509* certificate) { return time_of(X509_get0_notBefore(certificate)); }
SystemTime not_after(const X509* certificate) { return time_of(X509_get0_notAfter(certificate)); }

std::string to_string(SystemTime time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return {text.data(), size};
}

std::vector<std::string> names_of(X509* certificate) {
  std::vector<std::string> names;
  const X509_NAME* subject = X509_get_subject_name(certificate);
  for (int at = -1; (at = X509_NAME_get_index_by_NID(subject, NID_commonName, at)) >= 0;) {
    names.push_back(text_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at))));
  }
  const OpensslPtr<GENERAL_NAMES> others(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; others && i < sk_GENERAL_NAME_num(others.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(others.get(), i);
    if (name->type == GEN_DNS) names.push_back(text_of(name->d.dNSName));
  }
  return names;
}

bool is_for(X509* certificate, const std::string& name) {
  return X509_check_host(certificate, name.data(), name.size(), X509_CHECK_FLAG_NEVER_CHECK_SUBJECT,
                         nullptr) == 1 ||
         X509_check_ip_asc(certificate, name.c_str(), 0) == 1;
}

}  // namespace kaudit
