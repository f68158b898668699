#include "webhook/service.h"

#include <exception>
#include <utility>

#include "manifests/policy/arguments.h"

namespace kaudit {

using Clock = std::chrono::steady_clock;

struct ReviewService::Worker final : Recorder {
  Worker(const Current<Admission>& current, Metrics& m, Log& l)
      : admission(current), metrics(m), log(l) {}

  void decided(const Decision& decision) override {
    metrics.decided(decision);
    log.decision(decision,
                 std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - started));
  }

  Current<Admission>::View admission;
  Metrics& metrics;
  Log& log;
  Reviewer reviewer;
  Clock::time_point started;
};

// A worker for the time of one call: there are as many as calls were made at a time. One that an
// exception left in the middle of something (memory ran out) serves no other call.
class ReviewService::Borrowed {
 public:
  explicit Borrowed(ReviewService& service) : service_(service) {
    {
      const std::lock_guard lock(service_.mutex_);
      if (!service_.idle_.empty()) {
        worker_ = std::move(service_.idle_.back());
        service_.idle_.pop_back();
      }
    }
    if (!worker_) {
      worker_ = std::make_unique<Worker>(service_.admission_, service_.metrics_, service_.log_);
    }
  }
  ~Borrowed() {
    if (std::uncaught_exceptions() > exceptions_) return;
    const std::lock_guard lock(service_.mutex_);
    service_.idle_.push_back(std::move(worker_));
  }
  Borrowed(const Borrowed&) = delete;
  Borrowed& operator=(const Borrowed&) = delete;
  Worker* operator->() const { return worker_.get(); }
  [[nodiscard]] Worker* get() const { return worker_.get(); }

 private:
  ReviewService& service_;
  std::unique_ptr<Worker> worker_;
  const int exceptions_ = std::uncaught_exceptions();
};

ReviewService::ReviewService(const Current<Admission>& admission, Metrics& metrics, Log& log)
    : admission_(admission), metrics_(metrics), log_(log) {
  // As many as --workers may be: giving one back never allocates.
  idle_.reserve(256);
}
ReviewService::~ReviewService() = default;

Answer ReviewService::review(Route route, const FramedRequest& request,
                             std::chrono::milliseconds timeout) {
  const Clock::time_point started = Clock::now();
  if (timeout.count() > 0 && started - request.received >= timeout / 5 * 4) {
    metrics_.shed();
    return {503, "overloaded: the request had waited too long\n", "text/plain; charset=utf-8"};
  }
  const Borrowed worker(*this);
  worker->started = started;
  const Admission& admission = worker->admission.get();
  Recorder* recorder = worker.get();
  Answer answer =
      request.oversized
          ? worker->reviewer.refuse(admission, request.body, Refusal::too_large, recorder)
          : worker->reviewer.review(admission, route, request.body, recorder);
  metrics_.answered(Clock::now() - request.received);
  return answer;
}

std::chrono::milliseconds timeout_of(std::string_view value) {
  const auto duration = parse_duration(value);
  return duration ? *duration : std::chrono::milliseconds(0);
}

}  // namespace kaudit
