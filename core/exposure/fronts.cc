#include "core/exposure/fronts.h"

#include <algorithm>

#include "core/exposure/internal_address.h"
#include "core/exposure/shown_hop.h"

namespace kaudit {
namespace {

constexpr std::size_t kNone = ~std::size_t{0};
// Of ExternalName after ExternalName; a circle ends here too.
constexpr int kMostAliases = 8;

std::string key_of(std::string_view ns, std::string_view name) {
  std::string key(ns.empty() ? std::string_view("default") : ns);
  return key.append("/").append(name);
}

ExposureLevel level_of_service(const ServiceRecord& service) {
  ExposureLevel level = ExposureLevel::cluster;
  const auto raise = [&](ExposureLevel to) { level = std::max(level, to); };
  if (service.type == "NodePort") raise(ExposureLevel::network);
  if (service.type == "LoadBalancer") {
    const bool private_ranges = !service.source_ranges.empty() &&
                                std::ranges::all_of(service.source_ranges, is_private_address);
    raise(service.internal || private_ranges ? ExposureLevel::network : ExposureLevel::internet);
  }
  for (const std::string& ip : service.external_ips) {
    raise(is_private_address(ip) ? ExposureLevel::network : ExposureLevel::internet);
  }
  return level;
}

// The port that a route names: by number, by name, or as OpenShift does by what it leads to.
bool names_port(const std::string& wanted, const ServiceRecord::Port& port) {
  return wanted.empty() || wanted == port.name || wanted == std::to_string(port.number) ||
         wanted == port.target;
}

}  // namespace

Fronts::Fronts(const ExposureFacts& facts) : facts_(facts) {
  ports_.resize(facts.services.size());
  for (std::size_t n = 0; n < facts.services.size(); ++n) {
    const ServiceRecord& service = facts.services[n];
    services_.try_emplace(key_of(service.ns, service.name), n);
    const ExposureLevel level = level_of_service(service);
    const std::size_t count = std::max<std::size_t>(service.ports.size(), 1);
    for (std::size_t port = 0; port < count; ++port) {
      ports_[n].push_back({service.ports.empty() ? 1 : port, {.level = level}, {}});
    }
  }
  for (const GatewayRecord& gateway : facts.gateways) {
    gateways_.try_emplace(key_of(gateway.ns, gateway.name), &gateway);
  }
  for (const RouteRecord& route : facts.routes) {
    if (!route.attached) continue;
    for (const RouteRecord::Target& target : route.backends) add(route, target);
  }
}

std::size_t Fronts::find(std::string_view ns, std::string_view name) const {
  const auto found = services_.find(key_of(ns, name));
  return found == services_.end() ? kNone : found->second;
}

Front Fronts::of_route(const RouteRecord& route) const {
  if (!route.attached) return {.level = ExposureLevel::cluster, .route = &route};
  Front out{.level = ExposureLevel::isolated, .route = &route};
  for (const RouteRecord::Target& target : route.gateways) {
    const auto found =
        gateways_.find(key_of(target.ns.empty() ? route.ns : target.ns, target.name));
    const GatewayRecord* gateway = found == gateways_.end() ? nullptr : found->second;
    const bool internal = gateway != nullptr && gateway->internal;
    const ExposureLevel level = internal ? ExposureLevel::network : ExposureLevel::internet;
    if (level > out.level) {
      out.level = level;
      out.gateway = gateway;
    }
  }
  if (route.gateways.empty()) out.level = ExposureLevel::internet;
  if (route.internal) out.level = ExposureLevel::network;
  return out;
}

void Fronts::add(const RouteRecord& route, const RouteRecord::Target& target) {
  std::size_t at = find(target.ns.empty() ? route.ns : target.ns, target.name);
  for (int n = 0; n < kMostAliases && at != kNone; ++n) {
    const ServiceRecord& service = facts_.services[at];
    if (service.type != "ExternalName") break;
    // Another Service of the cluster: `web.shop.svc.cluster.local`.
    const std::string& name = service.external_name;
    const std::size_t dot = name.find('.');
    const std::size_t end = name.find(".svc", dot);
    if (dot == std::string::npos || end == std::string::npos) return;
    at = find(name.substr(dot + 1, end - dot - 1), name.substr(0, dot));
  }
  if (at == kNone) return;
  const Front front = of_route(route);
  const ServiceRecord& service = facts_.services[at];
  for (PortFronts& port : ports_[at]) {
    if (port.port < service.ports.size() && !names_port(target.port, service.ports[port.port])) {
      continue;
    }
    if (front.level > port.routed.level) port.routed = front;
  }
}

ExposureLevel Fronts::level_of(std::size_t service) const {
  return std::ranges::max(ports_[service], {}, &PortFronts::level).level();
}

}  // namespace kaudit
