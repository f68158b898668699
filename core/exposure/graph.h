// Who can be reached from where, over everything that was examined in one run.
//
// Selectors are matched as Kubernetes does it, through an index of labels: the time is linear in
// what is matched, and what a hostile input can make of that is bounded (kMostMatches).
//
// Ownership: owns its records and what of() gives shares ownership. Thread-safety: const after
// construction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/exposure/records.h"

namespace kaudit {

// Adds what a further file says; call it in the order of files.
void append(ExposureFacts& to, ExposureFacts&& from);

// What the policy states of some objects, in place of what is worked out.
struct StatedExposure {
  // Of each list that is not empty one entry must match; with wildcards, as in Exemption.
  std::vector<std::string> namespaces, kinds, names;
  ExposureLevel level = ExposureLevel::cluster;
  Location where;  // in the policy file
};

struct ExposureOptions {
  Weights weights;
  std::vector<StatedExposure> stated;  // the first that matches counts
};

class ExposureGraph {
 public:
  // Pairs of a selector and pods that it may be compared with. What is beyond is left out, and
  // complete() says so.
  static constexpr std::size_t kMostMatches = 50'000'000;

  ExposureGraph(ExposureFacts facts, ExposureOptions options);

  using Shared = std::shared_ptr<const Exposure>;
  // Of a workload, a Service, a route, or of what workloads use: a ConfigMap, an account. Null when
  // the object is none of these.
  [[nodiscard]] Shared of(const ObjectKey& object) const;
  // Of what a Dockerfile builds: the most exposed workload that runs it.
  [[nodiscard]] Shared of_dockerfile(const std::string& file) const;

  // Whether that line of a Dockerfile is in a stage that its image is not made of.
  [[nodiscard]] bool is_aside(const std::string& file, std::uint32_t line) const;

  [[nodiscard]] const ExposureFacts& facts() const noexcept { return facts_; }
  [[nodiscard]] const Weights& weights() const noexcept { return options_.weights; }
  [[nodiscard]] bool complete() const noexcept { return complete_; }

 private:
  class Solver;

  ExposureFacts facts_;
  ExposureOptions options_;
  bool complete_ = true;
  std::unordered_map<ObjectKey, Shared, ObjectKeyHash> by_object_;
  std::unordered_map<std::string, Shared> by_dockerfile_;
  std::unordered_map<std::string, std::vector<std::pair<std::uint32_t, std::uint32_t>>> aside_;
};

}  // namespace kaudit
