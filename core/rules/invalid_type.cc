// Reads: the fields on which a rule depends and whose value has a type that Kubernetes rejects, as
// the adapter noted them. The other rules judge the object by the worse reading of the value.
#include "core/rule.h"
#include "core/rules/message.h"

namespace kaudit {
namespace {

bool is_placeholder(std::string_view text) noexcept {
  return text.starts_with("${") || text.starts_with("{{") || text.starts_with("$(");
}

void check(const Object& object, Sink& sink) {
  for (const Problem& problem : object.problems) {
    if (problem.what != Problem::What::invalid_type) continue;
    if (sink.only_counts()) continue;
    const Value value = object.document->at(problem.at);
    std::string message = object.document->field_path(problem.at, object.at);
    message += " is ";
    message += name_of(value.kind());
    if (is_placeholder(value.text())) message += ", it seems a placeholder that nothing filled in";
    message += object.surface == Surface::compose ? ", which Compose rejects; it must be "
                                                  : ", which Kubernetes rejects; it must be ";
    message += problem.expected;
    sink.report({.at = problem.at,
                 .message = std::move(message),
                 .fix = "Write " + (value.key().empty() ? "it" : shown(value.key())) + " as " +
                        std::string(problem.expected) + "."});
  }
}

constexpr std::string_view kReferences[] = {
    "https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation"};

constexpr OnSurface kMore[] = {
    {.surface = Surface::compose,
     .remediation = "Write the value as the Compose Specification wants it.",
     .bad = R"(services:
  web:
    image: registry.example/shop:1.4.2
    privileged: nope  # expect: invalid-type
)",
     .good = R"(services:
  web:
    image: registry.example/shop:1.4.2
    privileged: false
)"}};

}  // namespace

extern constinit const Rule rule_invalid_type = checked({
    .id = "KA8002",
    .slug = "invalid-type",
    .title = "Value has a type that Kubernetes rejects",
    .rationale =
        "The API server refuses the object, so that what it says about security never takes "
        "effect; a tool between that quietly converts the value may give it either meaning.",
    .remediation =
        "Write the value in the type named, as a rule without quotes: `privileged: false`.",
    .severity = Severity::medium,
    .surfaces = {Surface::kubernetes, Surface::compose},
    .aliases = {},
    .references = kReferences,
    .bad = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  hostNetwork: "false"  # expect: invalid-type
  containers:
    - name: app
      image: registry.example/shop:1.4.2
)",
    .good = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  hostNetwork: false
  containers:
    - name: app
      image: registry.example/shop:1.4.2
)",
    .checks = {.object = check},
    .more = kMore,
});

}  // namespace kaudit
