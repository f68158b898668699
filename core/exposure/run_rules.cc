#include "core/exposure/run_rules.h"

#include <map>
#include <tuple>
#include <utility>

#include "core/exposure/chains.h"
#include "core/exposure/exposure.h"

namespace kaudit {
namespace {

bool holds(const Finding& finding) noexcept {
  const Exposure& exposure = *finding.exposure;
  if (const Chain* chain = find_chain(*finding.rule)) return meets(*chain, exposure);
  // no-network-policy: what soon ends has, as a rule, nothing that listens.
  return exposure.unguarded && exposure.lifetime == Lifetime::always;
}

}  // namespace

void settle_run_rules(std::vector<Finding>& findings) {
  // Of each object and rule the first, rather one that nobody accepts.
  std::map<std::tuple<std::uint64_t, NodeId, const Rule*>, const Finding*> kept;
  for (const Finding& finding : findings) {
    if (!finding.rule->of_run || !holds(finding)) continue;
    const Finding*& best = kept[{finding.document, finding.object, finding.rule}];
    if (best == nullptr || (best->exemption != nullptr && finding.exemption == nullptr)) {
      best = &finding;
    }
  }
  std::vector<Finding> out;
  out.reserve(findings.size());
  for (Finding& finding : findings) {
    if (finding.rule->of_run) {
      const auto of_object = kept.find({finding.document, finding.object, finding.rule});
      if (of_object == kept.end() || of_object->second != &finding) continue;
      if (find_chain(*finding.rule) != nullptr) {
        finding.message = reason_of(*finding.exposure).append("; ").append(finding.message);
      }
    }
    out.push_back(std::move(finding));
  }
  findings = std::move(out);
}

}  // namespace kaudit
