// Fields as the projects' own definitions name them: k8s.io/api/networking/v1,
// sigs.k8s.io/gateway-api, github.com/openshift/api/route, Traefik's and Istio's
// CustomResourceDefinitions.
#include "manifests/adapt/network.h"

namespace kaudit {

NetworkKind network_kind(std::string_view group, std::string_view kind) noexcept {
  if (group == "networking.k8s.io" || group == "extensions") {
    if (kind == "NetworkPolicy") return NetworkKind::policy;
    if (kind == "Ingress") return NetworkKind::ingress;
  } else if (group == "gateway.networking.k8s.io") {
    if (kind == "Gateway") return NetworkKind::gateway;
    for (const std::string_view route :
         {"HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute"}) {
      if (kind == route) return NetworkKind::gateway_route;
    }
  } else if (group == "route.openshift.io") {
    if (kind == "Route") return NetworkKind::openshift_route;
  } else if (group == "traefik.io" || group == "traefik.containo.us") {
    if (kind == "IngressRoute" || kind == "IngressRouteTCP" || kind == "IngressRouteUDP") {
      return NetworkKind::traefik_route;
    }
  } else if (group == "networking.istio.io") {
    if (kind == "Gateway") return NetworkKind::istio_gateway;
    if (kind == "VirtualService") return NetworkKind::istio_service;
  }
  return NetworkKind::none;
}

// ---- Values ------------------------------------------------------------------------------------

Text NetworkReader::text(Value value) {
  Text out{.at = value.id()};
  if (value.set() && value.kind() < Kind::array) reader_.read_scalar(out, value);
  return out;
}

std::span<const Text> NetworkReader::texts(Value value) {
  std::vector<Text> out;
  if (value.is_array()) {
    for (const Value item : value) {
      if (item.set() && item.kind() < Kind::array) out.push_back(text(item));
    }
  }
  return reader_.arena().copy(out);
}

std::span<const Pair> NetworkReader::pairs(Value value) {
  return value.is_object() ? reader_.pairs(value) : std::span<const Pair>();
}

Selector NetworkReader::selector(Value value) {
  Selector out;
  if (!value.is_object()) return out;
  out.at = value.id();
  out.written = true;
  out.labels = pairs(value["matchLabels"]);
  std::vector<Requirement> expressions;
  if (const Value list = value["matchExpressions"]; list.is_array()) {
    for (const Value item : list) {
      expressions.push_back({text(item["key"]), text(item["operator"]), texts(item["values"])});
    }
  }
  out.expressions = reader_.arena().copy(expressions);
  return out;
}

// ---- NetworkPolicy -----------------------------------------------------------------------------

NetworkRule NetworkReader::rule(Value value) {
  NetworkRule out;
  out.at = value.id();
  std::vector<NetworkPeer> from;
  if (const Value peers = value["from"]; peers.is_array()) {
    for (const Value peer : peers) {
      from.push_back({.at = peer.id(),
                      .pods = selector(peer["podSelector"]),
                      .namespaces = selector(peer["namespaceSelector"]),
                      .cidr = text(peer["ipBlock"]["cidr"])});
    }
  }
  out.from = reader_.arena().copy(from);
  std::vector<NetworkPolicyPort> ports;
  if (const Value list = value["ports"]; list.is_array()) {
    for (const Value item : list) {
      NetworkPolicyPort& port = ports.emplace_back();
      port.port = text(item["port"]);
      port.protocol = text(item["protocol"]);
      if (item["endPort"].kind() == Kind::integer) reader_.read(port.end, item["endPort"], 0);
    }
  }
  out.ports = reader_.arena().copy(ports);
  return out;
}

// Without policyTypes a policy is about what comes in, and about what goes out where it has egress.
void NetworkReader::read(Value object, NetworkPolicy& out) {
  const Value spec = object["spec"];
  out.pods = selector(spec["podSelector"]);
  if (const Value types = spec["policyTypes"]; types.is_array() && types.size() > 0) {
    out.ingress = false;
    for (const Value type : types) out.ingress = out.ingress || type.text() == "Ingress";
  }
  std::vector<NetworkRule> rules;
  if (const Value list = spec["ingress"]; list.is_array()) {
    for (const Value item : list) rules.push_back(rule(item));
  }
  out.rules = reader_.arena().copy(rules);
}

// ---- Routes ------------------------------------------------------------------------------------

// `kind`: of a reference that names none.
void NetworkReader::add_reference(std::vector<Reference>& to, Value value, std::string_view kind) {
  const Text name = text(value["name"]);
  if (name.value.empty()) return;
  Reference& out = to.emplace_back();
  out.at = value.id();
  out.kind = text(value["kind"]);
  if (out.kind.state == Text::State::absent) {
    out.kind = {kind, value.id(), Text::State::written};
  }
  out.ns = text(value["namespace"]);
  out.name = name;
  out.port = text(value["port"]);
}

// Of v1, and of the versions before it: serviceName and servicePort.
void NetworkReader::add_ingress_backend(Value backend) {
  const Value service = backend["service"];
  Reference out;
  out.at = backend.id();
  out.kind = {"Service", backend.id(), Text::State::written};
  out.name = text(service.set() ? service["name"] : backend["serviceName"]);
  const Value port = service["port"];
  out.port = !service.set()         ? text(backend["servicePort"])
             : port["number"].set() ? text(port["number"])
                                    : text(port["name"]);
  if (!out.name.value.empty()) backends_.push_back(out);
}

void NetworkReader::read_gateway_route(Value spec, NetworkRoute& out) {
  bool to_gateway = false;
  for (const Value parent : spec["parentRefs"]) {
    const std::string_view kind = parent["kind"].as_string().value_or("Gateway");
    to_gateway = to_gateway || kind == "Gateway";
    if (kind == "Gateway") add_reference(gateways_, parent, "Gateway");
  }
  // Without parents it hangs on nothing; those of kind Service are of a mesh.
  out.attached = to_gateway;
  for (const Value rule : spec["rules"]) {
    for (const Value backend : rule["backendRefs"]) {
      add_reference(backends_, backend, "Service");
    }
  }
}

void NetworkReader::add_destination(Value destination) {
  Reference out;
  out.at = destination.id();
  out.kind = {"host", destination.id(), Text::State::written};
  out.name = text(destination["host"]);
  out.port = text(destination["port"]["number"]);
  if (!out.name.value.empty()) backends_.push_back(out);
}

// `gateways` lists names, `namespace/name`, or the word `mesh`; absent: the mesh alone.
void NetworkReader::read_istio_service(Value spec, NetworkRoute& out) {
  out.attached = false;
  for (const Value item : spec["gateways"]) {
    const Text written = text(item);
    if (written.value.empty() || written.value == "mesh") continue;
    out.attached = true;
    Reference& gateway = gateways_.emplace_back();
    gateway.at = item.id();
    gateway.kind = {"Gateway", item.id(), Text::State::written};
    const std::size_t slash = written.value.find('/');
    gateway.name = written;
    if (slash == std::string_view::npos) continue;
    gateway.ns = {written.value.substr(0, slash), item.id(), Text::State::written};
    gateway.name.value = written.value.substr(slash + 1);
  }
  for (const std::string_view protocol : {"http", "tls", "tcp"}) {
    for (const Value rule : spec[protocol]) {
      for (const Value route : rule["route"]) add_destination(route["destination"]);
      if (rule["mirror"].set()) add_destination(rule["mirror"]);
    }
  }
}

void NetworkReader::read(Value object, NetworkKind what, NetworkRoute& out) {
  backends_.clear();
  gateways_.clear();
  const Value spec = object["spec"];
  out.class_name = text(spec["ingressClassName"]);
  switch (what) {
    case NetworkKind::ingress:
      add_ingress_backend(spec["defaultBackend"]);
      add_ingress_backend(spec["backend"]);
      for (const Value rule : spec["rules"]) {
        for (const Value path : rule["http"]["paths"]) add_ingress_backend(path["backend"]);
      }
      break;
    case NetworkKind::gateway_route: read_gateway_route(spec, out); break;
    case NetworkKind::openshift_route: {
      const std::size_t first = backends_.size();
      add_reference(backends_, spec["to"], "Service");
      for (const Value item : spec["alternateBackends"]) {
        add_reference(backends_, item, "Service");
      }
      const Text port = text(spec["port"]["targetPort"]);
      for (std::size_t n = first; n < backends_.size(); ++n) backends_[n].port = port;
      break;
    }
    case NetworkKind::traefik_route:
      for (const Value route : spec["routes"]) {
        for (const Value service : route["services"]) add_reference(backends_, service, "Service");
      }
      break;
    case NetworkKind::istio_service: read_istio_service(spec, out); break;
    default: break;
  }
  out.gateways = reader_.arena().copy(gateways_);
  out.backends = reader_.arena().copy(backends_);
}

void NetworkReader::read(Value object, NetworkKind what, NetworkGateway& out) {
  const Value spec = object["spec"];
  out.class_name = text(spec["gatewayClassName"]);
  if (what == NetworkKind::istio_gateway) out.selector = pairs(spec["selector"]);
  out.infrastructure = pairs(spec["infrastructure"]["annotations"]);
}

// ---- Service -----------------------------------------------------------------------------------

void NetworkReader::read(Value spec, Service& out) {
  out.cluster_ip = text(spec["clusterIP"]);
  out.external_name = text(spec["externalName"]);
  out.selector = pairs(spec["selector"]);
  out.source_ranges = texts(spec["loadBalancerSourceRanges"]);
  ports_.clear();
  if (const Value list = spec["ports"]; list.is_array()) {
    for (const Value item : list) {
      ServicePort& port = ports_.emplace_back();
      port.at = item.id();
      port.name = text(item["name"]);
      port.protocol = text(item["protocol"]);
      port.target = text(item["targetPort"]);
      if (item["port"].kind() == Kind::integer) reader_.read(port.port, item["port"], 0);
      if (item["nodePort"].kind() == Kind::integer) reader_.read(port.node, item["nodePort"], 0);
    }
  }
  out.routes = reader_.arena().copy(ports_);
}

}  // namespace kaudit
