#include "core/exposure/collector.h"

#include <algorithm>
#include <charconv>

#include "core/build.h"
#include "core/built_image.h"
#include "core/exposure/internal_address.h"
#include "core/exposure/role_power.h"
#include "core/exposure/workload_record.h"

namespace kaudit {
namespace {

std::int64_t number_of(const Text& text) noexcept {
  std::int64_t number = 0;
  const char* const end = text.value.data() + text.value.size();
  const auto [stop, error] = std::from_chars(text.value.data(), end, number);
  return error == std::errc() && stop == end ? number : 0;
}

std::vector<std::string> strings_of(std::span<const Text> texts) {
  std::vector<std::string> out;
  for (const Text& text : texts) out.emplace_back(text.value);
  return out;
}

LabelSelector selector_of(const Selector& selector) {
  using Op = LabelSelector::Op;
  LabelSelector out;
  out.written = selector.written;
  for (const Pair& label : selector.labels) {
    out.terms.push_back({std::string(label.name), Op::in, {std::string(label.value.value)}});
  }
  for (const Requirement& wanted : selector.expressions) {
    LabelSelector::Term& term = out.terms.emplace_back();
    term.key = wanted.key.value;
    term.values = strings_of(wanted.values);
    std::ranges::sort(term.values);
    if (wanted.op.is("In")) term.op = Op::in;
    if (wanted.op.is("NotIn")) term.op = Op::not_in;
    if (wanted.op.is("Exists")) term.op = Op::exists;
    if (wanted.op.is("DoesNotExist")) term.op = Op::does_not_exist;
  }
  return out;
}

bool any_unresolved(std::span<const Pair> pairs) noexcept {
  return std::ranges::any_of(
      pairs, [](const Pair& pair) { return pair.value.state == Text::State::unresolved; });
}

// Which stages the image is made of: the last, and those that it builds on.
void note_stages(const Build& build, BuildRecord& out) {
  if (build.stages.empty()) return;
  std::vector<bool> used(build.stages.size());
  used.back() = true;
  for (std::size_t n = build.stages.size(); n-- > 0;) {
    const Stage& stage = build.stages[n];
    if (!used[n]) {
      const std::uint32_t first = build.document->locate(stage.at).begin.line;
      const NodeId end = stage.instructions.empty() ? stage.at : stage.instructions.back().at;
      out.aside.emplace_back(first, build.document->locate(end).end.line);
      continue;
    }
    if (stage.parent != kNoStage) used[stage.parent] = true;
    for (const Instruction& instruction : stage.instructions) {
      if (instruction.op != Op::label) continue;
      for (const BuildPair& pair : instruction.pairs) {
        if (pair.name.value != kExposureAnnotation || out.stated) continue;
        out.stated = parse_exposure(pair.value.value);
      }
    }
  }
}

RouteRecord::Target target_of(const Reference& reference) {
  return {std::string(reference.ns.value), std::string(reference.name.value),
          std::string(reference.port.value)};
}

// Istio names hosts: `web`, `web.shop`, `web.shop.svc.cluster.local`.
RouteRecord::Target target_of_host(const Reference& reference) {
  RouteRecord::Target out = target_of(reference);
  const std::size_t dot = out.name.find('.');
  if (dot == std::string::npos) return out;
  const std::string rest = out.name.substr(dot + 1);
  out.ns = rest.substr(0, rest.find('.'));
  out.name.resize(dot);
  return out;
}

}  // namespace

// CiliumNetworkPolicy, GlobalNetworkPolicy, AdminNetworkPolicy …
void ExposureCollector::visit(const Object& fact) {
  facts_.unread_policies = facts_.unread_policies || fact.kind.ends_with("NetworkPolicy");
  ForwardingVisitor::visit(fact);
}

void ExposureCollector::visit(const Workload& fact) {
  // Its other parts are the same object, and add to it.
  if (fact.part != 0 && !facts_.workloads.empty()) {
    add_part(fact, facts_.workloads.back());
  } else {
    facts_.workloads.push_back(workload_record(fact));
  }
  ForwardingVisitor::visit(fact);
}

void ExposureCollector::visit(const Role& fact) {
  facts_.roles.push_back(
      {fact.kind == "ClusterRole", std::string(fact.ns), std::string(fact.name), power_of(fact)});
  facts_.others.push_back(object_record(fact));
  ForwardingVisitor::visit(fact);
}

void ExposureCollector::visit(const Binding& fact) {
  BindingRecord& out = facts_.bindings.emplace_back();
  static_cast<ObjectRecord&>(out) = object_record(fact);
  out.cluster = fact.kind == "ClusterRoleBinding";
  out.to_cluster_role = !fact.role_kind.is("Role");
  out.role = fact.role_name.value;
  for (const Subject& subject : fact.subjects) {
    if (subject.kind.is("ServiceAccount")) {
      out.accounts.push_back({std::string(subject.ns.value), std::string(subject.name.value)});
    } else if (subject.name.is("system:serviceaccounts") ||
               subject.name.is("system:authenticated")) {
      out.every_account = true;
    }
  }
  ForwardingVisitor::visit(fact);
}

void ExposureCollector::visit(const Service& fact) {
  ServiceRecord& out = facts_.services.emplace_back();
  static_cast<ObjectRecord&>(out) = object_record(fact);
  out.type = fact.type.value;
  out.external_name = fact.external_name.value;
  out.headless = fact.cluster_ip.is("None");
  out.internal = asks_for_internal_address(fact.annotations);
  out.unresolved = fact.type.state == Text::State::unresolved || any_unresolved(fact.selector);
  out.selector = labels_of(fact.selector);
  out.external_ips = strings_of(fact.external_ips);
  out.source_ranges = strings_of(fact.source_ranges);
  for (const ServicePort& port : fact.routes) {
    out.ports.push_back({std::string(port.name.value), std::string(port.target.value),
                         port.port.value, port.node.value});
  }
  ForwardingVisitor::visit(fact);
}

void ExposureCollector::visit(const Namespace& fact) {
  facts_.namespaces.push_back({std::string(fact.name), labels_of(fact.labels)});
  facts_.others.push_back(object_record(fact));
  ForwardingVisitor::visit(fact);
}

void ExposureCollector::visit(const ServiceAccount& fact) {
  AccountRecord& out = facts_.accounts.emplace_back();
  static_cast<ObjectRecord&>(out) = object_record(fact);
  out.configs = names_of(fact.uses);
  ForwardingVisitor::visit(fact);
}

void ExposureCollector::visit(const Config& fact) {
  facts_.others.push_back(object_record(fact));
  ForwardingVisitor::visit(fact);
}

void ExposureCollector::visit(const Build& fact) {
  BuildRecord& out = facts_.builds.emplace_back();
  static_cast<ObjectRecord&>(out) = object_record(fact);
  note_stages(fact, out);
  ForwardingVisitor::visit(fact);
}

void ExposureCollector::visit(const NetworkRoute& fact) {
  RouteRecord& out = facts_.routes.emplace_back();
  static_cast<ObjectRecord&>(out) = object_record(fact);
  out.attached = fact.attached;
  out.internal = asks_for_internal_route(fact);
  for (const Reference& gateway : fact.gateways) out.gateways.push_back(target_of(gateway));
  for (const Reference& backend : fact.backends) {
    if (backend.kind.is("host")) {
      out.backends.push_back(target_of_host(backend));
    } else if (backend.kind.is("Service")) {
      out.backends.push_back(target_of(backend));
    }
  }
  ForwardingVisitor::visit(fact);
}

void ExposureCollector::visit(const NetworkGateway& fact) {
  GatewayRecord& out = facts_.gateways.emplace_back();
  static_cast<ObjectRecord&>(out) = object_record(fact);
  out.internal = asks_for_internal_gateway(fact);
  ForwardingVisitor::visit(fact);
}

void ExposureCollector::visit(const NetworkPolicy& fact) {
  if (fact.ingress) {
    PolicyRecord& out = facts_.policies.emplace_back();
    static_cast<ObjectRecord&>(out) = object_record(fact);
    out.pods = selector_of(fact.pods);
    for (const NetworkRule& rule : fact.rules) {
      PolicyRecord::Rule& to = out.rules.emplace_back();
      for (const NetworkPeer& peer : rule.from) {
        to.from.push_back(
            {selector_of(peer.pods), selector_of(peer.namespaces), std::string(peer.cidr.value)});
      }
      for (const NetworkPolicyPort& port : rule.ports) {
        const std::int64_t first = number_of(port.port);
        to.ports.push_back({first == 0 ? std::string(port.port.value) : std::string(), first,
                            std::max(first, port.end.value)});
      }
    }
  }
  ForwardingVisitor::visit(fact);
}

}  // namespace kaudit
