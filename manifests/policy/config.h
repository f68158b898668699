// `.kaudit.yaml`: the policy of a repository and of the webhook. README.md beside this has a whole
// example, with what each part means; in short:
//
//   profile: restricted            # only findings of that profile
//   kube-version: "1.30"
//   fail-on: medium
//   severity: low                  # leave out what is below
//   include: [privileged-container]
//   exclude: [KA3001]
//   rules:
//     run-as-root: {action: warn, severity: medium}
//   namespaces: [{names: [shop-*], profile: baseline}]
//   exemptions: [{rules: [host-network], namespaces: [infra], reason: sets up the network}]
//   workload-templates: warn       # what a denial of a pod template becomes
//   annotations: ignore            # or allow: objects may exempt themselves
//   images:
//     verified: ["docker.io/example/**"]  # whose publishers are trusted
//   exposure:                      # what is known better than the manifests say
//     - {namespaces: [ops], names: ["admin-*"], level: internal}
//   weights: {levels: {network: 9}}  # of the ranking: core/exposure/README.md
//   pod-templates:                 # custom resources that carry pods
//     - {group: batch.example.org, kind: Task, path: spec.template, bare-spec: false}
//
// Errors carry file, line and column: an unknown key is one, for a misspelt key is a rule not set.
// Thread-safety: no state between calls.
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"
#include "manifests/policy/policy.h"

namespace kaudit {

inline constexpr std::string_view kConfigName = ".kaudit.yaml";

// `name`: of the file, for errors.
[[nodiscard]] Result<Policy> parse_config(const std::string& text, const std::string& name);

// The nearest `.kaudit.yaml` in `directory` or above it; empty when there is none.
[[nodiscard]] std::string find_config(const std::string& directory);

}  // namespace kaudit
