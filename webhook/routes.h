// Which path answers what, on each of the three listeners.
//
// Ownership: what a handler is made of must outlive it. Thread-safety: handlers may be called from
// any thread.
#pragma once

#include <functional>
#include <vector>

#include "webhook/health.h"
#include "webhook/metrics.h"
#include "webhook/net/front.h"
#include "webhook/options.h"
#include "webhook/service.h"

namespace kaudit {

// POST /validate, /validate/core, /validate/baseline, /validate/restricted.
[[nodiscard]] FrontHandler admission_handler(ReviewService& service);
// GET /metrics.
[[nodiscard]] FrontHandler metrics_handler(const Metrics& metrics);
// GET /livez and /healthz, which ask nothing; /readyz, which asks `checks`.
[[nodiscard]] FrontHandler health_handler(std::function<std::vector<Check>()> checks);

// Connections at a time to the listeners beside admission.
inline constexpr std::size_t kSideConnections = 256;
// Their limits: answered by the reactor itself, so that nothing waits for a review.
[[nodiscard]] FrontOptions side_options(const Listen& listen);

}  // namespace kaudit
