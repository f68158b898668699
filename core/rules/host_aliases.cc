// Reads: hostAliases of the pod. Allowed: unset, empty.
#include "core/rule.h"

namespace kaudit {
namespace {

void check(const Workload& workload, Sink& sink) {
  if (workload.host_aliases == kNoNode) return;
  const std::size_t entries = workload.document->at(workload.host_aliases).size();
  sink.report({.at = workload.host_aliases,
               .message = "pod writes " + std::to_string(entries) +
                          (entries == 1 ? " line" : " lines") +
                          " into its containers' /etc/hosts through hostAliases; names should be "
                          "left to DNS",
               .at_key = true});
}

constexpr std::string_view kAliases[] = {"trivy:KSV-0007"};
constexpr std::string_view kReferences[] = {
    "https://kubernetes.io/docs/tasks/network/"
    "customize-hosts-file-for-pods/"};

}  // namespace

extern constinit const Rule rule_host_aliases = checked({
    .id = "KA2006",
    .slug = "host-aliases",
    .title = "Pod overrides host names",
    .rationale =
        "A name pinned in /etc/hosts goes past DNS and its logs and policies: the pod keeps "
        "talking to an address that may belong to somebody else by now, or that was put there to "
        "redirect it.",
    .remediation =
        "Remove `hostAliases`, and let DNS or a Service without selector answer for the name.",
    .severity = Severity::low,
    .surfaces = {Surface::kubernetes},
    .aliases = kAliases,
    .references = kReferences,
    .bad = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  hostAliases:  # expect: host-aliases
    - ip: 203.0.113.7
      hostnames: [payments.example]
  containers:
    - name: app
      image: registry.example/shop:1.4.2
)",
    .good = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  containers:
    - name: app
      image: registry.example/shop:1.4.2
)",
    .checks = {.workload = check},
});

}  // namespace kaudit
