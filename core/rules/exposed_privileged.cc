// Put together of what other rules found and of the exposure of the object: core/exposure/chains.h.
// Reads nothing itself.
#include "core/rule.h"

namespace kaudit {
namespace {

constexpr std::string_view kReferences[] = {
    "https://kubernetes.io/docs/concepts/security/application-security-checklist/",
    "https://cheatsheetseries.owasp.org/cheatsheets/Docker_Security_Cheat_Sheet.html"};

constexpr OnSurface kMore[] = {
    {.surface = Surface::compose,
     .remediation = "Delete `privileged: true`, or publish the port at 127.0.0.1 alone.",
     .bad = R"(services:
  web:
    image: registry.example/shop:1.4.2
    privileged: true  # expect: exposed-privileged
    ports: ["8080:8080"]
)",
     .good = R"(services:
  web:
    image: registry.example/shop:1.4.2
    privileged: true
    ports: ["127.0.0.1:8080:8080"]
)"}};

}  // namespace

extern constinit const Rule rule_exposed_privileged = checked({
    .id = "KA9002",
    .slug = "exposed-privileged",
    .title = "Exposed and privileged",
    .rationale =
        "A privileged container has every device and capability of its node, so that whoever "
        "takes over what the network reaches has the node with it.",
    .remediation = "Set `privileged: false`, or let nothing from outside reach it.",
    .severity = Severity::critical,
    .surfaces = {Surface::kubernetes, Surface::compose},
    .aliases = {},
    .references = kReferences,
    .bad = R"(apiVersion: v1
kind: Pod
metadata:
  name: web
  annotations:
    kaudit.dev/exposure: internet
spec:
  containers:
    - name: app
      image: registry.example/shop:1.4.2
      securityContext:
        privileged: true  # expect: exposed-privileged
)",
    .good = R"(apiVersion: v1
kind: Pod
metadata:
  name: web
  annotations:
    kaudit.dev/exposure: internet
spec:
  containers:
    - name: app
      image: registry.example/shop:1.4.2
      securityContext:
        privileged: false
)",
    .checks = {},
    .more = kMore,
    .of_run = true,
});

}  // namespace kaudit
