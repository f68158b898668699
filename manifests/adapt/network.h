// Objects that say who reaches whom: NetworkPolicy, Ingress, the Gateway API, OpenShift's Route,
// Traefik's IngressRoute, Istio's VirtualService and Gateway.
//
// No problem is noted of what is written wrongly: these objects are read to rank what is found
// elsewhere, and a part that cannot be read is left out.
//
// Ownership: what is filled lives in the Reader's arena until Reader::begin(). Thread-safety: one
// thread.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "manifests/adapt/reader.h"

namespace kaudit {

enum class NetworkKind : std::uint8_t {
  none,
  policy,
  ingress,        // networking.k8s.io and extensions
  gateway,        // gateway.networking.k8s.io
  gateway_route,  // HTTPRoute, GRPCRoute, TLSRoute, TCPRoute, UDPRoute
  openshift_route,
  traefik_route,  // IngressRoute, IngressRouteTCP, IngressRouteUDP
  istio_gateway,
  istio_service,  // VirtualService
};
// Whatever the version.
[[nodiscard]] NetworkKind network_kind(std::string_view group, std::string_view kind) noexcept;

class NetworkReader {
 public:
  explicit NetworkReader(Reader& reader) : reader_(reader) {}

  // All but the envelope.
  void read(Value object, NetworkPolicy& out);
  void read(Value object, NetworkKind what, NetworkRoute& out);
  void read(Value object, NetworkKind what, NetworkGateway& out);
  // Of a Service: what the rules about it do not ask.
  void read(Value spec, Service& out);

 private:
  [[nodiscard]] Text text(Value value);
  [[nodiscard]] std::span<const Text> texts(Value value);
  [[nodiscard]] std::span<const Pair> pairs(Value value);
  [[nodiscard]] Selector selector(Value value);
  [[nodiscard]] NetworkRule rule(Value value);
  void add_ingress_backend(Value backend);
  void add_reference(std::vector<Reference>& to, Value value, std::string_view kind);
  void add_destination(Value destination);
  void read_gateway_route(Value spec, NetworkRoute& out);
  void read_istio_service(Value spec, NetworkRoute& out);

  Reader& reader_;
  std::vector<Reference> backends_, gateways_;
  std::vector<ServicePort> ports_;
};

}  // namespace kaudit
