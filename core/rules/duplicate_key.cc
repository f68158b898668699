// Reads: the members of every object that were written twice in one mapping. The last one counts,
// as it does for Kubernetes.
#include "core/rule.h"
#include "core/rules/message.h"

namespace kaudit {
namespace {

void check(const Object& object, Sink& sink) {
  for (const Problem& problem : object.problems) {
    if (problem.what != Problem::What::duplicate_key) continue;
    if (sink.only_counts()) continue;
    const Document& document = *object.document;
    const std::uint32_t first = document.locate_key(problem.other).begin.line;
    const std::uint32_t second = document.locate_key(problem.at).begin.line;
    std::string message =
        document.field_path(problem.at, object.at) + " is written twice, in line ";
    message += std::to_string(first);
    if (first != second) message += " and in line " + std::to_string(second);
    message += ": Kubernetes takes the later one; it must stand there once";
    sink.report({.at = problem.at,
                 .message = std::move(message),
                 .at_key = true,
                 .related = problem.other});
  }
}

constexpr std::string_view kReferences[] = {"https://yaml.org/spec/1.2.2/#3213-node-comparison",
                                            "https://www.rfc-editor.org/rfc/rfc8259#section-4"};

}  // namespace

extern constinit const Rule rule_duplicate_key = checked({
    .id = "KA8001",
    .slug = "duplicate-key",
    .title = "Key is written twice",
    .rationale =
        "Readers disagree about which of the two counts: what a person or another tool checked "
        "need not be what Kubernetes runs.",
    .remediation = "Keep the one that is meant and remove the other.",
    .severity = Severity::medium,
    .surfaces = {Surface::kubernetes},
    .aliases = {},
    .references = kReferences,
    .bad = R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
spec:
  hostNetwork: false
  containers:
    - name: app
      image: registry.example/shop:1.4.2
  hostNetwork: true  # expect: duplicate-key
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
});

}  // namespace kaudit
