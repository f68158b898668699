#include "core/exposure/controllers.h"

#include <algorithm>
#include <string_view>

#include "core/exposure/shown_hop.h"

namespace kaudit {
namespace {

// A pod of a CronJob has three above it with its owner; who says more makes a circle.
constexpr int kMostAbove = 8;
// What the controller of Deployments puts on a ReplicaSet and its pods, and behind the name.
constexpr std::string_view kHash = "pod-template-hash";

std::string key_of(std::string_view kind, std::string_view ns, std::string_view name) {
  std::string key(kind);
  return key.append(" ").append(ns).append("/").append(name);
}

// "web" of ReplicaSet web-5d4f with the label 5d4f; empty where it was not made so.
std::string_view deployment_of(std::string_view replica_set, const Labels& labels) {
  const auto hash = std::ranges::find(labels, kHash, &Labels::value_type::first);
  if (hash == labels.end() || hash->second.empty()) return {};
  if (!replica_set.ends_with(hash->second)) return {};
  replica_set.remove_suffix(hash->second.size());
  if (!replica_set.ends_with('-')) return {};
  replica_set.remove_suffix(1);
  return replica_set;
}

}  // namespace

Controllers::Controllers(const ExposureFacts& facts) {
  const auto is_kept = [](const WorkloadRecord& workload) {
    return !workload.controller_kind.empty();
  };
  if (std::ranges::none_of(facts.workloads, is_kept)) return;
  for (const WorkloadRecord& workload : facts.workloads) {
    if (workload.surface != Surface::kubernetes || workload.name.empty()) continue;
    workloads_.try_emplace(key_of(workload.kind, namespace_of(workload), workload.name), &workload);
  }
}

ObjectName Controllers::of(const WorkloadRecord& workload) const {
  if (workload.controller_kind.empty() || workload.controller_name.empty()) return {};
  const std::string_view ns = namespace_of(workload);
  const auto known = [&](std::string_view kind, std::string_view name) {
    return workloads_.contains(key_of(kind, ns, name));
  };
  // ReplicaSets are often left out of what is examined: their names tell.
  if (workload.controller_kind == "ReplicaSet" &&
      !known(workload.controller_kind, workload.controller_name)) {
    const std::string_view name = deployment_of(workload.controller_name, workload.labels);
    if (known("Deployment", name)) return {"Deployment", workload.ns, std::string(name)};
  }
  return {workload.controller_kind, workload.ns, workload.controller_name};
}

ObjectName Controllers::topmost(const WorkloadRecord& workload) const {
  ObjectName top;
  const WorkloadRecord* at = &workload;
  for (int above = 0; above < kMostAbove; ++above) {
    ObjectName next = of(*at);
    if (next.kind.empty()) break;
    top = std::move(next);
    const auto known = workloads_.find(key_of(top.kind, namespace_of(workload), top.name));
    if (known == workloads_.end()) break;
    at = known->second;
  }
  return top;
}

}  // namespace kaudit
