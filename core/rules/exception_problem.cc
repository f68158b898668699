// Reads: the annotations by which an object exempts itself (core/exemption.h). What is wrong with
// the policy's own exemptions is found where that is read (manifests/policy).
#include <algorithm>
#include <string>

#include "core/exemption.h"
#include "core/rule.h"
#include "core/rules/message.h"
#include "core/shown.h"

namespace kaudit {
namespace {

constexpr std::string_view kPrefix = "kaudit.dev/";

const Pair* reason_among(std::span<const Pair> annotations) noexcept {
  for (const Pair& pair : annotations) {
    if (pair.name != kExemptReasonAnnotation) continue;
    const std::string_view text = pair.value.value_or({});
    if (text.find_first_not_of(" \t\r\n") != std::string_view::npos) return &pair;
  }
  return nullptr;
}

bool is_exemption(std::string_view name) noexcept {
  return name == kExemptAnnotation || (name.starts_with(kExemptContainerAnnotation) &&
                                       name.size() > kExemptContainerAnnotation.size());
}

// The first name in the list that no rule has; empty when all are known.
std::string_view unknown_rule(std::string_view list) noexcept {
  for (;;) {
    const std::size_t comma = list.find(',');
    std::string_view name = list.substr(0, comma);
    name.remove_prefix(std::min(name.find_first_not_of(" \t\r\n"), name.size()));
    name = name.substr(0, name.find_last_not_of(" \t\r\n") + 1);
    const auto rules = all_rules();
    if (!name.empty() && std::none_of(rules.begin(), rules.end(), [&](const Rule* rule) {
          return rule->slug == name || rule->id == name;
        })) {
      return name;
    }
    if (comma == std::string_view::npos) return {};
    list.remove_prefix(comma + 1);
  }
}

void check_annotations(std::span<const Pair> annotations, Sink& sink) {
  const bool has_reason = reason_among(annotations) != nullptr;
  for (const Pair& pair : annotations) {
    if (!pair.name.starts_with(kPrefix) || pair.name == kExemptReasonAnnotation) continue;
    const std::string name = "annotation " + shown(pair.name);
    if (!is_exemption(pair.name)) {
      sink.report({.at = pair.value.at,
                   .message = name + " is none that kaudit knows; it must be kaudit.dev/exempt, "
                                     "kaudit.dev/exempt.CONTAINER or kaudit.dev/exempt-reason",
                   .at_key = true});
      continue;
    }
    const std::string_view list = pair.value.value_or({});
    const std::string_view unknown = unknown_rule(list.substr(0, kLongestRuleList));
    if (list.size() > kLongestRuleList) {
      sink.report({.at = pair.value.at,
                   .message = name + " is longer than any list of rules, so it exempts nothing"});
    } else if (!unknown.empty()) {
      sink.report({.at = pair.value.at,
                   .message = name + " names " + quoted(unknown) +
                              "; it must name rules by slug or id, separated by commas"});
    } else if (!has_reason) {
      sink.report({.at = pair.value.at,
                   .message = name + " has no kaudit.dev/exempt-reason beside it; without a reason "
                                     "it exempts nothing",
                   .at_key = true});
    } else if (!sink.annotations_allowed()) {
      sink.report({.at = pair.value.at,
                   .message = name +
                              " exempts nothing: the policy does not allow objects to exempt "
                              "themselves",
                   .fix = "Remove it, and write an entry of `exemptions` in the policy.",
                   .at_key = true});
    }
  }
}

void check_object(const Object& object, Sink& sink) { check_annotations(object.annotations, sink); }

// Of a pod template: those of the object above it are not its pods'.
void check_workload(const Workload& workload, Sink& sink) {
  if (workload.kind == "Pod") return;
  check_annotations(workload.pod_annotations, sink);
  for (const Pair& pair : workload.annotations) {
    if (workload.part != 0 || !is_exemption(pair.name)) continue;
    sink.report({.at = pair.value.at,
                 .message = "annotation " + shown(pair.name) +
                            " exempts nothing where it stands; it must stand on the pod template, "
                            "whose annotations the pods get",
                 .at_key = true});
  }
}

constexpr std::string_view kReferences[] = {
    "https://github.com/kubernetes/sig-security/tree/main/sig-security-docs/papers/"
    "admission-control"};

}  // namespace

extern constinit const Rule rule_exception_problem = checked({
    .id = "KA8004",
    .slug = "exception-problem",
    .title = "Exemption is expired, unused, too wide or void",
    .rationale =
        "An exemption that nobody needs any more lets the next mistake pass unseen; one that does "
        "not count leaves its author to find out when a pod is denied.",
    .remediation = "Remove the exemption, or correct what it names.",
    .severity = Severity::low,
    .surfaces = {Surface::kubernetes},
    .aliases = {},
    .references = kReferences,
    .bad = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
  annotations:
    kaudit.dev/exempt: host-network  # expect: exception-problem
spec:
  hostNetwork: true
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
    .checks = {.workload = check_workload, .object = check_object},
});

}  // namespace kaudit
