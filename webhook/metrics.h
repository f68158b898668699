// What Prometheus is told. Every label is from a closed set: operations, resources, outcomes,
// modes, the compiled rules; never a namespace, a name or a user.
//
// Names and meanings stand in webhook/README.md; a test compares. Thread-safety: any thread, but
// observe(). Ownership: what observe() is given must live until the last scrape.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "webhook/admission.h"
#include "webhook/net/front.h"
#include "webhook/net/tls.h"

namespace kaudit {

// Asked at every scrape.
struct MetricSources {
  const FrontCounters* front = nullptr;
  std::function<TlsState()> tls;
  std::function<bool()> ready;
  std::function<std::uint64_t()> dropped_log_lines;
};

// Reading files again, since start.
enum class Reloaded : std::uint8_t { policy, tls };

class Metrics {
 public:
  // `mode`: of the program; its series are at zero from the start.
  explicit Metrics(Mode mode);
  ~Metrics();

  // Once, before the first scrape.
  void observe(MetricSources sources);

  void decided(const Decision& decision);
  // From the last byte of the request to the answer.
  void answered(std::chrono::nanoseconds took);
  // A request that had waited too long when its turn came.
  void shed();
  // Files were found changed, and taken over or refused. Counted as a success at start.
  void reloaded(Reloaded what, bool success, std::chrono::system_clock::time_point now);
  // Exemptions of the policy in use, and those among them that have expired.
  void exemptions(std::size_t all, std::size_t expired);

  // The text of a scrape, in the text format 0.0.4.
  [[nodiscard]] std::string text() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The closed set of the label `resource`: "pods", "pods/ephemeralcontainers", … "other".
[[nodiscard]] std::string_view resource_label(std::string_view group, std::string_view resource,
                                              std::string_view subresource) noexcept;

}  // namespace kaudit
