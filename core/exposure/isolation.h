// What NetworkPolicies leave of who reaches a pod. Private to core/exposure.
//
// As the API says: a pod that no policy selects takes everything; one that policies select takes
// what any rule of any of them lets in. A policy without a namespace counts for the pods of its own
// directory and those below it: one of another part of a repository may be applied elsewhere, and
// must not make anything look safe. What a plugin makes of traffic from the pod's own node is
// not considered.
//
// Ownership: views records and the index, which must outlive it and stay where they are.
// Thread-safety: const after construction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/exposure/label_index.h"
#include "core/exposure/records.h"

namespace kaudit {

class Isolation {
 public:
  // From where a packet comes. Bits of a set.
  using From = std::uint8_t;
  static constexpr From kNobody = 0;
  static constexpr From kOwnPods = 1;    // of the same namespace
  static constexpr From kOtherPods = 2;  // of other namespaces
  static constexpr From kPrivateNetwork = 4;
  static constexpr From kInternet = 8;
  static constexpr From kAnyone = 15;

  // `proxies`: by group, whether its pods are reverse proxies. `budget` as of LabelIndex::select().
  Isolation(const ExposureFacts& facts, const LabelIndex& pods, const std::vector<bool>& proxies,
            std::size_t& budget);

  // A policy that keeps something out; null where none selects the group.
  [[nodiscard]] const PolicyRecord* policy_of(LabelIndex::Group group) const noexcept {
    return groups_[group].first;
  }
  // Who gets in at any port at all.
  [[nodiscard]] From admitted(LabelIndex::Group group) const noexcept;
  // At a port of a container; 0: at one that is not known, so that any may be meant.
  [[nodiscard]] From admitted(LabelIndex::Group group, std::int64_t port,
                              const WorkloadRecord& workload) const noexcept;
  // Whether requests that a proxy in the cluster sends on get in.
  [[nodiscard]] bool admits_proxy(From from) const noexcept {
    return (from & (kOtherPods | kPrivateNetwork | kInternet)) != 0;
  }
  [[nodiscard]] bool complete() const noexcept { return complete_; }

 private:
  struct Gate {
    std::string_view name;             // of a container's port
    std::int64_t first = 0, last = 0;  // 0: all ports
    From from = kNobody;
  };
  struct Group {
    const PolicyRecord* first = nullptr;
    std::vector<Gate> gates;
  };
  // More rules than these about a group are read as if they were about all ports.
  static constexpr std::size_t kMostGates = 64;

  [[nodiscard]] From from_of(const PolicyRecord::Peer& peer, std::string_view ns) const;
  [[nodiscard]] From namespaces_of(const LabelSelector& selector, std::string_view ns) const;
  [[nodiscard]] std::vector<Gate> gates_of(const PolicyRecord& policy) const;
  static void add(Group& group, const Gate& gate);

  const LabelIndex& pods_;
  std::unordered_map<std::string_view, const Labels*> namespaces_;
  // Namespaces with pods that are reverse proxies, of which the selector need not be told.
  std::unordered_map<std::string_view, std::vector<LabelIndex::Group>> proxies_;
  std::vector<Group> groups_;
  bool complete_ = true;
};

}  // namespace kaudit
