// Reads: userns_mode of every Compose service. Allowed: unset, anything but host.
#include "core/rules/compose/compose.h"

namespace kaudit {
namespace {

constexpr std::string_view kReferences[] = {
    "https://docs.docker.com/engine/security/userns-remap/#disable-namespace-remapping-for-a-"
    "container"};

}  // namespace

extern constinit const Rule rule_host_user_namespace = checked({
    .id = "KA1027",
    .slug = "host-user-namespace",
    .title = "Service opts out of the daemon's user namespace",
    .rationale =
        "Where the daemon maps users, root in a container is nobody on the host. This service is "
        "taken out of that: its root is the host's root.",
    .remediation = "Delete `userns_mode: host`.",
    .severity = Severity::medium,
    .surfaces = {Surface::compose},
    .aliases = {},
    .references = kReferences,
    .bad = R"(services:
  web:
    image: registry.example/shop:1.4.2
    userns_mode: host  # expect: host-user-namespace
)",
    .good = R"(services:
  web:
    image: registry.example/shop:1.4.2
)",
    .checks = {.compose = compose::host_user_namespace},
});

}  // namespace kaudit
