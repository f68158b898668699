#include "webhook/net/deadlines.h"

#include <gtest/gtest.h>

namespace kaudit {
namespace {

using std::chrono::seconds;

constexpr Clock::time_point at(int second) { return Clock::time_point(seconds(1000 + second)); }

Deadlines of_seconds(int handshake, int header, int body) {
  return Deadlines(
      {seconds(handshake), seconds(header), seconds(body), seconds(8), seconds(180), seconds(2)});
}

// A clock that is set (by hand, by NTP, after a leap) must end no connection.
static_assert(Clock::is_steady);

TEST(Deadlines, TheOneThatIsOverFirstIsNextOfAllKinds) {
  Deadlines deadlines = of_seconds(5, 4, 8);
  DeadlineNode handshake, header, body;
  deadlines.set(handshake, DeadlineKind::handshake, at(0));
  deadlines.set(header, DeadlineKind::header, at(2));
  deadlines.set(body, DeadlineKind::body, at(1));
  EXPECT_EQ(deadlines.next(at(100)), at(5));
  EXPECT_EQ(deadlines.expired(at(4)), nullptr);
  EXPECT_EQ(deadlines.expired(at(5)), &handshake);
  deadlines.clear(handshake);
  EXPECT_EQ(deadlines.next(at(100)), at(6));
  deadlines.clear(header);
  deadlines.clear(body);
  EXPECT_EQ(deadlines.next(at(100)), at(100));
}

TEST(Deadlines, OneThatRunsGoesOn) {
  Deadlines deadlines = of_seconds(5, 5, 8);
  DeadlineNode node;
  deadlines.set(node, DeadlineKind::header, at(0));
  deadlines.set(node, DeadlineKind::header, at(4));
  EXPECT_EQ(deadlines.expired(at(5)), &node);
  deadlines.set(node, DeadlineKind::body, at(5));
  EXPECT_EQ(deadlines.expired(at(12)), nullptr);
  EXPECT_EQ(deadlines.expired(at(13)), &node);
  deadlines.clear(node);
}

TEST(Deadlines, NoneLastsLongerThanItsLatestEnd) {
  Deadlines deadlines = of_seconds(5, 5, 8);
  DeadlineNode first, second, third;
  deadlines.set(first, DeadlineKind::body, at(0));
  deadlines.set(second, DeadlineKind::body, at(2), at(6));
  deadlines.set(third, DeadlineKind::body, at(3), at(60));
  EXPECT_EQ(deadlines.expired(at(5)), nullptr);
  EXPECT_EQ(deadlines.expired(at(6)), &second);
  deadlines.clear(second);
  EXPECT_EQ(deadlines.expired(at(8)), &first);
  deadlines.clear(first);
  EXPECT_EQ(deadlines.expired(at(10)), nullptr);
  EXPECT_EQ(deadlines.expired(at(11)), &third);
  deadlines.clear(third);
}

TEST(Stopwatch, PausesDoNotCount) {
  Stopwatch watch;
  watch.run(at(0));
  watch.run(at(1));
  EXPECT_EQ(watch.began(), at(0));
  watch.pause(at(4));
  watch.pause(at(9));
  watch.run(at(100));
  EXPECT_EQ(watch.began(), at(96));
  watch.pause(at(101));
  watch.run(at(200));
  EXPECT_EQ(watch.began(), at(195));
  watch.reset();
  watch.run(at(300));
  EXPECT_EQ(watch.began(), at(300));
}

}  // namespace
}  // namespace kaudit
