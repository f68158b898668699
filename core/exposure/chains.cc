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

constexpr std::string_view kFirstOfExposedRuntimeSocket[] = {"runtime-socket"};
constexpr std::string_view kSecondOfExposedRuntimeSocket[] = {"run-as-root", "may-run-as-root"};
constexpr std::span<const std::string_view> kPartsOfExposedRuntimeSocket[] = {
    kFirstOfExposedRuntimeSocket, kSecondOfExposedRuntimeSocket};

constexpr Chain kExposedRuntimeSocket{
    .rule = "exposed-runtime-socket",

    .exposed = true,
    .parts = kPartsOfExposedRuntimeSocket,
    .says =
        "it runs as root, or may, and has the container runtime's socket: whoever takes it "
        "over has the node"};

constexpr std::string_view kFirstOfExposedPrivileged[] = {"privileged-container"};
constexpr std::span<const std::string_view> kPartsOfExposedPrivileged[] = {
    kFirstOfExposedPrivileged};

constexpr Chain kExposedPrivileged{.rule = "exposed-privileged",
                                   .exposed = true,
                                   .parts = kPartsOfExposedPrivileged,
                                   .says = "it is privileged: whoever takes it over has the node"};

constexpr std::string_view kFirstOfExposedSecretInImage[] = {
    "secret-in-layer",    "secret-in-env",     "deleted-secret-recoverable",
    "secret-file-copied", "secret-in-command", "secret-in-build-arg"};
constexpr std::span<const std::string_view> kPartsOfExposedSecretInImage[] = {
    kFirstOfExposedSecretInImage};

constexpr Chain kExposedSecretInImage{
    .rule = "exposed-secret-in-image",

    .exposed = true,
    .in_image = true,
    .parts = kPartsOfExposedSecretInImage,
    .says = "its image holds a secret, which whoever breaks in or pulls the image has"};

constexpr std::string_view kFirstOfExposedAdminConsole[] = {"default-credentials",
                                                            "missing-credentials"};
constexpr std::span<const std::string_view> kPartsOfExposedAdminConsole[] = {
    kFirstOfExposedAdminConsole};

constexpr Chain kExposedAdminConsole{
    .rule = "exposed-admin-console",

    .exposed = true,
    .console = true,
    .parts = kPartsOfExposedAdminConsole,
    .says = "it is an admin console with a password that everybody knows, or without one"};

constexpr std::string_view kFirstOfCiRunnerOwnsCluster[] = {"runtime-socket"};
constexpr std::span<const std::string_view> kPartsOfCiRunnerOwnsCluster[] = {
    kFirstOfCiRunnerOwnsCluster};

constexpr Chain kCiRunnerOwnsCluster{
    .rule = "ci-runner-owns-cluster",

    .cluster_admin = true,
    .ci_runner = true,
    .parts = kPartsOfCiRunnerOwnsCluster,
    .says =
        "it runs what others push, with the container runtime's socket and an account that "
        "may do everything in the cluster"};

constexpr std::string_view kFirstOfExposedClusterAdmin[] = {"cluster-admin-binding",
                                                            "rbac-wildcard"};
constexpr std::span<const std::string_view> kPartsOfExposedClusterAdmin[] = {
    kFirstOfExposedClusterAdmin};

constexpr Chain kExposedClusterAdmin{
    .rule = "exposed-cluster-admin",

    .exposed = true,
    .cluster_admin = true,
    .parts = kPartsOfExposedClusterAdmin,
    .says = "its account may do everything in the cluster, and its token lies in the container"};

constexpr Chain kChains[] = {kExposedRuntimeSocket, kExposedPrivileged,   kExposedSecretInImage,
                             kExposedAdminConsole,  kCiRunnerOwnsCluster, kExposedClusterAdmin};

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

Finding chain_of(const Rule& rule, const Chain& chain, const Parts& parts) {
  const Finding& first = *parts.front();
  Finding out = first;
  out.rule = &rule;
  out.severity = rule.severity;
  for (const Finding* part : parts) {
    out.profiles = out.profiles | part->profiles;
    out.action = std::max(out.action, part->action);
  }
  out.message = reason_of(*first.exposure);
  out.message.append("; ").append(chain.says);
  out.fix = rule.remedy(first.surface);
  if (parts.size() > 1) out.related = parts[1]->where;
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
    Parts parts;
    for (const auto& slugs : chain.parts) {
      const Finding* part = find_part(chain, findings, slugs);
      if (part == nullptr) break;
      parts.push_back(part);
    }
    if (parts.size() == chain.parts.size()) out.push_back(chain_of(rule, chain, parts));
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
