// Whether a Service, a Gateway or a route asks for an address of the private network, as the
// clouds' controllers read it. Private to core/exposure.
//
// Sources: the controllers' own documentation, named beside each row in internal_address.cc.
// Thread-safety: pure functions.
#pragma once

#include <span>
#include <string_view>

#include "core/facts.h"

namespace kaudit {

// A Service's annotations: of type LoadBalancer, with an address that the internet does not reach.
[[nodiscard]] bool asks_for_internal_address(std::span<const Pair> annotations) noexcept;
[[nodiscard]] bool asks_for_internal_route(const NetworkRoute& route) noexcept;
[[nodiscard]] bool asks_for_internal_gateway(const NetworkGateway& gateway) noexcept;

// An address or a range, `10.0.0.0/8`, that is no part of the internet: RFC 1918, RFC 6598,
// RFC 3927, loopback, and IPv6's ULA and link-local ones. False for what is no address.
[[nodiscard]] bool is_private_address(std::string_view text) noexcept;

}  // namespace kaudit
