// Reads: in Compose image and ports of every service; of a Kubernetes Service its type and ports.
// Allowed: no port of an administrator's console, unless it is bound to a loopback address, or not
// published by the node (ClusterIP). Which those are: core/servers.
#include "core/rules/published.h"

namespace kaudit {
namespace {

void check_compose(const Workload& workload, Sink& sink) {
  for_each_published(
      workload, [&](const Container& container, const Port& port, const Server& server) {
        if (keeps_data(server)) return;
        sink.report({.at = port.host.at,
                     .message = subject(container) + " publishes " + std::string(server.product) +
                                ", an admin console, at " + where_published(port) +
                                "; it must be reachable from this host alone",
                     .fix = "Write " + loopback_fix(port) + ", and reach it by `ssh -L`",
                     .container = &container});
      });
}

void check(const Service& service, Sink& sink) {
  for_each_published(service, [&](const Port& port, const Server& server) {
    if (keeps_data(server)) return;
    sink.report(published_by(service, port, server, "an admin console"));
  });
}

constexpr std::string_view kSupersedes[] = {"published-on-all-interfaces"};
constexpr std::string_view kReferences[] = {
    "https://docs.docker.com/engine/network/port-publishing/",
    "https://cwe.mitre.org/data/definitions/749.html"};

constexpr OnSurface kMore[] = {
    {.surface = Surface::compose,
     .remediation = "Write `ports: [\"127.0.0.1:8080:8080\"]` and reach it by `ssh -L`, or put a "
                    "proxy with a login before it.",
     .bad = R"(services:
  admin:
    image: adminer:4.8.1
    ports:
      - "8080:8080"  # expect: published-admin-console
)",
     .good = R"(services:
  admin:
    image: adminer:4.8.1
    ports:
      - "127.0.0.1:8080:8080"
)"}};

}  // namespace

extern constinit const Rule rule_published_admin_console = checked({
    .id = "KA2002",
    .slug = "published-admin-console",
    .title = "Admin console is reachable beyond its host",
    .rationale =
        "A console that reads databases or starts containers hands all of it to whoever gets past "
        "its login; many have none, or one that everybody knows.",
    .remediation = "Write `type: ClusterIP`; reach it by `kubectl port-forward`.",
    .severity = Severity::high,
    .surfaces = {Surface::kubernetes, Surface::compose},
    .aliases = {},
    .references = kReferences,
    .supersedes = kSupersedes,
    .bad = R"(apiVersion: v1
kind: Service
metadata:
  name: kibana
spec:
  type: NodePort
  ports:
    - port: 5601  # expect: published-admin-console
)",
    .good = R"(apiVersion: v1
kind: Service
metadata:
  name: kibana
spec:
  type: ClusterIP
  ports:
    - port: 5601
)",
    .checks = {.service = check, .compose = check_compose},
    .more = kMore,
});

}  // namespace kaudit
