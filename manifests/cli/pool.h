// Work on many things at a time, results in order.
//
// Thread-safety: `make_worker` is called on the caller's thread, each worker used by one thread at
// a time, `done` never by two at once. Memory: at most kWindow results per thread wait for their
// turn.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace kaudit {

// Calls worker(i) for i in [0, count) on `jobs` threads, this one among them, and done(i, result)
// for each in ascending order, until done returns false. Whichever thread completes the next in
// order hands it over, and what follows it: no thread is kept for that alone.
template <class Result, class MakeWorker, class Done>
void in_order(std::size_t count, unsigned jobs, const MakeWorker& make_worker, const Done& done) {
  constexpr std::size_t kWindow = 4;
  if (jobs <= 1 || count <= 1) {
    auto worker = make_worker();
    for (std::size_t i = 0; i < count; ++i) {
      if (!done(i, worker(i))) return;
    }
    return;
  }

  std::mutex mutex;
  std::condition_variable room;  // the window moved on, or all is over
  std::size_t next = 0;          // to be worked on
  std::size_t written = 0;       // handed over
  bool handing_over = false;
  bool stopped = false;
  std::vector<std::optional<Result>> waiting(kWindow * jobs);

  const auto run = [&](auto&& worker) {
    std::unique_lock lock(mutex);
    while (true) {
      room.wait(lock, [&] { return stopped || next >= count || next < written + waiting.size(); });
      if (stopped || next >= count) return;
      const std::size_t mine = next++;
      lock.unlock();
      Result result = worker(mine);
      lock.lock();
      waiting[mine % waiting.size()] = std::move(result);
      if (handing_over) continue;
      handing_over = true;
      while (!stopped && waiting[written % waiting.size()]) {
        std::optional<Result> ready =
            std::exchange(waiting[written % waiting.size()], std::nullopt);
        const std::size_t index = written;
        lock.unlock();
        const bool go_on = done(index, *std::move(ready));
        lock.lock();
        ++written;
        stopped = !go_on;
        room.notify_all();
      }
      handing_over = false;
    }
  };
  std::vector<std::thread> threads;
  for (unsigned i = 1; i < jobs && i < count; ++i) {
    try {
      threads.emplace_back(run, make_worker());
    } catch (const std::system_error&) {
      break;  // no more threads to be had: fewer do the same work
    }
  }
  run(make_worker());
  for (std::thread& thread : threads) thread.join();
}

}  // namespace kaudit
