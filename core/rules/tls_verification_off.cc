// Reads: env, command, args and the commands of probes and hooks of every container, shell scripts
// in these included; ENV, ARG and the commands of a Dockerfile. Refused: variables and options that
// make a client accept any certificate. Allowed: curl and wget against the container's own loopback
// address, where nobody is in between.
#include <algorithm>
#include <vector>

#include "core/command_words.h"
#include "core/rule.h"
#include "core/rules/build_message.h"
#include "core/rules/message.h"

namespace kaudit {
namespace {

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// `wanted` is in lower case.
bool same(std::string_view text, std::string_view wanted) noexcept {
  return text.size() == wanted.size() && std::equal(text.begin(), text.end(), wanted.begin(),
                                                    [](char a, char b) { return lower(a) == b; });
}

bool same_end(std::string_view text, std::string_view wanted) noexcept {
  return text.size() >= wanted.size() && same(text.substr(text.size() - wanted.size()), wanted);
}

bool means_no(std::string_view value) noexcept {
  return value == "0" || same(value, "false") || same(value, "no") || same(value, "off") ||
         same(value, "none");
}
bool means_yes(std::string_view value) noexcept {
  return value == "1" || same(value, "true") || same(value, "yes") || same(value, "on");
}

// Ends of names, of variables and of options alike (`-` stands for `_` too), whose truth and whose
// untruth turns verification off: VAULT_SKIP_VERIFY=true, --tls-verify=false.
constexpr std::string_view kSkips[] = {
    "skip-verify",           "skip-tls-verify",     "skip-ssl-verify", "skip-tls-verification",
    "skip-ssl-verification", "tls-insecure",        "insecure-tls",    "ssl-insecure",
    "no-verify-ssl",         "no-check-certificate"};
constexpr std::string_view kVerifies[] = {"tls-verify",
                                          "ssl-verify",
                                          "verify-tls",
                                          "verify-ssl",
                                          "strict-ssl",
                                          "ssl-verification",
                                          "tls-verification",
                                          "ssl-verificationmode",
                                          "verify-certs",
                                          "ssl-verification-mode",
                                          "tls-reject-unauthorized",
                                          "verify-peer",
                                          "verify-host",
                                          "sslverify",
                                          "pythonhttpsverify"};

bool ends_like(std::string_view name, std::span<const std::string_view> ends) noexcept {
  return std::any_of(ends.begin(), ends.end(), [&](std::string_view end) {
    if (name.size() < end.size()) return false;
    const std::string_view tail = name.substr(name.size() - end.size());
    return std::equal(tail.begin(), tail.end(), end.begin(),
                      [](char a, char b) { return lower(a) == b || (a == '_' && b == '-'); });
  });
}

// `value` is what stands behind the equals sign.
bool turns_off(std::string_view name, std::string_view value) noexcept {
  constexpr std::size_t kLongest = std::string_view("false").size();
  if (value.size() > kLongest) return false;  // neither yes nor no
  if (means_yes(value)) return ends_like(name, kSkips);
  return means_no(value) && ends_like(name, kVerifies) && !ends_like(name, kSkips);
}

bool variable_turns_off(std::string_view name, std::string_view value) noexcept {
  // Git asks only whether it is there; pip's names hosts; Docker's is on with any value.
  if (name == "GIT_SSL_NO_VERIFY") return true;
  if (name == "PIP_TRUSTED_HOST") return !value.empty();
  if (name == "DOCKER_TLS_VERIFY") return false;
  return turns_off(name, value);
}

// curl's short options that take a value: what follows them in the same word is that value.
constexpr std::string_view kCurlValued = "AbcCdDeEFhHKmoPQrtTuUwxXyYz";

bool curl_turns_off(std::string_view option) noexcept {
  if (option == "--insecure" || option == "--proxy-insecure") return true;
  if (option.size() < 2 || option[0] != '-' || option[1] == '-') return false;
  for (const char letter : option.substr(1)) {
    if (letter == 'k') return true;
    if (kCurlValued.find(letter) != std::string_view::npos) return false;
  }
  return false;
}

bool option_turns_off(const Word& word, std::string_view previous) noexcept {
  const std::string_view text = word.text;
  if (means_no(text)) {  // `git config http.sslVerify false`, `npm config set strict-ssl false`
    return same_end(previous, "http.sslverify") || previous == "strict-ssl" ||
           previous == "ssl_verify";
  }
  if (word.program.starts_with("pip") && text.ends_with(".trusted-host")) return true;
  if (word.program == "curl" && curl_turns_off(text)) return true;
  // `--setopt=sslverify=false`: the last one counts.
  if (const std::size_t equals = text.rfind('='); equals != std::string_view::npos) {
    return turns_off(text.substr(0, equals), text.substr(equals + 1));
  }
  if (!text.starts_with('-')) return false;
  return text == "--trusted-host" || ends_like(text, kSkips);
}

bool is_loopback(std::string_view url) noexcept {
  const std::size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  return url.starts_with("localhost") || url.starts_with("127.") || url.starts_with("[::1]");
}

// Which simple commands name addresses of the container itself and no others. All are looked
// through when the first one asks.
class Loopback {
 public:
  explicit Loopback(const CommandWords& words) noexcept : words_(words) {}

  bool only(std::uint32_t command) {
    if (addresses_.empty()) look();
    return addresses_[command] == Addresses::own;
  }

 private:
  enum class Addresses : std::uint8_t { none, own, others };

  void look() {
    for (Word word; words_.next(word);) {
      if (word.command >= addresses_.size()) addresses_.resize(word.command + 1);
      if (word.role != Word::Role::argument) continue;
      Addresses& addresses = addresses_[word.command];
      if (is_loopback(word.text)) {
        addresses = std::max(addresses, Addresses::own);
      } else if (word.text.find("://") != std::string_view::npos) {
        addresses = Addresses::others;
      }
    }
  }

  CommandWords words_;                // from the first one on
  std::vector<Addresses> addresses_;  // by the command's number
};

std::string_view without_quotes(std::string_view text) noexcept {
  const bool quotes = text.size() >= 2 && (text.front() == '"' || text.front() == '\'') &&
                      text.back() == text.front();
  return quotes ? text.substr(1, text.size() - 2) : text;
}

// One switch, and where it stands.
struct Switch {
  NodeId at = kNoNode;
  std::string_view program;  // empty: a variable
  std::string option;        // as written, which may hold more than a yes or no
};

Note note_of(std::string who, const Switch& found) {
  const std::string_view option = found.option;
  const std::size_t equals = std::min(option.find('='), option.size() - 1);
  const std::string_view value = without_quotes(option.substr(equals + 1));
  const std::string_view name = option.substr(0, option.find('='));
  std::string message = std::move(who) + " turns the verification of TLS certificates off with ";
  if (!found.program.empty()) message.append(shown(found.program)) += ' ';
  message += shown(means_no(value) || means_yes(value) ? option : name);
  message += "; it must be told which certificate authority to trust instead";
  return {.at = found.at,
          .message = std::move(message),
          .fix = "Remove " + shown(name) + " and name the certificate authority."};
}

std::string assignment_of(std::string_view name, std::string_view value) {
  std::string out(name);
  return (out += '=').append(value);
}

// Calls `each` with the switches among the words, once for each place. `place_of` says where a word
// stands.
template <class PlaceOf, class Each>
void for_each_switch(CommandWords words, PlaceOf place_of, Each each) {
  NodeId reported = kNoNode;
  std::string_view previous;
  Loopback loopback(words);
  for (Word word; words.next(word); previous = word.text) {
    if (word.role == Word::Role::assignment) {
      const std::size_t equals = word.text.find('=');
      const std::string_view value = without_quotes(word.text.substr(equals + 1));
      if (!variable_turns_off(word.text.substr(0, equals), value)) continue;
    } else if (word.role != Word::Role::argument || !option_turns_off(word, previous)) {
      continue;
    } else if ((word.program == "curl" || word.program == "wget") && loopback.only(word.command)) {
      continue;
    }
    const NodeId at = place_of(word);
    if (at == reported) continue;
    reported = at;
    const bool of_program = word.role == Word::Role::argument;
    std::string option(word.text);
    if (of_program && means_no(word.text)) option = std::string(previous) + ' ' + option;
    each(Switch{at, of_program ? word.program : std::string_view(), std::move(option)});
  }
}

void check_words(const Container& container, CommandWords words, Sink& sink) {
  for_each_switch(
      words, [](const Word& word) { return word.at; },
      [&](const Switch& found) {
        Note note = note_of(subject(container), found);
        note.container = &container;
        sink.report(std::move(note));
      });
}

void check(const Workload& workload, Sink& sink) {
  for (const Container& container : workload.containers) {
    for (const EnvVar& variable : container.env) {
      if (!variable.value.written() ||
          !variable_turns_off(variable.name.value, variable.value.value)) {
        continue;
      }
      Note note = note_of(
          subject(container),
          {variable.value.at, "", assignment_of(variable.name.value, variable.value.value)});
      note.container = &container;
      sink.report(std::move(note));
    }
    check_words(container, CommandWords(container), sink);
    for (const std::span<const Text> handler : container.handler_commands) {
      check_words(container, CommandWords(handler), sink);
    }
  }
}

void check_build(const Build& build, Sink& sink) {
  for_each_instruction(build, [&](const Stage& stage, const Instruction& instruction) {
    if (instruction.op != Op::env && instruction.op != Op::arg) return;
    for (const BuildPair& pair : instruction.pairs) {
      if (!pair.value.written() || !variable_turns_off(pair.name.value, pair.value.value)) continue;
      sink.report(note_of(subject(build, stage, instruction),
                          {pair.value.at, "", assignment_of(pair.name.value, pair.value.value)}));
    }
  });
  for_each_command(build, [&](const BuildCommand& command) {
    for_each_switch(
        command.words(), [&](const Word& word) { return command.at(word); },
        [&](const Switch& found) {
          sink.report(note_of(subject(build, command.stage, command.instruction), found));
        });
  });
}

constexpr std::string_view kAliases[] = {"checkov:CKV2_DOCKER_2", "checkov:CKV2_DOCKER_3",
                                         "checkov:CKV2_DOCKER_4", "checkov:CKV2_DOCKER_5",
                                         "checkov:CKV2_DOCKER_6"};
constexpr std::string_view kReferences[] = {"https://cwe.mitre.org/data/definitions/295.html",
                                            "https://curl.se/docs/manpage.html#-k"};

constexpr OnSurface kMore[] = {
    {.surface = Surface::dockerfile,
     .remediation = "Delete the switch; install the private authority's "
                    "certificate (`COPY ca.crt /usr/local/share/ca-certificates/` "
                    "and `RUN update-ca-certificates`).",
     .bad = R"(FROM registry.example/base:1.4.2
# expect-next: tls-verification-off
RUN curl -kfsSLo /tmp/tool https://get.example.com/tool
USER 10001
)",
     .good = R"(FROM registry.example/base:1.4.2
COPY ca.crt /usr/local/share/ca-certificates/company.crt
RUN update-ca-certificates && curl -fsSLo /tmp/tool https://get.example.com/tool
USER 10001
)"},
    {.surface = Surface::compose,
     .remediation = "Delete the setting; a private authority is trusted by "
                    "`NODE_EXTRA_CA_CERTS` or `SSL_CERT_FILE`.",
     .bad = R"(services:
  web:
    image: registry.example/shop:1.4.2
    environment:
      NODE_TLS_REJECT_UNAUTHORIZED: "0"  # expect: tls-verification-off
)",
     .good = R"(services:
  web:
    image: registry.example/shop:1.4.2
    environment:
      NODE_EXTRA_CA_CERTS: /etc/ssl/company.pem
)"},
    {.surface = Surface::image,
     .remediation = "Delete it, and build again.",
     .bad = R"(ADD file:5d68d27cc15a80653c93d3a0b262a28112d47a46326ff5fc2dfbf7fa3b9a0ce8 in /
# expect-next: tls-verification-off
ENV NODE_TLS_REJECT_UNAUTHORIZED=0
USER 10001
)",
     .good = R"(ADD file:5d68d27cc15a80653c93d3a0b262a28112d47a46326ff5fc2dfbf7fa3b9a0ce8 in /
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/own.pem
USER 10001
)"}};

}  // namespace

extern constinit const Rule rule_tls_verification_off = checked({
    .id = "KA3009",
    .slug = "tls-verification-off",
    .title = "Verification of TLS certificates is turned off",
    .rationale =
        "A client that accepts any certificate talks to whoever answers: on the way, passwords "
        "and tokens are read and downloads replaced, while everything looks encrypted.",
    .remediation =
        "Remove the switch and hand the program the certificate authority that it is to trust, "
        "for instance `curl --cacert /etc/ca/ca.crt` or `NODE_EXTRA_CA_CERTS`.",
    .severity = Severity::medium,
    .surfaces = {Surface::kubernetes, Surface::compose, Surface::dockerfile, Surface::image},
    .aliases = kAliases,
    .references = kReferences,
    .bad = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  containers:
    - name: app
      image: registry.example/shop:1.4.2
      env:
        - name: NODE_TLS_REJECT_UNAUTHORIZED
          value: "0"  # expect: tls-verification-off
)",
    .good = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  containers:
    - name: app
      image: registry.example/shop:1.4.2
      env:
        - name: NODE_EXTRA_CA_CERTS
          value: /etc/ca/ca.crt
)",
    .checks = {.workload = check, .build = check_build, .compose = check},
    .more = kMore,
});

}  // namespace kaudit
