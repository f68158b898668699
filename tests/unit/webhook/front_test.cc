#include "webhook/net/front.h"

#include <gtest/gtest.h>

#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/front.h"

namespace kaudit {
namespace {

using std::chrono::milliseconds;
using testing::Client;
using testing::ClientOptions;
using testing::echo;
using testing::eventually;
using testing::Gate;
using testing::get;
using testing::ok;
using testing::post;
using testing::Served;
using testing::ServedTls;

std::string closing(std::string response) {
  return response.insert(response.find('\n') + 1, "Connection: close\r\n");
}

std::string refused(std::string_view status, std::string_view reason) {
  const std::string body = std::string(status) + ": " + std::string(reason) + "\n";
  return "HTTP/1.1 " + std::string(status) +
         "\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

// The reactor answers what is small, until that proves slow.
TEST(Front, AnswersSmallRequestsItself) {
  FrontOptions options;
  options.workers = 1;
  Served front(options, [](const FramedRequest& request, std::string& response) {
    if (request.body == "slow") std::this_thread::sleep_for(milliseconds(20));
    std::ostringstream id;
    id << std::this_thread::get_id();
    response = ok(id.str());
  });
  Client client(front.port());
  // All at once: the reactor does not wait for the peer in between.
  ASSERT_TRUE(client.send(post("/", "small") + post("/", std::string(40'000, 'a')) +
                          post("/", "slow") + post("/", "small")));
  const std::string reactor = client.response();
  const std::string worker = client.response();
  EXPECT_NE(reactor, worker);
  EXPECT_EQ(client.response(), reactor);
  EXPECT_EQ(client.response(), worker);
}

TEST(Front, AnswersAPeerThatSendsNoMore) {
  for (const std::size_t workers : {0U, 1U}) {
    FrontOptions options;
    options.workers = workers;
    options.inline_body = 0;
    Served front(options);
    Client client(front.port());
    ASSERT_TRUE(client.send(post("/", "one") + post("/", "two")));
    client.end();
    EXPECT_EQ(client.read_all(), ok("one") + ok("two"));
    EXPECT_FALSE(client.broken());
  }
}

// Every test of this kind runs plain and under TLS, with workers and without.
struct Way {
  bool tls;
  std::size_t workers;
};

class FrontWays : public ::testing::TestWithParam<Way> {
 protected:
  FrontWays() {
    options_.workers = GetParam().workers;
    if (GetParam().tls) tls_ = std::make_unique<ServedTls>();
  }
  TlsContext* context() { return tls_ ? tls_->context() : nullptr; }
  ClientOptions client() { return tls_ ? tls_->client() : ClientOptions(); }

  FrontOptions options_;
  std::unique_ptr<ServedTls> tls_;
};

INSTANTIATE_TEST_SUITE_P(Front, FrontWays,
                         ::testing::Values(Way{false, 0}, Way{false, 1}, Way{true, 2}),
                         [](const auto& way) {
                           return std::string(way.param.tls ? "tls" : "plain") +
                                  std::to_string(way.param.workers);
                         });

TEST_P(FrontWays, KeepsAConnectionForAnyNumberOfRequests) {
  Served front(options_, echo, context());
  Client client(front.port(), this->client());
  for (std::size_t i = 0; i < 500; ++i) {
    ASSERT_TRUE(client.send(post("/", std::to_string(i))));
    ASSERT_EQ(client.response(), ok(std::to_string(i)));
  }
  ASSERT_TRUE(client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));
  EXPECT_EQ(client.read_all(), closing(ok("")));
  EXPECT_FALSE(client.broken());
  EXPECT_EQ(front->counters().requests, 501U);
  EXPECT_EQ(front->counters().connections, 1U);
}

TEST_P(FrontWays, TakesBodiesOfAnySize) {
  Served front(options_, echo, context());
  Client client(front.port(), this->client());
  for (const std::size_t size : {1U, 16'383U, 16'384U, 50'000U, 3'000'000U, 8U << 20U}) {
    const std::string body(size, 'x');
    ASSERT_TRUE(client.send(post("/", body)));
    EXPECT_TRUE(client.response() == ok(body)) << size;
  }
}

TEST_P(FrontWays, AnswersPipelinedRequestsInOrder) {
  Served front(options_, echo, context());
  Client client(front.port(), this->client());
  std::string sent, expect;
  for (std::size_t i = 0; i < 4000; ++i) {
    const std::string body(i % 97, static_cast<char>('a' + i % 26));
    sent += post("/", body);
    expect += ok(body);
  }
  sent += "GET / HTTP/1.0\r\n\r\n";
  std::thread sender([&] { EXPECT_TRUE(client.send(sent)); });
  sender.join();
  EXPECT_EQ(client.read_all(), expect + closing(ok("")));
}

TEST_P(FrontWays, TakesBytesOneByOne) {
  Served front(options_, echo, context());
  Client client(front.port(), this->client());
  for (const char byte : post("/", "drip")) ASSERT_TRUE(client.send({&byte, 1}));
  EXPECT_EQ(client.response(), ok("drip"));
}

TEST_P(FrontWays, RefusesBrokenRequestsAndCloses) {
  Served front(options_, echo, context());
  struct Case {
    std::string sent, expect;
  };
  const std::vector<Case> cases = {
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
       refused("400 Bad Request", "both Content-Length and Transfer-Encoding")},
      {"GET /" + std::string(10'000, 'a'),
       refused("414 URI Too Long", "the request line is too long")},
      {"GET / HTTP/1.1\r\nHost: h\r\nA: " + std::string(10'000, 'a'),
       refused("431 Request Header Fields Too Large", "the headers are too long")},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Encoding: gzip\r\n\r\n",
       refused("415 Unsupported Media Type", "a Content-Encoding other than identity")},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999\r\n\r\n" + std::string(100'000, 'a'),
       refused("413 Content Too Large", "the body is too large")},
  };
  for (const Case& c : cases) {
    Client client(front.port(), this->client());
    ASSERT_TRUE(client.send(get("/") + c.sent));
    EXPECT_EQ(client.read_all(), ok("") + c.expect);
    EXPECT_FALSE(client.broken()) << c.expect;
  }
  EXPECT_EQ(front->counters().protocol_errors, cases.size());
}

TEST_P(FrontWays, HandsOverTheBeginningOfAnOversizedBody) {
  options_.body = 1'000'000;
  options_.discard = 2'000'000;
  Served front(
      options_,
      [](const FramedRequest& request, std::string& response) {
        response =
            ok(request.oversized ? "oversized " + std::to_string(request.body.size()) : "whole");
      },
      context());
  Client client(front.port(), this->client());
  ASSERT_TRUE(client.send(post("/", std::string(1'500'000, 'a'))));
  EXPECT_EQ(client.response(), ok("oversized 65536"));
  ASSERT_TRUE(client.send(post("/", "a")));
  EXPECT_EQ(client.response(), ok("whole"));
}

TEST_P(FrontWays, SaysContinue) {
  Served front(options_, echo, context());
  Client client(front.port(), this->client());
  const std::string request = post("/", "body", "Expect: 100-continue\r\n");
  ASSERT_TRUE(client.send(request.substr(0, request.size() - 4)));
  EXPECT_EQ(client.response(), "HTTP/1.1 100 Continue\r\n\r\n");
  ASSERT_TRUE(client.send("body"));
  EXPECT_EQ(client.response(), ok("body"));
  // Who sends the body at once need not be told.
  ASSERT_TRUE(client.send(request));
  EXPECT_EQ(client.response(), ok("body"));
}

TEST_P(FrontWays, AnswersWhatAHandlerThrowsOrForgets) {
  Served front(
      options_,
      [](const FramedRequest& request, std::string& response) {
        if (request.body == "throw") throw std::runtime_error("secret");
        if (request.body == "number") throw 1;
        response = request.body == "good" ? ok("") : "HTTP/1.1 200";
      },
      context());
  Client client(front.port(), this->client());
  const std::string error = "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n";
  for (const std::string body : {"throw", "number", "half"}) {
    ASSERT_TRUE(client.send(post("/", body)));
    EXPECT_EQ(client.response(), error);
  }
  ASSERT_TRUE(client.send(post("/", "good")));
  EXPECT_EQ(client.response(), ok(""));
}

TEST_P(FrontWays, EndsWhoeverTakesTooLong) {
  options_.handshake = options_.header = options_.body_time = options_.idle = milliseconds(100);
  Served front(options_, echo, context());
  struct Case {
    std::string sent, expect;
  };
  const std::vector<Case> cases = {
      {"", ""},
      {get("/"), ok("")},
      {"GET / HTTP/1.1\r\n", refused("408 Request Timeout", "the headers took too long")},
      {get("/") + "G", ok("") + refused("408 Request Timeout", "the headers took too long")},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nbody",
       refused("408 Request Timeout", "the body took too long")},
  };
  for (const Case& c : cases) {
    Client client(front.port(), this->client());
    ASSERT_TRUE(client.send(c.sent));
    EXPECT_EQ(client.read_all(), c.expect);
    EXPECT_FALSE(client.broken()) << c.sent;
  }
  // Under TLS: nothing, and something that is no more than the beginning of a handshake.
  for (const std::string& sent :
       {std::string(), std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11)}) {
    Client client(front.port());
    ASSERT_TRUE(client.send(sent));
    client.read_all();
  }
  EXPECT_TRUE(eventually([&] { return front->counters().open == 0; }));
}

// A byte now and then does not prolong anything, and nobody is waited for who had his time: the
// reactor's next answer comes after the end of the connection.
TEST_P(FrontWays, EndsWhoeverDrips) {
  options_.header = options_.body_time = milliseconds(200);
  Served front(options_, echo, context());
  Client honest(front.port(), this->client());
  ASSERT_TRUE(honest.send(get("/")));
  ASSERT_EQ(honest.response(), ok(""));
  std::uint64_t expected = 0;
  for (const std::string beginning :
       {"", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n"}) {
    Client client(front.port(), this->client());
    ASSERT_TRUE(client.send(beginning));
    std::thread drip([&] {
      while (client.send("a")) std::this_thread::sleep_for(milliseconds(10));
    });
    ++expected;
    EXPECT_TRUE(eventually([&] { return front->counters().timeouts == expected; }));
    EXPECT_TRUE(honest.send(get("/")));
    EXPECT_EQ(honest.response(), ok(""));
    EXPECT_EQ(front->counters().open, 1);
    drip.join();
  }
}

// Who keeps every deadline and yet never comes to an end.
TEST_P(FrontWays, EndsWhoeverTakesTooLongInAll) {
  options_.total = milliseconds(200);
  options_.header = options_.body_time = options_.handshake = std::chrono::minutes(5);
  Served front(options_, echo, context());
  // What lies between requests does not count.
  Client honest(front.port(), this->client());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(honest.send(get("/")));
    ASSERT_EQ(honest.response(), ok(""));
    std::this_thread::sleep_for(milliseconds(150));
  }
  const std::string late = "408 Request Timeout";
  const std::string head = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n";
  const std::string go_on = head + "Expect: 100-continue\r\n\r\n";
  const struct {
    std::string sent, expect;
  } cases[] = {
      {head, refused(late, "the headers took too long")},
      {get("/") + head, ok("") + refused(late, "the headers took too long")},
      {head + "\r\nbody", refused(late, "the body took too long")},
      {go_on, "HTTP/1.1 100 Continue\r\n\r\n" + refused(late, "the body took too long")},
  };
  for (const auto& c : cases) {
    Client client(front.port(), this->client());
    ASSERT_TRUE(client.send(c.sent));
    EXPECT_EQ(client.read_all(), c.expect);
  }
  if (GetParam().tls) {
    EXPECT_EQ(Client(front.port()).read_all(), "");
  }
  ASSERT_TRUE(honest.send(get("/")));
  EXPECT_EQ(honest.response(), ok(""));
}

TEST_P(FrontWays, EndsWhoeverDoesNotRead) {
  options_.write = milliseconds(200);
  Served front(options_, echo, context());
  ClientOptions small = this->client();
  small.receive_buffer = 4096;
  Client client(front.port(), small);
  const std::string request = post("/", std::string(200'000, 'a'));
  std::thread sender([&] {
    while (client.send(request)) {
    }
  });
  EXPECT_TRUE(eventually([&] { return front->counters().connections == 1; }));
  EXPECT_TRUE(eventually([&] { return front->counters().open == 0; }));
  sender.join();
  EXPECT_EQ(front->counters().timeouts, 1U);
}

// Small answers fit into the buffers for long; that they are not taken is seen all the same.
TEST_P(FrontWays, EndsWhoeverAsksOnAndDoesNotRead) {
  options_.write = milliseconds(300);
  Served front(options_, echo, context());
  ClientOptions small = this->client();
  small.receive_buffer = 4096;
  Client deaf(front.port(), small), pipelining(front.port(), this->client());
  std::string asked;
  for (int i = 0; i < 20; ++i) asked += get("/");
  // Together less than what the socket's own buffer holds.
  for (int i = 0; i < 500 && deaf.send(get("/")); ++i) {
    std::this_thread::sleep_for(milliseconds(2));
    if (i % 25 != 0) continue;
    ASSERT_TRUE(pipelining.send(asked));
    for (int n = 0; n < 20; ++n) ASSERT_EQ(pipelining.response(), ok(""));
  }
  EXPECT_TRUE(eventually([&] { return front->counters().open == 1; }));
  EXPECT_EQ(front->counters().timeouts, 1U);
}

TEST_P(FrontWays, FinishesWhatIsUnderWayWhenStopped) {
  testing::Gate gate;
  options_.inline_body = 0;
  if (GetParam().workers == 0) gate.open();
  Served front(options_, gate.handler(), context());
  Client idle(front.port(), this->client());
  Client begun(front.port(), this->client());
  Client working(front.port(), this->client());
  ASSERT_TRUE(begun.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbo"));
  if (GetParam().workers != 0) {
    ASSERT_TRUE(working.send(post("/", "work")));
    ASSERT_TRUE(eventually([&] { return gate.waiting() == 1; }));
  }
  std::thread stop([&] { front->stop(Client::kPatience); });
  EXPECT_EQ(idle.read_all(), "");
  EXPECT_FALSE(idle.broken());
  gate.open();
  ASSERT_TRUE(begun.send("dy"));
  EXPECT_EQ(begun.read_all(), closing(ok("body")));
  if (GetParam().workers != 0) {
    EXPECT_EQ(working.read_all(), closing(ok("work")));
  }
  working.end();
  stop.join();
  EXPECT_EQ(front->counters().open, 0);
  EXPECT_EQ(front->counters().in_flight, 0);
  EXPECT_FALSE(Client(front.port()).connected());
}

TEST_P(FrontWays, DrainsButStillAccepts) {
  Served front(options_, echo, context());
  Client before(front.port(), this->client());
  Client idle(front.port(), this->client());
  ASSERT_TRUE(before.send(get("/")));
  EXPECT_EQ(before.response(), ok(""));
  ASSERT_TRUE(idle.send(get("/")));
  EXPECT_EQ(idle.response(), ok(""));
  front->drain(milliseconds(300));
  ASSERT_TRUE(before.send(post("/", "late")));
  EXPECT_EQ(before.read_all(), closing(ok("late")));
  EXPECT_EQ(idle.read_all(), "");
  EXPECT_FALSE(idle.broken());
  Client after(front.port(), this->client());
  ASSERT_TRUE(after.send(get("/")));
  EXPECT_EQ(after.read_all(), closing(ok("")));
}

// The second order may come while the first one is taken. One that is missed is seen a minute
// later.
TEST(Front, MissesNoOrder) {
  using Clock = std::chrono::steady_clock;
  for (int i = 0; i < 4000; ++i) {
    Served front(FrontOptions{});
    front->drain(milliseconds(0));
    const auto ordered = Clock::now();
    while (Clock::now() < ordered + std::chrono::microseconds(i % 20)) {
    }
    front->stop(milliseconds(0));
    ASSERT_LT(Clock::now() - ordered, std::chrono::seconds(50)) << i;
  }
}

TEST(Front, DrainsFromTheNextRequestOn) {
  Gate gate;
  FrontOptions options;
  options.workers = 0;  // the reactor itself answers, and is busy when the order comes
  Served front(options, gate.handler());
  Client client(front.port());
  ASSERT_TRUE(client.send(post("/", "before")));
  ASSERT_TRUE(eventually([&] { return gate.waiting() == 1; }));
  front->drain(milliseconds(1000));
  ASSERT_TRUE(client.send(post("/", "after")));
  gate.open();
  EXPECT_EQ(client.response(), ok("before"));
  EXPECT_EQ(client.read_all(), closing(ok("after")));
}

}  // namespace
}  // namespace kaudit
