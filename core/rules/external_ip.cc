// Reads: externalIPs of a Service. Allowed: unset, empty.
#include "core/rule.h"
#include "core/rules/message.h"

namespace kaudit {
namespace {

void check(const Service& service, Sink& sink) {
  if (service.external_ips.empty()) return;
  const std::size_t more = service.external_ips.size() - 1;
  std::string message = "Service claims the address " + quoted(service.external_ips[0].value);
  if (more != 0) message += " and " + std::to_string(more) + " more";
  message += " through spec.externalIPs; it must be unset";
  sink.report({.at = service.external_ips[0].at, .message = std::move(message)});
}

constexpr std::string_view kAliases[] = {"trivy:KSV-0108"};
constexpr std::string_view kReferences[] = {
    "https://kubernetes.io/docs/concepts/services-networking/service/#external-ips",
    "https://github.com/kubernetes/kubernetes/issues/97076"};

}  // namespace

extern constinit const Rule rule_external_ip = checked({
    .id = "KA2004",
    .slug = "external-ip",
    .title = "Service claims external addresses",
    .rationale =
        "Nothing checks who owns an external IP: every node sends the traffic that pods and the "
        "outside address to it to this Service, so whoever may create Services can intercept "
        "others' connections (CVE-2020-8554).",
    .remediation =
        "Remove `externalIPs`; publish the Service with `type: LoadBalancer`, a Gateway or an "
        "Ingress.",
    .severity = Severity::medium,
    .surfaces = {Surface::kubernetes},
    .aliases = kAliases,
    .references = kReferences,
    .bad = R"(apiVersion: v1
kind: Service
metadata:
  name: shop
spec:
  selector: {app: shop}
  ports:
    - port: 443
  externalIPs:
    - 203.0.113.7  # expect: external-ip
)",
    .good = R"(apiVersion: v1
kind: Service
metadata:
  name: shop
spec:
  type: LoadBalancer
  selector: {app: shop}
  ports:
    - port: 443
)",
    .checks = {.service = check},
});

}  // namespace kaudit
