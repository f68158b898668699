#include "webhook/options.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <thread>
#include <type_traits>

#include "manifests/policy/arguments.h"
#include "manifests/policy/policy.h"

namespace kaudit {
namespace {

using std::chrono::milliseconds;

Error usage_error(std::string message) { return {ErrorCode::config, std::move(message), {}}; }

struct Word {
  std::string_view text;
  int value;
};

Result<int> parse_word(std::string_view text, std::string_view what, std::span<const Word> words) {
  std::string list;
  std::vector<std::string_view> candidates;
  for (const Word& word : words) {
    if (word.text == text) return word.value;
    list += (list.empty() ? "" : ", ") + std::string(word.text);
    candidates.push_back(word.text);
  }
  return usage_error(in_quotes(text) + " is no " + std::string(what) + " (" + list + ")" +
                     did_you_mean(text, candidates));
}

Result<std::uint64_t> parse_number(std::string_view text, std::uint64_t least, std::uint64_t most) {
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stop != end || number < least || number > most) {
    return usage_error(in_quotes(text) + " is no number from " + std::to_string(least) + " to " +
                       std::to_string(most));
  }
  return number;
}

bool is_address(const std::string& text) {
  in6_addr place{};
  return ::inet_pton(AF_INET, text.c_str(), &place) == 1 ||
         ::inet_pton(AF_INET6, text.c_str(), &place) == 1;
}

Result<std::string> parse_address(const std::string& text) {
  if (is_address(text)) return text;
  return usage_error(in_quotes(text) + " is no address such as 0.0.0.0, 127.0.0.1 or ::");
}

// HOST:PORT, [::]:PORT, :PORT for every address; 0 for none.
Result<std::optional<Listen>> parse_listen(std::string_view text) {
  if (text == "0") return std::optional<Listen>();
  const auto wrong = [&] {
    return usage_error(in_quotes(text) +
                       " is no place to listen such as 127.0.0.1:8080, [::]:8080 or :8080, nor 0");
  };
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return wrong();
  std::string host(text.substr(0, colon));
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string::npos) {
    return wrong();
  }
  if (host.empty()) host = "0.0.0.0";
  const auto port = parse_number(text.substr(colon + 1), 0, 65535);
  if (!port || !is_address(host)) return wrong();
  return std::optional<Listen>({host, static_cast<std::uint16_t>(*port)});
}

// 0, 0.25, 1, 1/100
Result<double> parse_part(std::string_view text) {
  const auto wrong = [&] {
    return usage_error(in_quotes(text) + " is no part such as 0, 0.25, 1/100 or 1");
  };
  double number = 0;
  if (text.starts_with("1/")) {
    const auto divisor = parse_number(text.substr(2), 1, 1'000'000'000);
    if (!divisor) return wrong();
    return 1.0 / static_cast<double>(*divisor);
  }
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (error != std::errc{} || stop != end || !(number >= 0 && number <= 1)) return wrong();
  return number;
}

Result<bool> add_words(std::string_view text, std::vector<std::string>& out) {
  while (true) {
    const std::string_view word = text.substr(0, text.find(','));
    if (word.empty()) return usage_error("a name in a list must not be empty");
    out.emplace_back(word);
    if (word.size() == text.size()) return true;
    text.remove_prefix(word.size() + 1);
  }
}

// Puts a Result's value where it belongs.
template <class T, class Target>
Result<bool> put(Result<T> result, Target& target) {
  if (!result) return std::move(result).error();
  if constexpr (std::is_same_v<T, Target>) {
    target = *std::move(result);
  } else {
    target = static_cast<Target>(*result);
  }
  return true;
}

Result<std::string> text(const std::string& value) { return value; }

using Take = Result<bool> (*)(ServeOptions&, const std::string&);

struct Option {
  FlagRow row;
  Take take;
};

constexpr Word kModes[] = {{"enforce", static_cast<int>(Mode::enforce)},
                           {"audit", static_cast<int>(Mode::audit)}};
constexpr Word kTlsVersions[] = {{"VersionTLS12", 1}, {"VersionTLS13", 0}};
constexpr Word kFormats[] = {{"json", static_cast<int>(LogFormat::json)},
                             {"text", static_cast<int>(LogFormat::text)}};
constexpr Word kLevels[] = {{"debug", static_cast<int>(LogLevel::debug)},
                            {"info", static_cast<int>(LogLevel::info)},
                            {"warn", static_cast<int>(LogLevel::warn)},
                            {"error", static_cast<int>(LogLevel::error)}};

constexpr Option kFlags[] = {
    {{"--config", "FILE", "",
      "the policy, as `kaudit --config` reads it; read again when it changes"},
     [](auto& o, auto& v) { return put(text(v), o.config); }},
    {{"--mode", "enforce|audit", "enforce",
      "audit allows everything, and counts and logs what would have been denied"},
     [](auto& o, auto& v) { return put(parse_word(v, "mode", kModes), o.admission.mode); }},
    {{"--bind-address", "ADDRESS", "0.0.0.0", "where admission listens; :: for IPv6"},
     [](auto& o, auto& v) { return put(parse_address(v), o.front.address); }},
    {{"--secure-port", "PORT", "9443", "where admission listens, with TLS; 0: any free port"},
     [](auto& o, auto& v) { return put(parse_number(v, 0, 65535), o.front.port); }},
    {{"--tls-cert-file", "FILE", "", "the serving certificate and its chain, PEM"},
     [](auto& o, auto& v) { return put(text(v), o.tls.certificate_file); }},
    {{"--tls-private-key-file", "FILE", "", "the key of that certificate, PEM"},
     [](auto& o, auto& v) { return put(text(v), o.tls.key_file); }},
    {{"--tls-min-version", "VERSION", "VersionTLS13",
      "VersionTLS12 (with ECDHE and AEAD only) or VersionTLS13"},
     [](auto& o, auto& v) {
       return put(parse_word(v, "TLS version", kTlsVersions), o.tls.tls_1_2);
     }},
    {{"--client-ca-file", "FILE", "",
      "callers must show a certificate of one of these authorities, PEM"},
     [](auto& o, auto& v) { return put(text(v), o.tls.client_ca_file); }},
    {{"--client-name", "NAME", "",
      "and this common name or DNS name, such as kube-apiserver; repeatable, or a,b,c"},
     [](auto& o, auto& v) { return add_words(v, o.tls.client_names); }},
    {{"--tls-ca-file", "FILE", "",
      "the authority that the API server trusts (caBundle), PEM: not ready unless the serving "
      "certificate chains to it"},
     [](auto& o, auto& v) { return put(text(v), o.tls.ca_file); }},
    {{"--service-name", "NAME", "",
      "not ready unless the serving certificate is for it, such as kaudit.kaudit-system.svc; "
      "repeatable, or a,b,c"},
     [](auto& o, auto& v) { return add_words(v, o.tls.service_names); }},
    {{"--self-signed-dir", "DIR", "",
      "to try it out: writes ca.crt, tls.crt and tls.key there unless they exist, for the service "
      "names, localhost, 127.0.0.1 and ::1, and serves with them"},
     [](auto& o, auto& v) { return put(text(v), o.self_signed_dir); }},
    {{"--metrics-bind-address", "HOST:PORT", ":8080", "/metrics, without TLS; 0: none"},
     [](auto& o, auto& v) { return put(parse_listen(v), o.metrics); }},
    {{"--health-probe-bind-address", "HOST:PORT", ":8081",
      "/livez, /readyz and /healthz, without TLS; 0: none"},
     [](auto& o, auto& v) { return put(parse_listen(v), o.health); }},
    {{"--log-format", "json|text", "json", "of the lines on standard error"},
     [](auto& o, auto& v) { return put(parse_word(v, "log format", kFormats), o.log.format); }},
    {{"--log-level", "LEVEL", "info",
      "debug, info (allowed reviews), warn (denials) or error, and what is above it"},
     [](auto& o, auto& v) { return put(parse_word(v, "log level", kLevels), o.log.level); }},
    {{"--log-allowed", "PART", "0", "the part of the allowed reviews to log: 0 to 1, or 1/N"},
     [](auto& o, auto& v) { return put(parse_part(v), o.log.allowed); }},
    {{"--shutdown-delay", "DURATION", "10s",
      "after SIGTERM, how long new connections are still accepted while /readyz fails"},
     [](auto& o, auto& v) { return put(parse_duration(v), o.shutdown_delay); }},
    {{"--drain-timeout", "DURATION", "15s", "and then how long requests may take to end"},
     [](auto& o, auto& v) { return put(parse_duration(v), o.drain_timeout); }},
    {{"--reload-interval", "DURATION", "2s",
      "how often the files are looked at for changes; SIGHUP looks at once"},
     [](auto& o, auto& v) { return put(parse_duration(v), o.reload_interval); }},
    {{"--workers", "N", "0", "threads that review; 0: one per processor, at most 8"},
     [](auto& o, auto& v) { return put(parse_number(v, 0, 256), o.front.workers); }},
    {{"--max-body-bytes", "SIZE", "8M", "largest review; a larger one is denied"},
     [](auto& o, auto& v) { return put(parse_size(v), o.front.body); }},
    {{"--max-bodies-in-flight-bytes", "SIZE", "24M", "all bodies in memory at a time"},
     [](auto& o, auto& v) { return put(parse_size(v), o.front.bodies_in_flight); }},
    {{"--max-connections", "N", "4096", "connections at a time"},
     [](auto& o, auto& v) { return put(parse_number(v, 1, 1'000'000), o.front.connections); }},
    {{"--max-connections-per-address", "N", "3072", "connections at a time from one address"},
     [](auto& o, auto& v) {
       return put(parse_number(v, 1, 1'000'000), o.front.connections_per_address);
     }},
    {{"--max-queue", "N", "1024", "requests that wait for a worker; more are shed with 503"},
     [](auto& o, auto& v) { return put(parse_number(v, 1, 1'000'000), o.front.queue); }},
    {{"--queue-timeout", "DURATION", "1s", "longest wait for a worker before 503"},
     [](auto& o, auto& v) { return put(parse_duration(v), o.front.queue_wait); }},
    {{"--handshake-timeout", "DURATION", "5s", "longest TLS handshake"},
     [](auto& o, auto& v) { return put(parse_duration(v), o.front.handshake); }},
    {{"--header-timeout", "DURATION", "5s", "longest time for a request's headers"},
     [](auto& o, auto& v) { return put(parse_duration(v), o.front.header); }},
    {{"--body-timeout", "DURATION", "8s", "longest time for a request's body"},
     [](auto& o, auto& v) { return put(parse_duration(v), o.front.body_time); }},
    {{"--write-timeout", "DURATION", "8s", "longest time for an answer to be taken"},
     [](auto& o, auto& v) { return put(parse_duration(v), o.front.write); }},
    {{"--total-timeout", "DURATION", "8s",
      "longest time in all for the handshake of a connection and one request and its answer, "
      "without ours"},
     [](auto& o, auto& v) { return put(parse_duration(v), o.front.total); }},
    {{"--idle-timeout", "DURATION", "3m",
      "how long a connection may be idle; more than the API server's 90s, which must close first"},
     [](auto& o, auto& v) { return put(parse_duration(v), o.front.idle); }},
    {{"--version", "", "", "print the version and that of the rules"},
     [](auto& o, auto& v) {
       (void)v;
       return put(Result<bool>(true), o.version);
     }},
    {{"--help", "", "", "print this"},
     [](auto& o, auto& v) {
       (void)v;
       return put(Result<bool>(true), o.help);
     }},
};

// What no single flag can say.
Result<bool> check(ServeOptions& options) {
  const TlsOptions& tls = options.tls;
  if (!options.self_signed_dir.empty()) {
    if (!tls.certificate_file.empty() || !tls.key_file.empty() || !tls.ca_file.empty()) {
      return usage_error(
          "--self-signed-dir makes a certificate, so that --tls-cert-file, --tls-private-key-file "
          "and --tls-ca-file do not go with it");
    }
  } else if (tls.certificate_file.empty() || tls.key_file.empty()) {
    return usage_error(
        "--tls-cert-file and --tls-private-key-file are needed (or --self-signed-dir, to try it "
        "out)");
  }
  if (!tls.client_names.empty() && tls.client_ca_file.empty()) {
    return usage_error(
        "--client-name needs --client-ca-file: a name nobody vouches for says nothing");
  }
  if (options.reload_interval < milliseconds(100)) {
    return usage_error("--reload-interval must be at least 100ms");
  }
  if (options.shutdown_delay + options.drain_timeout >= std::chrono::seconds(30)) {
    return usage_error(
        "--shutdown-delay and --drain-timeout together must be under 30s, after which Kubernetes "
        "kills a pod");
  }
  if (options.front.workers == 0) {
    // Eight answer far more than an API server asks; a container sees all processors of its node.
    options.front.workers = std::clamp(std::thread::hardware_concurrency(), 1U, 8U);
  }
  return true;
}

}  // namespace

std::span<const FlagRow> flag_rows() noexcept {
  static const std::vector<FlagRow> kRows = [] {
    std::vector<FlagRow> rows;
    for (const Option& flag : kFlags) rows.push_back(flag.row);
    return rows;
  }();
  return kRows;
}

std::string variable_of(const FlagRow& row) {
  std::string name = "KAUDIT_WEBHOOK_";
  for (const char c : row.name.substr(2)) {
    name += c == '-' ? '_' : static_cast<char>(c - 'a' + 'A');
  }
  return name;
}

Result<ServeOptions> parse_serve_options(std::vector<std::string> arguments,
                                         const std::function<const char*(const char*)>& variable) {
  std::vector<ArgumentRow> rows;
  std::vector<std::string_view> names;
  for (const Option& flag : kFlags) {
    rows.push_back({flag.row.name, flag.row.name == "--help" ? "-h" : "", !flag.row.value.empty()});
    names.push_back(flag.row.name);
  }
  auto split = split_arguments(std::move(arguments), rows);
  if (!split) return std::move(split).error();
  if (!split->unknown.empty()) {
    const std::string name = split->unknown.front().substr(0, split->unknown.front().find('='));
    return usage_error("unknown option " + in_quotes(name) + did_you_mean(name, names));
  }
  if (!split->operands.empty()) {
    return usage_error("there is nothing to do with " + in_quotes(split->operands.front()) +
                       ": options only");
  }
  ServeOptions options;
  options.front.address = "0.0.0.0";
  options.front.port = 9443;
  options.front.workers = 0;
  std::vector<bool> given(std::size(kFlags));
  for (const auto& [row, value] : split->options) given[row] = true;
  for (std::size_t n = 0; n < std::size(kFlags); ++n) {
    const std::string name = variable_of(kFlags[n].row);
    const char* value = kFlags[n].row.value.empty() || given[n] ? nullptr : variable(name.c_str());
    if (value == nullptr || *value == '\0') continue;
    const auto taken = kFlags[n].take(options, value);
    if (!taken) return usage_error(name + ": " + taken.error().message);
  }
  for (const auto& [row, value] : split->options) {
    const auto taken = kFlags[row].take(options, value);
    if (!taken) return usage_error(std::string(names[row]) + ": " + taken.error().message);
  }
  if (options.help || options.version) return options;
  const auto checked = check(options);
  if (!checked) return checked.error();
  return options;
}

std::string serve_help() {
  std::string text =
      "kaudit-webhook answers the AdmissionReviews of a Kubernetes API server.\n\n"
      "Usage: kaudit-webhook --tls-cert-file FILE --tls-private-key-file FILE [OPTION...]\n"
      "       kaudit-webhook --self-signed-dir DIR [OPTION...]\n\n"
      "Paths: /validate (the policy decides), /validate/core, /validate/baseline,\n"
      "/validate/restricted (that profile denies). Every option that takes a value has an\n"
      "environment variable: KAUDIT_WEBHOOK_SECURE_PORT for --secure-port; the option wins.\n"
      "Durations: 500ms, 10s, 1m30s. Sizes: 512K, 8M, 1G, in steps of 1,024.\n\nOptions:\n";
  constexpr std::size_t kIndent = 8, kWidth = 90;
  for (const Option& flag : kFlags) {
    const FlagRow& row = flag.row;
    text += "  " + std::string(row.name);
    if (!row.value.empty()) text += ' ' + std::string(row.value);
    std::string help(row.help);
    if (!row.default_value.empty()) help += " (default: " + std::string(row.default_value) + ")";
    std::size_t column = kWidth;
    for (std::size_t at = 0; at < help.size();) {
      const std::size_t end = std::min(help.find(' ', at), help.size());
      if (column + 1 + end - at > kWidth) {
        text += '\n' + std::string(kIndent, ' ');
        column = kIndent;
      } else {
        text += ' ';
        ++column;
      }
      text.append(help, at, end - at);
      column += end - at;
      at = end + 1;
    }
    text += '\n';
  }
  text +=
      "\nSignals: SIGTERM and SIGINT end gracefully, a second one at once; SIGHUP reads policy "
      "and\n"
      "certificates again.\n"
      "Exit status: 0 ended as asked, 2 cannot start (wrong usage, policy or certificate).\n";
  return text;
}

}  // namespace kaudit
