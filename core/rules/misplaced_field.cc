// Reads: security fields that stand where Kubernetes ignores them, as the adapter noted them.
#include "core/rule.h"
#include "core/rules/message.h"

namespace kaudit {
namespace {

void check(const Object& object, Sink& sink) {
  for (const Problem& problem : object.problems) {
    if (problem.what != Problem::What::misplaced) continue;
    if (sink.only_counts()) continue;
    const std::string place(problem.expected);
    sink.report({.at = problem.at,
                 .message = "Kubernetes ignores " +
                            object.document->field_path(problem.at, object.at) +
                            "; the field's place is " + place,
                 .fix = "Move it to " + place + ", or remove it.",
                 .at_key = true});
  }
}

constexpr std::string_view kReferences[] = {
    "https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation"};

}  // namespace

extern constinit const Rule rule_misplaced_field = checked({
    .id = "KA8003",
    .slug = "misplaced-field",
    .title = "Security field stands where Kubernetes ignores it",
    .rationale =
        "Kubernetes drops fields that it does not know at a place: a protection that was written "
        "down is not there, and nothing says so but this.",
    .remediation = "Move the field to the place named.",
    .severity = Severity::medium,
    .surfaces = {Surface::kubernetes},
    .aliases = {},
    .references = kReferences,
    .bad = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  readOnlyRootFilesystem: true  # expect: misplaced-field
  containers:
    - name: app
      image: registry.example/shop:1.4.2
)",
    .good = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  containers:
    - name: app
      image: registry.example/shop:1.4.2
      securityContext:
        readOnlyRootFilesystem: true
)",
    .checks = {.object = check},
});

}  // namespace kaudit
