#include "core/exposure/chains.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "core/exposure/exposure.h"
#include "core/fnv1a.h"

namespace kaudit {
namespace {

using Parts = std::vector<const Finding*>;

constexpr Chain kChains[] = {
    {.rule = "exposed-runtime-socket",
     .exposed = true,
     .first = {"runtime-socket"},
     .second = {"run-as-root", "may-run-as-root"},
     .says = "it runs as root, or may, and has the container runtime's socket: whoever takes it "
             "over has the node"},
    {.rule = "exposed-privileged",
     .exposed = true,
     .first = {"privileged-container"},
     .says = "it is privileged: whoever takes it over has the node"},
    {.rule = "exposed-secret-in-image",
     .exposed = true,
     .in_image = true,
     .first = {"secret-in-layer", "secret-in-env", "deleted-secret-recoverable",
               "secret-file-copied", "secret-in-command", "secret-in-build-arg"},
     .says = "its image holds a secret, which whoever breaks in or pulls the image has"},
    {.rule = "exposed-admin-console",
     .exposed = true,
     .console = true,
     .first = {"default-credentials", "missing-credentials"},
     .says = "it is an admin console with a password that everybody knows, or without one"},
    {.rule = "ci-runner-owns-cluster",
     .cluster_admin = true,
     .ci_runner = true,
     .first = {"runtime-socket"},
     .says = "it runs what others push, with the container runtime's socket and an account that "
             "may do everything in the cluster"},
    {.rule = "exposed-cluster-admin",
     .exposed = true,
     .cluster_admin = true,
     .first = {"cluster-admin-binding", "rbac-wildcard"},
     .says = "its account may do everything in the cluster, and its token lies in the container"},
};

bool meets(const Chain& chain, const Exposure& exposure) noexcept {
  return (!chain.exposed || exposure.level >= ExposureLevel::network) &&
         (!chain.cluster_admin || exposure.gains.account == AccountPower::cluster_admin) &&
         (!chain.console || exposure.console) && (!chain.ci_runner || exposure.ci_runner);
}

// A secret in a manifest is not in the image; what a layer holds is told at the workload too.
bool is_in_image(const Finding& finding) noexcept {
  return finding.surface == Surface::dockerfile || finding.surface == Surface::image ||
         finding.rule->slug == "secret-in-layer";
}

// The first finding of one of the rules; null where there is none.
const Finding* find_part(const Chain& chain, const Parts& findings,
                         std::span<const std::string_view> slugs) noexcept {
  for (const std::string_view slug : slugs) {
    for (const Finding* finding : findings) {
      if (finding->rule->slug == slug && finding->exemption == nullptr &&
          (!chain.in_image || is_in_image(*finding))) {
        return finding;
      }
    }
  }
  return nullptr;
}

// `second`: null where the chain needs none.
Finding chain_of(const Rule& rule, const Chain& chain, const Finding& first,
                 const Finding* second) {
  Finding out = first;
  out.rule = &rule;
  out.severity = rule.severity;
  if (second != nullptr) {
    out.profiles = out.profiles | second->profiles;
    out.action = std::max(out.action, second->action);
    out.related = second->where;
  }
  out.message = reason_of(*first.exposure);
  out.message.append("; ").append(chain.says);
  out.fix = rule.remedy(first.surface);
  Fnv1a hash;
  hash.add(rule.id);
  hash.add(first.fingerprint);
  out.fingerprint = hash.hex();
  return out;
}

// The chains of one object.
std::vector<Finding> chains_of(const Plan& plan, const Parts& findings) {
  std::vector<Finding> out;
  for (const Chain& chain : kChains) {
    const Rule& rule = *find_rule(chain.rule);
    if (!plan.reports(rule) || !meets(chain, *findings.front()->exposure)) continue;
    const Finding* first = find_part(chain, findings, chain.first);
    const bool needs_second = !chain.second[0].empty();
    const Finding* second = needs_second ? find_part(chain, findings, chain.second) : nullptr;
    if (first == nullptr || (needs_second && second == nullptr)) continue;
    out.push_back(chain_of(rule, chain, *first, second));
  }
  return out;
}

}  // namespace

std::span<const Chain> all_chains() noexcept { return kChains; }

void add_chains(const Plan& plan, std::vector<Finding>& findings) {
  std::map<std::pair<std::uint64_t, NodeId>, Parts> objects;
  for (const Finding& finding : findings) {
    objects[{finding.document, finding.object}].push_back(&finding);
  }
  // Beside the others of their object: reports take what stands together for one.
  std::map<std::size_t, std::vector<Finding>> after;
  std::size_t more = 0;
  for (const auto& [object, of_object] : objects) {
    std::vector<Finding> chains = chains_of(plan, of_object);
    if (chains.empty()) continue;
    more += chains.size();
    after[static_cast<std::size_t>(of_object.back() - findings.data())] = std::move(chains);
  }
  if (more == 0) return;
  std::vector<Finding> out;
  out.reserve(findings.size() + more);
  for (std::size_t n = 0; n < findings.size(); ++n) {
    out.push_back(std::move(findings[n]));
    const auto chains = after.find(n);
    if (chains != after.end()) std::ranges::move(chains->second, std::back_inserter(out));
  }
  findings = std::move(out);
}

}  // namespace kaudit
