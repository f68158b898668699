#include "webhook/options.h"

#include <gtest/gtest.h>

#include <map>

namespace kaudit {
namespace {

using Words = std::vector<std::string>;
using Variables = std::map<std::string, std::string>;
using std::chrono::milliseconds;

Result<ServeOptions> parse(Words words, const Variables& variables = {}) {
  return parse_serve_options(std::move(words), [&](const char* name) -> const char* {
    const auto it = variables.find(name);
    return it == variables.end() ? nullptr : it->second.c_str();
  });
}

// With what every start needs.
Result<ServeOptions> parse_more(Words words, const Variables& variables = {}) {
  words.insert(words.begin(), {"--self-signed-dir", "x"});
  return parse(std::move(words), variables);
}

TEST(ServeOptions, Defaults) {
  const auto options = parse({"--tls-cert-file=c", "--tls-private-key-file", "k"});
  ASSERT_TRUE(options) << options.error().message;
  EXPECT_EQ(options->front.address, "0.0.0.0");
  EXPECT_EQ(options->front.port, 9443);
  EXPECT_GE(options->front.workers, 1U);
  EXPECT_EQ(options->front.body, 8U << 20U);
  EXPECT_EQ(options->tls.certificate_file, "c");
  EXPECT_EQ(options->tls.key_file, "k");
  EXPECT_FALSE(options->tls.tls_1_2);
  EXPECT_EQ(options->admission.mode, Mode::enforce);
  EXPECT_EQ(options->metrics->port, 8080);
  EXPECT_EQ(options->health->port, 8081);
  EXPECT_EQ(options->log.level, LogLevel::info);
  EXPECT_EQ(options->log.allowed, 0);
}

TEST(ServeOptions, Values) {
  const auto options = parse_more({"--mode=audit",
                                   "--bind-address",
                                   "::",
                                   "--secure-port=0",
                                   "--tls-min-version=VersionTLS12",
                                   "--client-ca-file=ca",
                                   "--client-name=a,b",
                                   "--client-name",
                                   "c",
                                   "--service-name=s.n.svc",
                                   "--metrics-bind-address=0",
                                   "--health-probe-bind-address=[::1]:9",
                                   "--log-format=text",
                                   "--log-level=error",
                                   "--log-allowed=1/4",
                                   "--shutdown-delay=1s500ms",
                                   "--drain-timeout=0",
                                   "--workers=3",
                                   "--max-body-bytes=1Mi",
                                   "--idle-timeout=2m",
                                   "--config=p.yaml"});
  ASSERT_TRUE(options) << options.error().message;
  EXPECT_EQ(options->admission.mode, Mode::audit);
  EXPECT_EQ(options->front.address, "::");
  EXPECT_EQ(options->front.port, 0);
  EXPECT_TRUE(options->tls.tls_1_2);
  EXPECT_EQ(options->tls.client_names, Words({"a", "b", "c"}));
  EXPECT_EQ(options->tls.service_names, Words({"s.n.svc"}));
  EXPECT_FALSE(options->metrics);
  EXPECT_EQ(options->health->address, "::1");
  EXPECT_EQ(options->health->port, 9);
  EXPECT_EQ(options->log.format, LogFormat::text);
  EXPECT_EQ(options->log.level, LogLevel::error);
  EXPECT_EQ(options->log.allowed, 0.25);
  EXPECT_EQ(options->shutdown_delay, milliseconds(1500));
  EXPECT_EQ(options->drain_timeout, milliseconds(0));
  EXPECT_EQ(options->front.workers, 3U);
  EXPECT_EQ(options->front.body, 1U << 20U);
  EXPECT_EQ(options->front.idle, std::chrono::minutes(2));
  EXPECT_EQ(options->config, "p.yaml");
}

TEST(ServeOptions, FlagsWinOverVariables) {
  const Variables variables = {
      {"KAUDIT_WEBHOOK_SECURE_PORT", "1"},   {"KAUDIT_WEBHOOK_WORKERS", "5"},
      {"KAUDIT_WEBHOOK_CLIENT_NAME", "a,b"}, {"KAUDIT_WEBHOOK_CLIENT_CA_FILE", "ca"},
      {"KAUDIT_WEBHOOK_HELP", "1"},          {"KAUDIT_WEBHOOK_MODE", ""}};
  const auto options = parse_more({"--secure-port=2", "--client-name=c"}, variables);
  ASSERT_TRUE(options) << options.error().message;
  EXPECT_EQ(options->front.port, 2);
  EXPECT_EQ(options->front.workers, 5U);
  EXPECT_EQ(options->tls.client_names, Words({"c"}));
  EXPECT_FALSE(options->help);
  EXPECT_EQ(options->admission.mode, Mode::enforce);
}

TEST(ServeOptions, WrongUsageIsOneSentence) {
  struct Case {
    Words words;
    std::string expect;
  };
  for (const Case& c :
       {Case{{"--mode=enforced"},
             "--mode: \"enforced\" is no mode (enforce, audit); did you mean \"enforce\"?"},
        Case{{"--secure-port=65536"}, "--secure-port: \"65536\" is no number from 0 to 65535"},
        Case{{"--secure-port=-1"}, "--secure-port: \"-1\" is no number from 0 to 65535"},
        Case{{"--secure-port="}, "--secure-port needs a value"},
        Case{{"--secure-port"}, "--secure-port needs a value"},
        Case{{"--version=1"}, "--version takes no value"},
        Case{{"--tls-min-version=1.3"},
             "--tls-min-version: \"1.3\" is no TLS version (VersionTLS12, VersionTLS13)"},
        Case{{"--bind-address=localhost"},
             "--bind-address: \"localhost\" is no address such as 0.0.0.0, 127.0.0.1 or ::"},
        Case{{"--metrics-bind-address=8080"},
             "--metrics-bind-address: \"8080\" is no place to listen such as 127.0.0.1:8080, "
             "[::]:8080 or :8080, nor 0"},
        Case{{"--metrics-bind-address=::1:80"},
             "--metrics-bind-address: \"::1:80\" is no place to listen such as 127.0.0.1:8080, "
             "[::]:8080 or :8080, nor 0"},
        Case{{"--log-allowed=2"}, "--log-allowed: \"2\" is no part such as 0, 0.25, 1/100 or 1"},
        Case{{"--log-allowed=nan"},
             "--log-allowed: \"nan\" is no part such as 0, 0.25, 1/100 or 1"},
        Case{{"--log-allowed=1/0"},
             "--log-allowed: \"1/0\" is no part such as 0, 0.25, 1/100 or 1"},
        Case{{"--idle-timeout=5"},
             "--idle-timeout: \"5\" is no duration such as 500ms, 10s or 1m30s, at most 1h"},
        Case{{"--idle-timeout=2h"},
             "--idle-timeout: \"2h\" is no duration such as 500ms, 10s or 1m30s, at most 1h"},
        Case{{"--max-body-bytes=8X"},
             "--max-body-bytes: \"8X\" is no size such as 512K, 64M or 1G, at most 4G"},
        Case{{"--client-name=a"},
             "--client-name needs --client-ca-file: a name nobody vouches for says nothing"},
        Case{{"--client-ca-file=a", "--client-name=a,,b"},
             "--client-name: a name in a list must not be empty"},
        Case{{"--tls-cert-file=x"},
             "--self-signed-dir makes a certificate, so that --tls-cert-file, "
             "--tls-private-key-file and --tls-ca-file do not go with it"},
        Case{{"--shutdown-delay=20s"},
             "--shutdown-delay and --drain-timeout together must be under 30s, after which "
             "Kubernetes kills a pod"},
        Case{{"--reload-interval=1ms"}, "--reload-interval must be at least 100ms"},
        Case{{"--tls-crt-file=x"},
             "unknown option \"--tls-crt-file\"; did you mean \"--tls-cert-file\"?"},
        Case{{"serve"}, "there is nothing to do with \"serve\": options only"}}) {
    const auto options = parse_more(c.words);
    EXPECT_EQ(options ? "accepted" : options.error().message, c.expect);
  }
  EXPECT_EQ(parse({}).error().message,
            "--tls-cert-file and --tls-private-key-file are needed (or --self-signed-dir, to try "
            "it out)");
  EXPECT_EQ(parse_more({}, {{"KAUDIT_WEBHOOK_MODE", "off"}}).error().message,
            "KAUDIT_WEBHOOK_MODE: \"off\" is no mode (enforce, audit)");
}

TEST(ServeOptions, HelpNamesEveryFlagAndFitsAScreen) {
  const std::string help = serve_help();
  for (const FlagRow& row : flag_rows()) {
    EXPECT_NE(help.find("\n  " + std::string(row.name)), std::string::npos) << row.name;
    EXPECT_FALSE(row.help.empty() || row.help.ends_with('.')) << row.name;
  }
  for (std::size_t at = 0; at < help.size();) {
    const std::size_t end = help.find('\n', at);
    EXPECT_LE(end - at, 100U) << help.substr(at, end - at);
    EXPECT_NE(help[end - 1], ' ') << help.substr(at, end - at);
    at = end + 1;
  }
  EXPECT_TRUE(parse({"--help"})->help);
  EXPECT_TRUE(parse({"-h"})->help);
  EXPECT_TRUE(parse({"--version"})->version);
}

// What --help says of a default is what counts when nothing is said.
TEST(ServeOptions, DefaultsAreTheOnesShown) {
  Words words = {"--self-signed-dir", "x"};
  for (const FlagRow& row : flag_rows()) {
    if (row.default_value.empty()) continue;
    words.insert(words.end(), {std::string(row.name), std::string(row.default_value)});
  }
  const auto shown = parse(words);
  const auto silent = parse_more({});
  ASSERT_TRUE(shown) << shown.error().message;
  ASSERT_TRUE(silent);
  const auto values = [](const ServeOptions& o) {
    return std::tuple(o.admission.mode, o.front.address, o.front.port, o.front.workers,
                      o.front.body, o.front.bodies_in_flight, o.front.connections,
                      o.front.connections_per_address, o.front.queue, o.front.queue_wait,
                      o.front.handshake, o.front.header, o.front.body_time, o.front.write,
                      o.front.total, o.front.idle, o.tls.tls_1_2, o.metrics->port,
                      o.metrics->address, o.health->port, o.log.format, o.log.level, o.log.allowed,
                      o.shutdown_delay, o.drain_timeout, o.reload_interval);
  };
  EXPECT_EQ(values(*shown), values(*silent));
}

TEST(ServeOptions, Variables) {
  EXPECT_EQ(variable_of({"--tls-cert-file", "FILE", "", ""}), "KAUDIT_WEBHOOK_TLS_CERT_FILE");
}

}  // namespace
}  // namespace kaudit
