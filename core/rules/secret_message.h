// How rules speak about a secret: what it is, never any of it.
#pragma once

#include <string>

#include "core/facts.h"
#include "core/rules/message.h"
#include "core/secrets.h"

namespace kaudit {

// `an AWS access key (AKIA…(20 characters))`, `a password that is easily guessed`.
[[nodiscard]] inline std::string said_of(const SecretMatch& match) {
  std::string out(match.kind);
  if (match.grade == SecretGrade::weak) out += " that is easily guessed";
  if (const std::string shown = evidence(match); !shown.empty()) out += " (" + shown + ')';
  return out;
}

[[nodiscard]] inline const SecretMatch& worse_of(const SecretMatch& first,
                                                 const SecretMatch& second) noexcept {
  return second.real() && second.grade > first.grade ? second : first;
}

// The first that is worth a finding, a provider's key before others.
[[nodiscard]] inline SecretMatch worst_of(const std::vector<SecretMatch>& matches) {
  SecretMatch worst;
  for (const SecretMatch& match : matches) worst = worse_of(worst, match);
  return worst;
}

// `valueFrom: {secretKeyRef: {name: shop-secrets, key: DB_PASSWORD}}`.
[[nodiscard]] inline std::string secret_key_ref(const Object& object, std::string_view key) {
  const std::string_view name = object.name.empty() ? std::string_view("app") : object.name;
  return "valueFrom: {secretKeyRef: {name: " + shown(name) + "-secrets, key: " + shown(key) + "}}";
}

}  // namespace kaudit
