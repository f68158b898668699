// Reads: HEALTHCHECK of a Dockerfile's final stage, or of a stage that it builds on; `healthcheck:`
// of a Compose service. Refused: none; NONE and `disable: true`.
// Not judged: a Dockerfile that neither starts anything nor opens a port, for it is built on; a
// service whose image is pulled, for that may bring a check along.
#include "core/rule.h"
#include "core/rules/build_message.h"

namespace kaudit {
namespace {

constexpr std::string_view kBuildFix =
    "HEALTHCHECK --interval=30s --timeout=3s CMD [\"/app\", \"--check-health\"]";
constexpr std::string_view kComposeFix =
    "healthcheck: {test: [CMD, /app, --check-health], interval: 30s}";

bool is_started(const Build& build, const Stage& stage) noexcept {
  return build.last(stage, Op::cmd) != nullptr || build.last(stage, Op::entrypoint) != nullptr ||
         build.last(stage, Op::expose) != nullptr;
}

bool has_healthcheck(const Build& build) noexcept {
  const Stage* stage = build.final_stage();
  const Instruction* last = stage == nullptr ? nullptr : build.last(*stage, Op::healthcheck);
  return last != nullptr && !last->none;
}

void check(const Build& build, Sink& sink) {
  const Stage* stage = build.final_stage();
  if (stage == nullptr || has_healthcheck(build)) return;
  if (const Instruction* none = build.last(*stage, Op::healthcheck)) {
    sink.report({.at = none->at,
                 .message = subject(build, *stage) +
                            " switches the health check off; it must have one that asks the "
                            "program",
                 .fix = std::string(kBuildFix)});
  } else if (is_started(build, *stage)) {
    sink.report({.at = stage->at,
                 .message = subject(build, *stage) +
                            " has no HEALTHCHECK; it must have one that asks the program",
                 .fix = std::string(kBuildFix)});
  }
}

void check_service(const Workload& service, Sink& sink) {
  for (const Container& container : service.containers) {
    const Flag& health = container.healthcheck;
    if (health.is(false)) {
      sink.report({.at = health.at,
                   .message = subject(container) +
                              " switches its health check off; it must have one that asks the "
                              "program",
                   .fix = std::string(kComposeFix),
                   .container = &container});
    } else if (health.state == Flag::State::absent && container.build.made != nullptr &&
               !has_healthcheck(*container.build.made)) {
      sink.report({.at = container.at,
                   .message = subject(container) + " has no healthcheck, and neither has " +
                              quoted(container.build.file) + "; one of them must ask the program",
                   .fix = std::string(kComposeFix),
                   .container = &container,
                   .at_key = true});
    }
  }
}

constexpr std::string_view kAliases[] = {"trivy:DS-0026", "hadolint:DL3057",
                                         "checkov:CKV_DOCKER_2"};
constexpr std::string_view kReferences[] = {
    "https://docs.docker.com/reference/dockerfile/#healthcheck",
    "https://docs.docker.com/reference/compose-file/services/#healthcheck"};

constexpr OnSurface kMore[] = {
    {.surface = Surface::compose,
     .remediation = "Write `healthcheck: {test: [CMD, …], interval: 30s}`.",
     .bad = R"(services:
  web:
    image: registry.example/shop:1.4.2
    healthcheck:
      disable: true  # expect: no-healthcheck
)",
     .good = R"(services:
  web:
    image: registry.example/shop:1.4.2
    healthcheck:
      test: [CMD, shop, --check-health]
)"},
    {.surface = Surface::image,
     .remediation = "Write `HEALTHCHECK CMD …` with a command that asks the program itself.",
     .bad = R"(# expect-next: no-healthcheck
ADD file:5d68d27cc15a80653c93d3a0b262a28112d47a46326ff5fc2dfbf7fa3b9a0ce8 in /
USER 10001
CMD ["/app"]
)",
     .good = R"(ADD file:5d68d27cc15a80653c93d3a0b262a28112d47a46326ff5fc2dfbf7fa3b9a0ce8 in /
USER 10001
HEALTHCHECK &{["CMD" "/app" "--check-health"] "30s" "0s" "0s" "0s" '\x00'}
CMD ["/app"]
)"}};

}  // namespace

extern constinit const Rule rule_no_healthcheck = checked({
    .id = "KA5006",
    .slug = "no-healthcheck",
    .title = "Nothing asks whether the program still answers",
    .rationale =
        "A program that hangs, or that somebody keeps busy, looks to Docker and Compose like one "
        "that works: nothing restarts it and nobody is told. Kubernetes has probes instead and "
        "ignores this.",
    .remediation = "Write `HEALTHCHECK CMD …` with a command that asks the program itself.",
    .severity = Severity::info,
    .surfaces = {Surface::dockerfile, Surface::compose, Surface::image},
    .aliases = kAliases,
    .references = kReferences,
    .bad = R"(# expect-next: no-healthcheck
FROM registry.example/base:1.4.2
USER 10001
CMD ["/app"]
)",
    .good = R"(FROM registry.example/base:1.4.2
USER 10001
HEALTHCHECK --interval=30s CMD ["/app", "--check-health"]
CMD ["/app"]
)",
    .checks = {.build = check, .compose = check_service},
    .more = kMore,
});

}  // namespace kaudit
