// Reviews complete requests: waits are judged, decisions counted, logged and timed.
//
// Thread-safety: any thread; each call borrows a worker's memory. Ownership: what the constructor
// is given must outlive the service.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "webhook/admission.h"
#include "webhook/current.h"
#include "webhook/log.h"
#include "webhook/metrics.h"
#include "webhook/net/front.h"

namespace kaudit {

class ReviewService {
 public:
  ReviewService(const Current<Admission>& admission, Metrics& metrics, Log& log);
  ~ReviewService();

  // `timeout`: of the request's URL, 0 where it has none. An Answer of 503 is for a caller that may
  // come again at once: four fifths of the time that the API server gives had passed when the
  // request's turn came, and the rest belongs to the way back.
  [[nodiscard]] Answer review(Route route, const FramedRequest& request,
                              std::chrono::milliseconds timeout);

 private:
  struct Worker;
  class Borrowed;

  const Current<Admission>& admission_;
  Metrics& metrics_;
  Log& log_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Worker>> idle_;
};

// Of `?timeout=10s`; 0 where it says nothing that can be read.
[[nodiscard]] std::chrono::milliseconds timeout_of(std::string_view value);

}  // namespace kaudit
