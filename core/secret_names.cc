// Which names say that their value is secret, and which values are none all the same.
#include <algorithm>
#include <array>

#include "core/secret_parts.h"
#include "core/secrets.h"

namespace kaudit {
namespace {

using detail::is_digit;
using detail::is_letter;
using detail::is_upper;
using detail::lower;

template <std::size_t N>
constexpr bool any_of(const std::string_view (&list)[N], std::string_view word) noexcept {
  for (const std::string_view item : list) {
    // The first letter tells most apart, before their memory is compared.
    if (item.size() == word.size() && item.front() == word.front() && item == word) return true;
  }
  return false;
}

// A name in its words, in lower case: DB_PASSWORD, dbPassword and db.password are `db` `password`.
// Of a very long name only the end counts.
class Words {
 public:
  explicit Words(std::string_view name) noexcept {
    if (name.size() > text_.size()) name.remove_prefix(name.size() - text_.size());
    std::size_t begin = 0;
    for (std::size_t at = 0; at < name.size(); ++at) {
      const char c = name[at];
      text_[at] = lower(c);
      const bool word = is_letter(c) || is_digit(c);
      if (!word || (at > begin && splits(name, at))) {
        add(begin, at);
        begin = word ? at : at + 1;
      }
    }
    add(begin, name.size());
  }

  [[nodiscard]] std::size_t size() const noexcept { return count_; }
  [[nodiscard]] std::string_view operator[](std::size_t n) const noexcept {
    return std::string_view(text_.data(), words_[n].end).substr(words_[n].begin);
  }

 private:
  // A word begins at `at`: aB, a1, 1a, and the last capital of ABc.
  static bool splits(std::string_view name, std::size_t at) noexcept {
    const char before = name[at - 1];
    const char c = name[at];
    if (is_digit(before) != is_digit(c)) return true;
    if (!is_upper(c)) return false;
    return !is_upper(before) ||
           (at + 1 < name.size() && is_letter(name[at + 1]) && !is_upper(name[at + 1]));
  }

  void add(std::size_t begin, std::size_t end) noexcept {
    if (end <= begin) return;
    if (count_ == words_.size()) {  // keep the last ones
      std::move(words_.begin() + 1, words_.end(), words_.begin());
      --count_;
    }
    words_[count_++] = {static_cast<std::uint8_t>(begin), static_cast<std::uint8_t>(end)};
  }

  struct Span {
    std::uint8_t begin, end;
  };
  std::array<char, 128> text_;
  std::array<Span, 16> words_;
  std::size_t count_ = 0;
};

constexpr std::string_view kPasswords[] = {"password", "passwd", "passphrase", "passcode", "pwd",
                                           "psw",      "pass",   "pw",         "passw",    "pswd"};
constexpr std::string_view kPasswordEnds[] = {"password", "passwd",   "passphrase", "dbpass",
                                              "rootpass", "userpass", "adminpass",  "sshpass",
                                              "smtppass", "mailpass", "redispass"};
constexpr std::string_view kSecrets[] = {"secret", "token", "credential", "credentials", "creds",
                                         "cred",   "psk",   "apikey",     "apitoken"};
constexpr std::string_view kSecretEnds[] = {
    "secret",     "token",     "apikey",     "secretkey",     "accesskey",
    "privatekey", "authkey",   "accountkey", "encryptionkey", "masterkey",
    "signingkey", "sharedkey", "preshared",  "credentials"};
// X of X_KEY.
constexpr std::string_view kKeysOf[] = {
    "api",    "secret",       "private",    "encryption", "encrypt", "signing",  "sign",
    "master", "account",      "storage",    "shared",     "auth",    "hmac",     "jwt",
    "cookie", "subscription", "decryption", "aes",        "csrf",    "wireguard"};
constexpr std::string_view kKeysPerhapsOf[] = {
    "access", "app",   "application", "session", "client", "service", "ssh",         "root",
    "admin",  "user",  "data",        "license", "deploy", "webhook", "integration", "server",
    "aws",    "azure", "gcp",         "google",  "cloud",  "stripe",  "openai",      "s3"};
// May follow the telling word: DB_PASSWORD_PROD, SECRET_KEY_BASE, TOKEN_1.
constexpr std::string_view kTrailers[] = {
    "prod",    "production", "stage",     "staging", "dev",     "development", "test",
    "testing", "live",       "new",       "old",     "current", "previous",    "default",
    "base",    "b",          "value",     "raw",     "plain",   "plaintext",   "text",
    "hex",     "primary",    "secondary", "main",    "root",    "admin",       "encoded"};
// A name that begins so is a switch or a number.
constexpr std::string_view kSwitches[] = {
    "no",    "disable",  "skip",   "use",   "has",      "is",       "enable",  "enabled",
    "allow", "require",  "max",    "min",   "num",      "with",     "without", "show",
    "hide",  "generate", "create", "total", "requires", "disabled", "allowed"};
// X of X_TOKEN where it is a word of a language model or of a cluster's name.
constexpr std::string_view kOtherTokens[] = {"bos",   "eos",  "pad",     "unk",     "stop",
                                             "sep",   "mask", "special", "cluster", "cancellation",
                                             "start", "end",  "image",   "csi"};
// Last words of names that speak about a secret and hold none.
constexpr std::string_view kAbout[] = {
    "id",      "ids",    "name",     "names",    "hash",     "checksum", "digest",    "sha",
    "file",    "path",   "dir",      "url",      "uri",      "host",     "hostname",  "port",
    "version", "arn",    "type",     "issuer",   "audience", "endpoint", "ref",       "fingerprint",
    "policy",  "header", "username", "user",     "email",    "ttl",      "expiry",    "length",
    "files",   "paths",  "location", "provider", "mode",     "format",   "algorithm", "keys"};
// A name with one of these is of something that is made to be shown.
constexpr std::string_view kPublic[] = {"public", "pub",      "publishable", "publickey", "hash",
                                        "sha",    "checksum", "fingerprint", "digest",    "hashed"};

// The first letters of all words that tell something: each stands in a name that does. Two where
// the third one differs (psw and psk), or may be missing (pw).
constexpr std::string_view kBeginnings[] = {"pas", "pw",  "ps",  "sec", "tok", "key", "cre",
                                            "con", "dsn", "aut", "url", "uri", "esh"};

// Bit n of a character's mask: it may be that letter, in either case, of the n-th beginning.
struct Beginnings {
  using Mask = std::uint16_t;
  std::array<Mask, 256> first{}, second{}, third{};
};
constexpr Beginnings kMasks = [] {
  Beginnings masks;
  static_assert(std::size(kBeginnings) <= 16);
  for (std::size_t byte = 0; byte < 256; ++byte) {
    const char c = lower(static_cast<char>(byte));
    for (std::size_t n = 0; n < std::size(kBeginnings); ++n) {
      const std::string_view letters = kBeginnings[n];
      const auto bit = static_cast<Beginnings::Mask>(1U << n);
      if (letters[0] == c) masks.first[byte] |= bit;
      if (letters[1] == c) masks.second[byte] |= bit;
      if (letters.size() == 2 || letters[2] == c) masks.third[byte] |= bit;
    }
  }
  return masks;
}();

// The cheap question first: most names hold none of the beginnings.
constexpr bool may_tell(std::string_view name) noexcept {
  unsigned one = 0;  // beginnings whose first letter, then those whose first two were just read
  unsigned two = 0;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if ((two & kMasks.third[byte]) != 0) return true;
    two = one & kMasks.second[byte];
    one = kMasks.first[byte];
  }
  return (two & kMasks.third[0]) != 0;
}

template <std::size_t N>
consteval bool all_may_tell(const std::string_view (&list)[N]) {
  return std::all_of(std::begin(list), std::end(list), may_tell);
}
static_assert(all_may_tell(kPasswords) && all_may_tell(kPasswordEnds) && all_may_tell(kSecrets) &&
              all_may_tell(kSecretEnds) &&
              all_may_tell({"key", "auth", "dsn", "url", "uri", "connstr", "connectionstring",
                            "connection", "conn", "connect"}));

template <std::size_t N>
bool ends_with_any(std::string_view word, const std::string_view (&list)[N]) noexcept {
  for (const std::string_view end : list) {
    if (word.size() > end.size() && word.ends_with(end)) return true;
  }
  return false;
}

// What the words up to and including the n-th say.
NameSays says_at(const Words& words, std::size_t n) noexcept {
  const std::string_view word = words[n];
  const std::string_view before = n > 0 ? words[n - 1] : std::string_view{};
  if (any_of(kPasswords, word) || ends_with_any(word, kPasswordEnds)) return NameSays::password;
  if (word == "key") {
    if (any_of(kKeysOf, before)) return NameSays::secret;
    if (any_of(kKeysPerhapsOf, before)) return NameSays::perhaps;
    // SECRET_ACCESS_KEY is one, ACCESS_KEY alone a user's name.
    return NameSays::nothing;
  }
  if (word == "token" && any_of(kOtherTokens, before)) return NameSays::nothing;
  if (any_of(kSecrets, word) || ends_with_any(word, kSecretEnds)) return NameSays::secret;
  if (word == "auth" && (before == "basic" || before == "rediscli" || before == "redis")) {
    return NameSays::secret;
  }
  const bool place = word == "url" || word == "uri" || word == "string" || word == "str";
  if (word == "dsn" || word == "url" || word == "uri" || word == "connstr" ||
      word == "connectionstring" ||
      (place && (before == "connection" || before == "conn" || before == "connect"))) {
    return NameSays::connection;
  }
  return NameSays::nothing;
}

}  // namespace

NameSays name_says(std::string_view name) noexcept {
  if (!may_tell(name)) return NameSays::nothing;
  const Words words(name);
  if (words.size() == 0) return NameSays::nothing;
  if (words.size() > 1 && any_of(kSwitches, words[0])) return NameSays::nothing;
  // The working directory.
  if (words.size() == 1 && words[0] == "pwd") return NameSays::nothing;
  for (std::size_t n = 0; n < words.size(); ++n) {
    if (any_of(kPublic, words[n])) return NameSays::nothing;
  }
  std::size_t last = words.size() - 1;
  while (last > 0 && (any_of(kTrailers, words[last]) || is_digit(words[last].front()))) --last;
  NameSays says = says_at(words, last);
  if (says == NameSays::perhaps && last >= 2 && words[last - 2] == "secret") {
    says = NameSays::secret;
  }
  if (says != NameSays::nothing) return says;
  if (any_of(kAbout, words[words.size() - 1])) return NameSays::nothing;
  for (std::size_t n = 0; n < last; ++n) {
    const NameSays earlier = says_at(words, n);
    if (earlier == NameSays::password || earlier == NameSays::secret) return NameSays::perhaps;
  }
  return NameSays::nothing;
}

}  // namespace kaudit
