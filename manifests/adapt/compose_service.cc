// Members as the Compose Specification names them (05-services.md); what Docker makes of them is
// said in the Docker Engine's own documentation of `docker run`.
#include "manifests/adapt/compose_service.h"

#include <charconv>
#include <unordered_map>

#include "manifests/adapt/compose_env.h"
#include "manifests/adapt/compose_short.h"
#include "manifests/adapt/place.h"

namespace kaudit::compose {
namespace {

template <class T>
Field<T> absent(NodeId at) noexcept {
  return {.value = {}, .at = at, .state = Field<T>::State::absent};
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool parse_number(std::string_view text, std::int64_t& out) noexcept {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return !text.empty() && error == std::errc{} && end == text.data() + text.size();
}

void place(Workload& out, Container& container, NodeId at) noexcept {
  kaudit::place(out, at);
  place_all(at, out.host_uts, out.host_cgroup);
  kaudit::place(container, at);
  place_all(kNoNode, container.build, container.build.context, container.build.dockerfile,
            container.build.target);
}

}  // namespace

ServiceReader::ServiceReader(const Project& project, ProjectFiles* beside)
    : project_(project),
      beside_(beside),
      volumes_of_project_(project.document().root()["volumes"]) {
  for (const Value network : project.document().root()["networks"]) {
    if (lower(network["internal"].text()) == "true") internal_networks_.insert(network.key());
  }
}

void ServiceReader::begin() {
  arena_.reset();
  problems_.clear();
}

// ---- Values ------------------------------------------------------------------------------------

Text ServiceReader::part(Value value, std::string_view text) {
  Text out{text, value.id(), Text::State::written};
  if (text.find_first_of("\x01\x02") == std::string_view::npos) return out;
  out.state = Text::State::unresolved;
  out.value = arena_.copy(without_marks(text));
  return out;
}

void ServiceReader::read(Text& field, Value value) {
  if (!value.set()) return;
  if (value.kind() >= Kind::array) {
    invalid(value, "a string");
    return;
  }
  field = part(value, value.text());
}

void ServiceReader::read(Flag& field, Value value, bool worse) {
  if (!value.set()) return;
  field = {worse, value.id(), Flag::State::written};
  if (has_hole(value.text())) {
    field.state = Flag::State::unresolved;
    field.value = false;
    return;
  }
  const std::string word = lower(value.text());
  if (word == "true" || word == "y" || word == "yes" || word == "on") {
    field.value = true;
  } else if (word == "false" || word == "n" || word == "no" || word == "off") {
    field.value = false;
  } else {
    invalid(value, "a boolean");
  }
}

void ServiceReader::read(Number& field, Value value) {
  if (!value.set() || value.kind() >= Kind::array) return;
  field = {0, value.id(), Number::State::written};
  if (!parse_number(value.text(), field.value)) field.state = Number::State::unresolved;
}

std::span<const Text> ServiceReader::texts(Value value) {
  std::vector<Text> out;
  for (const Value item : value) {
    if (item.set() && item.kind() < Kind::array) out.push_back(part(item, item.text()));
  }
  return arena_.copy(out);
}

std::span<const Text> ServiceReader::items(Value value) {
  if (value.is_array()) return texts(value);
  if (!value.set() || value.kind() >= Kind::array) return {};
  const std::vector<Text> one{part(value, value.text())};
  return arena_.copy(one);
}

std::span<const Text> ServiceReader::words(Value value) {
  if (value.kind() != Kind::string) return items(value);
  std::vector<Text> out;
  for (const std::string& word : split_words(value.text())) {
    out.push_back(part(value, arena_.copy(word)));
  }
  return arena_.copy(out);
}

std::span<const Pair> ServiceReader::pairs(Value value) {
  std::vector<EnvVar> read;
  read_environment(value, read);
  std::vector<Pair> out;
  out.reserve(read.size());
  for (const EnvVar& variable : read) out.push_back({variable.name.value, variable.value});
  return arena_.copy(out);
}

void ServiceReader::invalid(Value value, std::string_view expected) {
  problems_.push_back({Problem::What::invalid_type, value.id(), kNoNode, expected});
}

// ---- Services ----------------------------------------------------------------------------------

void ServiceReader::read(Value service, Workload& out) {
  containers_.clear();
  volumes_.clear();
  uses_.clear();
  mounts_.clear();
  devices_.clear();
  ports_.clear();
  env_.clear();
  env_from_.clear();
  sysctls_.clear();
  groups_.clear();
  handler_commands_.clear();

  out.document = &project_.document();
  out.at = service.id();
  out.surface = Surface::compose;
  out.kind = "service";
  out.name = service.key();
  Container& container = containers_.emplace_back();
  place(out, container, service.id());
  container.role = Container::Role::service;
  container.at = service.id();
  container.name = {service.key(), service.id(), Text::State::written};
  if (!service.is_object() && service.set()) invalid(service, "a mapping");
  for (const Value member : service) read_member(member, out, container);
  // What neither names an image nor builds one changes a service of another file.
  out.patch = container.image.state == Text::State::absent && container.build.at == kNoNode &&
              !service["provider"].present();
  if (beside_ != nullptr) read_env_files(service);
  read_environment(service["environment"], env_);
  if (beside_ != nullptr && !project_.variables.empty()) {
    const auto ignored = beside_->ignored_by_git(".env");
    if (ignored) out.variables_git = *ignored ? InGit::ignored : InGit::included;
  }

  container.ports = arena_.copy(ports_);
  container.env = arena_.copy(env_);
  container.env_from = arena_.copy(env_from_);
  container.mounts = arena_.copy(mounts_);
  container.devices = arena_.copy(devices_);
  container.handler_commands = arena_.copy(handler_commands_);
  out.sysctls = arena_.copy(sysctls_);
  out.supplemental_groups = arena_.copy(groups_);
  out.volumes = arena_.copy(volumes_);
  out.uses = arena_.copy(uses_);
  out.containers = arena_.copy(containers_);
  out.problems = arena_.copy(problems_);
}

void ServiceReader::read_member(Value member, Workload& out, Container& container) {
  using Read = void (*)(ServiceReader&, Value, Workload&, Container&);
  using Self = ServiceReader;
  static const std::unordered_map<std::string_view, Read> kMembers = {
      {"image",
       [](Self& s, Value v, Workload&, Container& c) {
         Text& text = c.image;
         s.read(text, v);
         c.image = image_of(text);
       }},
      {"pull_policy",
       [](Self& s, Value v, Workload&, Container& c) { s.read(c.image_pull_policy, v); }},
      {"restart", [](Self& s, Value v, Workload& w, Container&) { s.read(w.restart_policy, v); }},
      {"runtime", [](Self& s, Value v, Workload& w, Container&) { s.read(w.runtime_class, v); }},
      {"scale", [](Self& s, Value v, Workload& w, Container&) { s.read(w.replicas, v); }},
      {"privileged",
       [](Self& s, Value v, Workload&, Container& c) { s.read(c.security.privileged, v, true); }},
      {"read_only", [](Self& s, Value v, Workload&,
                       Container& c) { s.read(c.security.read_only_root_filesystem, v, false); }},
      {"user", [](Self& s, Value v, Workload&, Container& c) { s.read_user(v, c.security); }},
      {"group_add", [](Self& s, Value v, Workload& w, Container&) { s.read_groups(v, w); }},
      {"cap_add",
       [](Self& s, Value v, Workload&, Container& c) { c.security.capabilities_add = s.items(v); }},
      {"cap_drop", [](Self& s, Value v, Workload&,
                      Container& c) { c.security.capabilities_drop = s.items(v); }},
      {"security_opt", [](Self& s, Value v, Workload& w,
                          Container& c) { s.read_security_options(v, w, c.security); }},
      {"network_mode",
       [](Self& s, Value v, Workload& w, Container&) {
         s.read_mode(w.host_network, v);
         s.read(w.network_mode, v);
       }},
      {"networks", [](Self& s, Value v, Workload& w, Container&) { s.read_networks(v, w); }},
      {"pid", [](Self& s, Value v, Workload& w, Container&) { s.read_pid(v, w); }},
      {"ipc", [](Self& s, Value v, Workload& w, Container&) { s.read_mode(w.host_ipc, v); }},
      {"uts", [](Self& s, Value v, Workload& w, Container&) { s.read_mode(w.host_uts, v); }},
      {"userns_mode",
       [](Self& s, Value v, Workload& w, Container&) { s.read_mode(w.host_users, v); }},
      {"cgroup", [](Self& s, Value v, Workload& w, Container&) { s.read_mode(w.host_cgroup, v); }},
      {"sysctls", [](Self& s, Value v, Workload& w, Container&) { s.read_sysctls(v, w); }},
      {"ports", [](Self& s, Value v, Workload&, Container&) { s.read_ports(v); }},
      {"volumes", [](Self& s, Value v, Workload&, Container&) { s.read_volumes(v); }},
      {"devices", [](Self& s, Value v, Workload&, Container&) { s.read_devices(v); }},
      {"secrets", [](Self& s, Value v, Workload&, Container&) { s.read_uses(v, true); }},
      {"configs", [](Self& s, Value v, Workload&, Container&) { s.read_uses(v, false); }},
      {"entrypoint", [](Self& s, Value v, Workload&, Container& c) { c.command = s.words(v); }},
      {"command", [](Self& s, Value v, Workload&, Container& c) { c.args = s.words(v); }},
      {"labels", [](Self& s, Value v, Workload& w, Container&) { w.labels = s.pairs(v); }},
      {"annotations",
       [](Self& s, Value v, Workload& w, Container&) { w.annotations = s.pairs(v); }},
      {"build", [](Self& s, Value v, Workload&, Container& c) { s.read_build(v, c.build); }},
      {"deploy", [](Self& s, Value v, Workload& w, Container& c) { s.read_deploy(v, w, c); }},
      {"healthcheck", [](Self& s, Value v, Workload&, Container& c) { s.read_health(v, c); }},
      {"mem_limit",
       [](Self& s, Value v, Workload&, Container& c) { s.read(c.resources.memory_limit, v); }},
      {"cpus", [](Self& s, Value v, Workload&, Container& c) { s.read(c.resources.cpu_limit, v); }},
      {"mem_reservation",
       [](Self& s, Value v, Workload&, Container& c) { s.read(c.resources.memory_request, v); }},
      {"platform",
       [](Self& s, Value v, Workload& w, Container&) {
         Text platform;
         s.read(platform, v);
         if (platform.value.starts_with("windows")) {
           w.os_name = {"windows", v.id(), Text::State::written};
         }
       }},
  };
  const auto found = kMembers.find(member.key());
  if (found != kMembers.end() && member.set()) found->second(*this, member, out, container);
}

// `1000`, `1000:1000`, `app`, `root:root`.
void ServiceReader::read_user(Value value, Security& out) {
  read(out.user_name, value);
  if (out.user_name.state == Text::State::absent) return;
  const std::string_view text = value.text();
  const std::size_t colon = find_outside(text, ':');
  const auto id_of = [&](std::string_view name, Number& id) {
    if (has_hole(name)) {
      id = {0, value.id(), Number::State::unresolved};
    } else if (name == "root") {
      id = {0, value.id(), Number::State::written};
    } else if (std::int64_t number = 0; parse_number(name, number)) {
      id = {number, value.id(), Number::State::written};
    }
  };
  id_of(text.substr(0, colon), out.run_as_user);
  if (colon != std::string_view::npos) id_of(text.substr(colon + 1), out.run_as_group);
  // `:1000`, or nothing at all: the image's own user.
  if (text.empty() || colon == 0) out.user_name.state = Text::State::absent;
}

void ServiceReader::read_groups(Value value, Workload& out) {
  (void)out;
  for (const Value item : value) {
    std::int64_t id = 0;
    if (item.text() == "root" || parse_number(item.text(), id)) {
      groups_.push_back({id, item.id(), Number::State::written});
    }
  }
}

// `no-new-privileges`, `seccomp:unconfined`, `apparmor=unconfined`, `label:disable`. Docker takes
// `:` and `=` alike.
void ServiceReader::read_security_options(Value value, Workload& out, Security& security) {
  (void)out;
  security.at = value.id();
  for (const Value item : value) {
    const std::string_view text = item.text();
    if (has_hole(text)) {
      if (!security.allow_privilege_escalation.written()) {
        security.allow_privilege_escalation = {false, item.id(), Flag::State::unresolved};
      }
      continue;
    }
    const std::size_t divider = text.find_first_of(":=");
    const std::string_view name = text.substr(0, divider);
    const std::string_view rest =
        divider == std::string_view::npos ? std::string_view() : text.substr(divider + 1);
    const Text written{rest, item.id(), Text::State::written};
    if (name == "no-new-privileges") {
      const bool on = rest.empty() || lower(rest) == "true";
      security.allow_privilege_escalation = {!on, item.id(), Flag::State::written};
    } else if (name == "seccomp") {
      security.seccomp = written;
    } else if (name == "apparmor") {
      security.apparmor = written;
    } else if (name == "systempaths") {
      security.proc_mount = written;
    } else if (name == "label") {
      const std::size_t second = rest.find_first_of(":=");
      const std::string_view what = rest.substr(0, second);
      const Text label{second == std::string_view::npos ? rest : rest.substr(second + 1), item.id(),
                       Text::State::written};
      if (what == "disable" || what == "type") security.selinux_type = label;
      if (what == "user") security.selinux_user = label;
      if (what == "role") security.selinux_role = label;
    }
  }
}

void ServiceReader::read_mode(Flag& host, Value value) {
  host = {value.text() == "host", value.id(), Flag::State::written};
  if (has_hole(value.text())) host.state = Flag::State::unresolved;
}

// `host`, or `service:other` and `container:other`, whose processes are then seen.
void ServiceReader::read_pid(Value value, Workload& out) {
  read_mode(out.host_pid, value);
  const std::string_view text = value.text();
  if (text.starts_with("service:") || text.starts_with("container:")) {
    out.share_process_namespace = {true, value.id(), Flag::State::written};
  }
}

void ServiceReader::read_sysctls(Value value, Workload& out) {
  (void)out;
  std::vector<EnvVar> read;
  read_environment(value, read);
  for (const EnvVar& pair : read) sysctls_.push_back({pair.name, pair.value});
}

void ServiceReader::read_ports(Value value) {
  for (const Value item : value) {
    if (item.set()) read_port(item);
  }
}

void ServiceReader::read_range(Number& first, std::int64_t& last, Value value,
                               std::string_view text) {
  if (text.empty()) return;
  first = {0, value.id(), Number::State::written};
  if (has_hole(text)) {
    first.state = Number::State::unresolved;
    return;
  }
  const PortRange range = parse_range(text);
  if (!range.valid) {
    first.value = -1;
    invalid(value, "a port or a range of ports");
    return;
  }
  first.value = range.first;
  if (range.last != range.first) last = range.last;
}

void ServiceReader::read_port(Value item) {
  Port port;
  place_all(item.id(), port.name, port.container, port.host, port.host_ip, port.protocol);
  if (item.is_object()) {
    const Value target = item["target"];
    read(port.name, item["name"]);
    read_range(port.container, port.container_last, target, target.text());
    const Value published = item["published"];
    read_range(port.host, port.host_last, published, published.text());
    read(port.host_ip, item["host_ip"]);
    read(port.protocol, item["protocol"]);
    if (!target.set()) invalid(item, "a port with a target");
    ports_.push_back(port);
    return;
  }
  const ShortPort written = split_port(item.text());
  if (!written.valid || item.is_array()) {
    invalid(item, "a port");
    return;
  }
  read_range(port.container, port.container_last, item, written.target);
  read_range(port.host, port.host_last, item, written.published);
  if (!written.ip.empty()) port.host_ip = part(item, written.ip);
  if (!written.protocol.empty()) port.protocol = part(item, written.protocol);
  ports_.push_back(port);
}

// A list of NAME=value, or a mapping.
void ServiceReader::read_environment(Value value, std::vector<EnvVar>& out) {
  for (const Value item : value) {
    EnvVar variable;
    variable.from_ref = project_.whole.outside.contains(item.id());
    if (value.is_object()) {
      variable.name = {item.key(), item.id(), Text::State::written};
      variable.value = absent<std::string_view>(item.id());
      read(variable.value, item);
    } else {
      const std::string_view text = item.text();
      const std::size_t equals = find_outside(text, '=');
      variable.name = part(item, text.substr(0, equals));
      variable.value = equals == std::string_view::npos ? absent<std::string_view>(item.id())
                                                        : part(item, text.substr(equals + 1));
    }
    if (!variable.name.value.empty()) out.push_back(variable);
  }
}

void ServiceReader::read_env_files(Value service) {
  const Value value = service["env_file"];
  if (value.is_array()) {
    for (const Value item : value) read_env_file(item);
  } else if (value.set()) {
    read_env_file(value);
  }
}

// A file that is not there is not an error: it is often kept out of the repository, as it should.
void ServiceReader::read_env_file(Value item) {
  const Value path = item.is_object() ? item["path"] : item;
  if (!path.set() || has_hole(path.text()) || is_absolute(path.text())) return;
  if (env_entries_ >= kMostEnvEntries || env_from_.size() >= kMostFiles) {
    invalid(path, "one of fewer env_file entries");
    return;
  }
  const std::string file = join_path(project_.directory_of(path.id()), path.text());
  const auto source = beside_->read(file);
  if (!source) return;
  EnvFrom from{.name = part(path, path.text())};
  if (const auto ignored = beside_->ignored_by_git(file)) {
    from.git = *ignored ? InGit::ignored : InGit::included;
  }
  env_from_.push_back(from);
  const bool raw = item.is_object() && item["format"].text() == "raw";
  env_entries_ += 1 + (*source)->text().size() / 16;  // no entry is much shorter
  for (const EnvEntry& entry : read_env((*source)->text(), project_.variables, raw)) {
    EnvVar& variable = env_.emplace_back();
    variable.from_ref = true;
    variable.name = {arena_.copy(entry.name), path.id(), Text::State::written};
    variable.value = absent<std::string_view>(path.id());
    if (!entry.given) continue;
    variable.value.state = has_hole(entry.value) ? Text::State::unresolved : Text::State::written;
    variable.value.value = arena_.copy(without_marks(entry.value));
  }
}

void ServiceReader::read_volumes(Value value) {
  for (const Value item : value) {
    if (item.set()) read_volume(item);
  }
}

void ServiceReader::read_volume(Value item) {
  if (item.is_object()) {
    const std::string_view type = item["type"].text();
    Text source = absent<std::string_view>(item.id());
    Text target = absent<std::string_view>(item.id());
    Flag read_only = absent<bool>(item.id());
    read(source, item["source"]);
    read(target, item["target"]);
    read(read_only, item["read_only"], false);
    add_mount(item, source, target, read_only, type == "bind" || type == "npipe", type);
    return;
  }
  if (item.is_array()) {
    invalid(item, "a volume");
    return;
  }
  const ShortVolume written = split_volume(item.text());
  Text source = absent<std::string_view>(item.id());
  if (!written.source.empty()) source = part(item, written.source);
  Flag read_only{written.has_option("ro"), item.id(), Flag::State::written};
  if (has_hole(written.options)) read_only.state = Flag::State::unresolved;
  const bool bind = is_path(written.source) || has_hole(written.source.substr(0, 1));
  add_mount(item, source, part(item, written.target), read_only, bind, bind ? "bind" : "volume");
}

// `driver_opts: {type: none, o: bind, device: /path}` makes a named volume a bind mount.
Value ServiceReader::named_volume_device(std::string_view name) const {
  if (name.empty()) return {};
  const Value options = volumes_of_project_[name]["driver_opts"];
  const Value device = options["device"];
  const std::string_view type = options["type"].text();
  const std::string_view how = options["o"].text();
  const bool binds = how.find("bind") != std::string_view::npos || type == "none";
  return device.set() && binds ? device : Value();
}

void ServiceReader::add_mount(Value item, Text source, const Text& target, const Flag& read_only,
                              bool bind, std::string_view type) {
  Volume& volume = volumes_.emplace_back();
  kaudit::place(volume, item.id());
  volume.at = item.id();
  // A mount has a volume of its own, so its place in the list serves as the name.
  const std::string number = std::to_string(volumes_.size());
  volume.name = {arena_.copy(number), item.id(), Text::State::written};
  volume.type = type;
  if (bind) {
    volume.host_path = source;
    volume.type = "bind";
  } else if (const Value device = named_volume_device(source.value); device.present()) {
    read(volume.host_path, device);
    volume.type = "bind";
  } else {
    volume.claim = source;
  }
  Mount& mount = mounts_.emplace_back();
  place_all(item.id(), mount.sub_path, mount.propagation);
  mount.volume = volume.name;
  mount.path = target;
  mount.read_only = read_only;
}

void ServiceReader::read_devices(Value value) {
  for (const Value item : value) {
    Device device{absent<std::string_view>(item.id()), absent<std::string_view>(item.id())};
    if (item.is_object()) {
      read(device.name, item["source"]);
      read(device.path, item["target"]);
    } else {
      const ShortVolume written = split_volume(item.text());
      device.path = part(item, written.target);
      device.name = part(item, written.source.empty() ? written.target : written.source);
    }
    devices_.push_back(device);
  }
}

void ServiceReader::locate_dockerfile(BuildRequest& build, bool is_inline) {
  const auto is_of_project = [](const Text& path) {
    return path.state != Text::State::unresolved && !is_remote(path.value) &&
           !is_absolute(path.value);
  };
  if (!is_of_project(build.context)) return;
  const std::string& directory = project_.directory_of(build.at);
  const std::string context =
      build.context.written() ? join_path(directory, build.context.value) : directory;
  build.directory = arena_.copy(context);
  if (is_inline || !is_of_project(build.dockerfile)) return;
  build.file = arena_.copy(join_path(context, build.dockerfile.value_or("Dockerfile")));
}

void ServiceReader::read_build(Value value, BuildRequest& out) {
  out.at = value.id();
  place_all(value.id(), out.context, out.dockerfile, out.target);
  if (!value.is_object()) {
    read(out.context, value);
    return locate_dockerfile(out, false);
  }
  read(out.context, value["context"]);
  read(out.dockerfile, value["dockerfile"]);
  read(out.target, value["target"]);
  locate_dockerfile(out, value["dockerfile_inline"].set());
  std::vector<EnvVar> args;
  read_environment(value["args"], args);
  out.args = arena_.copy(args);
}

// Names, or mappings with the name as `source`.
void ServiceReader::read_uses(Value value, bool secret) {
  for (const Value item : value) {
    const Value name = item.is_object() ? item["source"] : item;
    if (name.kind() != Kind::string || name.text().empty()) continue;
    uses_.push_back({part(name, name.text()), secret});
  }
}

// A list of names, or a mapping.
void ServiceReader::read_networks(Value value, Workload& out) {
  std::vector<Network> networks;
  for (const Value item : value) {
    const std::string_view name = value.is_object() ? item.key() : item.text();
    if (name.empty()) continue;
    networks.push_back({part(item, name), internal_networks_.contains(name)});
  }
  out.networks = arena_.copy(networks);
}

void ServiceReader::read_deploy(Value value, Workload& out, Container& container) {
  out.global = value["mode"].text() == "global";
  read(out.replicas, value["replicas"]);
  const Value limits = value["resources"]["limits"];
  read(container.resources.cpu_limit, limits["cpus"]);
  read(container.resources.memory_limit, limits["memory"]);
  const Value reservations = value["resources"]["reservations"];
  read(container.resources.cpu_request, reservations["cpus"]);
  read(container.resources.memory_request, reservations["memory"]);
}

// A string is a script of a shell, as is what follows CMD-SHELL.
void ServiceReader::read_health(Value value, Container& container) {
  container.healthcheck = {true, value.id(), Flag::State::written};
  Flag disabled = absent<bool>(value.id());
  read(disabled, value["disable"], false);
  if (disabled.state == Flag::State::unresolved || disabled.is(true)) {
    container.healthcheck = {false, disabled.at, disabled.state};
  }
  const Value test = value["test"];
  std::span<const Text> words = items(test);
  if (words.empty()) return;
  const bool is_list = test.is_array();
  const std::string_view how = is_list ? words.front().value : std::string_view("CMD-SHELL");
  if (is_list) words = words.subspan(1);
  if (how == "NONE") container.healthcheck = {false, test.id(), Flag::State::written};
  if (how == "NONE" || words.empty()) return;
  if (how == "CMD-SHELL") {
    std::vector<Text> shell{{"sh", test.id(), Text::State::written},
                            {"-c", test.id(), Text::State::written}};
    shell.insert(shell.end(), words.begin(), words.end());
    words = arena_.copy(shell);
  }
  handler_commands_.push_back(words);
}

// ---- Secrets and configs -----------------------------------------------------------------------

void ServiceReader::read(Value entry, bool secret, Config& out) {
  out.document = &project_.document();
  out.at = entry.id();
  out.surface = Surface::compose;
  out.kind = secret ? "secret" : "config";
  out.name = entry.key();
  out.secret = secret;
  out.file = absent<std::string_view>(entry.id());
  out.secret_type = absent<std::string_view>(entry.id());
  read(out.file, entry["file"]);
  Text content = absent<std::string_view>(entry.id());
  read(content, entry["content"]);
  if (content.state != Text::State::absent) {
    const std::vector<Pair> pairs{{entry.key(), content}};
    out.plain = arena_.copy(pairs);
  }
  if (beside_ != nullptr && out.file.written() && !is_absolute(out.file.value)) {
    const auto ignored =
        beside_->ignored_by_git(join_path(project_.directory_of(out.file.at), out.file.value));
    if (ignored) out.git = *ignored ? InGit::ignored : InGit::included;
  }
  out.problems = arena_.copy(problems_);
}

}  // namespace kaudit::compose
