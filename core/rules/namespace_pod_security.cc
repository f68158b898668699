// Reads: the labels pod-security.kubernetes.io/{enforce,warn,audit}[-version] of a Namespace.
// Allowed: enforce with baseline or restricted. Refused: no enforce, privileged, and values that
// Kubernetes does not know, which its own admission then denies. Not judged: Kubernetes' own
// namespaces, whose components need what is forbidden to others.
#include <algorithm>

#include "core/rule.h"
#include "core/rules/message.h"

namespace kaudit {
namespace {

constexpr std::string_view kPrefix = "pod-security.kubernetes.io/";

bool is_level(std::string_view text) noexcept {
  return text == "privileged" || text == "baseline" || text == "restricted";
}

// `latest`, or `v1.` and a number without leading zeros.
bool is_version(std::string_view text) noexcept {
  if (text == "latest") return true;
  if (!text.starts_with("v1.")) return false;
  const std::string_view minor = text.substr(3);
  return !minor.empty() && (minor == "0" || minor.front() != '0') &&
         std::all_of(minor.begin(), minor.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Where the labels are, or would be.
NodeId place_of_labels(const Namespace& object) noexcept {
  const Value metadata = object.document->at(object.at)["metadata"];
  for (const std::string_view member : {"labels", "name"}) {
    if (const Value value = metadata[member]; value.set()) return value.id();
  }
  return object.at;
}

std::string subject(const Namespace& object) { return "Namespace " + quoted(object.name); }

void check(const Namespace& object, Sink& sink) {
  if (object.name == "kube-system" || object.name == "kube-public" ||
      object.name == "kube-node-lease") {
    return;
  }
  bool enforced = false;
  for (const Pair& label : object.labels) {
    if (!label.name.starts_with(kPrefix)) continue;
    const std::string_view mode = label.name.substr(kPrefix.size());
    const std::string_view value = label.value.value;
    const bool version = mode.ends_with("-version");
    if (mode == "enforce") enforced = true;
    if (version ? !is_version(value) : !is_level(value)) {
      sink.report({.at = label.value.at,
                   .message = subject(object) + " sets the label " + shown(label.name) + " to " +
                              quoted(value) +
                              (version ? "; it must be latest or a version such as v1.37"
                                       : "; it must be baseline or restricted"),
                   .fix = shown(label.name) + (version ? ": latest" : ": restricted")});
    } else if (mode == "enforce" && value == "privileged") {
      sink.report({.at = label.value.at,
                   .message = subject(object) + " sets the label " + shown(label.name) +
                              " to \"privileged\", which allows everything; it must be baseline "
                              "or restricted",
                   .fix = shown(label.name) + ": restricted"});
    }
  }
  if (enforced) return;
  sink.report({.at = place_of_labels(object),
               .message = subject(object) +
                          " has no label pod-security.kubernetes.io/enforce, so that any pod is "
                          "allowed unless the cluster's default says otherwise; it must be "
                          "baseline or restricted",
               .fix = std::string(kPrefix) + "enforce: restricted",
               .at_key = object.document->at(place_of_labels(object)).is_object()});
}

constexpr std::string_view kAliases[] = {"cis:5.2.1"};
constexpr std::string_view kReferences[] = {
    "https://kubernetes.io/docs/concepts/security/pod-security-admission/"};

}  // namespace

extern constinit const Rule rule_namespace_pod_security = checked({
    .id = "KA6009",
    .slug = "namespace-pod-security",
    .title = "Namespace does not enforce a Pod Security Standard",
    .rationale =
        "Kubernetes enforces its Pod Security Standards only in namespaces that ask for it by a "
        "label: without one, whoever may create a pod may create a privileged one.",
    .remediation =
        "Label the namespace `pod-security.kubernetes.io/enforce: restricted`, or `baseline` "
        "where its programs cannot do with that yet.",
    .severity = Severity::low,
    .surfaces = {Surface::kubernetes},
    .aliases = kAliases,
    .references = kReferences,
    .bad = R"(apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels:
    pod-security.kubernetes.io/enforce: privileged  # expect: namespace-pod-security
)",
    .good = R"(apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels:
    pod-security.kubernetes.io/enforce: restricted
)",
    .checks = {.name_space = check},
});

}  // namespace kaudit
