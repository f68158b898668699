#include "manifests/cli/pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <numeric>
#include <thread>
#include <vector>

namespace kaudit {
namespace {

TEST(Pool, HandsOverInOrderWhateverFinishesFirst) {
  for (const unsigned jobs : {1U, 2U, 3U, 8U, 64U}) {
    for (const std::size_t count : {0U, 1U, 2U, 500U}) {
      std::vector<std::size_t> got;
      in_order<std::size_t>(
          count, jobs,
          [] {
            return [](std::size_t i) {
              if (i % 7 == 0) std::this_thread::sleep_for(std::chrono::microseconds(200));
              return i * 3;
            };
          },
          [&](std::size_t i, std::size_t result) {
            EXPECT_EQ(result, i * 3);
            got.push_back(i);
            return true;
          });
      std::vector<std::size_t> expect(count);
      std::iota(expect.begin(), expect.end(), std::size_t{0});
      EXPECT_EQ(got, expect) << jobs << " jobs";
    }
  }
}

TEST(Pool, FewResultsWaitBehindASlowOne) {
  constexpr unsigned kJobs = 4;
  std::atomic<std::size_t> done{0};
  std::atomic<std::size_t> most{0};
  in_order<int>(
      2000, kJobs,
      [&] {
        return [&](std::size_t i) {
          if (i == 0) std::this_thread::sleep_for(std::chrono::milliseconds(50));
          const std::size_t ahead = i - done.load();
          std::size_t before = most.load();
          while (before < ahead && !most.compare_exchange_weak(before, ahead)) {
          }
          return 0;
        };
      },
      [&](std::size_t i, int) {
        done = i;
        return true;
      });
  EXPECT_LE(most, kJobs * 4 + 1);
}

TEST(Pool, StopsWhenToldTo) {
  for (const unsigned jobs : {1U, 4U}) {
    std::size_t calls = 0;
    in_order<int>(
        100'000, jobs, [] { return [](std::size_t) { return 0; }; },
        [&](std::size_t, int) { return ++calls < 10; });
    EXPECT_EQ(calls, 10U);
  }
}

TEST(Pool, EachThreadHasItsOwnWorker) {
  std::atomic<int> made{0};
  in_order<int>(
      1000, 4,
      [&] {
        ++made;
        return [used = std::vector<int>()](std::size_t) mutable {
          used.push_back(1);  // a data race if two threads shared it
          return 0;
        };
      },
      [](std::size_t, int) { return true; });
  EXPECT_EQ(made, 4);
}

}  // namespace
}  // namespace kaudit
