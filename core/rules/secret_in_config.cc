// Reads: the keys and values of a ConfigMap's data, and names and values in the files it holds.
// Allowed: values that core/secrets does not know as secrets.
#include <algorithm>

#include "core/rule.h"
#include "core/rules/compose/compose.h"
#include "core/rules/secret_message.h"
#include "core/secrets.h"

namespace kaudit {
namespace {

void check(const Config& config, Sink& sink) {
  if (config.secret) return;
  std::vector<SecretMatch> found;
  for (const Pair& entry : config.data) {
    if (!entry.value.written()) continue;
    const std::string_view text = entry.value.value;
    found.clear();
    find_secrets(text, found);
    // A whole file is no value of its name: `token.sh`.
    SecretMatch match = worst_of(found);
    if (text.find('\n') == std::string_view::npos) {
      match = worse_of(match, secret_in_value(entry.name, text));
    }
    if (!match.real()) continue;
    const auto line =
        1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(match.begin), '\n');
    const bool one_line = line == 1 && text.find('\n') == std::string_view::npos;
    sink.report({.at = entry.value.at,
                 .message = "ConfigMap " + quoted(config.name) + " has " + said_of(match) +
                            " in data " + quoted(entry.name) +
                            (one_line ? "" : ", line " + std::to_string(line) + " of the value") +
                            "; it must be in a Secret",
                 .fix = "Move this entry to `kind: Secret`, under `stringData`, and read it by "
                        "secretKeyRef or a secret volume",
                 .secret = true},
                match.grade == SecretGrade::weak ? Severity::medium : Severity::high, kAdvice);
  }
}

constexpr std::string_view kAliases[] = {"trivy:KSV-0109"};
constexpr std::string_view kReferences[] = {
    "https://kubernetes.io/docs/concepts/configuration/configmap/",
    "https://kubernetes.io/docs/concepts/configuration/secret/"};

constexpr OnSurface kMore[] = {{.surface = Surface::compose,
                                .remediation = "Move the value into a file under `secrets:`.",
                                .bad = R"(services:
  web:
    image: registry.example/shop:1.4.2
configs:
  shop.ini:
    content: |  # expect: secret-in-config
      password=quiet-otter-17
)",
                                .good = R"(services:
  web:
    image: registry.example/shop:1.4.2
configs:
  shop.ini:
    content: |
      password_file=/run/secrets/db_password
)"}};

}  // namespace

extern constinit const Rule rule_secret_in_config = checked({
    .id = "KA4004",
    .slug = "secret-in-config",
    .title = "ConfigMap holds a secret",
    .rationale =
        "ConfigMaps are readable by far more people and programs than Secrets, are not encrypted "
        "at rest, and their values are shown by every tool.",
    .remediation = "Move the value to a Secret and write `secretKeyRef` where `configMapKeyRef` "
                   "was; change the secret that was exposed.",
    .severity = Severity::high,
    .surfaces = {Surface::kubernetes, Surface::compose},
    .aliases = kAliases,
    .references = kReferences,
    .bad = R"(apiVersion: v1
kind: ConfigMap
metadata:
  name: shop
data:
  DB_HOST: db
  DB_PASSWORD: quiet-otter-17  # expect: secret-in-config
)",
    .good = R"(apiVersion: v1
kind: ConfigMap
metadata:
  name: shop
data:
  DB_HOST: db
  DB_PASSWORD_FILE: /run/secrets/shop/db-password
)",
    .checks = {.config = check, .compose_config = compose::secret_in_config},
    .more = kMore,
});

}  // namespace kaudit
