// What in a text is a secret: the one place that knows, for every rule, surface and report.
//
// Two kinds of evidence: the shape of a value (the prefixes that providers give to their keys, PEM
// private keys, a URL with a password) and the name that it is given (DB_PASSWORD). Entropy only
// supports a name that is not enough by itself. No value is ever copied or kept.
//
// Thread-safety: pure functions. Time: linear in the text. Allocation: only for what is found.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kaudit {

enum class SecretGrade : std::uint8_t {
  none,
  placeholder,  // somebody is to write the value here: `<password>`, `YOUR_TOKEN`, `xxxx`
  weak,         // works, and can be guessed: `changeme`, `admin`, `1234`
  literal,      // a value under a name that says what it is
  known,        // the shape of a provider's key, a private key, a URL with its password
};

struct SecretMatch {
  SecretGrade grade = SecretGrade::none;
  std::string_view kind;   // with article: "a password", "an AWS access key"
  std::string_view shown;  // the provider's public prefix, all that may be shown
  std::size_t begin = 0;   // where in the text it stands
  std::size_t size = 0;

  // Worth a finding.
  [[nodiscard]] bool real() const noexcept { return grade >= SecretGrade::weak; }
};

// What a name says of its value.
enum class NameSays : std::uint8_t {
  nothing,
  password,
  secret,      // a token, a key, a client secret, credentials
  perhaps,     // a secret if the value looks random: ACCESS_KEY, TOKEN_FOR_BACKUP
  connection,  // a secret if the value has credentials in it: DSN, MONGO_URI
};
[[nodiscard]] NameSays name_says(std::string_view name) noexcept;

// `value` as it is given to `name` (an environment variable, a key of a ConfigMap).
[[nodiscard]] SecretMatch secret_in_value(std::string_view name, std::string_view value) noexcept;

// One of the passwords that everybody tries first, or a short number.
[[nodiscard]] bool is_guessable(std::string_view value) noexcept;
// Nobody's secret: a reference to a value elsewhere (`$(NAME)`, `vault:…`), a placeholder.
[[nodiscard]] bool is_reference(std::string_view value) noexcept;
[[nodiscard]] bool is_placeholder(std::string_view value) noexcept;

// The first value of a telling shape that begins at `from` or later, whatever its name. What has
// the shape but a wrong checksum, or is a documented example, has grade placeholder.
[[nodiscard]] SecretMatch secret_by_shape(std::string_view text, std::size_t from = 0) noexcept;

// All secrets in a text that may hold names too: a script, a configuration file, a line of a
// manifest (`password: …`, `TOKEN=…`, `"apiKey": "…"`), in the order of their beginning.
void find_secrets(std::string_view text, std::vector<SecretMatch>& out);

// The words of a command line, item by item: also `--password VALUE`, `mysql -pVALUE`,
// `curl -u USER:VALUE`, where option and value may be two items.
class CommandSecrets {
 public:
  void scan(std::string_view item, std::vector<SecretMatch>& out);

 private:
  void word(std::string_view text, std::size_t begin, std::vector<SecretMatch>& out);

  NameSays expected_ = NameSays::nothing;  // of the next word
  bool after_colon_ = false;               // of it, only what follows a colon
  std::string_view program_;               // a literal of ours
};

// What may be said of it: `AKIA…(20 characters)`; empty for what has no public prefix.
[[nodiscard]] std::string evidence(const SecretMatch& match);

// Replaces every secret that a CommandSecrets sees by `[redacted]`, placeholders too.
void redact_secrets(std::string& text);
inline constexpr std::string_view kRedacted = "[redacted]";

}  // namespace kaudit
