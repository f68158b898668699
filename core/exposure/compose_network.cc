#include "core/exposure/compose_network.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "core/exposure/internal_address.h"
#include "core/exposure/shown_hop.h"

namespace kaudit {
namespace {

// Of `network_mode: service:other` after another.
constexpr int kMostBorrowed = 8;

bool is_everywhere(std::string_view ip) noexcept {
  return ip.empty() || ip == "0.0.0.0" || ip == "::" || ip == "*" || ip == "0";
}

// What the internet is served on is taken to be meant for it; the other ports of all interfaces are
// those of a host whose network is not known.
ExposureLevel level_of(const PortRecord& port) noexcept {
  const std::string_view ip = port.host_ip;
  if (ip.starts_with("127.") || ip == "::1" || ip == "localhost") return ExposureLevel::cluster;
  if (is_everywhere(ip)) {
    return port.host == 80 || port.host == 443 ? ExposureLevel::internet : ExposureLevel::network;
  }
  return is_private_address(ip) ? ExposureLevel::network : ExposureLevel::internet;
}

std::string title_of_port(const PortRecord& port) {
  std::string out = "port ";
  out += port.host == 0 ? "that Docker chooses" : std::to_string(port.host);
  if (is_everywhere(port.host_ip)) return out + " of all the host's addresses";
  return out + " of " + shown_name(port.host_ip);
}

void raise(Exposure& out, ExposureLevel level, Hop hop) {
  if (level <= out.level) return;
  out.level = level;
  out.path = {std::move(hop)};
}

void add_published(const WorkloadRecord& service, Exposure& out) {
  for (const PortRecord& port : service.ports) {
    if (port.published) raise(out, level_of(port), {title_of_port(port), port.where});
  }
}

const WorkloadRecord* find(std::span<const WorkloadRecord* const> project,
                           std::string_view name) noexcept {
  const auto found = std::ranges::find_if(
      project, [&](const WorkloadRecord* service) { return service->name == name; });
  return found == project.end() ? nullptr : *found;
}

// The proxy of the project that publishes most; without one it runs elsewhere.
void add_proxied(std::span<const WorkloadRecord* const> project, Exposure& out) {
  Exposure best;
  best.level = ExposureLevel::cluster;
  const WorkloadRecord* proxy = nullptr;
  for (const WorkloadRecord* service : project) {
    if (!service->proxy || service->proxied) continue;
    Exposure of_proxy;
    of_proxy.level = ExposureLevel::cluster;
    add_published(*service, of_proxy);
    if (of_proxy.level > best.level) {
      best = std::move(of_proxy);
      proxy = service;
    }
  }
  if (proxy == nullptr) {
    raise(out, ExposureLevel::internet, {"a reverse proxy", {}});
  } else if (best.level > out.level) {
    out.level = best.level;
    out.path = std::move(best.path);
    out.path.push_back(hop_of(*proxy));
  }
}

}  // namespace

void solve_compose(const WorkloadRecord& service, std::span<const WorkloadRecord* const> project,
                   Exposure& out) {
  out.level = ExposureLevel::cluster;
  const WorkloadRecord* network = &service;
  constexpr std::string_view kOther = "service:";
  for (int n = 0; n < kMostBorrowed && network->network_mode.starts_with(kOther); ++n) {
    const auto* other =
        find(project, std::string_view(network->network_mode).substr(kOther.size()));
    if (other == nullptr) break;
    network = other;
  }
  if (network->network_mode == "none") {
    out.level = ExposureLevel::isolated;
    out.note = "it has no network";
    return;
  }
  if (network->host_network) {
    raise(out, ExposureLevel::network, {"the host's own network", network->where});
  }
  if (network->internal_only) {
    out.note = "its networks are internal";
  } else {
    add_published(*network, out);
  }
  if (service.proxied || network->proxied) add_proxied(project, out);
  if (network != &service) out.path.push_back(hop_of(*network));
  if (out.level == ExposureLevel::cluster && out.note.empty()) {
    out.note = out.path.empty() ? "nothing of it is published" : "published to its host alone";
  }
}

}  // namespace kaudit
