// Verdicts of the Pod Security profiles, for tests that compare them with Kubernetes' own.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/engine.h"
#include "manifests/adapt.h"
#include "manifests/load.h"

namespace kaudit::testing {

inline constexpr std::size_t kVersions = kNewestMinor + std::size_t{1};

// Whether a pod is allowed, for each minor version.
struct Verdict {
  std::array<bool, kVersions> baseline{};
  std::array<bool, kVersions> restricted{};
  bool patch = false;  // no container has an image
};

// Judges each workload at every minor version. It hears the rules themselves: the engine, which
// places and words what they report, is tested elsewhere and would take most of the time.
class EveryVersion final : public FactVisitor {
 public:
  using FactVisitor::visit;
  EveryVersion() {
    for (std::size_t minor = 0; minor < kVersions; ++minor) {
      PlanOptions options;
      options.minor = static_cast<std::uint8_t>(minor);
      plans_.emplace_back(options);
    }
  }

  void visit(const Workload& workload) override {
    Verdict& verdict = verdicts.emplace_back();
    verdict.patch = workload.patch;
    for (std::size_t minor = 0; minor < kVersions; ++minor) {
      Hearer hearer(plans_[minor].terms());
      for (const Rule* rule : plans_[minor].rules()) {
        hearer.rule = rule;
        if (rule->checks.workload != nullptr) rule->checks.workload(workload, hearer);
      }
      verdict.baseline[minor] = !hearer.broken.has(kBaseline);
      verdict.restricted[minor] = !hearer.broken.has(kRestricted);
    }
  }
  void visit(const Role&) override {}
  void visit(const Binding&) override {}
  void visit(const Service&) override {}
  void visit(const PersistentVolume&) override {}
  void visit(const Namespace&) override {}
  void visit(const ServiceAccount&) override {}
  void visit(const Config&) override {}
  void visit(const Build&) override {}
  void visit(const LayeredImage&) override {}
  void visit(const Object&) override {}

  std::vector<Verdict> verdicts;  // of the workloads seen, in order

 private:
  class Hearer final : public Sink {
   public:
    explicit Hearer(const Terms& terms) noexcept : Sink(terms) {}
    bool only_counts() override { return false; }
    void report(Note note) override { report(std::move(note), rule->severity, rule->profiles); }
    void report(Note, Severity, Profiles profiles) override { broken = broken | profiles; }
    const Rule* rule = nullptr;
    Profiles broken;
  };

  std::vector<Plan> plans_;
};

// `+` allowed, `-` denied, a letter for each version.
[[nodiscard]] inline std::string letters(const std::array<bool, kVersions>& allowed) {
  std::string out;
  for (const bool yes : allowed) out += yes ? '+' : '-';
  return out;
}

}  // namespace kaudit::testing
