// What probes are told, in the API server's form.
//
// Thread-safety: pure functions.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace kaudit {

struct Check {
  std::string_view name;
  std::string problem;  // a sentence; empty: passed
};

struct Probe {
  int status = 200;  // 503 when a check has failed
  std::string body;
};

// `endpoint`: "readyz". The checks are listed when one has failed or `verbose` is set; else "ok".
[[nodiscard]] Probe probe(std::string_view endpoint, std::span<const Check> checks, bool verbose);

}  // namespace kaudit
