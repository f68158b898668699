#include "core/exposure/label_index.h"

#include <algorithm>

namespace kaudit {
namespace {

using Op = LabelSelector::Op;

const std::string* value_of(const Labels& labels, const std::string& key) noexcept {
  const auto found = std::ranges::lower_bound(labels, key, {}, &Labels::value_type::first);
  return found != labels.end() && found->first == key ? &found->second : nullptr;
}

bool matches(const LabelSelector::Term& term, const Labels& labels) noexcept {
  const std::string* value = value_of(labels, term.key);
  const auto listed = [&] { return std::ranges::binary_search(term.values, *value); };
  switch (term.op) {
    case Op::in: return value != nullptr && listed();
    case Op::not_in: return value == nullptr || !listed();
    case Op::exists: return value != nullptr;
    case Op::does_not_exist: return value == nullptr;
    case Op::nothing: return false;
  }
  return false;
}

}  // namespace

bool matches(const LabelSelector& selector, const Labels& labels) noexcept {
  return std::ranges::all_of(
      selector.terms, [&](const LabelSelector::Term& term) { return matches(term, labels); });
}

LabelSelector selector_of_labels(const Labels& labels) {
  LabelSelector out;
  out.written = true;
  for (const auto& [name, value] : labels) out.terms.push_back({name, Op::in, {value}});
  return out;
}

LabelIndex::Group LabelIndex::add(std::string_view ns, const Labels& labels) {
  Space& space = namespaces_[ns];
  const auto [entry, is_new] = space.groups.try_emplace(labels, static_cast<Group>(labels_.size()));
  const Group group = entry->second;
  if (!is_new) return group;
  const Labels& kept = entry->first;
  labels_.push_back(&kept);
  spaces_.push_back(ns);
  space.all.push_back(group);
  for (const auto& [name, value] : kept) {
    space.by_label[name][value].push_back(group);
    space.by_key[name].push_back(group);
  }
  return group;
}

std::vector<const std::vector<LabelIndex::Group>*> LabelIndex::candidates(
    const Space& space, const LabelSelector& selector) {
  std::vector<const std::vector<Group>*> best{&space.all};
  std::size_t fewest = space.all.size();
  for (const LabelSelector::Term& term : selector.terms) {
    std::vector<const std::vector<Group>*> lists;
    std::size_t groups = 0;
    const auto take = [&](const std::vector<Group>& list) {
      lists.push_back(&list);
      groups += list.size();
    };
    if (term.op == Op::exists) {
      if (const auto key = space.by_key.find(term.key); key != space.by_key.end()) {
        take(key->second);
      }
    } else if (term.op == Op::in) {
      const auto key = space.by_label.find(term.key);
      if (key == space.by_label.end()) return {};
      for (std::size_t n = 0; n < term.values.size(); ++n) {
        if (n != 0 && term.values[n] == term.values[n - 1]) continue;
        const auto list = key->second.find(term.values[n]);
        if (list != key->second.end()) take(list->second);
      }
    } else if (term.op != Op::nothing) {
      continue;
    }
    if (groups < fewest || groups == 0) {
      fewest = groups;
      best = std::move(lists);
    }
  }
  return best;
}

}  // namespace kaudit
