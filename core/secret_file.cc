#include "core/secret_file.h"

#include <algorithm>
#include <span>

#include "core/base_name.h"

namespace kaudit {
namespace {

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same(std::string_view text, std::string_view wanted) noexcept {
  return std::equal(text.begin(), text.end(), wanted.begin(), wanted.end(),
                    [](char a, char b) { return lower(a) == b; });
}
bool ends(std::string_view text, std::string_view end) noexcept {
  return text.size() >= end.size() && same(text.substr(text.size() - end.size()), end);
}
bool begins(std::string_view text, std::string_view begin) noexcept {
  return text.size() >= begin.size() && same(text.substr(0, begin.size()), begin);
}
bool contains(std::string_view text, std::string_view part) noexcept {
  return std::search(text.begin(), text.end(), part.begin(), part.end(),
                     [](char a, char b) { return lower(a) == b; }) != text.end();
}

struct Row {
  std::string_view name, kind;
};

// Whole names, in lower case.
constexpr Row kNames[] = {{".aws", "credentials of AWS"},
                          {".azure", "credentials of Azure"},
                          {".boto", "credentials of a cloud"},
                          {".dockercfg", "credentials of a registry"},
                          {".env", "environment variables"},
                          {".git", "the history of the repository"},
                          {".git-credentials", "credentials of git"},
                          {".gnupg", "private keys"},
                          {".htpasswd", "password hashes"},
                          {".kube", "credentials of a cluster"},
                          {".my.cnf", "a database password"},
                          {".netrc", "credentials of servers"},
                          {"_netrc", "credentials of servers"},
                          {".npmrc", "a token of a package registry"},
                          {".pgpass", "a database password"},
                          {".pypirc", "a token of a package registry"},
                          {".s3cfg", "credentials of a cloud"},
                          {".ssh", "private keys"},
                          {".vault-token", "a token of Vault"},
                          {"credentials", "credentials"},
                          {"credentials.json", "credentials"},
                          {"id_dsa", "a private key"},
                          {"id_ecdsa", "a private key"},
                          {"id_ed25519", "a private key"},
                          {"id_rsa", "a private key"},
                          {"kubeconfig", "credentials of a cluster"},
                          {"master.key", "a private key"},
                          {"secrets.json", "secrets"},
                          {"secrets.yaml", "secrets"},
                          {"secrets.yml", "secrets"},
                          {"terraform.tfstate", "the secrets of an infrastructure"}};

// Ends of paths with a directory in them.
constexpr Row kPaths[] = {{".docker/config.json", "credentials of a registry"},
                          {".kube/config", "credentials of a cluster"},
                          {".config/gcloud", "credentials of Google Cloud"}};

constexpr Row kSuffixes[] = {{".jks", "a key store"},
                             {".kdbx", "a password store"},
                             {".key", "a private key"},
                             {".keystore", "a key store"},
                             {".kubeconfig", "credentials of a cluster"},
                             {".ovpn", "keys of a VPN"},
                             {".p12", "a key store"},
                             {".pem", "a private key"},
                             {".pfx", "a key store"},
                             {".ppk", "a private key"},
                             {".tfstate", "the secrets of an infrastructure"},
                             {".tfvars", "secrets"}};

// Of names that end like a key and hold none.
constexpr std::string_view kHarmless[] = {"cert", "chain", "public", ".pub", "pubkey", "dhparam",
                                          "ca.",  "-ca",   "ca-",    "root", "bundle"};
constexpr std::string_view kExamples[] = {"example", "sample",  "template",
                                          "dist",    "default", "tmpl"};

bool holds_any(std::string_view name, std::span<const std::string_view> parts) noexcept {
  return std::any_of(parts.begin(), parts.end(),
                     [name](std::string_view part) { return contains(name, part); });
}

}  // namespace

std::string_view secret_file_kind(std::string_view path) noexcept {
  while (path.ends_with('/')) path.remove_suffix(1);
  const std::string_view name = base_name(path);
  for (const Row& row : kNames) {
    if (same(name, row.name)) return row.kind;
  }
  for (const Row& row : kPaths) {
    const bool whole =
        path.size() == row.name.size() ||
        (path.size() > row.name.size() && path[path.size() - row.name.size() - 1] == '/');
    if (whole && ends(path, row.name)) return row.kind;
  }
  if (holds_any(name, kExamples)) return {};
  if (begins(name, ".env.") || (ends(name, ".env") && name.size() > 4)) {
    return "environment variables";
  }
  for (const Row& row : kSuffixes) {
    if (!ends(name, row.name) || name.size() == row.name.size()) continue;
    const bool key = row.kind == "a private key";
    return key && holds_any(name, kHarmless) ? std::string_view{} : row.kind;
  }
  return {};
}

}  // namespace kaudit
