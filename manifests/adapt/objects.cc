#include "manifests/adapt/objects.h"

#include "manifests/adapt/place.h"
#include "manifests/adapt/pod.h"

namespace kaudit {

void ObjectReader::read(Value object, Role& out) {
  const Value rules = object["rules"];
  if (!reader_.list(rules)) return;
  rules_.clear();
  for (const Value item : rules) {
    if (!reader_.mapping(item)) continue;
    rules_.push_back({.at = item.id(),
                      .verbs = reader_.texts(item["verbs"]),
                      .groups = reader_.texts(item["apiGroups"]),
                      .resources = reader_.texts(item["resources"]),
                      .names = reader_.texts(item["resourceNames"]),
                      .urls = reader_.texts(item["nonResourceURLs"])});
  }
  out.rules = reader_.arena().copy(rules_);
}

void ObjectReader::read(Value object, Binding& out) {
  place_all(object.id(), out.role_kind, out.role_name);
  if (const Value ref = object["roleRef"]; reader_.mapping(ref)) {
    place_all(ref.id(), out.role_kind, out.role_name);
    reader_.read(out.role_kind, ref["kind"]);
    reader_.read(out.role_name, ref["name"]);
  }
  const Value subjects = object["subjects"];
  if (!reader_.list(subjects)) return;
  subjects_.clear();
  for (const Value item : subjects) {
    if (!reader_.mapping(item)) continue;
    Subject& subject = subjects_.emplace_back();
    place_all(item.id(), subject, subject.kind, subject.name, subject.ns);
    reader_.read(subject.kind, item["kind"]);
    reader_.read(subject.name, item["name"]);
    reader_.read(subject.ns, item["namespace"]);
  }
  out.subjects = reader_.arena().copy(subjects_);
}

void ObjectReader::read(Value object, Service& out) {
  out.type.at = object.id();
  const Value spec = object["spec"];
  if (!reader_.mapping(spec)) return;
  out.type.at = spec.id();
  reader_.read(out.type, spec["type"]);
  out.external_ips = reader_.texts(spec["externalIPs"]);
  const Value ports = spec["ports"];
  if (!reader_.list(ports)) return;
  ports_.clear();
  for (const Value item : ports) {
    if (!reader_.mapping(item)) continue;
    Port& port = ports_.emplace_back();
    place_all(item.id(), port.name, port.container, port.host, port.host_ip, port.protocol);
    reader_.read(port.name, item["name"]);
    reader_.read(port.protocol, item["protocol"]);
    reader_.read_port(port.host, item["nodePort"]);
    const Value target = item["targetPort"];  // a number, or the name of a container's port
    reader_.read_port(port.container, target.kind() == Kind::integer ? target : item["port"]);
  }
  out.ports = reader_.arena().copy(ports_);
}

void ObjectReader::read(Value object, PersistentVolume& out) {
  const Value spec = object["spec"];
  out.path.at = spec.set() ? spec.id() : object.id();
  if (!reader_.mapping(spec)) return;
  auto [type, source] = volume_source(spec);
  if (const Value local = spec["local"]; type != "hostPath" && local.set()) {
    type = "local";
    source = local;
  }
  out.type = type;
  if ((type == "hostPath" || type == "local") && reader_.mapping(source)) {
    out.path.at = source.id();
    reader_.read(out.path, source["path"]);
  }
}

void ObjectReader::read(Value object, ServiceAccount& out) {
  out.automount_token.at = object.id();
  reader_.read(out.automount_token, object["automountServiceAccountToken"], true);
  std::vector<ConfigUse> uses;
  for (const Value item : object["imagePullSecrets"]) {
    const Value name = item["name"];
    if (name.kind() != Kind::string || name.text().empty()) continue;
    ConfigUse& use = uses.emplace_back();
    use.secret = use.only_pulls = true;
    reader_.read(use.name, name);
  }
  out.uses = reader_.arena().copy(uses);
}

void ObjectReader::read(Value object, Config& out) {
  out.secret_type.at = object.id();
  reader_.read(out.secret_type, object["type"]);
  out.data = reader_.pairs(object["data"]);
  out.plain = reader_.pairs(object["stringData"]);
}

}  // namespace kaudit
