// How far each port of each Service reaches by itself and through routes. Private to core/exposure.
//
// Ownership: views records, which must outlive it and stay where they are. Thread-safety: const
// after construction.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/exposure/records.h"

namespace kaudit {

// One way to a port of a Service.
struct Front {
  ExposureLevel level = ExposureLevel::isolated;  // isolated: there is no such way
  const RouteRecord* route = nullptr;             // null: the Service itself
  const GatewayRecord* gateway = nullptr;         // of the route, where it was examined
};

struct PortFronts {
  std::size_t port = 0;  // in ServiceRecord::ports; that many: a Service without ports
  Front direct;          // packets from outside reach the pod
  Front routed;          // a proxy in the cluster sends requests on
  [[nodiscard]] ExposureLevel level() const noexcept {
    return direct.level > routed.level ? direct.level : routed.level;
  }
};

class Fronts {
 public:
  explicit Fronts(const ExposureFacts& facts);

  // By index of the Service; never empty.
  [[nodiscard]] const std::vector<PortFronts>& of(std::size_t service) const {
    return ports_[service];
  }
  [[nodiscard]] ExposureLevel level_of(std::size_t service) const;
  [[nodiscard]] Front of_route(const RouteRecord& route) const;

 private:
  void add(const RouteRecord& route, const RouteRecord::Target& target);
  [[nodiscard]] std::size_t find(std::string_view ns, std::string_view name) const;

  const ExposureFacts& facts_;
  std::unordered_map<std::string, std::size_t> services_;  // "namespace/name"
  std::unordered_map<std::string, const GatewayRecord*> gateways_;
  std::vector<std::vector<PortFronts>> ports_;
};

}  // namespace kaudit
