// Put together of what other rules found and of the exposure of the object: core/exposure/chains.h.
// Reads nothing itself.
#include "core/rule.h"

namespace kaudit {
namespace {

constexpr std::string_view kReferences[] = {
    "https://kubernetes.io/docs/concepts/security/application-security-checklist/",
    "https://cwe.mitre.org/data/definitions/1392.html"};

constexpr OnSurface kMore[] = {
    {.surface = Surface::compose,
     .remediation =
         "Set a password of its own from a file, and publish the port at 127.0.0.1 alone.",
     .bad = R"(services:
  admin:
    image: dpage/pgadmin4:8.12
    ports: ["8080:80"]
    environment:
      PGADMIN_DEFAULT_PASSWORD: admin  # expect: exposed-admin-console
)",
     .good = R"(services:
  admin:
    image: dpage/pgadmin4:8.12
    ports: ["127.0.0.1:8080:80"]
    environment:
      PGADMIN_DEFAULT_PASSWORD: admin
)"}};

}  // namespace

extern constinit const Rule rule_exposed_admin_console = checked({
    .id = "KA9004",
    .slug = "exposed-admin-console",
    .title = "Exposed admin console with a default password, or none",
    .rationale = "Consoles are looked for by the whole internet, and their first passwords are in "
                 "their manuals: whoever finds this one is its administrator, without breaking "
                 "anything.",
    .remediation =
        "Give it a password from a Secret, and reach it by `kubectl port-forward` alone.",
    .severity = Severity::critical,
    .surfaces = {Surface::kubernetes, Surface::compose},
    .aliases = {},
    .references = kReferences,
    .bad = R"(apiVersion: v1
kind: Pod
metadata:
  name: admin
  annotations:
    kaudit.dev/exposure: internet
spec:
  containers:
    - name: pgadmin
      image: dpage/pgadmin4:8.12
      env:
        - name: PGADMIN_DEFAULT_PASSWORD
          value: admin  # expect: exposed-admin-console
)",
    .good = R"(apiVersion: v1
kind: Pod
metadata:
  name: admin
  annotations:
    kaudit.dev/exposure: internet
spec:
  containers:
    - name: pgadmin
      image: dpage/pgadmin4:8.12
      env:
        - name: PGADMIN_DEFAULT_PASSWORD
          valueFrom:
            secretKeyRef: {name: pgadmin, key: password}
)",
    .checks = {},
    .more = kMore,
    .of_run = true,
});

}  // namespace kaudit
