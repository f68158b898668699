// Reads: verbs, apiGroups and resources of the rules of Roles and ClusterRoles.
// Refused: what starts a process in somebody's container: create or get on pods/exec and
// pods/attach (a websocket is opened by get), update or patch on pods/ephemeralcontainers, any use
// of nodes/proxy, behind which the kubelet's exec is. `*` as resource is rbac-wildcard's.
#include "core/rule.h"
#include "core/rules/rbac.h"

namespace kaudit {
namespace {

const Text* way_in(const PolicyRule& rule) noexcept {
  if (find_any(rule.verbs, {"create", "get", "*"}) != nullptr) {
    const Text* resource = find_any(rule.resources, {"pods/exec", "pods/attach", "pods/*", "*/exec",
                                                     "*/attach", "nodes/proxy"});
    if (resource != nullptr) return resource;
  }
  if (find_any(rule.verbs, {"update", "patch", "*"}) != nullptr) {
    return find_any(rule.resources, {"pods/ephemeralcontainers"});
  }
  return nullptr;
}

void check(const Role& role, Sink& sink) {
  for (const PolicyRule& rule : role.rules) {
    const Text* resource = way_in(rule);
    if (resource == nullptr || !covers_group(rule, "")) continue;
    sink.report({.at = resource->at,
                 .message = subject(role) + " allows running commands in pods through " +
                            quoted(resource->value) +
                            "; it must be left to people who debug, for a time"});
  }
}

constexpr std::string_view kAliases[] = {"trivy:KSV-0053", "trivy:KSV-0054", "trivy:KSV-0047"};
constexpr std::string_view kReferences[] = {
    "https://kubernetes.io/docs/concepts/security/rbac-good-practices/"
    "#access-to-proxy-subresource-of-nodes",
    "https://kubernetes.io/docs/reference/access-authn-authz/authorization/"};

}  // namespace

extern constinit const Rule rule_rbac_pod_exec = checked({
    .id = "KA6006",
    .slug = "rbac-pod-exec",
    .title = "Role may run commands in pods",
    .rationale =
        "Who may exec into pods has whatever these hold: their secrets, their service accounts' "
        "tokens, their network, and the node where one of them is privileged.",
    .remediation =
        "Remove pods/exec, pods/attach, pods/ephemeralcontainers and nodes/proxy from the role; "
        "bind them to people, for one namespace and for as long as they debug.",
    .severity = Severity::medium,
    .surfaces = {Surface::kubernetes},
    .aliases = kAliases,
    .references = kReferences,
    .bad = R"(apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: shop
rules:
  - apiGroups: [""]
    resources:
      - pods
      - pods/exec  # expect: rbac-pod-exec
    verbs: [get, create]
)",
    .good = R"(apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: shop
rules:
  - apiGroups: [""]
    resources: [pods, pods/log]
    verbs: [get, list]
)",
    .checks = {.role = check},
});

}  // namespace kaudit
