// Reads: serviceAccountName (serviceAccount) and automountServiceAccountToken of the pod.
// Allowed: any name but `default`; `default` without its token, as it gives nothing then.
// Not judged: a patch that does not name an image.
#include "core/rule.h"

namespace kaudit {
namespace {

void check(const Workload& workload, Sink& sink) {
  const Text& account = workload.service_account;
  if (workload.patch || workload.automount_token.is(false) ||
      account.state == Text::State::unresolved) {
    return;
  }
  if (account.written() && !account.value.empty() && account.value != "default") return;
  const bool named = account.is("default");
  sink.report({.at = account.at,
               .message = std::string(named ? "pod names the service account \"default\""
                                            : "pod names no service account and gets \"default\"") +
                          ", whose rights all such pods of the namespace share; it must have one "
                          "of its own, or no token",
               .fix = named ? "serviceAccountName: NAME"
                            : "serviceAccountName: NAME, or automountServiceAccountToken: false",
               .at_key = !account.written()});
}

constexpr std::string_view kAliases[] = {"kube-linter:default-service-account", "cis:5.1.5"};
constexpr std::string_view kReferences[] = {
    "https://kubernetes.io/docs/concepts/security/service-accounts/#default-service-accounts"};

}  // namespace

extern constinit const Rule rule_default_service_account = checked({
    .id = "KA6002",
    .slug = "default-service-account",
    .title = "Pod runs under the default service account",
    .rationale =
        "What is granted to the account `default`, once and for one program, is granted to every "
        "pod of the namespace that names no account.",
    .remediation =
        "Create a service account for the program and write `serviceAccountName: NAME`; or, if it "
        "does not call Kubernetes' API, `automountServiceAccountToken: false`.",
    .severity = Severity::low,
    .surfaces = {Surface::kubernetes},
    .aliases = kAliases,
    .references = kReferences,
    .bad = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  serviceAccountName: default  # expect: default-service-account
  containers:
    - name: app
      image: registry.example/shop:1.4.2
)",
    .good = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  serviceAccountName: shop
  containers:
    - name: app
      image: registry.example/shop:1.4.2
)",
    .checks = {.workload = check},
});

}  // namespace kaudit
