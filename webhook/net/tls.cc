#include "webhook/net/tls.h"

#include <openssl/err.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <string_view>

#include "webhook/net/certificates.h"

namespace kaudit {
namespace {

Error wrong(const std::string& file, std::string message) {
  ERR_clear_error();
  Error error;
  error.code = ErrorCode::config;
  error.message = std::move(message);
  error.where.source = file;
  return error;
}

// The files' bytes at one moment; a file that no option names is empty.
struct Files {
  std::string certificate, key, client_ca, ca;
};

using Digest = std::array<unsigned char, 32>;

// What of the files is kept to see a change: nothing of the key.
Digest digest_of(const Files& files) {
  std::string text;
  for (const std::string* file : {&files.certificate, &files.key, &files.client_ca, &files.ca}) {
    text += std::to_string(file->size()) + ':' + *file;
  }
  Digest digest{};
  EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  OPENSSL_cleanse(text.data(), text.size());
  return digest;
}

Result<Files> read_files(const TlsOptions& options) {
  Files files;
  for (const auto& [file, text] : {std::pair(&options.certificate_file, &files.certificate),
                                   std::pair(&options.key_file, &files.key),
                                   std::pair(&options.client_ca_file, &files.client_ca),
                                   std::pair(&options.ca_file, &files.ca)}) {
    if (file->empty() && text != &files.certificate && text != &files.key) continue;
    Result<std::string> read = read_pem_file(*file);
    if (!read) return std::move(read).error();
    *text = *std::move(read);
  }
  return files;
}

OpensslPtr<X509_STORE> store_of(const Certificates& authorities) {
  OpensslPtr<X509_STORE> store(X509_STORE_new());
  for (const auto& authority : authorities) X509_STORE_add_cert(store.get(), authority.get());
  // Whoever is in the file is trusted, also an intermediate without its root, as Go does it.
  X509_STORE_set_flags(store.get(), X509_V_FLAG_PARTIAL_CHAIN);
  return store;
}

// Whether the API server, which trusts `authorities`, can trust the certificate; times aside.
bool chains(const Certificates& chain, const Certificates& authorities, Certificates& path) {
  const OpensslPtr<X509_STORE> store = store_of(authorities);
  const OpensslPtr<X509_STORE_CTX> check(X509_STORE_CTX_new());
  STACK_OF(X509)* others = sk_X509_new_null();
  for (const auto& certificate : chain) sk_X509_push(others, certificate.get());
  X509_STORE_CTX_init(check.get(), store.get(), chain.front().get(), others);
  X509_STORE_CTX_set_default(check.get(), "ssl_server");
  X509_STORE_CTX_set_flags(check.get(), X509_V_FLAG_NO_CHECK_TIME);
  const bool good = X509_verify_cert(check.get()) == 1;
  if (good) {
    STACK_OF(X509)* used = X509_STORE_CTX_get0_chain(check.get());
    for (int i = 0; i < sk_X509_num(used); ++i) {
      X509_up_ref(sk_X509_value(used, i));
      path.emplace_back(sk_X509_value(used, i));
    }
  }
  sk_X509_free(others);
  ERR_clear_error();
  return good;
}

struct Validity {
  std::string what;  // "the certificate"
  SystemTime begin, end;
};

// One load of the files, immutable.
struct Material {
  std::shared_ptr<SSL_CTX> context;
  std::vector<std::string> problems;  // those that time does not change
  std::vector<Validity> validities;   // the certificate's first
  SystemTime ca_not_after;
};

std::vector<std::string> problems_at(const Material& material, SystemTime now) {
  std::vector<std::string> problems = material.problems;
  for (const Validity& validity : material.validities) {
    if (now < validity.begin) {
      problems.push_back(validity.what + " is not valid before " + to_string(validity.begin));
    }
    if (now > validity.end) {
      problems.push_back(validity.what + " expired at " + to_string(validity.end));
    }
  }
  return problems;
}

// ALPN: HTTP/1.1 or nothing. A client that offers only others is told so.
int choose_protocol(SSL* /*ssl*/, const unsigned char** out, unsigned char* out_size,
                    const unsigned char* in, unsigned int in_size, void* /*data*/) {
  constexpr std::string_view kHttp = "http/1.1";
  for (unsigned int at = 0; at < in_size; at += 1U + in[at]) {
    const std::string_view name(reinterpret_cast<const char*>(in) + at + 1, in[at]);
    if (name != kHttp) continue;
    *out = in + at + 1;
    *out_size = static_cast<unsigned char>(kHttp.size());
    return SSL_TLSEXT_ERR_OK;
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

void harden(SSL_CTX* context, bool tls_1_2) {
  SSL_CTX_set_min_proto_version(context, tls_1_2 ? TLS1_2_VERSION : TLS1_3_VERSION);
  SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION);
  SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20");
  // No tickets and no cache: an API server does not resume, and a client certificate that is no
  // longer trusted does not live on in a session.
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  constexpr std::string_view kContext = "kaudit";
  SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>(kContext.data()),
                                 kContext.size());
  SSL_CTX_set_max_early_data(context, 0);
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
  // Buffers live only while a record is in them; one read takes as much as there is.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_NO_AUTO_CHAIN);
  SSL_CTX_set_read_ahead(context, 1);
}

void ask_clients(SSL_CTX* context, const Certificates& authorities) {
  constexpr int kDepth = 5;
  constexpr long kMostChain = 64L << 10;  // bytes
  SSL_CTX_set1_verify_cert_store(context, store_of(authorities).get());
  for (const auto& authority : authorities) SSL_CTX_add_client_CA(context, authority.get());
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_verify_depth(context, kDepth);
  SSL_CTX_set_max_cert_list(context, kMostChain);
}

void inspect(Material& material, const TlsOptions& options, const Certificates& chain,
             const Certificates& authorities) {
  X509* leaf = chain.front().get();
  material.validities.push_back({"the certificate", not_before(leaf), not_after(leaf)});
  for (const std::string& name : options.service_names) {
    if (!is_for(leaf, name)) {
      material.problems.push_back("the certificate is not for the name " + name);
    }
  }
  if (options.ca_file.empty()) return;
  Certificates path;
  if (!chains(chain, authorities, path)) {
    material.problems.push_back("the certificate does not chain to " + options.ca_file);
    path.clear();
  }
  for (std::size_t i = 1; i < path.size(); ++i) {
    material.validities.push_back(
        {"the certificate's issuer", not_before(path[i].get()), not_after(path[i].get())});
  }
  // The end of the authority in use; of a bundle that does not hold it, the first end.
  if (!path.empty()) {
    material.ca_not_after = not_after(path.back().get());
    return;
  }
  const auto first = std::min_element(
      authorities.begin(), authorities.end(),
      [](const auto& a, const auto& b) { return not_after(a.get()) < not_after(b.get()); });
  material.ca_not_after = not_after(first->get());
}

Result<Material> make(const TlsOptions& options, const Files& files) {
  Result<Certificates> chain = parse_certificates(files.certificate, options.certificate_file);
  if (!chain) return std::move(chain).error();
  const Result<OpensslPtr<EVP_PKEY>> key = parse_key(files.key, options.key_file);
  if (!key) return key.error();
  Certificates client_authorities, authorities;
  for (const auto& [file, text, into] :
       {std::tuple(&options.client_ca_file, &files.client_ca, &client_authorities),
        std::tuple(&options.ca_file, &files.ca, &authorities)}) {
    if (file->empty()) continue;
    Result<Certificates> parsed = parse_certificates(*text, *file);
    if (!parsed) return std::move(parsed).error();
    *into = *std::move(parsed);
  }

  Material material;
  material.context = std::shared_ptr<SSL_CTX>(SSL_CTX_new(TLS_server_method()), OpensslFree());
  SSL_CTX* context = material.context.get();
  if (context == nullptr) return wrong(options.certificate_file, "cannot be used: no memory");
  harden(context, options.tls_1_2);
  if (X509_check_private_key(chain->front().get(), key->get()) != 1) {
    return wrong(options.key_file, "is not the key of " + options.certificate_file);
  }
  if (SSL_CTX_use_certificate(context, chain->front().get()) != 1 ||
      SSL_CTX_use_PrivateKey(context, key->get()) != 1) {
    return wrong(options.certificate_file,
                 "is refused by OpenSSL: its key or signature is too weak or of an unknown kind");
  }
  for (std::size_t i = 1; i < chain->size(); ++i) {
    if (SSL_CTX_add1_chain_cert(context, (*chain)[i].get()) != 1) {
      return wrong(options.certificate_file, "holds a chain certificate that OpenSSL refuses");
    }
  }
  if (!options.client_ca_file.empty()) ask_clients(context, client_authorities);
  inspect(material, options, *chain, authorities);
  return material;
}

}  // namespace

struct TlsContext::Impl {
  TlsOptions options;
  mutable std::mutex mutex;
  Material material;  // under the mutex
  Digest digest{};    // of the files that material was made of
};

TlsContext::TlsContext(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsContext::~TlsContext() = default;

Result<std::unique_ptr<TlsContext>> TlsContext::load(TlsOptions options) {
  Result<Files> files = read_files(options);
  if (!files) return std::move(files).error();
  Result<Material> material = make(options, *files);
  const Digest digest = digest_of(*files);
  OPENSSL_cleanse(files->key.data(), files->key.size());
  if (!material) return std::move(material).error();
  auto impl = std::make_unique<Impl>();
  impl->options = std::move(options);
  impl->material = *std::move(material);
  impl->digest = digest;
  return std::unique_ptr<TlsContext>(new TlsContext(std::move(impl)));
}

Result<bool> TlsContext::reload() {
  Result<Files> files = read_files(impl_->options);
  if (!files) return std::move(files).error();
  const Digest digest = digest_of(*files);
  if (digest == impl_->digest) {
    OPENSSL_cleanse(files->key.data(), files->key.size());
    return false;
  }
  Result<Material> material = make(impl_->options, *files);
  OPENSSL_cleanse(files->key.data(), files->key.size());
  if (!material) return std::move(material).error();
  // What works is not exchanged for what does not.
  const SystemTime now = std::chrono::system_clock::now();
  const std::vector<std::string> worse = problems_at(*material, now);
  const std::lock_guard lock(impl_->mutex);
  if (!worse.empty() && problems_at(impl_->material, now).empty()) {
    return wrong(impl_->options.certificate_file, "was changed and is not used: " + worse.front());
  }
  impl_->material = *std::move(material);
  impl_->digest = digest;
  return true;
}

std::shared_ptr<ssl_ctx_st> TlsContext::current() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->material.context;
}

TlsState TlsContext::state() const {
  const std::lock_guard lock(impl_->mutex);
  const Material& material = impl_->material;
  return {material.validities.front().begin, material.validities.front().end, material.ca_not_after,
          problems_at(material, std::chrono::system_clock::now())};
}

TlsClient TlsContext::client(ssl_st* ssl) const {
  TlsClient client;
  X509* certificate = SSL_get0_peer_certificate(ssl);
  if (certificate == nullptr) return client;
  const std::vector<std::string> names = names_of(certificate);
  const std::vector<std::string>& allowed = impl_->options.client_names;
  const auto match = std::find_if(names.begin(), names.end(), [&](const std::string& name) {
    return allowed.empty() || std::find(allowed.begin(), allowed.end(), name) != allowed.end();
  });
  client.allowed = allowed.empty() || match != names.end();
  if (match != names.end()) {
    client.name = *match;
  } else if (!names.empty()) {
    client.name = names.front();
  }
  return client;
}

}  // namespace kaudit
