// Caps, budgets and shedding: who gets what when there is not enough.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <list>
#include <memory>
#include <string>
#include <thread>

#include "tests/support/front.h"

namespace kaudit {
namespace {

using std::chrono::milliseconds;
using testing::Client;
using testing::echo;
using testing::eventually;
using testing::Gate;
using testing::get;
using testing::ok;
using testing::post;
using testing::Served;
using testing::ServedTls;

const std::string kShed =
    "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n";

TEST(FrontLoad, RefusesConnectionsOverACap) {
  for (const bool per_address : {false, true}) {
    FrontOptions options;
    (per_address ? options.connections_per_address : options.connections) = 3;
    Served front(options);
    std::list<Client> clients;
    for (int i = 0; i < 3; ++i) {
      clients.emplace_back(front.port());
      ASSERT_TRUE(clients.back().send(get("/")));
      ASSERT_EQ(clients.back().response(), ok(""));
    }
    Client refused(front.port());
    EXPECT_EQ(refused.read_all(), "");
    EXPECT_TRUE(refused.broken());
    EXPECT_EQ(front->counters().refused_connections, 1U);
    clients.pop_front();
    ASSERT_TRUE(eventually([&] { return front->counters().open == 2; }));
    Client another(front.port());
    ASSERT_TRUE(another.send(get("/")));
    EXPECT_EQ(another.response(), ok(""));
  }
}

TEST(FrontLoad, ShedsWhatTheQueueCannotTake) {
  Gate gate;
  FrontOptions options;
  options.inline_body = 0;
  options.workers = 1;
  options.queue = 1;
  Served front(options, gate.handler());
  Client working(front.port()), queued(front.port()), shed(front.port());
  ASSERT_TRUE(working.send(post("/", "working")));
  ASSERT_TRUE(eventually([&] { return gate.waiting() == 1; }));
  ASSERT_TRUE(queued.send(post("/", "queued")));
  ASSERT_TRUE(eventually([&] { return front->counters().in_flight == 2; }));
  // Answered before its body is there; the rest of the body is read and forgotten.
  const std::string request = post("/", "12345678");
  ASSERT_TRUE(shed.send(request.substr(0, request.size() - 4)));
  EXPECT_EQ(shed.response(), kShed);
  ASSERT_TRUE(shed.send("5678" + get("/")));
  EXPECT_EQ(shed.response(), kShed);
  EXPECT_EQ(front->counters().shed, 2U);
  gate.open();
  EXPECT_EQ(working.response(), ok("working"));
  EXPECT_EQ(queued.response(), ok("queued"));
  ASSERT_TRUE(shed.send(post("/", "again")));
  EXPECT_EQ(shed.response(), ok("again"));
}

TEST(FrontLoad, ShedsWhatWaitedTooLong) {
  Gate gate;
  FrontOptions options;
  options.inline_body = 0;
  options.workers = 1;
  options.queue_wait = milliseconds(50);
  Served front(options, gate.handler());
  Client working(front.port()), queued(front.port());
  ASSERT_TRUE(working.send(post("/", "working")));
  ASSERT_TRUE(eventually([&] { return gate.waiting() == 1; }));
  ASSERT_TRUE(queued.send(post("/", "queued")));
  // Once the queued one has waited too long, others are told at once.
  EXPECT_TRUE(eventually([&] {
    if (front->counters().in_flight != 2) return false;
    Client other(front.port());
    std::this_thread::sleep_for(milliseconds(60));
    return other.send(get("/")) && other.response() == kShed;
  }));
  gate.open();
  EXPECT_EQ(working.response(), ok("working"));
  EXPECT_EQ(queued.response(), kShed);
}

TEST(FrontLoad, LeavesAWorkerToSmallBodies) {
  Gate gate;
  FrontOptions options;
  options.inline_body = 0;
  options.workers = 2;
  Served front(options, [&](const FramedRequest& request, std::string& response) {
    if (request.body.size() > 100'000) return gate(request, response);
    echo(request, response);
  });
  std::list<Client> large;
  for (int i = 0; i < 4; ++i) {
    large.emplace_back(front.port());
    ASSERT_TRUE(large.back().send(post("/", std::string(200'000, 'a'))));
  }
  ASSERT_TRUE(eventually([&] { return front->counters().in_flight == 4; }));
  Client small(front.port());
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(small.send(post("/", "small")));
    ASSERT_EQ(small.response(), ok("small"));
  }
  EXPECT_EQ(gate.waiting(), 1U);
  gate.open();
  for (Client& client : large) EXPECT_EQ(client.response(), ok(std::string(200'000, 'a')));
}

TEST(FrontLoad, AnswersFewVeryLargeBodiesAtATime) {
  Gate gate;
  FrontOptions options;
  options.inline_body = 0;
  options.workers = 4;
  Served front(options, [&](const FramedRequest& request, std::string& response) {
    if (request.body.size() > 100'000) return gate(request, response);
    echo(request, response);
  });
  const std::string body(3'000'000, 'a');
  std::list<Client> large;
  for (int i = 0; i < 3; ++i) {
    large.emplace_back(front.port());
    ASSERT_TRUE(large.back().send(post("/", body)));
  }
  ASSERT_TRUE(eventually([&] { return front->counters().in_flight == 3; }));
  // Three workers may take large ones, but 4 MiB hold no two of these.
  Client small(front.port());
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(small.send(post("/", "small")));
    ASSERT_EQ(small.response(), ok("small"));
  }
  EXPECT_EQ(gate.waiting(), 1U);
  gate.open();
  for (Client& client : large) EXPECT_EQ(client.response(), ok(body));
}

TEST(FrontLoad, GivesUpTheOldestOfTooManyBodies) {
  FrontOptions options;
  options.bodies_in_flight = 1'000'000;
  Served front(options);
  const std::string beginning =
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 400001\r\n\r\n" + std::string(400'000, 'a');
  Client first(front.port()), second(front.port());
  ASSERT_TRUE(first.send(beginning));
  // Together they are more than the three quarters for large ones: the newcomer is told to come
  // again, until the first had its time.
  EXPECT_TRUE(eventually([&] {
    Client newcomer(front.port());
    return newcomer.send(post("/", std::string(600'000, 'b'))) &&
           newcomer.response() == ok(std::string(600'000, 'b'));
  }));
  EXPECT_EQ(first.response(), kShed);
  EXPECT_GE(front->counters().shed, 1U);
  // What is small has room of its own.
  ASSERT_TRUE(second.send(beginning));
  Client small(front.port());
  ASSERT_TRUE(small.send(post("/", std::string(10'000, 'c'))));
  EXPECT_EQ(small.response(), ok(std::string(10'000, 'c')));
}

TEST(FrontLoad, ServesOthersWhilePeersStall) {
  ServedTls tls;
  Served front({}, echo, tls.context());
  std::list<Client> silent, half, header, body;
  for (int i = 0; i < 50; ++i) {
    silent.emplace_back(front.port());
    half.emplace_back(front.port());
    ASSERT_TRUE(half.back().send("\x16\x03\x01"));
    header.emplace_back(front.port(), tls.client());
    ASSERT_TRUE(header.back().send("POST / HT"));
    body.emplace_back(front.port(), tls.client());
    ASSERT_TRUE(body.back().send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nb"));
  }
  Client honest(front.port(), tls.client());
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(honest.send(post("/", "honest")));
    ASSERT_EQ(honest.response(), ok("honest"));
  }
  EXPECT_EQ(front->counters().open, 201);
}

TEST(FrontLoad, SurvivesPeersThatVanish) {
  ServedTls tls;
  Gate gate;
  FrontOptions options;
  options.inline_body = 0;
  options.workers = 2;
  Served front(options, gate.handler(), tls.context());
  for (int i = 0; i < 30; ++i) {
    Client client(front.port(), tls.client());
    ASSERT_TRUE(client.send(post("/", "gone")));
    const linger now{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(client.descriptor(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
  }
  EXPECT_TRUE(eventually([&] { return front->counters().open == 0; }));
  gate.open();
  Client client(front.port(), tls.client());
  ASSERT_TRUE(client.send(post("/", "here")));
  EXPECT_EQ(client.response(), ok("here"));
}

// With no descriptor left, newcomers are closed and the others served, without spinning.
TEST(FrontLoad, LivesWithoutDescriptors) {
  Served front({});
  Client before(front.port());
  ASSERT_TRUE(before.send(get("/")));
  ASSERT_EQ(before.response(), ok(""));
  rlimit old{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &old), 0);
  const int next = ::dup(0);
  // One descriptor for the client's own end, none for the front's.
  const rlimit few{.rlim_cur = static_cast<rlim_t>(next) + 1, .rlim_max = old.rlim_max};
  ::close(next);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  auto newcomer = std::make_unique<Client>(front.port());
  EXPECT_EQ(newcomer->read_all(), "");
  ASSERT_TRUE(before.send(get("/")));
  EXPECT_EQ(before.response(), ok(""));
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &old), 0);
  EXPECT_GE(front->counters().refused_connections, 1U);
  Client after(front.port());
  ASSERT_TRUE(after.send(get("/")));
  EXPECT_EQ(after.response(), ok(""));
}

TEST(FrontLoad, SaysWhyItCannotListen) {
  Served front({});
  FrontOptions options;
  options.port = front.port();
  Front second(options, nullptr, echo);
  const Result<std::uint16_t> port = second.start();
  ASSERT_FALSE(port);
  EXPECT_EQ(port.error().message, "cannot listen on 127.0.0.1 port " +
                                      std::to_string(front.port()) + ": Address already in use");
  options.address = "localhost";
  Front third(options, nullptr, echo);
  EXPECT_EQ(third.start().error().message, "cannot listen on localhost port " +
                                               std::to_string(front.port()) +
                                               ": this is neither an IPv4 nor an IPv6 address");
}

}  // namespace
}  // namespace kaudit
