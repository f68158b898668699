#include "webhook/net/workers.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace kaudit {
namespace {

// A lone worker takes a large one after so many small ones.
constexpr std::size_t kSmallInTurn = 16;

}  // namespace

void answer(Job& job, const FrontHandler& handler) {
  const FramedRequest request{job.head,   job.body,   job.oversized,
                              job.remote, job.client, job.received};
  bool good = true;
  try {
    handler(request, job.response);
    good =
        job.response.starts_with("HTTP/1.1 ") && job.response.find("\r\n\r\n") != std::string::npos;
  } catch (const std::exception&) {
    good = false;
  } catch (...) {
    good = false;
  }
  if (!good) job.response = "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n";
}

Workers::Workers(const FrontOptions& options, const FrontHandler& handler,
                 std::function<void()> finished)
    : options_(options), handler_(handler), finished_(std::move(finished)) {}

void Workers::start() {
  for (std::size_t i = 0; i < options_.workers; ++i) {
    threads_.emplace_back([this] { run(); });
  }
}

void Workers::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

// Large ones leave room for small ones.
bool Workers::full(bool large) const {
  return small_.size() + large_.size() >= options_.queue ||
         (large && large_.size() >= std::max<std::size_t>(1, options_.queue / 4));
}

bool Workers::overloaded(Clock::time_point now, bool large) const {
  const std::lock_guard lock(mutex_);
  const Queue& queue = large ? large_ : small_;
  return full(large) || (!queue.empty() && now - queue.front()->queued > options_.queue_wait);
}

bool Workers::offer(std::unique_ptr<Job>& job) {
  {
    const std::lock_guard lock(mutex_);
    const bool large = job->body.size() > kLargeBody;
    if (full(large)) return false;
    Queue& queue = large ? large_ : small_;
    queue.push_back(std::move(job));
  }
  wake_.notify_one();
  return true;
}

void Workers::collect(std::vector<std::unique_ptr<Job>>& jobs) {
  const std::lock_guard lock(mutex_);
  jobs.swap(done_);
}

bool Workers::may_take_large() const {
  if (large_.empty()) return false;
  if (large_running_ == 0) return true;
  return large_running_ + 1 < options_.workers &&
         large_bytes_ + large_.front()->body.size() <= kLargeAtOnce;
}

std::unique_ptr<Job> Workers::pick() {
  // With several workers one is always left for small bodies, so that large ones may go first
  // whenever there is room; a lone worker has to share itself.
  const bool take_large = may_take_large() && (small_.empty() || options_.workers > 1 ||
                                               small_in_turn_ >= kSmallInTurn);
  Queue& queue = take_large ? large_ : small_;
  if (queue.empty()) return nullptr;
  std::unique_ptr<Job> job = std::move(queue.front());
  queue.pop_front();
  if (take_large) {
    ++large_running_;
    large_bytes_ += job->body.size();
    small_in_turn_ = 0;
  } else {
    ++small_in_turn_;
  }
  return job;
}

void Workers::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    std::unique_ptr<Job> job = pick();
    if (!job) {
      wake_.wait(lock);
      continue;
    }
    lock.unlock();
    const bool large = job->body.size() > kLargeBody;
    job->shed = Clock::now() - job->queued > options_.queue_wait;
    if (!job->shed) answer(*job, handler_);
    lock.lock();
    if (large) {
      --large_running_;
      large_bytes_ -= job->body.size();
      if (may_take_large()) wake_.notify_one();
    }
    const bool first = done_.empty();
    done_.push_back(std::move(job));
    if (!first) continue;
    lock.unlock();
    finished_();
    lock.lock();
  }
}

}  // namespace kaudit
