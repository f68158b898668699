// Containers: init, app and ephemeral ones have the same fields.
#include <algorithm>

#include "manifests/adapt/place.h"
#include "manifests/adapt/pod.h"

namespace kaudit {

void PodReader::read_containers(Value list, Container::Role role, bool required) {
  if (!list.present()) return;
  if (!list.is_array()) {
    if (list.set() || required) {
      reader_.note(Problem::What::unreadable, list.id(), "a list of containers");
    }
    return;
  }
  containers_.reserve(containers_.size() + std::min(list.size(), kMost));
  list_ = list.key();
  index_ = 0;
  for (const Value item : list) {
    const bool follows = index_ > 0 && item.is_object();
    // `- securityContext:` below a container, instead of in it.
    if (follows && !item["name"].set() && !item["image"].set()) {
      if (const Value context = item["securityContext"]; context.set()) {
        reader_.misplaced(context, container_path(index_ - 1) + ".securityContext");
      }
    }
    add_container(item, role);
    ++index_;
  }
}

bool PodReader::take(Value item) {
  return is_within(taken_, item,
                   "one of the first 10000 containers and pod templates of its object");
}

bool PodReader::is_within(std::size_t& taken, Value item, std::string_view expected) {
  if (taken > kMost) return false;
  if (taken++ < kMost) return true;
  reader_.note(Problem::What::unreadable, item.id(), expected);
  return false;
}

Container* PodReader::add_container(Value item, Container::Role role) {
  if (!take(item)) return nullptr;
  Container& added = containers_.emplace_back();
  if (read_container(item, role, added)) return &added;
  containers_.pop_back();
  return nullptr;
}

bool PodReader::read_container(Value item, Container::Role role, Container& out) {
  if (!reader_.mapping(item)) {
    if (!item.set()) reader_.invalid(item, "a mapping");  // `- ` and nothing after it
    return false;
  }
  if (!item.key().empty()) {
    list_ = item.key();
    index_ = kSingle;
  }
  out.role = role;
  place(out, item.id());
  devices_.clear();
  probe_hosts_.clear();
  handler_commands_.clear();
  for (const Value member : item) {
    const Known known = lookup(member.key());
    if (!known.exact) {
      stray(member, known.name, true);
      continue;
    }
    switch (known.name) {
      case Name::name: reader_.read(out.name, member); break;
      case Name::image: reader_.read(out.image, member); break;
      case Name::image_pull_policy: reader_.read(out.image_pull_policy, member); break;
      case Name::restart_policy: reader_.read(out.restart_policy, member); break;
      case Name::security_context:
        if (member.is_object()) place(out.security, member.id());
        read_context(member, out.security, nullptr);
        break;
      case Name::resources: read_resources(member, out); break;
      case Name::command: out.command = reader_.texts(member); break;
      case Name::args: out.args = reader_.texts(member); break;
      case Name::ports: read_ports(member, out); break;
      case Name::env: read_env(member, out); break;
      case Name::env_from: read_env_from(member, out); break;
      case Name::volume_mounts: read_mounts(member, out); break;
      case Name::volume_devices: read_devices(member); break;
      case Name::liveness_probe:
        read_handler(member, "livenessProbe.httpGet", "livenessProbe.tcpSocket");
        break;
      case Name::readiness_probe:
        read_handler(member, "readinessProbe.httpGet", "readinessProbe.tcpSocket");
        break;
      case Name::startup_probe:
        read_handler(member, "startupProbe.httpGet", "startupProbe.tcpSocket");
        break;
      case Name::lifecycle: read_lifecycle(member); break;
      default: stray(member, known.name, true); break;
    }
  }
  out.devices = reader_.arena().copy(devices_);
  out.probe_hosts = reader_.arena().copy(probe_hosts_);
  out.handler_commands = reader_.arena().copy(handler_commands_);
  return true;
}

void PodReader::read_resources(Value value, Container& out) {
  if (!reader_.mapping(value)) return;
  place(out.resources, value.id());
  if (const Value limits = value["limits"]; reader_.mapping(limits)) {
    out.resources.cpu_limit.at = out.resources.memory_limit.at = limits.id();
    for (const Value limit : limits) {
      if (limit.key() == "cpu") {
        reader_.read_scalar(out.resources.cpu_limit, limit);
      } else if (limit.key() == "memory") {
        reader_.read_scalar(out.resources.memory_limit, limit);
      } else if (limit.set() && limit.key().find('/') != std::string_view::npos &&
                 !limit.key().starts_with("kubernetes.io/")) {
        devices_.push_back({{limit.key(), limit.id(), Text::State::written},
                            Reader::absent<std::string_view>(limit.id())});
      }
    }
  }
  if (const Value requests = value["requests"]; reader_.mapping(requests)) {
    out.resources.cpu_request.at = out.resources.memory_request.at = requests.id();
    reader_.read_scalar(out.resources.cpu_request, requests["cpu"]);
    reader_.read_scalar(out.resources.memory_request, requests["memory"]);
  }
}

void PodReader::read_ports(Value list, Container& out) {
  if (!reader_.list(list)) return;
  ports_.clear();
  for (const Value item : list) {
    if (!reader_.mapping(item)) continue;
    Port& port = ports_.emplace_back();
    place_all(item.id(), port.name, port.container, port.host, port.host_ip, port.protocol);
    for (const Value member : item) {
      switch (const Known known = lookup(member.key()); known.exact ? known.name : Name::unknown) {
        case Name::name: reader_.read(port.name, member); break;
        case Name::container_port: reader_.read_port(port.container, member); break;
        case Name::host_port: reader_.read_port(port.host, member); break;
        case Name::host_ip: reader_.read(port.host_ip, member); break;
        case Name::protocol: reader_.read(port.protocol, member); break;
        default: break;
      }
    }
  }
  out.ports = reader_.arena().copy(ports_);
}

void PodReader::read_env(Value list, Container& out) {
  if (!list.set()) return;
  env_.clear();
  if (list.is_object()) {
    reader_.invalid(list, "a list");
    for (const Value member : list) {
      EnvVar& variable = env_.emplace_back();
      variable.name = {member.key(), member.id(), Text::State::written};
      variable.value.at = member.id();
      reader_.read(variable.value, member);
    }
  } else if (reader_.list(list)) {
    for (const Value item : list) {
      if (!reader_.mapping(item)) continue;
      EnvVar& variable = env_.emplace_back();
      place_all(item.id(), variable.name, variable.value);
      for (const Value member : item) {
        switch (const Known known = lookup(member.key());
                known.exact ? known.name : Name::unknown) {
          case Name::name: reader_.read(variable.name, member); break;
          case Name::value: reader_.read(variable.value, member); break;
          case Name::value_from:
            variable.from_ref = member.set();
            add_use(member["secretKeyRef"]["name"], true);
            add_use(member["configMapKeyRef"]["name"], false);
            break;
          default: break;
        }
      }
    }
  }
  out.env = reader_.arena().copy(env_);
}

void PodReader::read_env_from(Value list, Container& out) {
  if (!reader_.list(list)) return;
  env_from_.clear();
  for (const Value item : list) {
    if (!reader_.mapping(item)) continue;
    const Value secret = item["secretRef"];
    EnvFrom& from = env_from_.emplace_back();
    from.secret = secret.set();
    from.name.at = item.id();
    const Value name = (from.secret ? secret : item["configMapRef"])["name"];
    reader_.read(from.name, name);
    add_use(name, from.secret);
  }
  out.env_from = reader_.arena().copy(env_from_);
}

void PodReader::read_mounts(Value list, Container& out) {
  if (!reader_.list(list)) return;
  mounts_.clear();
  for (const Value item : list) {
    if (!reader_.mapping(item)) continue;
    Mount& mount = mounts_.emplace_back();
    place_all(item.id(), mount.volume, mount.path, mount.sub_path, mount.propagation,
              mount.read_only);
    for (const Value member : item) {
      switch (const Known known = lookup(member.key()); known.exact ? known.name : Name::unknown) {
        case Name::name: reader_.read(mount.volume, member); break;
        case Name::mount_path: reader_.read(mount.path, member); break;
        case Name::mount_propagation: reader_.read(mount.propagation, member); break;
        case Name::sub_path: reader_.read(mount.sub_path, member); break;
        case Name::sub_path_expr:
          reader_.read(mount.sub_path, member);
          // Variables of the container: known only when it runs.
          if (mount.sub_path.value.find("$(") != std::string_view::npos) {
            mount.sub_path.state = Text::State::unresolved;
          }
          break;
        case Name::read_only: reader_.read(mount.read_only, member, false); break;
        default: break;
      }
    }
  }
  out.mounts = reader_.arena().copy(mounts_);
}

void PodReader::read_devices(Value list) {
  if (!reader_.list(list)) return;
  for (const Value item : list) {
    if (!reader_.mapping(item)) continue;
    Device& device = devices_.emplace_back();
    place_all(item.id(), device.name, device.path);
    reader_.read(device.name, item["name"]);
    reader_.read(device.path, item["devicePath"]);
  }
}

void PodReader::read_lifecycle(Value lifecycle) {
  if (!reader_.mapping(lifecycle)) return;
  read_handler(lifecycle["postStart"], "lifecycle.postStart.httpGet",
               "lifecycle.postStart.tcpSocket");
  read_handler(lifecycle["preStop"], "lifecycle.preStop.httpGet", "lifecycle.preStop.tcpSocket");
}

void PodReader::read_handler(Value handler, std::string_view http, std::string_view tcp) {
  if (!reader_.mapping(handler)) return;
  for (const Value member : handler) {
    const bool is_http = member.key() == "httpGet";
    if (is_http || member.key() == "tcpSocket") {
      if (!reader_.mapping(member)) continue;
      ProbeHost host{is_http ? http : tcp, Reader::absent<std::string_view>(member.id())};
      reader_.read(host.host, member["host"]);
      if (host.host.written() && !host.host.value.empty()) probe_hosts_.push_back(host);
    } else if (member.key() == "exec" && reader_.mapping(member)) {
      handler_commands_.push_back(reader_.texts(member["command"]));
    }
  }
}

}  // namespace kaudit
