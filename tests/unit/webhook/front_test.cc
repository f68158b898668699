#include "webhook/net/front.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/support/certificates.h"
#include "tests/support/client.h"
#include "tests/support/temporary.h"
#include "webhook/net/tls.h"

namespace kaudit {
namespace {

using std::chrono::milliseconds;
using testing::Client;
using testing::ClientOptions;
using testing::get;
using ::testing::HasSubstr;
using testing::post;
using ::testing::StartsWith;

std::string ok(std::string_view body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

// Answers with the body it got.
void echo(const FramedRequest& request, std::string& response) { response = ok(request.body); }

TEST(Front, AnswersOverPlainSockets) {
  for (const std::size_t workers : {0U, 2U}) {
    FrontOptions options;
    options.workers = workers;
    Front front(options, nullptr, echo);
    const Result<std::uint16_t> port = front.start();
    ASSERT_TRUE(port);
    Client client(port.value());
    for (const std::string body : {"one", "", "three"}) {
      ASSERT_TRUE(client.send(post("/", body)));
      EXPECT_EQ(client.response(), ok(body));
    }
    ASSERT_TRUE(client.send(get("/")));
    EXPECT_EQ(client.response(), ok(""));
    front.stop(milliseconds(1000));
    EXPECT_EQ(client.read_all(), "");
    EXPECT_EQ(front.counters().requests, 4U);
    EXPECT_EQ(front.counters().open, 0);
  }
}

TEST(Front, AnswersOverTls) {
  const testing::TemporaryDirectory directory;
  const testing::Authority authority;
  directory.write("ca.crt", authority.pem());
  authority.write(directory, "tls", {});
  TlsOptions tls;
  tls.certificate_file = directory / "tls.crt";
  tls.key_file = directory / "tls.key";
  tls.ca_file = directory / "ca.crt";
  tls.service_names = {"localhost"};
  const auto context = TlsContext::load(tls);
  ASSERT_TRUE(context);
  EXPECT_THAT(context.value()->state().problems, ::testing::IsEmpty());
  Front front(FrontOptions{}, context.value().get(), echo);
  const Result<std::uint16_t> port = front.start();
  ASSERT_TRUE(port);
  Client client(port.value(), ClientOptions{.tls = true, .ca_file = directory / "ca.crt"});
  ASSERT_TRUE(client.connected());
  EXPECT_STREQ(SSL_get_version(client.ssl()), "TLSv1.3");
  for (const std::size_t size : {0U, 3U, 16384U, 50'000U, 3'000'000U}) {
    const std::string body(size, 'x');
    ASSERT_TRUE(client.send(post("/", body)));
    EXPECT_EQ(client.response(), ok(body)) << size;
  }
}

}  // namespace
}  // namespace kaudit
