// Ports that reach beyond their host; shared by the rules on what is published.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "core/facts.h"
#include "core/rule.h"
#include "core/rules/message.h"
#include "core/servers.h"

namespace kaudit {

// Where a Compose port listens.
enum class Reach : std::uint8_t { loopback, one_address, everywhere, unknown };

[[nodiscard]] inline Reach reach_of(const Port& port) noexcept {
  if (port.host_ip.state == Text::State::unresolved) return Reach::unknown;
  const std::string_view ip = port.host_ip.value_or({});
  if (ip.empty() || ip == "0.0.0.0" || ip == "::" || ip == "*" || ip == "0") {
    return Reach::everywhere;
  }
  if (ip.starts_with("127.") || ip == "::1" || ip == "localhost") return Reach::loopback;
  return Reach::one_address;
}

// What answers at the port: by the image where it is known, else by a port that tells.
[[nodiscard]] inline const Server* server_at(const Container& container,
                                             const Port& port) noexcept {
  if (!port.container.written()) return nullptr;
  const std::int64_t last = std::max(port.container.value, port.container_last);
  if (const Server* known = server_of_image(container.image.value_or({}))) {
    // Within a range every port counts that is one of its own.
    const bool listens = std::any_of(
        std::begin(known->ports), std::end(known->ports),
        [&](std::int64_t own) { return own != 0 && own >= port.container.value && own <= last; });
    return listens ? known : nullptr;
  }
  return last == port.container.value ? server_of_port(port.container.value) : nullptr;
}

// `port 5432 on all of the host's addresses`, `ports 8000-8010 on the host's address 192.0.2.1`.
[[nodiscard]] inline std::string where_published(const Port& port) {
  std::string out;
  if (!port.host.written()) {
    out = "a port that Docker chooses";
  } else if (port.host_last != 0) {
    out = "ports " + std::to_string(port.host.value) + "-" + std::to_string(port.host_last);
  } else {
    out = "port " + std::to_string(port.host.value);
  }
  if (reach_of(port) == Reach::everywhere) return out + " of all the host's addresses";
  return out + " of the host's address " + shown(port.host_ip.value);
}

// The line that keeps it on this host, in the syntax that it is written in.
[[nodiscard]] inline std::string loopback_fix(const Port& port) {
  if (port.container.at != port.host.at) return "host_ip: 127.0.0.1";
  const auto range = [](std::int64_t first, std::int64_t last) {
    return std::to_string(first) + (last == 0 ? "" : "-" + std::to_string(last));
  };
  std::string out = "\"127.0.0.1:";
  if (port.host.written()) out += range(port.host.value, port.host_last);
  out += ':' + range(port.container.value, port.container_last);
  if (port.protocol.written()) out += '/' + shown(port.protocol.value);
  return out + '"';
}

// The ports of a Compose file that listen beyond the loopback device, with what answers there.
template <class Each>
void for_each_published(const Workload& workload, Each each) {
  for (const Container& container : workload.containers) {
    for (const Port& port : container.ports) {
      const Reach reach = reach_of(port);
      if (reach == Reach::loopback || reach == Reach::unknown) continue;
      if (const Server* server = server_at(container, port)) each(container, port, *server);
    }
  }
}

// The same of a Kubernetes Service, told by the port alone.
template <class Each>
void for_each_published(const Service& service, Each each) {
  if (!service.type.is("LoadBalancer") && !service.type.is("NodePort")) return;
  for (const Port& port : service.ports) {
    if (const Server* server = server_of_port(port.container.value_or(0))) each(port, *server);
  }
}

// `what`: "a database".
[[nodiscard]] inline Note published_by(const Service& service, const Port& port,
                                       const Server& server, std::string_view what) {
  std::string message = "Service " + quoted(service.name) + " of type ";
  message.append(shown(service.type.value)).append(" publishes ").append(server.product);
  message.append(", ").append(what).append(", at port ");
  message.append(std::to_string(port.container.value));
  message += " beyond the cluster; its type must be ClusterIP";
  return {.at = port.container.at, .message = std::move(message), .fix = "type: ClusterIP"};
}

}  // namespace kaudit
