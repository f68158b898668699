// Reads: ports of every Compose service. Allowed: a port with an address of the host, 80 and 443
// (what serves the web is there for everybody), an address that a variable decides.
// Of databases and consoles KA2001 and KA2002 speak.
#include "core/rules/published.h"

namespace kaudit {
namespace {

bool serves_the_web(const Port& port) noexcept {
  return port.host_last == 0 && (port.host.is(80) || port.host.is(443));
}

void check(const Workload& workload, Sink& sink) {
  for (const Container& container : workload.containers) {
    for (const Port& port : container.ports) {
      if (reach_of(port) != Reach::everywhere || serves_the_web(port)) continue;
      sink.report({.at = port.host.at,
                   .message = subject(container) + " publishes " + where_published(port) +
                              ", because no address is given; it should name the one that is meant",
                   .fix = "Write " + loopback_fix(port) + " if it is for this host alone",
                   .container = &container});
    }
  }
}

constexpr std::string_view kReferences[] = {
    "https://docs.docker.com/engine/network/port-publishing/"};

}  // namespace

extern constinit const Rule rule_published_on_all_interfaces = checked({
    .id = "KA2003",
    .slug = "published-on-all-interfaces",
    .title = "Port is published on all addresses of the host",
    .rationale =
        "Without an address Docker publishes a port on every network that the host is in, past "
        "the rules of ufw and firewalld; many ports are meant for this host alone.",
    .remediation = "Write the address: `ports: [\"127.0.0.1:8080:8080\"]`.",
    .severity = Severity::low,
    .surfaces = {Surface::compose},
    .aliases = {},
    .references = kReferences,
    .bad = R"(services:
  web:
    image: registry.example/shop:1.4.2
    ports:
      - "8080:8080"  # expect: published-on-all-interfaces
)",
    .good = R"(services:
  web:
    image: registry.example/shop:1.4.2
    ports:
      - "127.0.0.1:8080:8080"
)",
    .checks = {.compose = check},
});

}  // namespace kaudit
