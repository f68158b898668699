// Reads: data and stringData of a Secret.
// Allowed: no values, references and placeholders, values encrypted by SOPS, what is public
// (certificates, user names, hosts), and configuration files in which core/secrets sees no secret.
#include <algorithm>

#include "core/rule.h"
#include "core/rules/compose/compose.h"
#include "core/rules/secret_message.h"
#include "core/secrets.h"

namespace kaudit {
namespace {

// The beginning of what base64 encodes; empty where the text is none.
std::string decoded(std::string_view text) {
  constexpr std::size_t kMost = std::size_t{64} << 10U;
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text.substr(0, kMost)) {
    int digit = -1;
    if (c >= 'A' && c <= 'Z') digit = c - 'A';
    if (c >= 'a' && c <= 'z') digit = c - 'a' + 26;
    if (c >= '0' && c <= '9') digit = c - '0' + 52;
    if (c == '+') digit = 62;
    if (c == '/') digit = 63;
    if (c == '=') break;
    if (c == '\n' || c == '\r' || c == ' ') continue;
    if (digit < 0) return {};
    bits = (bits << 6U) | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out += static_cast<char>((bits >> static_cast<unsigned>(count)) & 0xffU);
  }
  return out;
}

bool is_public_name(std::string_view name) {
  std::string folded(name);
  std::transform(folded.begin(), folded.end(), folded.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  for (const std::string_view end :
       {".crt",   ".ca",      ".cert",   ".cer",        ".pub",   "user",  "host",       "hostname",
        "port",   "database", "_db",     "namespace",   "server", "email", "issuer",     "region",
        "bucket", "endpoint", "address", "accountname", "type",   "url",   "dhparam.pem"}) {
    if (folded.ends_with(end)) return true;
  }
  return folded == "name" || folded.find("username") != std::string::npos;
}

bool is_plain_setting(std::string_view value) noexcept {
  if (value == "true" || value == "false") return true;
  return value.size() <= 5 &&
         std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_literal(std::string_view name, std::string_view value) {
  while (!value.empty() && (value.back() == '\n' || value.back() == ' ')) value.remove_suffix(1);
  if (value.empty() || is_reference(value) || is_placeholder(value)) return false;
  if (value.find("-----BEGIN CERTIFICATE") != std::string_view::npos &&
      !secret_by_shape(value).real()) {
    return false;
  }
  const bool telling = name_says(name) == NameSays::password || name_says(name) == NameSays::secret;
  const SecretMatch match = secret_in_value(name, value);
  if (match.real()) return true;
  // A whole file: only what stands in it tells.
  if (value.find('\n') != std::string_view::npos) {
    std::vector<SecretMatch> found;
    find_secrets(value, found);
    return worst_of(found).real();
  }
  if (telling) return match.grade != SecretGrade::placeholder;
  return !is_public_name(name) && !is_plain_setting(value);
}

void check(const Config& config, Sink& sink) {
  if (!config.secret) return;
  constexpr std::size_t kNamed = 3;
  const Pair* first = nullptr;
  std::string names;
  std::size_t count = 0;
  const auto look = [&](const Pair& entry, bool base64) {
    if (!entry.value.written()) return;
    const std::string_view written = entry.value.value;
    // A reference or an encrypted value is no base64.
    if (is_reference(written) || is_placeholder(written)) return;
    if (base64) {
      const std::string text = decoded(written);
      if (text.empty() || !is_literal(entry.name, text)) return;
    } else if (!is_literal(entry.name, written)) {
      return;
    }
    if (first == nullptr) first = &entry;
    if (++count > kNamed) return;
    if (!names.empty()) names += ", ";
    names += quoted(entry.name);
  };
  for (const Pair& entry : config.data) look(entry, true);
  for (const Pair& entry : config.plain) look(entry, false);
  if (first == nullptr) return;
  if (count > kNamed) names += " and " + std::to_string(count - kNamed) + " more";
  sink.report({.at = first->value.at,
               .message = "Secret " + quoted(config.name) +
                          " has its values written in the file: " + names +
                          "; base64 hides nothing from whoever reads the repository",
               .fix = "Keep an encrypted form in the repository: `kubeseal -f secret.yaml -w "
                      "sealed-secret.yaml`, `sops encrypt -i secret.yaml`, or an ExternalSecret",
               .secret = true});
}

constexpr std::string_view kReferences[] = {
    "https://kubernetes.io/docs/concepts/security/secrets-good-practices/",
    "https://github.com/bitnami-labs/sealed-secrets", "https://github.com/getsops/sops"};

constexpr OnSurface kMore[] = {
    {.surface = Surface::compose,
     .remediation = "Add the file to .gitignore, remove it from the repository by `git rm "
                    "--cached`, and change the secret.",
     .bad = R"(services:
  web:
    image: registry.example/shop:1.4.2
secrets:
  db_password:
    content: quiet-otter-17  # expect: secret-in-repository
)",
     .good = R"(services:
  web:
    image: registry.example/shop:1.4.2
secrets:
  db_password:
    file: ./secrets/db_password.txt
)"}};

}  // namespace

extern constinit const Rule rule_secret_in_repository = checked({
    .id = "KA4012",
    .slug = "secret-in-repository",
    .title = "Secret has its values written in the file",
    .rationale =
        "A manifest in a repository is copied to every clone, fork and build log, and stays in the "
        "history after it is deleted.",
    .remediation = "Keep a SealedSecret, an ExternalSecret or a file encrypted by SOPS instead; "
                   "change the values that were exposed.",
    .severity = Severity::medium,
    .surfaces = {Surface::kubernetes, Surface::compose},
    .aliases = {},
    .references = kReferences,
    .bad = R"(apiVersion: v1
kind: Secret
metadata:
  name: shop-secrets
type: Opaque
stringData:
  DB_USER: shop
  DB_PASSWORD: quiet-otter-17  # expect: secret-in-repository
)",
    .good = R"(apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: shop-secrets
spec:
  secretStoreRef: {kind: ClusterSecretStore, name: vault}
  data:
    - secretKey: DB_PASSWORD
      remoteRef: {key: shop/db, property: password}
)",
    .checks = {.config = check,
               .compose = compose::secret_in_repository,
               .compose_config = compose::secret_in_repository},
    .more = kMore,
});

}  // namespace kaudit
