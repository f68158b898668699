// What became of a policy's exemptions in a run: which were used, and what is wrong with the
// others.
//
// Ownership: refers to the Exemptions of a Plan, which must outlive it. Thread-safety: one thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/exemption.h"
#include "core/report/report.h"
#include "manifests/policy/policy.h"

namespace kaudit {

class ExemptionUses {
 public:
  // `ranked`: rules of the run (Rule::of_run) are among the findings.
  explicit ExemptionUses(const Exemptions& exemptions, bool ranked)
      : exemptions_(exemptions), ranked_(ranked), used_(exemptions.list().size()) {}

  void count(const FileReport& file);

  struct State {
    const Exemption* exemption;
    std::size_t used;
    bool expired, too_wide;
    bool of_requests;  // names users or groups, of whom an audit of files knows none
    bool of_run;       // of rules of the run alone, which were not asked
    [[nodiscard]] bool unused() const noexcept {
      return used == 0 && !expired && !of_requests && !of_run;
    }
  };
  [[nodiscard]] std::vector<State> states() const;
  // Findings that objects let pass themselves.
  [[nodiscard]] std::size_t by_annotation() const noexcept { return by_annotation_; }

  // Findings of exception-problem in the policy file, where the policy's rules and profile let
  // them through; nothing when there are none. `whole`: all that the policy is for was examined, so
  // that what was not used is not needed.
  [[nodiscard]] std::optional<FileReport> problems(const Policy& policy, bool whole) const;

 private:
  const Exemptions& exemptions_;
  bool ranked_;
  std::vector<std::size_t> used_;  // by index in the list
  std::size_t by_annotation_ = 0;
};

// Whether these paths, as on the command line, hold the directory of the policy file.
[[nodiscard]] bool covers_policy(const std::vector<std::string>& paths, const Policy& policy);

// "host-network, run-as-root in namespaces infra, images reg.io/team/*": what it lets pass.
[[nodiscard]] std::string description_of(const Exemption& exemption);

}  // namespace kaudit
