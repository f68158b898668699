// What keeps replicas: of a Deployment's ReplicaSet and of its pods the Deployment. Private to
// core/exposure.
//
// Ownership: refers to the facts, which must outlive it. Thread-safety: const after construction.
#pragma once

#include <string>
#include <unordered_map>

#include "core/exposure/records.h"

namespace kaudit {

class Controllers {
 public:
  explicit Controllers(const ExposureFacts& facts);

  // The topmost one; kind empty: nothing keeps it.
  [[nodiscard]] ObjectName topmost(const WorkloadRecord& workload) const;

 private:
  [[nodiscard]] ObjectName of(const WorkloadRecord& workload) const;

  std::unordered_map<std::string, const WorkloadRecord*> workloads_;  // empty: none is kept
};

}  // namespace kaudit
