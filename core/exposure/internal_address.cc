#include "core/exposure/internal_address.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>

namespace kaudit {
namespace {

struct Row {
  std::string_view name, value;
};

// An annotation that is there at all, whatever its value, has an empty one here.
constexpr Row kServices[] = {
    // AWS: the in-tree provider, then the AWS Load Balancer Controller.
    {"service.beta.kubernetes.io/aws-load-balancer-internal", "true"},
    {"service.beta.kubernetes.io/aws-load-balancer-internal", "0.0.0.0/0"},
    {"service.beta.kubernetes.io/aws-load-balancer-scheme", "internal"},
    // Azure.
    {"service.beta.kubernetes.io/azure-load-balancer-internal", "true"},
    // Google: today's, and the one before it.
    {"networking.gke.io/load-balancer-type", "Internal"},
    {"cloud.google.com/load-balancer-type", "Internal"},
    {"cloud.google.com/load-balancer-type", "internal"},
    // Alibaba, Baidu, Tencent, Huawei.
    {"service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type", "intranet"},
    {"service.beta.kubernetes.io/cce-load-balancer-internal-vpc", "true"},
    {"service.kubernetes.io/qcloud-loadbalancer-internal-subnetid", ""},
    {"kubernetes.io/elb.type", "inner"},
    // IBM, OpenStack, Oracle, Linode, OVH, Scaleway, DigitalOcean, Hetzner.
    {"service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type", "private"},
    {"service.beta.kubernetes.io/openstack-internal-load-balancer", "true"},
    {"service.beta.kubernetes.io/oci-load-balancer-internal", "true"},
    {"oci-network-load-balancer.oraclecloud.com/internal", "true"},
    {"service.beta.kubernetes.io/scw-loadbalancer-private", "true"},
    {"service.beta.kubernetes.io/do-loadbalancer-network", "INTERNAL"},
    {"load-balancer.hetzner.cloud/disable-public-network", "true"},
};

constexpr Row kRoutes[] = {
    {"alb.ingress.kubernetes.io/scheme", "internal"},
    {"kubernetes.io/ingress.class", "gce-internal"},
    {"appgw.ingress.kubernetes.io/use-private-ip", "true"},
};

bool holds(std::span<const Pair> annotations, std::span<const Row> rows) noexcept {
  return std::ranges::any_of(annotations, [&](const Pair& pair) {
    return std::ranges::any_of(rows, [&](const Row& row) {
      return pair.name == row.name && (row.value.empty() || pair.value.value == row.value);
    });
  });
}

// Classes that people name after what they are: `nginx-internal`, `private`, `gke-l7-rilb`.
bool is_internal_class(std::string_view name) noexcept {
  for (const std::string_view part : {"internal", "private", "intranet", "rilb"}) {
    if (name.find(part) != std::string_view::npos) return true;
  }
  return false;
}

using Ipv4 = std::array<unsigned, 4>;
std::optional<Ipv4> parse_ipv4(std::string_view text) noexcept {
  Ipv4 out{};
  for (std::size_t n = 0; n < out.size(); ++n) {
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, out[n]);
    if (error != std::errc() || out[n] > 255) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
    if (n + 1 == out.size()) break;
    if (!text.starts_with('.')) return std::nullopt;
    text.remove_prefix(1);
  }
  if (!text.empty()) return std::nullopt;
  return out;
}

}  // namespace

bool asks_for_internal_address(std::span<const Pair> annotations) noexcept {
  return holds(annotations, kServices);
}

bool asks_for_internal_route(const NetworkRoute& route) noexcept {
  if (holds(route.annotations, kRoutes) || is_internal_class(route.class_name.value)) return true;
  return std::ranges::any_of(route.annotations, [](const Pair& pair) {
    return pair.name == "kubernetes.io/ingress.class" && is_internal_class(pair.value.value);
  });
}

bool asks_for_internal_gateway(const NetworkGateway& gateway) noexcept {
  if (holds(gateway.annotations, kServices) || holds(gateway.infrastructure, kServices))
    return true;
  if (is_internal_class(gateway.class_name.value)) return true;
  return std::ranges::any_of(gateway.selector,
                             [](const Pair& pair) { return is_internal_class(pair.value.value); });
}

bool is_private_address(std::string_view text) noexcept {
  const std::size_t slash = text.find('/');
  unsigned bits = 128;
  if (slash != std::string_view::npos) {
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + slash + 1, end, bits);
    if (error != std::errc() || stop != end) return false;
  }
  text = text.substr(0, slash);
  if (const auto ip = parse_ipv4(text)) {
    const auto [a, b, c, d] = *ip;
    if (a == 10 || a == 127) return bits >= 8;
    if (a == 172 && b >= 16 && b < 32) return bits >= 12;
    if ((a == 192 && b == 168) || (a == 169 && b == 254)) return bits >= 16;
    return a == 100 && b >= 64 && b < 128 && bits >= 10;
  }
  if (text == "::1") return true;
  const std::string_view first = text.substr(0, 2);
  const bool unique_local = first == "fc" || first == "fd" || first == "FC" || first == "FD";
  const std::string_view link = text.substr(0, 4);
  return text.find(':') != std::string_view::npos &&
         ((unique_local && bits >= 7) || ((link == "fe80" || link == "FE80") && bits >= 10));
}

}  // namespace kaudit
