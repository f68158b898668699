// What a file's path says of its content was tried on the files of a Debian system with 2,000
// packages, and of images of Node.js, Python, Go and Java as their documentation describes them.
#include "core/secret_content.h"

#include <algorithm>
#include <span>

#include "core/base_name.h"
#include "core/secret_parts.h"

namespace kaudit {
namespace {

using detail::is_space;
using Matches = std::vector<SecretMatch>;

template <class List>
bool holds(const List& list, std::string_view word) noexcept {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

std::string_view extension(std::string_view name) noexcept {
  const std::size_t dot = name.rfind('.');
  return dot == name.npos ? std::string_view{} : name.substr(dot);
}

// True if a directory of the path satisfies it.
template <class Test>
bool any_directory(std::string_view path, Test&& test) {
  for (std::size_t slash = path.find('/'); slash != path.npos; slash = path.find('/')) {
    if (test(path.substr(0, slash))) return true;
    path.remove_prefix(slash + 1);
  }
  return false;
}

// Texts that a package's manual, license or translation is.
bool is_documentation(std::string_view path) noexcept {
  constexpr std::string_view kTrees[] = {
      "usr/share/doc/",  "usr/share/man/",      "usr/share/info/", "usr/share/gtk-doc/",
      "usr/share/help/", "usr/share/licenses/", "usr/share/mime/", "usr/share/locale/",
      "usr/share/perl/", "usr/share/vim/",      "usr/share/i18n/", "usr/share/doc-base/"};
  return std::any_of(std::begin(kTrees), std::end(kTrees),
                     [&](std::string_view tree) { return path.starts_with(tree); });
}

// Installed by a package manager, written by its authors and the same on every machine.
bool is_of_package(std::string_view path) noexcept {
  constexpr std::string_view kTrees[] = {"usr/lib/",
                                         "usr/lib32/",
                                         "usr/lib64/",
                                         "usr/libexec/",
                                         "usr/share/",
                                         "usr/include/",
                                         "usr/src/",
                                         "usr/bin/",
                                         "usr/sbin/",
                                         "bin/",
                                         "sbin/",
                                         "lib/",
                                         "lib32/",
                                         "lib64/",
                                         "usr/local/lib/",
                                         "usr/local/go/",
                                         "usr/local/include/",
                                         "var/lib/dpkg/",
                                         "var/lib/apt/",
                                         "var/lib/rpm/",
                                         "usr/local/share/man/",
                                         "opt/java/",
                                         "etc/ssl/certs/",
                                         "etc/pki/ca-trust/",
                                         "etc/alternatives/",
                                         "etc/ssl/openssl.cnf"};
  constexpr std::string_view kDirectories[] = {
      "node_modules", "site-packages", "dist-packages", "gems",
      ".m2",          "vendor",        ".cargo",        "bower_components"};
  if (std::any_of(std::begin(kTrees), std::end(kTrees),
                  [&](std::string_view tree) { return path.starts_with(tree); })) {
    return true;
  }
  return path.find("go/pkg/mod/") != path.npos ||
         any_directory(path, [&](std::string_view name) { return holds(kDirectories, name); });
}

// Keys that are made for tests and examples of a package.
bool is_example(std::string_view path) noexcept {
  constexpr std::string_view kDirectories[] = {
      "test",    "tests",    "testing", "testdata", "test-data", "test_data", "spec", "specs",
      "fixture", "fixtures", "example", "examples", "sample",    "samples",   "demo", "demos",
      "doc",     "docs",     "mock",    "mocks",    "__tests__", "Templates"};
  return any_directory(path, [&](std::string_view name) { return holds(kDirectories, name); });
}

bool is_translation(std::string_view path) noexcept {
  constexpr std::string_view kDirectories[] = {"locale", "locales",      "i18n",
                                               "lang",   "translations", "l10n"};
  return any_directory(path, [&](std::string_view name) { return holds(kDirectories, name); });
}

// Files of a fixed name whose whole purpose is to hold credentials or settings.
bool is_settings(std::string_view name) noexcept {
  constexpr std::string_view kNames[] = {".env",
                                         ".envrc",
                                         ".npmrc",
                                         ".yarnrc",
                                         ".yarnrc.yml",
                                         ".pypirc",
                                         ".my.cnf",
                                         ".s3cfg",
                                         ".boto",
                                         ".dockercfg",
                                         "kubeconfig",
                                         "credentials",
                                         "credentials.json",
                                         "secrets.json",
                                         "secrets.yaml",
                                         "secrets.yml",
                                         ".bashrc",
                                         ".profile",
                                         ".bash_profile",
                                         ".zshrc",
                                         "environment",
                                         "wp-config.php",
                                         "auth.json",
                                         "pip.conf",
                                         ".gitconfig",
                                         ".wgetrc",
                                         ".curlrc",
                                         "settings.xml",
                                         ".terraformrc",
                                         "application.yml",
                                         "application.properties"};
  return holds(kNames, name) || name.starts_with(".env.") || name.ends_with(".env") ||
         name.ends_with(".kubeconfig") || name.ends_with(".tfvars") || name.ends_with(".tfstate");
}

// Formats of configuration: many values under a name, some of them secret.
bool is_configuration(std::string_view name) noexcept {
  constexpr std::string_view kEnds[] = {".ini", ".cfg",  ".conf", ".cnf",  ".config", ".properties",
                                        ".yml", ".yaml", ".json", ".toml", ".sh",     ".bash"};
  return holds(kEnds, extension(name));
}

bool is_history(std::string_view name) noexcept {
  return name.starts_with('.') && (name.ends_with("_history") || name == ".history");
}

bool is_binary(std::string_view content) noexcept {
  constexpr std::size_t kLooked = 8192;  // as git does
  return content.substr(0, kLooked).find('\0') != content.npos;
}

void by_shape(std::string_view content, bool urls, Matches& out) {
  for (std::size_t at = 0; at < content.size();) {
    const SecretMatch match = secret_by_shape(content, at);
    if (match.grade == SecretGrade::none) return;
    at = match.begin + std::max<std::size_t>(match.size, 1);
    // Of source code, texts and programs only what is beyond doubt.
    if (match.grade != SecretGrade::known) continue;
    const bool example = match.kind == "a password in a URL" || match.kind == "a JSON Web Token";
    if (urls || !example) out.push_back(match);
  }
}

// In a format that many use for other things a secret is one word, and no word of everyday use.
void by_name(std::string_view content, bool certain, Matches& out) {
  const std::size_t before = out.size();
  find_secrets(content, out);
  if (certain) return;
  const auto prose = [&](const SecretMatch& match) {
    if (match.grade == SecretGrade::known) return false;
    const std::string_view value = content.substr(match.begin, match.size);
    return match.grade == SecretGrade::weak || value.starts_with('$') ||
           std::any_of(value.begin(), value.end(), is_space) ||
           std::all_of(value.begin(), value.end(), detail::is_letter);
  };
  out.erase(std::remove_if(out.begin() + static_cast<std::ptrdiff_t>(before), out.end(), prose),
            out.end());
}

void add(std::string_view name, std::string_view content, std::size_t begin, std::size_t size,
         Matches& out) {
  SecretMatch match = secret_in_value(name, content.substr(begin, size));
  if (!match.real()) return;
  match.begin += begin;
  out.push_back(match);
}

struct Span {
  std::size_t begin = 0, size = 0;
};

// The next word from `at` on; `at` is moved behind it. Size 0: there is none.
Span next_word(std::string_view content, std::size_t& at) noexcept {
  while (at < content.size() && is_space(content[at])) ++at;
  const std::size_t begin = at;
  while (at < content.size() && !is_space(content[at])) ++at;
  return {begin, at - begin};
}

// netrc(5): `machine HOST login NAME password VALUE`.
void in_netrc(std::string_view content, Matches& out) {
  for (std::size_t at = 0; at < content.size();) {
    const Span word = next_word(content, at);
    if (content.substr(word.begin, word.size) != "password") continue;
    const Span value = next_word(content, at);
    add("password", content, value.begin, value.size, out);
  }
}

template <class F>
void each_line(std::string_view content, F&& take) {
  for (std::size_t at = 0; at < content.size();) {
    const std::size_t end = std::min(content.find('\n', at), content.size());
    if (content[at] != '#' && content[at] != ';') take(at, end);
    at = end + 1;
  }
}

// PostgreSQL's `host:port:database:user:password`; a colon within a field is written `\:`.
void in_pgpass(std::string_view content, Matches& out) {
  each_line(content, [&](std::size_t at, std::size_t end) {
    int colons = 0;
    for (; at < end && colons < 4; ++at) {
      if (content[at] == '\\')
        ++at;
      else if (content[at] == ':')
        ++colons;
    }
    if (colons == 4 && at < end) add("password", content, at, end - at, out);
  });
}

// `//registry.example.com/:_authToken=VALUE`, `_auth = VALUE`: a name behind a colon or a slash.
void in_npmrc(std::string_view content, Matches& out) {
  constexpr std::string_view kNames[] = {"_authToken", "_auth", "_password"};
  each_line(content, [&](std::size_t at, std::size_t end) {
    const std::string_view line = content.substr(at, end - at);
    const std::size_t equals = line.find('=');
    if (equals == line.npos) return;
    std::string_view name = line.substr(0, equals);
    while (!name.empty() && is_space(name.back())) name.remove_suffix(1);
    name = name.substr(name.rfind(':') + 1);
    if (!holds(kNames, name)) return;
    std::size_t from = at + equals + 1;
    const Span value = next_word(content.substr(0, end), from);
    add(name == "_password" ? "password" : "token", content, value.begin, value.size, out);
  });
}

// Docker's `"auths": {HOST: {"auth": "…"}}`: base64 of user and password.
void in_docker_config(std::string_view content, Matches& out) {
  constexpr std::string_view kKeys[] = {"\"auth\"", "\"identitytoken\"", "\"registrytoken\"",
                                        "\"_auth\""};
  for (std::size_t at = content.find('"'); at != content.npos; at = content.find('"', at + 1)) {
    for (const std::string_view key : kKeys) {
      if (content.compare(at, key.size(), key) != 0) continue;
      std::size_t from = at + key.size();
      while (from < content.size() && (is_space(content[from]) || content[from] == ':')) ++from;
      if (from == content.size() || content[from] != '"') continue;
      const std::size_t end = content.find('"', ++from);
      if (end != content.npos) add("token", content, from, end - from, out);
    }
  }
}

void sort_and_merge(Matches& out) {
  std::sort(out.begin(), out.end(), [](const SecretMatch& a, const SecretMatch& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.grade > b.grade;
  });
  std::size_t end = 0;
  out.erase(std::remove_if(out.begin(), out.end(),
                           [&](const SecretMatch& match) {
                             if (match.begin < end) return true;
                             end = match.begin + match.size;
                             return false;
                           }),
            out.end());
}

bool is_docker_config(std::string_view path, std::string_view name) noexcept {
  return name == ".dockercfg" || path.ends_with(".docker/config.json") ||
         path.ends_with("containers/auth.json") || name == ".dockerconfigjson";
}

}  // namespace

void secrets_in_file(std::string_view path, std::string_view content,
                     std::vector<SecretMatch>& out) {
  const std::string_view name = base_name(path);
  if (is_package_example(path)) return;
  const bool package = is_of_package(path);
  if (is_binary(content)) return by_shape(content, false, out);
  if (is_docker_config(path, name)) {
    in_docker_config(content, out);
  } else if (name == ".netrc" || name == "_netrc") {
    in_netrc(content, out);
  } else if (name == ".pgpass") {
    in_pgpass(content, out);
  } else if (name == ".npmrc") {
    in_npmrc(content, out);
  } else if (name == ".vault-token") {
    std::size_t at = 0;
    const Span word = next_word(content, at);
    add("token", content, word.begin, word.size, out);
  }
  if (is_history(name)) {
    CommandSecrets().scan(content, out);
  } else if (is_settings(name) || path.ends_with(".kube/config") || path.ends_with(".git/config") ||
             path.ends_with(".aws/config")) {
    by_name(content, true, out);
  } else if (!package && is_configuration(name) && !is_translation(path)) {
    by_name(content, false, out);
  } else {
    by_shape(content, !package, out);
  }
  sort_and_merge(out);
}

bool is_package_example(std::string_view path) noexcept {
  return is_documentation(path) || (is_of_package(path) && is_example(path));
}

bool content_tells(std::string_view path, std::string_view content) noexcept {
  // A key may be written as DER; a package's file of such a name is hardly one.
  if (is_binary(content)) return is_of_package(path);
  const std::string_view name = base_name(path);
  constexpr std::string_view kNames[] = {
      ".npmrc",      ".netrc",           "_netrc",     ".pypirc",      ".git-credentials",
      ".my.cnf",     ".pgpass",          ".s3cfg",     ".boto",        ".dockercfg",
      "credentials", "credentials.json", "kubeconfig", "secrets.json", "secrets.yaml",
      "secrets.yml", ".vault-token",     "id_rsa",     "id_dsa",       "id_ecdsa",
      "id_ed25519",  "terraform.tfstate"};
  constexpr std::string_view kEnds[] = {".pem",  ".key",    ".kubeconfig",
                                        ".ovpn", ".tfvars", ".tfstate"};
  return holds(kNames, name) || holds(kEnds, extension(name)) ||
         path.ends_with(".docker/config.json") || path.ends_with(".kube/config");
}

}  // namespace kaudit
