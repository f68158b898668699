#include "webhook/net/tls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/front.h"
#include "webhook/net/certificates.h"

namespace kaudit {
namespace {

using std::chrono::hours;
using testing::Authority;
using testing::Client;
using testing::ClientOptions;
using testing::echo;
using testing::eventually;
using ::testing::IsEmpty;
using testing::Leaf;
using testing::ok;
using testing::post;
using testing::Served;
using testing::ServedTls;
using testing::TemporaryDirectory;

TlsOptions options_in(const TemporaryDirectory& directory) {
  TlsOptions options;
  options.certificate_file = directory / "tls.crt";
  options.key_file = directory / "tls.key";
  return options;
}

std::string without(std::string text, const std::string& part) {
  const std::size_t at = text.find(part);
  return at == text.npos ? text : text.erase(at, part.size());
}

TEST(Tls, RefusesToLoadWhatCannotBeServed) {
  const TemporaryDirectory directory;
  const Authority authority;
  authority.write(directory, "tls", {});
  authority.write(directory, "other", {});
  const std::string whole = testing::Authority("x").pem();
  directory.write("empty", "");
  directory.write("broken", whole + whole.substr(0, whole.size() / 2) + "\n");
  directory.write("garbage", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  directory.write(
      "locked",
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n");
  directory.write("large", std::string((1U << 20U) + 1, '\n'));
  struct Case {
    std::string certificate, key, client_ca, ca, expect;
  };
  for (const Case& c : {
           Case{"absent", "tls.key", "", "", "/absent: cannot be read: No such file or directory"},
           Case{"", "tls.key", "", "", "/: cannot be read"},
           Case{"empty", "tls.key", "", "", "/empty: holds no certificate in PEM form"},
           Case{"large", "tls.key", "", "", "/large: is larger than 1 MiB"},
           Case{"garbage", "tls.key", "", "", "/garbage: holds no certificate in PEM form"},
           Case{"broken", "tls.key", "", "", "/broken: holds a broken certificate"},
           Case{"tls.key", "tls.key", "", "", "/tls.key: holds no certificate in PEM form"},
           Case{"tls.crt", "absent", "", "", "/absent: cannot be read: No such file or directory"},
           Case{"tls.crt", "tls.crt", "", "",
                "/tls.crt: holds no private key in PEM form without a passphrase"},
           Case{"tls.crt", "locked", "", "",
                "/locked: holds no private key in PEM form without a passphrase"},
           Case{"tls.crt", "other.key", "", "", "/other.key: is not the key of /tls.crt"},
           Case{"tls.crt", "tls.key", "empty", "", "/empty: holds no certificate in PEM form"},
           Case{"tls.crt", "tls.key", "", "empty", "/empty: holds no certificate in PEM form"},
       }) {
    TlsOptions options;
    options.certificate_file = directory / c.certificate;
    options.key_file = directory / c.key;
    if (!c.client_ca.empty()) options.client_ca_file = directory / c.client_ca;
    if (!c.ca.empty()) options.ca_file = directory / c.ca;
    const auto loaded = TlsContext::load(options);
    ASSERT_FALSE(loaded) << c.expect;
    const std::string message = to_string(loaded.error());
    EXPECT_EQ(without(without(message, directory.path()), directory.path()), c.expect);
  }
}

TEST(Tls, SaysWhatIsWrongWithACertificateThatCanBeServed) {
  const Authority authority;
  const Authority other("another CA");
  struct Case {
    std::string name;
    Leaf leaf;
    bool foreign_ca;
    std::vector<std::string> expect;
  };
  const auto time = [](hours from_now) {
    return to_string(std::chrono::system_clock::now() + from_now).substr(0, 13);
  };
  for (const Case& c : std::vector<Case>{
           {"good", {.names = {"a.ns.svc"}}, false, {}},
           {"of a wildcard", {.names = {"*.ns.svc"}}, false, {}},
           {"for another name",
            {.names = {"b.svc"}},
            false,
            {"the certificate is not for the name a.ns.svc"}},
           {"only by its common name",
            {.names = {}, .common_name = "a.ns.svc"},
            false,
            {"the certificate is not for the name a.ns.svc"}},
           {"foreign", {.names = {"a.ns.svc"}}, true, {"the certificate does not chain to "}},
           {"for clients",
            {.names = {"a.ns.svc"}, .for_client = true},
            false,
            {"the certificate does not chain to "}},
           {"expired",
            {.names = {"a.ns.svc"}, .begins = hours(-9), .ends = hours(-3)},
            false,
            {"the certificate expired at " + time(hours(-3))}},
           {"not yet valid",
            {.names = {"a.ns.svc"}, .begins = hours(3), .ends = hours(9)},
            false,
            {"the certificate is not valid before " + time(hours(3))}},
           {"all at once",
            {.names = {}, .begins = hours(-9), .ends = hours(-3)},
            true,
            {"the certificate is not for the name a.ns.svc", "the certificate does not chain to ",
             "the certificate expired at " + time(hours(-3))}},
       }) {
    const TemporaryDirectory directory;
    authority.write(directory, "tls", c.leaf);
    directory.write("ca.crt", c.foreign_ca ? other.pem() : authority.pem());
    TlsOptions options = options_in(directory);
    options.ca_file = directory / "ca.crt";
    options.service_names = {"a.ns.svc"};
    const auto context = TlsContext::load(options);
    ASSERT_TRUE(context) << c.name;
    const TlsState state = context.value()->state();
    ASSERT_EQ(state.problems.size(), c.expect.size()) << c.name;
    for (std::size_t i = 0; i < c.expect.size(); ++i) {
      EXPECT_EQ(state.problems[i].substr(0, c.expect[i].size()), c.expect[i]) << c.name;
    }
    EXPECT_EQ(to_string(state.not_after).substr(0, 13), time(c.leaf.ends));
    EXPECT_EQ(to_string(state.ca_not_after).substr(0, 13), time(hours(48)));
  }
}

TEST(Tls, AnExpiredAuthorityIsAProblem) {
  const Authority authority("old", hours(-2));
  const TemporaryDirectory directory;
  authority.write(directory, "tls", {});
  directory.write("ca.crt", authority.pem());
  TlsOptions options = options_in(directory);
  options.ca_file = directory / "ca.crt";
  const auto context = TlsContext::load(options);
  ASSERT_TRUE(context);
  ASSERT_EQ(context.value()->state().problems.size(), 1U);
  EXPECT_EQ(context.value()->state().problems[0].substr(0, 35),
            "the certificate's issuer expired at");
}

// Versions and ciphers: {what the client offers, whether it is served by default and with 1.2}.
TEST(Tls, TakesModernVersionsAndCiphersOnly) {
  ServedTls strict;
  TlsOptions options;
  options.tls_1_2 = true;
  ServedTls older(options);
  Served strict_front({}, echo, strict.context());
  Served older_front({}, echo, older.context());
  struct Case {
    std::string name;
    int version;
    std::string ciphers;
    bool strict, older;
  };
  for (const Case& c : {
           Case{"1.3", TLS1_3_VERSION, "", true, true},
           Case{"1.2 AES", TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256", false, true},
           Case{"1.2 ChaCha", TLS1_2_VERSION, "ECDHE-ECDSA-CHACHA20-POLY1305", false, true},
           Case{"1.2 CBC", TLS1_2_VERSION, "ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES128-SHA",
                false, false},
           Case{"1.2 without ECDHE", TLS1_2_VERSION, "AES128-GCM-SHA256:DHE-RSA-AES128-GCM-SHA256",
                false, false},
           Case{"1.1", TLS1_1_VERSION, "ALL:@SECLEVEL=0", false, false},
           Case{"1.0", TLS1_VERSION, "ALL:@SECLEVEL=0", false, false},
       }) {
    for (const bool old : {false, true}) {
      ClientOptions client = (old ? older : strict).client();
      client.max_version = c.version;
      client.ciphers = c.ciphers;
      const Client connected((old ? older_front : strict_front).port(), client);
      EXPECT_EQ(connected.connected(), old ? c.older : c.strict) << c.name << old;
    }
  }
  EXPECT_TRUE(eventually([&] { return older_front->counters().tls_errors == 4; }));
}

TEST(Tls, SpeaksHttp1Only) {
  ServedTls tls;
  Served front({}, echo, tls.context());
  struct Case {
    std::string protocols, expect, alert;
  };
  for (const Case& c : {Case{"", "", ""}, Case{"\x08http/1.1", "http/1.1", ""},
                        Case{"\x02h2\x08http/1.1", "http/1.1", ""},
                        Case{"\x02h2", "", "no application protocol"}}) {
    ClientOptions options = tls.client();
    options.protocols = c.protocols;
    const Client client(front.port(), options);
    EXPECT_EQ(client.connected(), c.alert.empty());
    EXPECT_EQ(client.alert(), c.alert);
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(client.ssl(), &name, &size);
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(name), size), c.expect);
  }
}

TEST(Tls, HandsOutNothingToResumeOrRenegotiateWith) {
  TlsOptions options;
  options.tls_1_2 = true;
  ServedTls tls(options);
  Served front({}, echo, tls.context());
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    ClientOptions with = tls.client();
    with.max_version = version;
    Client client(front.port(), with);
    ASSERT_TRUE(client.send(post("/", "one")));
    EXPECT_EQ(client.response(), ok("one"));
    SSL_SESSION* session = SSL_get0_session(client.ssl());
    EXPECT_EQ(SSL_SESSION_is_resumable(session), 0);
    EXPECT_EQ(SSL_SESSION_get_max_early_data(session), 0U);
    EXPECT_EQ(SSL_get_current_compression(client.ssl()), nullptr);
    if (version == TLS1_2_VERSION) {
      EXPECT_EQ(SSL_renegotiate(client.ssl()), 1);
      EXPECT_NE(SSL_do_handshake(client.ssl()), 1);
    } else {
      // A new key in TLS 1.3 is no renegotiation.
      EXPECT_EQ(SSL_key_update(client.ssl(), SSL_KEY_UPDATE_REQUESTED), 1);
      ASSERT_TRUE(client.send(post("/", "two")));
      EXPECT_EQ(client.response(), ok("two"));
    }
  }
}

TEST(Tls, AsksClientsForTheirCertificates) {
  const Authority clients("client CA");
  const Authority foreign("foreign CA");
  const TemporaryDirectory directory;
  directory.write("clients.crt", clients.pem());
  const auto of = [](const std::string& name, std::vector<std::string> names = {}) {
    Leaf leaf;
    leaf.common_name = name;
    leaf.names = std::move(names);
    leaf.for_client = true;
    return leaf;
  };
  Leaf expired = of("kube-apiserver");
  expired.begins = hours(-9);
  expired.ends = hours(-3);
  Leaf for_server = of("kube-apiserver");
  for_server.for_client = false;
  clients.write(directory, "good", of("kube-apiserver"));
  clients.write(directory, "by-dns", of("x", {"api.internal"}));
  clients.write(directory, "wrong", of("somebody"));
  clients.write(directory, "nul", of(std::string("kube-apiserver\0.evil", 20)));
  clients.write(directory, "expired", expired);
  clients.write(directory, "for-server", for_server);
  foreign.write(directory, "foreign", of("kube-apiserver"));

  TlsOptions options;
  options.client_ca_file = directory / "clients.crt";
  options.client_names = {"kube-apiserver", "api.internal"};
  ServedTls tls(options);
  Served front(
      {},
      [](const FramedRequest& request, std::string& response) {
        response = ok(request.client_name);
      },
      tls.context());
  const std::string forbidden_body =
      "403 Forbidden: the client's certificate is for a name that may not call\n";
  const std::string forbidden =
      "HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Type: text/plain\r\n"
      "Content-Length: " +
      std::to_string(forbidden_body.size()) + "\r\n\r\n" + forbidden_body;
  struct Case {
    std::string certificate, expect, alert;
  };
  for (const Case& c : {
           Case{"good", ok("kube-apiserver"), ""},
           Case{"by-dns", ok("api.internal"), ""},
           Case{"wrong", forbidden, ""},
           Case{"nul", forbidden, ""},
           Case{"", "", "certificate required"},
           Case{"foreign", "", "unknown ca"},
           Case{"expired", "", "certificate expired"},
           Case{"for-server", "", "unsupported certificate"},
       }) {
    ClientOptions with = tls.client();
    if (!c.certificate.empty()) {
      with.certificate_file = directory / (c.certificate + ".crt");
      with.key_file = directory / (c.certificate + ".key");
    }
    Client client(front.port(), with);
    // Of the body only a part: a refusal does not wait for it.
    client.send(c.expect == forbidden ? "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n"
                                      : post("/", ""));
    EXPECT_EQ(client.response(), c.expect) << c.certificate;
    EXPECT_EQ(client.alert(), c.alert) << c.certificate;
  }
  EXPECT_TRUE(eventually([&] { return front->counters().tls_errors == 4; }));
}

class TlsReload : public ::testing::Test {
 protected:
  TlsReload() {
    first_.write(directory_, "tls", {.names = {"localhost"}});
    directory_.write("ca.crt", first_.pem());
    options_ = options_in(directory_);
    options_.ca_file = directory_ / "ca.crt";
    options_.service_names = {"localhost"};
    auto context = TlsContext::load(options_);
    EXPECT_TRUE(context);
    context_ = *std::move(context);
  }

  TemporaryDirectory directory_;
  Authority first_{"first"}, second_{"second"};
  TlsOptions options_;
  std::unique_ptr<TlsContext> context_;
};

TEST_F(TlsReload, ExchangesWhatChanged) {
  const auto before = context_->current();
  Result<bool> reloaded = context_->reload();
  ASSERT_TRUE(reloaded);
  EXPECT_FALSE(reloaded.value());
  second_.write(directory_, "tls", {.names = {"localhost"}});
  directory_.write("ca.crt", second_.pem());
  reloaded = context_->reload();
  ASSERT_TRUE(reloaded);
  EXPECT_TRUE(reloaded.value());
  EXPECT_NE(context_->current(), before);
  EXPECT_THAT(context_->state().problems, IsEmpty());
}

TEST_F(TlsReload, KeepsWhatWorks) {
  const auto before = context_->current();
  const std::string certificate = context_->state().problems.empty() ? "good" : "bad";
  EXPECT_EQ(certificate, "good");
  struct Case {
    std::string name;
    std::function<void()> change;
    std::string expect;
  };
  const auto pem = [&](const Leaf& leaf) { return to_pem(first_.issue(leaf).certificate.get()); };
  for (const Case& c : std::vector<Case>{
           {"a key of another", [&] { directory_.write("tls.crt", pem({})); },
            "/tls.key: is not the key of /tls.crt"},
           {"half a certificate",
            [&] {
              const std::string text = pem({});
              directory_.write("tls.crt", text.substr(0, text.size() / 2));
            },
            "/tls.crt: holds no certificate in PEM form"},
           {"nothing", [&] { directory_.write("tls.crt", ""); },
            "/tls.crt: holds no certificate in PEM form"},
           {"no file", [&] { std::filesystem::remove(directory_ / "tls.crt"); },
            "/tls.crt: cannot be read: No such file or directory"},
           {"no longer valid",
            [&] { first_.write(directory_, "tls", {.begins = hours(-9), .ends = hours(-3)}); },
            "/tls.crt: was changed and is not used: the certificate expired at "},
           {"for another name", [&] { first_.write(directory_, "tls", {.names = {"b"}}); },
            "/tls.crt: was changed and is not used: the certificate is not for the name localhost"},
           {"of another authority", [&] { second_.write(directory_, "tls", {}); },
            "/tls.crt: was changed and is not used: the certificate does not chain to "},
       }) {
    c.change();
    for (int again = 0; again < 2; ++again) {
      const Result<bool> reloaded = context_->reload();
      ASSERT_FALSE(reloaded) << c.name;
      const std::string message =
          without(without(to_string(reloaded.error()), directory_.path()), directory_.path());
      EXPECT_EQ(message.substr(0, c.expect.size()), c.expect);
    }
    EXPECT_EQ(context_->current(), before);
    EXPECT_THAT(context_->state().problems, IsEmpty());
  }
  first_.write(directory_, "tls", {});
  const Result<bool> reloaded = context_->reload();
  ASSERT_TRUE(reloaded);
  EXPECT_TRUE(reloaded.value());
}

// As the kubelet exchanges a Secret: files are links into `..data`, itself a link, renamed over.
TEST_F(TlsReload, FollowsTheLinksOfASecretUnderConnections) {
  namespace fs = std::filesystem;
  const TemporaryDirectory secret;
  const auto publish = [&](int generation) {
    const std::string name = "..generation" + std::to_string(generation);
    first_.write(secret, name + "/tls", {.names = {"localhost"}});
    fs::create_directory_symlink(name, secret / "..data_tmp");
    fs::rename(secret / "..data_tmp", secret / "..data");
  };
  publish(0);
  fs::create_symlink("..data/tls.crt", secret / "tls.crt");
  fs::create_symlink("..data/tls.key", secret / "tls.key");
  TlsOptions options = options_;
  options.certificate_file = secret / "tls.crt";
  options.key_file = secret / "tls.key";
  auto context = TlsContext::load(options);
  ASSERT_TRUE(context);
  Served front({}, echo, context.value().get());
  const ClientOptions trusting{.tls = true, .ca_file = directory_ / "ca.crt"};

  std::atomic<bool> done{false};
  std::thread connecting([&] {
    while (!done) {
      Client client(front.port(), trusting);
      EXPECT_TRUE(client.connected());
      EXPECT_TRUE(client.send(post("/", "new")));
      EXPECT_EQ(client.response(), ok("new"));
    }
  });
  Client old(front.port(), trusting);
  for (int generation = 1; generation <= 20; ++generation) {
    publish(generation);
    const Result<bool> reloaded = context.value()->reload();
    ASSERT_TRUE(reloaded);
    EXPECT_TRUE(reloaded.value());
    ASSERT_TRUE(old.send(post("/", "old")));
    EXPECT_EQ(old.response(), ok("old"));
  }
  done = true;
  connecting.join();
  EXPECT_EQ(front->counters().tls_errors, 0U);
}

}  // namespace
}  // namespace kaudit
