// Reads: nothing but that there is a pod; whether a NetworkPolicy selects it is settled by the
// whole run: core/exposure/run_rules.h. Allowed: a policy with Ingress among its policyTypes
// selects the pods; they share the network of their node, which no policy covers; they end by
// themselves (a Job), and so hardly listen; a network plugin's own policies are among what was
// examined, which are not read.
#include "core/rule.h"
#include "core/shown.h"

namespace kaudit {
namespace {

void check(const Workload& workload, Sink& sink) {
  const std::string ns = workload.ns.empty() ? "its namespace" : "namespace " + quoted(workload.ns);
  sink.report(
      {.at = workload.spec_at,
       .message = "no NetworkPolicy among what was examined selects the pod for ingress, so "
                  "that every pod of the cluster may connect to it; " +
                  ns + " must have one that denies what no other lets in",
       .fix = "Add to " + ns +
              ": `{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: "
              "default-deny}, spec: {podSelector: {}, policyTypes: [Ingress]}}`, and a "
              "policy for each way in that is needed",
       .at_key = true});
}

constexpr std::string_view kAliases[] = {"checkov:CKV2_K8S_6", "polaris:missingNetworkPolicy"};
constexpr std::string_view kReferences[] = {
    "https://kubernetes.io/docs/concepts/services-networking/network-policies/",
    "https://kubernetes.io/docs/concepts/security/application-security-checklist/"};

}  // namespace

extern constinit const Rule rule_no_network_policy = checked({
    .id = "KA2005",
    .slug = "no-network-policy",
    .title = "No NetworkPolicy selects the pods",
    .rationale =
        "Pods take connections from every other pod until a NetworkPolicy selects them. Whoever "
        "takes over one pod of the cluster then reaches all others, and their databases, admin "
        "ports and metadata, in one step. Only files say this together: it is looked for where "
        "findings are ranked (not with `--order file`, and never at admission).",
    .remediation =
        "Give the namespace a NetworkPolicy with `podSelector: {}` and `policyTypes: [Ingress]`, "
        "and one for each way in that is needed.",
    .severity = Severity::low,
    .surfaces = {Surface::kubernetes},
    .aliases = kAliases,
    .references = kReferences,
    .bad = R"(apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
  namespace: shop
spec:
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:  # expect: no-network-policy
      containers:
        - name: app
          image: registry.example/shop:1.4.2
)",
    .good = R"(apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
  namespace: shop
spec:
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      containers:
        - name: app
          image: registry.example/shop:1.4.2
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: default-deny
  namespace: shop
spec:
  podSelector: {}
  policyTypes: [Ingress]
)",
    .checks = {.workload = check},
    .of_run = true,
});

}  // namespace kaudit
