#include "manifests/adapt/pod.h"

#include <algorithm>

#include "manifests/adapt/place.h"

namespace kaudit {
namespace {

// How bad a volume's source is, for a volume that is given several: a path of the node, a type that
// the restricted profile forbids, the rest. 0: no source at all.
int rank_of(Name name) noexcept {
  switch (name) {
    case Name::host_path: return 3;
    case Name::aws_elastic_block_store:
    case Name::azure_disk:
    case Name::azure_file:
    case Name::cephfs:
    case Name::cinder:
    case Name::fc:
    case Name::flex_volume:
    case Name::flocker:
    case Name::gce_persistent_disk:
    case Name::git_repo:
    case Name::glusterfs:
    case Name::iscsi:
    case Name::nfs:
    case Name::photon_persistent_disk:
    case Name::portworx_volume:
    case Name::quobyte:
    case Name::rbd:
    case Name::scale_io:
    case Name::storageos:
    case Name::vsphere_volume: return 2;
    case Name::config_map:
    case Name::csi:
    case Name::downward_api:
    case Name::empty_dir:
    case Name::ephemeral:
    case Name::image:
    case Name::persistent_volume_claim:
    case Name::projected:
    case Name::secret: return 1;
    default: return 0;
  }
}

std::string join(std::string path, std::string_view field) {
  if (!path.empty()) path += '.';
  path += field;
  return path;
}

}  // namespace

VolumeSource volume_source(Value volume) noexcept {
  VolumeSource worst;
  int worst_rank = 0;
  for (const Value member : volume) {
    const Known known = lookup(member.key());
    if (!known.exact || !member.set()) continue;
    if (const int rank = rank_of(known.name); rank > worst_rank) {
      worst_rank = rank;
      worst = {text_of(known.name), member};
    }
  }
  return worst;
}

void PodReader::read(Value spec, Workload& out, bool strict) {
  start(spec.id(), out);
  Value init, app, ephemeral, deprecated_account;
  for (const Value member : spec) {
    const Known known = lookup(member.key());
    if (!known.exact) {
      if (strict) stray(member, known.name, false);
      continue;
    }
    switch (known.name) {
      case Name::init_containers: init = member; break;
      case Name::containers: app = member; break;
      case Name::ephemeral_containers: ephemeral = member; break;
      case Name::volumes: read_volumes(member); break;
      case Name::service_account: deprecated_account = member; break;
      default:
        if (home_of(known.name) == Home::none || home_of(known.name) == Home::pod) {
          read_field(member, known, out);
        } else if (strict) {
          stray(member, known.name, false);
        }
        break;
    }
  }
  if (!out.service_account.written()) reader_.read(out.service_account, deprecated_account);
  read_containers(init, Container::Role::init);
  read_containers(app, Container::Role::app, true);
  read_containers(ephemeral, Container::Role::ephemeral);
  finish(out);
}

void PodReader::read_field(Value member, Known known, Workload& out) {
  switch (known.name) {
    case Name::host_network: reader_.read(out.host_network, member, true); break;
    case Name::host_pid: reader_.read(out.host_pid, member, true); break;
    case Name::host_ipc: reader_.read(out.host_ipc, member, true); break;
    case Name::host_users: reader_.read(out.host_users, member, true); break;
    case Name::share_process_namespace:
      reader_.read(out.share_process_namespace, member, true);
      break;
    case Name::automount_service_account_token:
      reader_.read(out.automount_token, member, true);
      break;
    case Name::service_account_name: reader_.read(out.service_account, member); break;
    case Name::runtime_class_name: reader_.read(out.runtime_class, member); break;
    case Name::restart_policy: reader_.read(out.restart_policy, member); break;
    case Name::os:
      if (reader_.mapping(member)) reader_.read(out.os_name, member["name"]);
      break;
    case Name::image_pull_secrets: read_pull_secrets(member); break;
    case Name::host_aliases:
      if (member.set() && (member.size() > 0 || !member.is_array())) out.host_aliases = member.id();
      break;
    case Name::security_context: read_security(member, out); break;
    default: break;
  }
}

void PodReader::start(NodeId spec, Workload& out) {
  place(out, spec);
  resume(spec, out);
}

void PodReader::resume(NodeId spec, Workload& out) {
  out.spec_at = spec;
  containers_.clear();
  volumes_.assign(out.volumes.begin(), out.volumes.end());
  uses_.assign(out.uses.begin(), out.uses.end());
}

void PodReader::finish(Workload& out) {
  out.containers = reader_.arena().copy(containers_);
  out.volumes = reader_.arena().copy(volumes_);
  out.uses = reader_.arena().copy(uses_);
  out.patch = std::none_of(containers_.begin(), containers_.end(), [](const Container& container) {
    return container.image.state != Text::State::absent;
  });
}

void PodReader::read_volumes(Value list) {
  if (!reader_.list(list)) return;
  for (const Value item : list) {
    if (!is_within(volumes_taken_, item, "one of the first 10000 volumes of its object")) return;
    if (reader_.mapping(item)) read_volume(item, volumes_.emplace_back());
  }
}

void PodReader::read_volume(Value item, Volume& out) {
  place(out, item.id());
  reader_.read(out.name, item["name"]);
  const auto [type, source] = volume_source(item);
  out.type = type;
  if (type == "hostPath") {
    read_host_path(source, out);
  } else if (!source.set() || !reader_.mapping(source)) {
    return;
  } else if (type == "persistentVolumeClaim") {
    reader_.read(out.claim, source["claimName"]);
  } else if (type == "image") {
    reader_.read(out.image, source["reference"]);
  } else if (type == "secret") {
    add_use(source["secretName"], true);
  } else if (type == "configMap") {
    add_use(source["name"], false);
  } else if (type == "projected") {
    for (const Value part : source["sources"]) {
      add_use(part["secret"]["name"], true);
      add_use(part["configMap"]["name"], false);
    }
  }
}

void PodReader::read_pull_secrets(Value list) {
  for (const Value item : list) add_use(item["name"], true, true);
}

void PodReader::add_use(Value name, bool secret, bool only_pulls) {
  if (name.kind() != Kind::string || name.text().empty()) return;
  ConfigUse& use = uses_.emplace_back();
  use.secret = secret;
  use.only_pulls = only_pulls;
  reader_.read(use.name, name);
}

void PodReader::read_host_path(Value value, Volume& out) {
  out.host_path.at = out.host_path_type.at = value.id();
  if (value.is_object()) {
    reader_.read(out.host_path, value["path"]);
    reader_.read(out.host_path_type, value["type"]);
  } else {
    reader_.invalid(value, "a mapping");
    out.host_path = {value.text(), value.id(), Text::State::written};
  }
  const Value path = value.is_object() ? value["path"] : value;
  if (path.kind() >= Kind::array) out.host_path.value = "/";
}

void PodReader::check_outside(Value mapping) {
  for (const Value member : mapping) {
    const Known known = lookup(member.key());
    if (home_of(known.name) != Home::none) stray(member, known.name, false);
  }
}

std::string PodReader::container_path(std::size_t index) const {
  std::string path = join(std::string(path_), list_);
  if (index != kSingle) path += '[' + std::to_string(index) + ']';
  return path;
}

void PodReader::stray(Value member, Name name, bool in_container) {
  const Home home = home_of(name);
  if (home == Home::none || !member.set()) return;
  const std::string pod(path_);
  const std::string container = in_container ? container_path(index_) : join(pod, "containers[*]");
  const std::string_view text = text_of(name);
  std::string right;
  switch (home) {
    case Home::none: return;
    case Home::pod:
      right = join(name == Name::security_context && in_container ? container : pod, text);
      break;
    case Home::pod_security: right = join(join(pod, "securityContext"), text); break;
    case Home::security:
      right = join(join(in_container ? container : pod, "securityContext"), text);
      break;
    case Home::container_security: right = join(join(container, "securityContext"), text); break;
    case Home::capabilities:
      if (!in_container) return;  // a common word elsewhere
      right = join(join(container, "securityContext.capabilities"), text);
      break;
  }
  reader_.misplaced(member, right);
}

}  // namespace kaudit
