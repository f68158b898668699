// Values under a telling name: which are secrets, which can be guessed, and which are something
// else: a reference, a placeholder, a switch, a path.
#include <algorithm>
#include <array>

#include "core/secret_parts.h"
#include "core/secrets.h"

namespace kaudit {
namespace {

using detail::is_alnum;
using detail::is_digit;
using detail::is_letter;
using detail::is_space;
using detail::is_upper;
using detail::lower;

bool contains_folded(std::string_view text, std::string_view wanted) noexcept {
  return std::search(text.begin(), text.end(), wanted.begin(), wanted.end(),
                     [](char a, char b) { return lower(a) == b; }) != text.end();
}

bool equals_folded(std::string_view text, std::string_view wanted) noexcept {
  return text.size() == wanted.size() && contains_folded(text, wanted);
}

template <std::size_t N>
bool any_folded(std::string_view text, const std::string_view (&list)[N]) noexcept {
  return std::any_of(std::begin(list), std::end(list),
                     [&](std::string_view item) { return equals_folded(text, item); });
}

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

bool is_switch(std::string_view value) noexcept {
  constexpr std::string_view kWords[] = {"true", "false",   "yes",      "no",       "on",
                                         "off",  "null",    "nil",      "none",     "undefined",
                                         "n/a",  "enabled", "disabled", "required", "optional",
                                         "auto", "always",  "never",    "unset"};
  return any_folded(value, kWords);
}

bool all_digits(std::string_view value) noexcept {
  return !value.empty() && std::all_of(value.begin(), value.end(), is_digit);
}

// 30, 1.5, 30s, 5m, 100Mi, 10%.
bool is_quantity(std::string_view value) noexcept {
  std::size_t at = 0;
  while (at < value.size() && (is_digit(value[at]) || value[at] == '.')) ++at;
  if (at == 0 || value.size() - at > 2) return false;
  return std::all_of(value.begin() + static_cast<std::ptrdiff_t>(at), value.end(),
                     [](char c) { return is_letter(c) || c == '%'; });
}

bool is_path(std::string_view value) noexcept {
  const bool drive = value.size() > 2 && is_letter(value[0]) && value[1] == ':' &&
                     (value[2] == '\\' || value[2] == '/');
  if (drive || value.starts_with("./") || value.starts_with("../") || value.starts_with("~/")) {
    return true;
  }
  if (!value.starts_with('/')) return false;
  const bool plain = std::all_of(value.begin(), value.end(), [](char c) {
    return is_alnum(c) || c == '/' || c == '.' || c == '-' || c == '_' || c == ' ';
  });
  // Base64 may begin with a slash too, but has no dot and rarely two slashes in a short text.
  return plain && (value.size() < 24 || value.find('.') != std::string_view::npos ||
                   std::count(value.begin(), value.end(), '/') >= 2);
}

// The name of another object: `db-credentials`, `my-app.token`.
bool is_object_name(std::string_view value) noexcept {
  bool joined = false;
  for (const char c : value) {
    if (c == '-' || c == '.' || c == '/') {
      joined = true;
    } else if (!is_letter(c) || is_upper(c)) {
      return false;
    }
  }
  return joined && value.size() < 64;
}

bool looks_random(std::string_view value) noexcept {
  if (value.size() < 16 || value.size() > 4096) return false;
  std::array<std::uint16_t, 128> seen{};
  std::size_t digits = 0;
  std::size_t letters = 0;
  std::size_t distinct = 0;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= ' ' || byte >= seen.size()) return false;
    if (seen[byte]++ == 0) ++distinct;
    if (is_digit(c)) ++digits;
    if (is_letter(c)) ++letters;
  }
  return digits >= 2 && letters >= 2 && distinct >= 9;
}

// `$NAME` and `${NAME}`, and nothing else.
bool is_variable(std::string_view value) noexcept {
  if (!value.starts_with('$')) return false;
  value.remove_prefix(1);
  if (value.starts_with('{') && value.ends_with('}')) value = value.substr(1, value.size() - 2);
  return !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '_';
  });
}

}  // namespace

bool is_reference(std::string_view value) noexcept {
  constexpr std::string_view kBegins[] = {
      "vault:",          "op://",  "ref+",     "arn:",           "ssm:",
      "secretsmanager:", "sops:",  "ENC[",     "awssm://",       "gcpsm:",
      "file:",           "env:",   "awsssm:",  "azurekeyvault:", "@Microsoft.KeyVault(",
      "keyring:",        "!vault", "%(",       "$ANSIBLE_VAULT", "bank-vaults:",
      "secret://",       "akv://", "[redacted"};
  if (std::any_of(std::begin(kBegins), std::end(kBegins),
                  [&](std::string_view begin) { return value.starts_with(begin); })) {
    return true;
  }
  for (const std::string_view open : {"$(", "${", "{{", "<%", "$__", "(("}) {
    if (value.find(open) != std::string_view::npos) return true;
  }
  const auto is_name = [](std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
      return is_upper(c) || is_digit(c) || c == '_';
    });
  };
  if (value.starts_with('$')) return is_name(value.substr(1));
  if (value.size() > 2 && value.starts_with('%') && value.ends_with('%')) {
    return is_name(value.substr(1, value.size() - 2));
  }
  return value.starts_with("projects/") && value.find("/secrets/") != std::string_view::npos;
}

bool is_placeholder(std::string_view value) noexcept {
  if (value.empty()) return false;
  if (value.size() > 2 && ((value.starts_with('<') && value.ends_with('>')) ||
                           (value.starts_with('[') && value.ends_with(']')) ||
                           (value.starts_with("__") && value.ends_with("__")))) {
    return true;
  }
  if (value.find("...") != std::string_view::npos || value.find("…") != std::string_view::npos) {
    return true;
  }
  // xxxx, ****, a masked value that keeps its first letters.
  const std::size_t masked = static_cast<std::size_t>(std::count_if(
      value.begin(), value.end(), [](char c) { return c == '*' || lower(c) == 'x'; }));
  if (value.size() >= 3 && masked * 4 >= value.size() * 3) return true;
  if (std::all_of(value.begin(), value.end(), [&](char c) { return c == value.front(); }) &&
      !is_digit(value.front())) {
    return true;
  }
  // YOUR_TOKEN, SECRET: an identifier in capitals is to be replaced.
  const bool capitals = std::all_of(value.begin(), value.end(),
                                    [](char c) { return is_upper(c) || c == '_' || c == '-'; });
  constexpr std::string_view kWords[] = {"secret", "password", "token", "key",   "passwd",
                                         "apikey", "string",   "value", "unset", "null"};
  if (capitals && (value.find('_') != std::string_view::npos || any_folded(value, kWords))) {
    return true;
  }
  if (value.size() > 64) return false;
  for (const std::string_view part :
       {"your", "insert", "replace", "placeholder", "example", "dummy", "redacted", "fill-in",
        "fill_in", "to-be-", "tobe", "goes-here", "goes_here", "removed", "not-a-real", "notreal",
        "fixme"}) {
    if (contains_folded(value, part)) return true;
  }
  return equals_folded(value, "todo") || equals_folded(value, "tbd") ||
         equals_folded(value, "fake");
}

bool is_guessable(std::string_view value) noexcept {
  // The first hundreds of every list of common passwords, and what images' documentation shows.
  constexpr std::string_view kWords[] = {"password",
                                         "passw0rd",
                                         "p@ssw0rd",
                                         "p@ssword",
                                         "pa55word",
                                         "pass",
                                         "passwd",
                                         "pass123",
                                         "pass1234",
                                         "password1",
                                         "password1!",
                                         "password12",
                                         "password123",
                                         "password1234",
                                         "secret",
                                         "secret123",
                                         "supersecret",
                                         "topsecret",
                                         "mysecret",
                                         "mysecretpassword",
                                         "my-secret-pw",
                                         "mypassword",
                                         "secretpassword",
                                         "thepassword",
                                         "admin",
                                         "admin123",
                                         "admin1234",
                                         "adminadmin",
                                         "adminpass",
                                         "adminpassword",
                                         "administrator",
                                         "root",
                                         "rootroot",
                                         "rootpass",
                                         "rootpassword",
                                         "toor",
                                         "changeme",
                                         "change-me",
                                         "change_me",
                                         "changeme!",
                                         "changeme1",
                                         "changeme123",
                                         "changeit",
                                         "changepassword",
                                         "letmein",
                                         "welcome",
                                         "welcome1",
                                         "qwerty",
                                         "qwerty123",
                                         "abc123",
                                         "abcd1234",
                                         "test",
                                         "test123",
                                         "test1234",
                                         "testing",
                                         "testpass",
                                         "testpassword",
                                         "tester",
                                         "guest",
                                         "default",
                                         "user",
                                         "user123",
                                         "userpass",
                                         "username",
                                         "demo",
                                         "demo123",
                                         "demopass",
                                         "foo",
                                         "bar",
                                         "foobar",
                                         "baz",
                                         "hello",
                                         "postgres",
                                         "postgresql",
                                         "pgpass",
                                         "mysql",
                                         "mariadb",
                                         "mongo",
                                         "mongodb",
                                         "redis",
                                         "rabbitmq",
                                         "minio",
                                         "minio123",
                                         "minioadmin",
                                         "minio-secret",
                                         "elastic",
                                         "elasticsearch",
                                         "kibana",
                                         "grafana",
                                         "prom-operator",
                                         "prometheus",
                                         "jenkins",
                                         "keycloak",
                                         "neo4j",
                                         "influxdb",
                                         "influx",
                                         "couchdb",
                                         "cassandra",
                                         "oracle",
                                         "sa",
                                         "sst",
                                         "docker",
                                         "kubernetes",
                                         "wordpress",
                                         "drupal",
                                         "joomla",
                                         "nextcloud",
                                         "gitlab",
                                         "gitea",
                                         "sonar",
                                         "sonarqube",
                                         "nexus",
                                         "admin@123",
                                         "vagrant",
                                         "ubuntu",
                                         "raspberry",
                                         "pi",
                                         "monkey",
                                         "dragon",
                                         "iloveyou",
                                         "login",
                                         "master",
                                         "hunter2",
                                         "trustno1",
                                         "dbpass",
                                         "dbpassword",
                                         "yourstrong(!)password",
                                         "p@55w0rd",
                                         "pwd",
                                         "1q2w3e4r",
                                         "zaq12wsx",
                                         "a",
                                         "changeuser",
                                         "nopassword",
                                         "s3cr3t",
                                         "s3cret",
                                         "sekret",
                                         "sekrit",
                                         "private"};
  return any_folded(value, kWords) || (all_digits(value) && value.size() <= 10);
}

namespace detail {

SecretMatch password_in_authority(std::string_view authority) noexcept {
  const std::size_t at = authority.rfind('@');
  if (at == std::string_view::npos || at + 1 == authority.size()) return {};
  const std::size_t colon = authority.substr(0, at).find(':');
  if (colon == std::string_view::npos || colon + 1 == at) return {};
  const std::string_view password = authority.substr(colon + 1, at - colon - 1);
  if (is_variable(password)) return {};  // may well be shown
  SecretMatch match{SecretGrade::known, "a password in a URL", {}, colon + 1, password.size()};
  if (is_reference(password) || is_placeholder(password)) {
    match.grade = SecretGrade::placeholder;
  } else if (is_guessable(password)) {
    match.grade = SecretGrade::weak;
  }
  return match;
}

SecretMatch judge_value(NameSays says, std::string_view value) noexcept {
  const std::string_view text = trimmed(value);
  if (says == NameSays::nothing || text.empty()) return {};
  const std::size_t begin = static_cast<std::size_t>(text.data() - value.data());
  if (says == NameSays::connection) {
    if (text.find("://") != std::string_view::npos) return {};  // by its shape
    // Only `user:password@host…`, nothing that is prose or a list.
    if (std::any_of(text.begin(), text.end(), is_space)) return {};
    SecretMatch match = password_in_authority(text.substr(0, text.find('/')));
    match.begin += begin;
    return match;
  }
  const bool password = says == NameSays::password;
  SecretMatch match{
      SecretGrade::literal, password ? "a password" : "a secret", {}, begin, text.size()};
  if (is_switch(text) || is_path(text) || text.find("://") != std::string_view::npos) return {};
  if (is_reference(text)) return {};
  if (is_placeholder(text)) {
    match.grade = SecretGrade::placeholder;
    return match;
  }
  if (is_quantity(text) && !(password && all_digits(text))) return {};
  if (is_guessable(text)) {
    if (says == NameSays::perhaps) return {};
    match.grade = SecretGrade::weak;
    return match;
  }
  if (!password && is_object_name(text)) return {};
  if (says == NameSays::perhaps && !looks_random(text)) return {};
  return match;
}

}  // namespace detail

SecretMatch secret_in_value(std::string_view name, std::string_view value) noexcept {
  SecretMatch first;
  for (std::size_t from = 0;;) {
    const SecretMatch shaped = secret_by_shape(value, from);
    if (shaped.grade == SecretGrade::none) break;
    if (shaped.real()) return shaped;
    if (first.grade == SecretGrade::none) first = shaped;
    from = shaped.begin + shaped.size;
  }
  const SecretMatch named = detail::judge_value(name_says(name), value);
  return named.grade > first.grade ? named : first;
}

std::string evidence(const SecretMatch& match) {
  if (match.shown.empty()) return {};
  return std::string(match.shown) + "…(" + std::to_string(match.size) + " characters)";
}

void redact_secrets(std::string& text) {
  // More than a line that is shown has room for; keeps a hostile text's work linear.
  constexpr std::size_t kMostRepeated = 64;
  // What is shorter, or can be guessed, may well be another word.
  constexpr std::size_t kShortest = 6;
  std::vector<SecretMatch> found;
  CommandSecrets().scan(text, found);
  std::vector<std::string> repeated;
  for (auto match = found.rbegin(); match != found.rend(); ++match) {
    const std::string_view value = std::string_view(text).substr(match->begin, match->size);
    if (repeated.size() < kMostRepeated && value.size() >= kShortest && !is_guessable(value)) {
      repeated.emplace_back(value);
    }
    text.replace(match->begin, match->size, kRedacted);
  }
  // `DB_PASSWORD=x; echo x`: the second one has no name that tells.
  for (const std::string& value : repeated) {
    for (std::size_t at = 0; (at = text.find(value, at)) != std::string::npos;) {
      text.replace(at, value.size(), kRedacted);
      at += kRedacted.size();
    }
  }
}

}  // namespace kaudit
