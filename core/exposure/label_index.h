// Pods by their labels, so that a selector meets only those it may select. Private to
// core/exposure.
//
// Ownership: views records, which must outlive it and stay where they are. Thread-safety: one
// thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/exposure/records.h"

namespace kaudit {

// Under which the directory of its file stands among the labels of a pod, first of all: no label of
// Kubernetes has an empty name.
inline constexpr std::string_view kDirectoryLabel = "";

// As Kubernetes' labels.Selector: `in` wants the label, `not_in` is content without it.
[[nodiscard]] bool matches(const LabelSelector& selector, const Labels& labels) noexcept;
[[nodiscard]] LabelSelector selector_of_labels(const Labels& labels);

// Pods of the same namespace with the same labels are one group: what selects one selects all.
class LabelIndex {
 public:
  using Group = std::uint32_t;

  // `ns` and `labels` must stay where they are. Gives the group.
  Group add(std::string_view ns, const Labels& labels);

  [[nodiscard]] std::size_t size() const noexcept { return labels_.size(); }
  [[nodiscard]] const Labels& labels_of(Group group) const noexcept { return *labels_[group]; }
  [[nodiscard]] std::string_view namespace_of_group(Group group) const noexcept {
    return spaces_[group];
  }

  // Calls found(group) for what the selector selects in the namespace. False when `budget`, of
  // comparisons, did not suffice.
  template <class Found>
  bool select(std::string_view ns, const LabelSelector& selector, std::size_t& budget,
              const Found& found) const {
    const auto in_namespace = namespaces_.find(ns);
    if (in_namespace == namespaces_.end()) return true;
    for (const std::vector<Group>* groups : candidates(in_namespace->second, selector)) {
      if (groups->size() > budget) return false;
      budget -= groups->size();
      for (const Group group : *groups) {
        if (matches(selector, *labels_[group])) found(group);
      }
    }
    return true;
  }

 private:
  struct Space {
    std::vector<Group> all;
    std::unordered_map<std::string_view, std::vector<Group>> by_key;
    std::unordered_map<std::string_view, std::unordered_map<std::string_view, std::vector<Group>>>
        by_label;
    std::map<Labels, Group> groups;
  };

  // Lists without a group in common, one of which has every group that the selector selects.
  [[nodiscard]] static std::vector<const std::vector<Group>*> candidates(
      const Space& space, const LabelSelector& selector);

  std::unordered_map<std::string_view, Space> namespaces_;
  std::vector<const Labels*> labels_;     // by group
  std::vector<std::string_view> spaces_;  // likewise
};

}  // namespace kaudit
