#include "webhook/health.h"

#include <algorithm>

#include "core/report/escape.h"

namespace kaudit {

Probe probe(std::string_view endpoint, std::span<const Check> checks, bool verbose) {
  const bool passed =
      std::all_of(checks.begin(), checks.end(), [](const Check& it) { return it.problem.empty(); });
  if (passed && !verbose) return {200, "ok"};
  std::string body;
  for (const Check& check : checks) {
    body += check.problem.empty() ? "[+]" : "[-]";
    body += check.name;
    if (check.problem.empty()) {
      body += " ok\n";
    } else {
      body += " failed: ";
      append_visible(body, check.problem);
      body += '\n';
    }
  }
  body += std::string(endpoint) + " check " + (passed ? "passed\n" : "failed\n");
  return {passed ? 200 : 503, std::move(body)};
}

}  // namespace kaudit
