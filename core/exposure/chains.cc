#include "core/exposure/chains.h"

#include <algorithm>

#include "core/engine.h"
#include "core/exposure/exposure.h"

namespace kaudit {
namespace {

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

}  // namespace

std::span<const Chain> all_chains() noexcept { return kChains; }

const Chain* find_chain(const Rule& rule) noexcept {
  if (!rule.of_run) return nullptr;
  const auto* const found = std::ranges::find(kChains, rule.slug, &Chain::rule);
  return found == std::end(kChains) ? nullptr : found;
}

bool meets(const Chain& chain, const Exposure& exposure) noexcept {
  return (!chain.exposed || exposure.level >= ExposureLevel::network) &&
         (!chain.cluster_admin || exposure.gains.account == AccountPower::cluster_admin) &&
         (!chain.console || exposure.console) && (!chain.ci_runner || exposure.ci_runner);
}

// A secret in a manifest is not in the image; what a layer holds is told at the workload too.
bool counts_for(const Chain& chain, const Finding& finding) noexcept {
  return !chain.in_image || finding.surface == Surface::dockerfile ||
         finding.surface == Surface::image || finding.rule->slug == "secret-in-layer";
}

}  // namespace kaudit
