// Reads: in Compose image and ports of every service; of a Kubernetes Service its type and ports.
// Allowed: no port of a database, cache, queue or the like, unless it is bound to a loopback
// address, or not published by the node (ClusterIP). Which those are: core/servers.
#include "core/rules/published.h"

namespace kaudit {
namespace {

constexpr std::string_view kWanted = "; it must be reachable from this host alone, if at all";

void check_compose(const Workload& workload, Sink& sink) {
  for_each_published(workload, [&](const Container& container, const Port& port,
                                   const Server& server) {
    if (!keeps_data(server)) return;
    sink.report({.at = port.host.at,
                 .message = subject(container) + " publishes " + std::string(server.product) +
                            ", a " + std::string(name_of(server.kind)) + ", at " +
                            where_published(port) + std::string(kWanted),
                 .fix = "Delete the port, for services of one project reach each other without; "
                        "or write " +
                        loopback_fix(port),
                 .container = &container});
  });
}

void check(const Service& service, Sink& sink) {
  for_each_published(service, [&](const Port& port, const Server& server) {
    if (!keeps_data(server)) return;
    sink.report(published_by(service, port, server, "a " + std::string(name_of(server.kind))));
  });
}

constexpr std::string_view kSupersedes[] = {"published-on-all-interfaces"};
constexpr std::string_view kReferences[] = {
    "https://docs.docker.com/engine/network/port-publishing/",
    "https://cheatsheetseries.owasp.org/cheatsheets/Database_Security_Cheat_Sheet.html"};

constexpr OnSurface kMore[] = {
    {.surface = Surface::compose,
     .remediation = "Delete the port: services of one project reach each other by name. For work "
                    "on this host write `ports: [\"127.0.0.1:5432:5432\"]`.",
     .bad = R"(services:
  db:
    image: postgres:16.4
    ports:
      - "5432:5432"  # expect: published-datastore
)",
     .good = R"(services:
  db:
    image: postgres:16.4
    ports:
      - "127.0.0.1:5432:5432"
)"}};

}  // namespace

extern constinit const Rule rule_published_datastore = checked({
    .id = "KA2001",
    .slug = "published-datastore",
    .title = "Database, cache or queue is reachable beyond its host",
    .rationale =
        "Open databases are found by scanners within hours and emptied, encrypted or used to get "
        "in. Docker's port publishing also passes the host's own firewall rules by.",
    .remediation = "Write `type: ClusterIP`; reach it from outside by `kubectl port-forward`.",
    .severity = Severity::critical,
    .surfaces = {Surface::kubernetes, Surface::compose},
    .aliases = {},
    .references = kReferences,
    .supersedes = kSupersedes,
    .bad = R"(apiVersion: v1
kind: Service
metadata:
  name: db
spec:
  type: LoadBalancer
  ports:
    - port: 5432  # expect: published-datastore
)",
    .good = R"(apiVersion: v1
kind: Service
metadata:
  name: db
spec:
  type: ClusterIP
  ports:
    - port: 5432
)",
    .checks = {.service = check, .compose = check_compose},
    .more = kMore,
});

}  // namespace kaudit
