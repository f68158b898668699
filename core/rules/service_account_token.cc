// Reads: automountServiceAccountToken of the pod, and its service account.
// Allowed: false. A pod that asks for the token by true, for a service account of its own, most
// likely needs it: that is only noted. Not judged: a patch that does not name an image.
#include "core/rule.h"
#include "core/rules/message.h"

namespace kaudit {
namespace {

void check(const Workload& workload, Sink& sink) {
  const Flag& mount = workload.automount_token;
  if (workload.patch || mount.is(false) || mount.state == Flag::State::unresolved) return;
  const bool own_account =
      workload.service_account.written() && !workload.service_account.is("default");
  if (mount.is(true) && own_account) {
    sink.report({.at = mount.at,
                 .message = "pod sets automountServiceAccountToken to true, so that every "
                            "container holds the token of service account " +
                            quoted(workload.service_account.value) +
                            "; it must be false unless the program calls Kubernetes' API",
                 .fix = "automountServiceAccountToken: false"},
                Severity::info, kAdvice);
    return;
  }
  sink.report(
      {.at = mount.at,
       .message = std::string(mount.written() ? "pod sets automountServiceAccountToken to true"
                                              : "pod does not set automountServiceAccountToken") +
                  ", so that every container holds a token for Kubernetes' API; it must "
                  "be false unless the program calls that API",
       .fix = "automountServiceAccountToken: false",
       .at_key = !mount.written()});
}

constexpr std::string_view kAliases[] = {"trivy:KSV-0036", "checkov:CKV_K8S_38", "cis:5.1.6"};
constexpr std::string_view kReferences[] = {
    "https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/"
    "#opt-out-of-api-credential-automounting"};

}  // namespace

extern constinit const Rule rule_service_account_token = checked({
    .id = "KA6001",
    .slug = "service-account-token",
    .title = "Service account token is mounted",
    .rationale =
        "Kubernetes puts a token for its API into every container unless told not to. Few programs "
        "need it; whoever breaks into one that does not gets it all the same, and with it all "
        "that the service account may do.",
    .remediation =
        "Write `automountServiceAccountToken: false` in the pod's spec. A program that calls the "
        "API gets a service account of its own and `automountServiceAccountToken: true`.",
    .severity = Severity::low,
    .surfaces = {Surface::kubernetes},
    .aliases = kAliases,
    .references = kReferences,
    .bad = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  serviceAccountName: shop
  automountServiceAccountToken: true  # expect: service-account-token
  containers:
    - name: app
      image: registry.example/shop:1.4.2
)",
    .good = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  automountServiceAccountToken: false
  containers:
    - name: app
      image: registry.example/shop:1.4.2
)",
    .checks = {.workload = check},
});

}  // namespace kaudit
