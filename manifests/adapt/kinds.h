// Which kinds carry pods, and where. Thread-safety: constants.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace kaudit {

// The kinds of Kubernetes itself that facts are made of.
struct BuiltinKind {
  enum class What : std::uint8_t {
    workload,
    role,
    binding,
    service,
    persistent_volume,
    name_space,
    service_account,
    config_map,
    secret,
  };
  std::string_view kind;
  What what;
  std::string_view api_versions;  // separated by spaces, removed ones too; the first is today's
  std::string_view path;          // of a workload's pod spec; `metadata` stands beside it
};

// How a kind's path is read. A segment `*` is every item of a list or member of a mapping.
enum class Shape : std::uint8_t {
  pod_template,   // metadata and spec
  pod_spec,       // containers, volumes …, perhaps among fields of its own
  objects,        // whole Kubernetes objects
  argo_workflow,  // a WorkflowSpec
  tekton_task,    // a TaskSpec
  tekton_step,    // a StepAction's spec
};

struct CustomKind {
  std::string_view group;  // of any version
  std::string_view kind;
  Shape shape;
  std::string_view path;
  std::string_view placeholder = {};  // see Reader::begin()
};

// Null when there is none.
[[nodiscard]] const BuiltinKind* find_builtin(std::string_view kind) noexcept;
[[nodiscard]] bool knows(const BuiltinKind& kind, std::string_view api_version) noexcept;
[[nodiscard]] constexpr std::string_view first_version(const BuiltinKind& kind) noexcept {
  return kind.api_versions.substr(0, kind.api_versions.find(' '));
}

// Sorted by kind.
[[nodiscard]] std::span<const CustomKind> custom_kinds() noexcept;

[[nodiscard]] constexpr std::string_view group_of(std::string_view api_version) noexcept {
  const std::size_t slash = api_version.find('/');
  return slash == std::string_view::npos ? std::string_view() : api_version.substr(0, slash);
}

// A group that Kubernetes keeps for itself: a kind it does not have there is a mistake, while a
// custom resource of any other group may be called Deployment.
[[nodiscard]] bool is_kubernetes_group(std::string_view group) noexcept;

// Groups whose objects describe pods without running them: patterns, schemas, allow lists.
[[nodiscard]] bool is_policy_group(std::string_view group) noexcept;

}  // namespace kaudit
