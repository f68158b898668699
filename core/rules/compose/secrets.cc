#include "core/secrets.h"

#include <algorithm>
#include <array>

#include "core/rules/compose/compose.h"
#include "core/rules/secret_message.h"

namespace kaudit::compose {
namespace {

Severity severity_of(const SecretMatch& match) noexcept {
  return match.grade == SecretGrade::weak ? Severity::high : Severity::critical;
}

// Images whose start script reads NAME_FILE for NAME (their documentation on Docker Hub), and
// Grafana, which reads NAME__FILE.
std::string_view file_suffix_of(const Image& image) noexcept {
  constexpr std::array kReads = {"postgres", "postgis",    "timescaledb", "mysql",     "mariadb",
                                 "percona",  "mongo",      "minio",       "wordpress", "nextcloud",
                                 "influxdb", "neo4j",      "pgadmin4",    "redmine",   "joomla",
                                 "matomo",   "vaultwarden"};
  if (!image.written()) return {};
  const std::string_view name = image.ref.name();
  if (name.starts_with("grafana")) return "__FILE";
  const bool reads = std::find(kReads.begin(), kReads.end(), name) != kReads.end();
  return reads ? "_FILE" : std::string_view();
}

std::string lower(std::string_view text) {
  std::string out = shown(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

// The way out through `secrets:`, as lines of the file.
std::string secret_rewrite(const Container& container, std::string_view variable) {
  const std::string name = lower(variable);
  const std::string_view suffix = file_suffix_of(container.image);
  // Not as one flow mapping: `db_password: {…}` would be redacted.
  const std::string declare = "`secrets: [" + name +
                              "]` in the service and, under `secrets:` at the top, an entry `" +
                              name + "` with `file: ./secrets/" + name + ".txt`";
  if (!suffix.empty()) {
    return "Write `" + shown(variable) + std::string(suffix) + ": /run/secrets/" + name +
           "`, with " + declare;
  }
  return "Write " + declare + ", and let the program read /run/secrets/" + name +
         "; until it can, write `" + shown(variable) + ": ${" + shown(variable) +
         ":?}` and keep the value in a .env that git ignores";
}

// The first variable of an env_file that holds a secret.
const EnvVar* secret_from(const Container& container, NodeId at) noexcept {
  for (const EnvVar& variable : container.env) {
    if (variable.from_ref && variable.value.written() && variable.value.at == at &&
        secret_in_value(variable.name.value, variable.value.value).real()) {
      return &variable;
    }
  }
  return nullptr;
}

bool is_env_file(const Container& container, NodeId at) noexcept {
  return std::any_of(container.env_from.begin(), container.env_from.end(),
                     [at](const EnvFrom& from) { return from.name.at == at; });
}

void words(const Container& container, std::string_view field, std::span<const Text> items,
           CommandSecrets& scanner, Sink& sink) {
  std::vector<SecretMatch> found;
  for (const Text& item : items) {
    if (!item.written()) continue;
    found.clear();
    scanner.scan(item.value, found);
    const SecretMatch match = worst_of(found);
    if (!match.real()) continue;
    sink.report(
        {.at = item.at,
         .message = subject(container) + " has " + said_of(match) + " in " + std::string(field) +
                    ", where everybody sees it who can list processes or read the file; "
                    "it must come from a secret",
         .fix = "Put it into a file under `secrets:` and let the program read "
                "/run/secrets/NAME",
         .container = &container,
         .secret = true},
        severity_of(match), kAdvice);
  }
}

}  // namespace

void secret_in_env(const Workload& service, Sink& sink) {
  for (const Container& container : service.containers) {
    for (const EnvVar& variable : container.env) {
      if (variable.from_ref || !variable.value.written()) continue;
      const SecretMatch match = secret_in_value(variable.name.value, variable.value.value);
      if (!match.real()) continue;
      sink.report({.at = variable.value.at,
                   .message = subject(container) + " has " + said_of(match) + " in environment " +
                              quoted(variable.name.value) +
                              ", written in the file; it must come from a secret",
                   .fix = secret_rewrite(container, variable.name.value),
                   .container = &container,
                   .secret = true},
                  severity_of(match), kAdvice);
    }
  }
}

void secret_in_build_arg(const Workload& service, Sink& sink) {
  for (const Container& container : service.containers) {
    for (const EnvVar& argument : container.build.args) {
      if (!argument.value.written()) continue;
      const SecretMatch match = secret_in_value(argument.name.value, argument.value.value);
      if (!match.real()) continue;
      const std::string name = lower(argument.name.value);
      sink.report({.at = argument.value.at,
                   .message = subject(container) + " has " + said_of(match) + " in build.args " +
                              quoted(argument.name.value) +
                              ", which the image's history keeps; it must be a secret of the build",
                   .fix = "Write `build: {secrets: [" + name +
                          "]}` and, under `secrets:` at the top, an entry `" + name +
                          "` with `environment: " + shown(argument.name.value) +
                          "`, and read it by `RUN --mount=type=secret,id=" + name + "`",
                   .container = &container,
                   .secret = true},
                  severity_of(match), kAdvice);
    }
  }
}

void secret_in_command(const Workload& service, Sink& sink) {
  for (const Container& container : service.containers) {
    CommandSecrets scanner;
    words(container, "entrypoint", container.command, scanner, sink);
    words(container, "command", container.args, scanner, sink);
    CommandSecrets test;
    for (const std::span<const Text> command : container.handler_commands) {
      words(container, "healthcheck.test", command, test, sink);
    }
    std::vector<SecretMatch> found;
    for (const Pair& label : service.labels) {
      if (!label.value.written()) continue;
      found.clear();
      find_secrets(label.value.value, found);
      found.push_back(secret_in_value(label.name, label.value.value));
      const SecretMatch match = worst_of(found);
      if (!match.real()) continue;
      sink.report({.at = label.value.at,
                   .message = subject(container) + " has " + said_of(match) + " in label " +
                              quoted(label.name) + ", which everybody sees who can list containers",
                   .fix = "Delete the label, and change the secret that was exposed",
                   .container = &container,
                   .secret = true},
                  severity_of(match), kAdvice);
    }
  }
}

void secret_in_config(const Config& config, Sink& sink) {
  if (config.secret) return;
  std::vector<SecretMatch> found;
  for (const Pair& entry : config.plain) {
    if (!entry.value.written()) continue;
    found.clear();
    find_secrets(entry.value.value, found);
    const SecretMatch match = worst_of(found);
    if (!match.real()) continue;
    sink.report({.at = entry.value.at,
                 .message = "config " + quoted(config.name) + " has " + said_of(match) +
                            " in content; it must be under secrets",
                 .fix = "Move the value into a file under `secrets:`",
                 .secret = true},
                match.grade == SecretGrade::weak ? Severity::medium : Severity::high, kAdvice);
  }
}

void secret_in_repository(const Workload& service, Sink& sink) {
  for (const Container& container : service.containers) {
    for (const EnvFrom& from : container.env_from) {
      if (from.git != InGit::included) continue;
      const EnvVar* variable = secret_from(container, from.name.at);
      if (variable == nullptr) continue;
      sink.report({.at = from.name.at,
                   .message = subject(container) + " reads env_file " + quoted(from.name.value) +
                              ", which has a secret in " + quoted(variable->name.value) +
                              " and which git does not ignore",
                   .fix = "Add `" + shown(from.name.value) +
                          "` to .gitignore, `git rm --cached` it, and change what it holds",
                   .container = &container});
    }
    if (service.variables_git != InGit::included) continue;
    for (const EnvVar& variable : container.env) {
      if (!variable.from_ref || !variable.value.written() ||
          is_env_file(container, variable.value.at) ||
          !secret_in_value(variable.name.value, variable.value.value).real()) {
        continue;
      }
      sink.report({.at = variable.value.at,
                   .message = subject(container) + " takes " + quoted(variable.name.value) +
                              " from .env, which git does not ignore",
                   .fix = "Add `.env` to .gitignore, `git rm --cached` it, and change what it "
                          "holds",
                   .container = &container,
                   .secret = true});
    }
  }
}

void secret_in_repository(const Config& secret, Sink& sink) {
  if (!secret.secret) return;
  if (secret.file.written() && secret.git == InGit::included) {
    sink.report({.at = secret.file.at,
                 .message = "secret " + quoted(secret.name) + " is in file " +
                            quoted(secret.file.value) + ", which git does not ignore",
                 .fix = "Add `" + shown(secret.file.value) +
                        "` to .gitignore, `git rm --cached` it, and change the secret"});
  }
  for (const Pair& entry : secret.plain) {
    if (!entry.value.written() || entry.value.value.empty() || is_reference(entry.value.value) ||
        is_placeholder(entry.value.value)) {
      continue;
    }
    sink.report({.at = entry.value.at,
                 .message = "secret " + quoted(secret.name) +
                            " has its content in the file; it must come from a file or from the "
                            "environment",
                 .fix = "Write `environment: " + shown(secret.name) + "` instead of `content:`",
                 .secret = true});
  }
}

}  // namespace kaudit::compose
