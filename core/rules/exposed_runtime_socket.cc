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
     .remediation =
         "Delete the volume that leads to the socket, or publish the port at 127.0.0.1 alone.",
     .bad = R"(services:
  console:
    image: registry.example/console:1.4.2
    user: root
    ports: ["9000:9000"]
    volumes:
      - /var/run/docker.sock:/var/run/docker.sock  # expect: exposed-runtime-socket
)",
     .good = R"(services:
  console:
    image: registry.example/console:1.4.2
    user: root
    ports: ["127.0.0.1:9000:9000"]
    volumes:
      - /var/run/docker.sock:/var/run/docker.sock
)"}};

}  // namespace

extern constinit const Rule rule_exposed_runtime_socket = checked({
    .id = "KA9001",
    .slug = "exposed-runtime-socket",
    .title = "Exposed, runs as root, and has the runtime's socket",
    .rationale =
        "Whoever takes over what the network reaches is root beside the socket, and one "
        "request to it starts a container that owns the node: no step is missing between the "
        "outside and the node.",
    .remediation = "Delete the volume that leads to the socket; that alone breaks the chain.",
    .severity = Severity::critical,
    .surfaces = {Surface::kubernetes, Surface::compose},
    .aliases = {},
    .references = kReferences,
    .bad = R"(apiVersion: v1
kind: Pod
metadata:
  name: console
  annotations:
    kaudit.dev/exposure: internet
spec:
  containers:
    - name: app
      image: registry.example/console:1.4.2
      securityContext:
        runAsUser: 0
      volumeMounts:
        - name: docker
          mountPath: /var/run/docker.sock
  volumes:
    - name: docker
      hostPath:
        path: /var/run/docker.sock  # expect: exposed-runtime-socket
)",
    .good = R"(apiVersion: v1
kind: Pod
metadata:
  name: console
  annotations:
    kaudit.dev/exposure: internet
spec:
  containers:
    - name: app
      image: registry.example/console:1.4.2
      securityContext:
        runAsUser: 0
)",
    .checks = {},
    .more = kMore,
    .of_run = true,
});

}  // namespace kaudit
