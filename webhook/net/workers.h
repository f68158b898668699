// A bounded queue of complete requests and the threads that answer them.
//
// A job belongs to exactly one side at any time: to the reactor, to the queue, to one worker, to
// the list of finished ones, to the reactor again. All hand-overs happen under one mutex.
// Thread-safety: every member function from the reactor; workers use private ones.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "webhook/net/deadlines.h"
#include "webhook/net/front.h"

namespace kaudit {

struct Connection;

// One request on its way through a worker.
struct Job {
  Connection* owner = nullptr;  // the reactor's; workers do not look at it
  std::string head, body, remote, client, response;
  Clock::time_point received, queued;
  std::size_t charged = 0;  // of the budget for bodies
  bool oversized = false, keep_alive = true, shed = false;
};

// Bodies beyond this are large: all workers but one answer them, so that a small one never waits
// for many large ones; and together, unless it is one alone, no more than so many bytes at a time:
// what is made of a body takes up to forty times its size.
inline constexpr std::size_t kLargeBody = 64U << 10U;
inline constexpr std::size_t kLargeAtOnce = 4U << 20U;

// Calls the handler for one job; an exception or an answer that is none becomes a 500.
void answer(Job& job, const FrontHandler& handler);

class Workers {
 public:
  // `finished` is called from workers when the list of finished jobs is no longer empty.
  Workers(const FrontOptions& options, const FrontHandler& handler, std::function<void()> finished);
  ~Workers() { stop(); }
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  void start();
  // Waits for the handlers that run; what is queued is dropped.
  void stop();
  // Whether a new request would wait too long or find no room.
  [[nodiscard]] bool overloaded(Clock::time_point now, bool large) const;
  // Takes the job, unless the queue is full.
  bool offer(std::unique_ptr<Job>& job);
  void collect(std::vector<std::unique_ptr<Job>>& jobs);

 private:
  using Queue = std::deque<std::unique_ptr<Job>>;

  void run();
  [[nodiscard]] bool full(bool large) const;
  [[nodiscard]] bool may_take_large() const;
  // Null: none that may be taken now.
  std::unique_ptr<Job> pick();

  const FrontOptions& options_;
  const FrontHandler& handler_;
  std::function<void()> finished_;
  std::vector<std::thread> threads_;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  Queue small_, large_;
  std::vector<std::unique_ptr<Job>> done_;
  std::size_t large_running_ = 0, large_bytes_ = 0;
  std::size_t small_in_turn_ = 0;
  bool stopping_ = false;
};

}  // namespace kaudit
