// Reads: cgroup and uts of every Compose service. Allowed: unset, cgroup: private.
#include "core/rules/compose/compose.h"

namespace kaudit {
namespace {

constexpr std::string_view kReferences[] = {
    "https://docs.docker.com/reference/compose-file/services/#cgroup",
    "https://docs.docker.com/reference/compose-file/services/#uts"};

}  // namespace

extern constinit const Rule rule_host_cgroup = checked({
    .id = "KA1028",
    .slug = "host-cgroup",
    .title = "Service shares the host's control groups or its name",
    .rationale =
        "The host's control groups show all that runs there, and with one more right they start "
        "programs on the host; with its UTS namespace a service can rename the host.",
    .remediation = "Delete `cgroup: host` and `uts: host`.",
    .severity = Severity::medium,
    .surfaces = {Surface::compose},
    .aliases = {},
    .references = kReferences,
    .bad = R"(services:
  web:
    image: registry.example/shop:1.4.2
    cgroup: host  # expect: host-cgroup
)",
    .good = R"(services:
  web:
    image: registry.example/shop:1.4.2
    cgroup: private
)",
    .checks = {.compose = compose::host_cgroup},
});

}  // namespace kaudit
