#include "webhook/net/issue.h"

#include <arpa/inet.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include <array>

namespace kaudit {
namespace {

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

bool is_address(const std::string& name) {
  std::array<unsigned char, 16> address{};
  return inet_pton(AF_INET, name.c_str(), address.data()) == 1 ||
         inet_pton(AF_INET6, name.c_str(), address.data()) == 1;
}

bool add_extension(X509* certificate, X509V3_CTX* context, int nid, const std::string& value) {
  const OpensslPtr<X509_EXTENSION> extension(
      X509V3_EXT_nconf_nid(nullptr, context, nid, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

// Made by hand, not by OpenSSL's "DNS:a,DNS:b": a name may hold a comma.
bool add_names(X509* certificate, const std::vector<std::string>& names) {
  if (names.empty()) return true;
  const OpensslPtr<GENERAL_NAMES> list(GENERAL_NAMES_new());
  if (!list) return false;
  for (const std::string& name : names) {
    GENERAL_NAME* entry = GENERAL_NAME_new();
    if (entry == nullptr || sk_GENERAL_NAME_push(list.get(), entry) == 0) return false;
    if (is_address(name)) {
      GENERAL_NAME_set0_value(entry, GEN_IPADD, a2i_IPADDRESS(name.c_str()));
    } else {
      ASN1_IA5STRING* text = ASN1_IA5STRING_new();
      if (text == nullptr ||
          ASN1_STRING_set(text, name.data(), static_cast<int>(name.size())) != 1) {
        return false;
      }
      GENERAL_NAME_set0_value(entry, GEN_DNS, text);
    }
  }
  return X509_add1_ext_i2d(certificate, NID_subject_alt_name, list.get(), 0, 0) == 1;
}

bool fill(X509* certificate, EVP_PKEY* key, const IssueRequest& request) {
  X509* issuer = request.issuer != nullptr ? request.issuer->certificate.get() : certificate;
  EVP_PKEY* issuer_key = request.issuer != nullptr ? request.issuer->key.get() : key;
  std::array<unsigned char, 16> serial{};
  if (RAND_bytes(serial.data(), serial.size()) != 1) return false;
  serial[0] &= 0x7fU;  // positive
  BIGNUM* number = BN_bin2bn(serial.data(), serial.size(), nullptr);
  const bool numbered = BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nullptr;
  BN_free(number);
  X509_NAME* subject = X509_get_subject_name(certificate);
  const auto* name = reinterpret_cast<const unsigned char*>(request.common_name.data());
  const auto seconds = [](SystemTime time) { return std::chrono::system_clock::to_time_t(time); };
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  return numbered && X509_set_version(certificate, X509_VERSION_3) == 1 &&
         X509_set_pubkey(certificate, key) == 1 &&
         X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8, name,
                                    static_cast<int>(request.common_name.size()), -1, 0) == 1 &&
         X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1 &&
         ASN1_TIME_set(X509_getm_notBefore(certificate), seconds(request.not_before)) != nullptr &&
         ASN1_TIME_set(X509_getm_notAfter(certificate), seconds(request.not_after)) != nullptr &&
         add_extension(certificate, &context, NID_basic_constraints,
                       request.authority ? "critical,CA:TRUE" : "critical,CA:FALSE") &&
         add_extension(
             certificate, &context, NID_key_usage,
             request.authority ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature") &&
         (request.authority || add_extension(certificate, &context, NID_ext_key_usage,
                                             request.for_client ? "clientAuth" : "serverAuth")) &&
         add_extension(certificate, &context, NID_subject_key_identifier, "hash") &&
         add_extension(certificate, &context, NID_authority_key_identifier, "keyid") &&
         add_names(certificate, request.names) &&
         X509_sign(certificate, issuer_key, EVP_sha256()) != 0;
}

}  // namespace

Issued issue(const IssueRequest& request) {
  Issued issued;
  issued.key.reset(EVP_EC_gen("P-256"));
  issued.certificate.reset(X509_new());
  if (!issued.key || !issued.certificate ||
      !fill(issued.certificate.get(), issued.key.get(), request)) {
    ERR_clear_error();
    return {};
  }
  return issued;
}

std::string to_pem(X509* certificate) {
  const OpensslPtr<BIO> bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), certificate);
  return text_of(bio.get());
}

std::string to_pem(EVP_PKEY* key) {
  const OpensslPtr<BIO> bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return text_of(bio.get());
}

}  // namespace kaudit
