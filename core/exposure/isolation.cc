#include "core/exposure/isolation.h"

#include <algorithm>

#include "core/exposure/internal_address.h"
#include "core/exposure/shown_hop.h"

namespace kaudit {
namespace {

// Kubernetes gives it to every namespace.
constexpr std::string_view kNameLabel = "kubernetes.io/metadata.name";

Labels labels_of_namespace(std::string_view name, const Labels* written) {
  Labels labels = written == nullptr ? Labels() : *written;
  std::erase_if(labels, [](const auto& label) { return label.first == kNameLabel; });
  labels.emplace_back(kNameLabel, name);
  std::ranges::sort(labels);
  return labels;
}

// In that directory or one below it.
bool is_below(std::string_view directory, std::string_view above) noexcept {
  if (above.empty()) return true;
  return directory.starts_with(above) &&
         (directory.size() == above.size() || directory[above.size()] == '/');
}

}  // namespace

Isolation::Isolation(const ExposureFacts& facts, const LabelIndex& pods,
                     const std::vector<bool>& proxies, std::size_t& budget)
    : pods_(pods), groups_(pods.size()) {
  for (const NamespaceRecord& ns : facts.namespaces) namespaces_.try_emplace(ns.name, &ns.labels);
  for (LabelIndex::Group group = 0; group < pods.size(); ++group) {
    if (proxies[group]) proxies_[pods.namespace_of_group(group)].push_back(group);
  }
  for (const PolicyRecord& policy : facts.policies) {
    const std::vector<Gate> gates = gates_of(policy);
    const std::string directory = directory_of(policy);
    const auto apply = [&](LabelIndex::Group at) {
      // Where no namespace is written, who knows whether they are applied to the same one.
      if (policy.ns.empty() && !is_below(pods.labels_of(at).front().second, directory)) return;
      Group& group = groups_[at];
      if (group.first == nullptr) group.first = &policy;
      for (const Gate& gate : gates) add(group, gate);
    };
    const bool whole = pods.select(namespace_of(policy), policy.pods, budget, apply);
    complete_ = complete_ && whole;
  }
}

void Isolation::add(Group& group, const Gate& gate) {
  const auto same = std::ranges::find_if(group.gates, [&](const Gate& other) {
    return other.name == gate.name && other.first == gate.first && other.last == gate.last;
  });
  if (same != group.gates.end()) {
    same->from |= gate.from;
  } else if (group.gates.size() < kMostGates) {
    group.gates.push_back(gate);
  } else {
    Gate& any = group.gates.back();
    any = {{}, 0, 0, static_cast<From>(any.from | gate.from)};
  }
}

// Which namespaces a selector means, seen from `ns`. One that only examined namespaces could meet
// is known; any other may be met by one that was not examined.
Isolation::From Isolation::namespaces_of(const LabelSelector& selector, std::string_view ns) const {
  const auto labels = namespaces_.find(ns);
  const Labels own =
      labels_of_namespace(ns, labels == namespaces_.end() ? nullptr : labels->second);
  From from = matches(selector, own) ? kOwnPods : kNobody;
  const auto by_name = std::ranges::find(selector.terms, kNameLabel, &LabelSelector::Term::key);
  const bool named = by_name != selector.terms.end() && by_name->op == LabelSelector::Op::in;
  const bool only_own = named && std::ranges::all_of(by_name->values, [&](const std::string& name) {
                          return name == ns;
                        });
  return only_own ? from : static_cast<From>(from | kOtherPods);
}

Isolation::From Isolation::from_of(const PolicyRecord::Peer& peer, std::string_view ns) const {
  if (!peer.cidr.empty()) {
    return is_private_address(peer.cidr) ? kPrivateNetwork
                                         : static_cast<From>(kPrivateNetwork | kInternet);
  }
  if (peer.namespaces.written) return namespaces_of(peer.namespaces, ns);
  if (!peer.pods.written) return kNobody;
  // Pods of its own namespace: a reverse proxy there sends on what comes from outside.
  const auto proxies = proxies_.find(ns);
  const bool proxy = proxies != proxies_.end() &&
                     std::ranges::any_of(proxies->second, [&](LabelIndex::Group group) {
                       return matches(peer.pods, pods_.labels_of(group));
                     });
  return proxy ? static_cast<From>(kOwnPods | kOtherPods) : kOwnPods;
}

std::vector<Isolation::Gate> Isolation::gates_of(const PolicyRecord& policy) const {
  std::vector<Gate> gates;
  const std::string_view ns = namespace_of(policy);
  for (const PolicyRecord::Rule& rule : policy.rules) {
    From from = rule.from.empty() ? kAnyone : kNobody;
    for (const PolicyRecord::Peer& peer : rule.from) from |= from_of(peer, ns);
    if (rule.ports.empty()) gates.push_back({{}, 0, 0, from});
    for (const PolicyRecord::Port& port : rule.ports) {
      gates.push_back({port.name, port.first, port.last, from});
    }
  }
  return gates;
}

Isolation::From Isolation::admitted(LabelIndex::Group group) const noexcept {
  const Group& of_group = groups_[group];
  if (of_group.first == nullptr) return kAnyone;
  From from = kNobody;
  for (const Gate& gate : of_group.gates) from |= gate.from;
  return from;
}

Isolation::From Isolation::admitted(LabelIndex::Group group, std::int64_t port,
                                    const WorkloadRecord& workload) const noexcept {
  const Group& of_group = groups_[group];
  if (of_group.first == nullptr) return kAnyone;
  From from = kNobody;
  for (const Gate& gate : of_group.gates) {
    bool opens = port == 0 || (gate.name.empty() && gate.first == 0) ||
                 (port >= gate.first && port <= gate.last);
    if (!gate.name.empty()) {
      opens = opens || std::ranges::any_of(workload.ports, [&](const PortRecord& named) {
                return named.name == gate.name && named.number == port;
              });
    }
    if (opens) from |= gate.from;
  }
  return from;
}

}  // namespace kaudit
