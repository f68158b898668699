#include <algorithm>

#include "manifests/adapt.h"
#include "manifests/adapt/kinds.h"
#include "manifests/adapt/network.h"
#include "manifests/adapt/objects.h"
#include "manifests/adapt/pod.h"
#include "manifests/adapt/steps.h"

namespace kaudit {
namespace {

// A row of the table of custom resources, with the path as it is walked and shown.
struct CustomPath {
  std::string group;
  std::string kind;
  Shape shape;
  std::string path;       // what `shape` says
  std::string spec_path;  // of the pod's spec
  std::string placeholder;
};

std::string_view pop_segment(std::string_view& path) noexcept {
  const std::size_t dot = std::min(path.find('.'), path.size());
  const std::string_view segment = path.substr(0, dot);
  path.remove_prefix(std::min(dot + 1, path.size()));
  return segment;
}

// Calls found(value, parent) for everything set that the path leads to. Recursion: as deep as the
// path has segments, and paths are our own or the user's.
template <class Found>
void walk(Value value, Value parent, std::string_view path, const Found& found) {
  if (!value.set()) return;
  if (path.empty()) {
    found(value, parent);
    return;
  }
  const std::string_view segment = pop_segment(path);
  if (segment == "*") {
    for (const Value child : value) walk(child, value, path, found);
  } else {
    walk(value[segment], value, path, found);
  }
}

// The name of a mapping that holds a pod's spec in one custom resource or another.
bool is_pod_spec_name(std::string_view name) noexcept {
  return name == "spec" || name.ends_with("podSpec") || name.ends_with("podspec") ||
         name.ends_with("PodSpec") || name.ends_with("emplate");
}

bool is_container_list(Value value) noexcept {
  if (value.key() != "containers" || !value.is_array() || value.size() == 0) return false;
  const Value first = *value.begin();
  return first["image"].as_string().has_value() || first["name"].as_string().has_value();
}

bool has_pod(Value object, const BuiltinKind& kind) {
  bool found = false;
  walk(object, {}, kind.path, [&](Value spec, Value) { found = spec["containers"].is_array(); });
  return found;
}

}  // namespace

struct KubernetesAdapter::Impl {
  // An object still to be adapted, with what a list says of its items.
  struct Item {
    Value value;
    std::string_view api_version, kind, placeholder;
  };
  struct Level {
    Value value, parent;
    Value::Iterator at, end;
  };

  explicit Impl(std::span<const PodTemplatePath> additional);

  void run(Value root, FactVisitor& visitor);
  void adapt(const Item& item, FactVisitor& visitor);
  [[nodiscard]] bool is_unknown_version(Value object, const BuiltinKind& kind) const;
  void note_unknown_version(Value object, const BuiltinKind& kind);
  bool push_items(const Item& item, std::string_view api_version, std::string_view kind);
  void read_envelope(const Item& item, std::string_view api_version, std::string_view kind);

  void read_controller(Value owners);
  bool read_custom(Value object);
  void read_by_shape(Value object, const BuiltinKind* namesake);
  void read_builtin_workload(Value object, const BuiltinKind& kind);
  void read_metadata_beside(Value parent);
  [[nodiscard]] Workload new_workload() const;
  void add_pod(Value spec, Value parent, std::string_view path, bool strict);

  template <class Fact>
  void read_and_visit(Value object, FactVisitor& visitor);
  void visit_builtin(Value object, BuiltinKind::What what, FactVisitor& visitor);
  void visit_network(Value object, NetworkKind what, FactVisitor& visitor);
  void visit_workloads(FactVisitor& visitor);
  void attach_problems();
  void visit_rest_of_duplicates(Value root, FactVisitor& visitor);

  std::vector<CustomPath> customs;  // sorted by kind
  Reader reader;
  PodReader pods{reader};
  ObjectReader objects{reader};
  NetworkReader networks{reader};
  Object envelope;
  std::vector<Workload> workloads;
  CommonPod tekton;  // of the object's tasks
  std::vector<Item> pending;
  std::vector<Level> levels;
  std::vector<Document::Duplicate> duplicates;  // sorted by `second`; told ones have no `first`
};

KubernetesAdapter::Impl::Impl(std::span<const PodTemplatePath> additional) {
  const auto add = [this](std::string_view group, std::string_view kind, Shape shape,
                          std::string_view path, std::string_view placeholder) {
    std::string spec_path(path);
    if (shape == Shape::pod_template) spec_path += spec_path.empty() ? "spec" : ".spec";
    customs.insert(std::ranges::upper_bound(customs, kind, {}, &CustomPath::kind),
                   {std::string(group), std::string(kind), shape, std::string(path),
                    std::move(spec_path), std::string(placeholder)});
  };
  for (const CustomKind& row : custom_kinds()) {
    add(row.group, row.kind, row.shape, row.path, row.placeholder);
  }
  for (const PodTemplatePath& row : additional) {
    add(row.group, row.kind, row.bare_spec ? Shape::pod_spec : Shape::pod_template, row.path, "");
  }
}

// ---- Objects -----------------------------------------------------------------------------------

void KubernetesAdapter::Impl::run(Value root, FactVisitor& visitor) {
  if (!root.set()) return;
  duplicates.assign(root.document()->duplicates().begin(), root.document()->duplicates().end());
  std::ranges::sort(duplicates, {}, &Document::Duplicate::second);
  pending.clear();
  pending.push_back({root, {}, {}, {}});
  while (!pending.empty()) {
    const Item item = pending.back();
    pending.pop_back();
    adapt(item, visitor);
  }
  if (!duplicates.empty()) visit_rest_of_duplicates(root, visitor);
}

void KubernetesAdapter::Impl::adapt(const Item& item, FactVisitor& visitor) {
  const Value object = item.value;
  if (!object.set()) return;
  const std::string_view api_version = object["apiVersion"].as_string().value_or(item.api_version);
  const std::string_view kind = object["kind"].as_string().value_or(item.kind);
  if (push_items(item, api_version, kind)) return;

  read_envelope(item, api_version, kind);
  if (kind == "List" && object["items"].set()) {
    reader.note(Problem::What::unreadable, object["items"].id(), "a list");
  }
  if (const NetworkKind what = network_kind(group_of(api_version), kind);
      what != NetworkKind::none) {
    visit_network(object, what, visitor);
    return;
  }
  workloads.clear();
  const BuiltinKind* builtin = find_builtin(kind);
  const bool is_known = builtin != nullptr && knows(*builtin, api_version);
  if (is_known || (builtin != nullptr && is_unknown_version(object, *builtin))) {
    if (!is_known) note_unknown_version(object, *builtin);
    if (builtin->what != BuiltinKind::What::workload) {
      visit_builtin(object, builtin->what, visitor);
      return;
    }
    read_builtin_workload(object, *builtin);
  } else if (api_version.empty() || kind.empty()) {
    envelope.kind = {};  // not an object of Kubernetes
  } else if (!read_custom(object) && !is_policy_group(group_of(api_version))) {
    read_by_shape(object, builtin);
  }
  if (workloads.empty()) {
    attach_problems();
    visitor.visit(envelope);
  } else {
    visit_workloads(visitor);
  }
}

// A kind of Kubernetes in an apiVersion where Kubernetes does not have it.
bool KubernetesAdapter::Impl::is_unknown_version(Value object, const BuiltinKind& kind) const {
  if (!envelope.api_version.empty()) return is_kubernetes_group(group_of(envelope.api_version));
  // Values of a Helm chart have a `kind` now and then, but no pod below it.
  return kind.what == BuiltinKind::What::workload && has_pod(object, kind);
}

void KubernetesAdapter::Impl::note_unknown_version(Value object, const BuiltinKind& kind) {
  const Value version = object["apiVersion"];
  reader.note(Problem::What::unknown_version, version.present() ? version.id() : object.id(),
              first_version(kind));
}

// A list's items wait their turn; false when it is no list.
bool KubernetesAdapter::Impl::push_items(const Item& item, std::string_view api_version,
                                         std::string_view kind) {
  const Value object = item.value;
  Value items;
  std::string_view item_kind;
  if (object.is_array()) {
    // Not what Kubernetes reads, but what a script around it may.
    const Value first = object.size() > 0 ? *object.begin() : Value();
    if (!first["apiVersion"].set() || !first["kind"].set()) return false;
    items = object;
    api_version = {};
  } else if (kind.ends_with("List")) {
    items = object["items"];
    // Custom resources of such names list what they like.
    if (kind != "List" && items.size() > 0 && !(*items.begin()).is_object()) return false;
    item_kind = kind.substr(0, kind.size() - 4);
    if (item_kind.empty()) api_version = {};
  }
  if (!items.is_array()) return false;
  const std::size_t first = pending.size();
  for (const Value child : items) {
    pending.push_back({child, api_version, item_kind, item.placeholder});
  }
  std::reverse(pending.begin() + static_cast<std::ptrdiff_t>(first), pending.end());
  return true;
}

void KubernetesAdapter::Impl::read_envelope(const Item& item, std::string_view api_version,
                                            std::string_view kind) {
  const Value object = item.value;
  std::string_view placeholder = item.placeholder;
  if (placeholder.empty()) {
    const auto rows = std::ranges::equal_range(customs, kind, {}, &CustomPath::kind);
    for (const CustomPath& row : rows) {
      if (row.group == group_of(api_version) && row.shape != Shape::objects) {
        placeholder = row.placeholder;
      }
    }
  }
  reader.begin(*object.document(), object.id(), placeholder);
  pods.begin();
  envelope = {};
  envelope.document = object.document();
  envelope.at = object.id();
  envelope.api_version = api_version;
  envelope.kind = kind;
  const Value metadata = object["metadata"];
  if (!object.is_object() || !reader.mapping(metadata)) return;
  std::string_view generate_name;
  for (const Value member : metadata) {
    switch (const Known known = lookup(member.key()); known.exact ? known.name : Name::unknown) {
      case Name::name: envelope.name = member.set() ? member.text() : ""; break;
      case Name::generate_name: generate_name = member.set() ? member.text() : ""; break;
      case Name::namespace_: envelope.ns = member.set() ? member.text() : ""; break;
      case Name::labels: envelope.labels = reader.pairs(member); break;
      case Name::annotations: envelope.annotations = reader.pairs(member); break;
      case Name::owner_references: read_controller(member); break;
      default: break;
    }
  }
  if (envelope.name.empty()) envelope.name = generate_name;
}

// At most one owner is the controller; the API server sees to that.
void KubernetesAdapter::Impl::read_controller(Value owners) {
  if (!owners.is_array()) return;
  for (const Value owner : owners) {
    if (owner["controller"].as_bool() != true) continue;
    const Value kind = owner["kind"], name = owner["name"];
    envelope.controller_kind = kind.set() ? kind.text() : "";
    envelope.controller_name = name.set() ? name.text() : "";
    return;
  }
}

// ---- Pods --------------------------------------------------------------------------------------

Workload KubernetesAdapter::Impl::new_workload() const {
  Workload workload{};
  static_cast<Object&>(workload) = envelope;
  workload.part = static_cast<std::uint32_t>(workloads.size());
  return workload;
}

// The pod template's metadata stands beside its spec.
void KubernetesAdapter::Impl::read_metadata_beside(Value parent) {
  Workload& workload = workloads.back();
  const Value metadata = parent["metadata"];
  if (parent.id() == envelope.at) {
    workload.pod_labels = envelope.labels;
    workload.pod_annotations = envelope.annotations;
  } else if (reader.mapping(metadata)) {
    workload.pod_labels = reader.pairs(metadata["labels"]);
    workload.pod_annotations = reader.pairs(metadata["annotations"]);
  }
}

void KubernetesAdapter::Impl::add_pod(Value spec, Value parent, std::string_view path,
                                      bool strict) {
  if (!reader.mapping(spec) || !pods.take(spec)) return;
  pods.set_path(path);
  pods.read(spec, workloads.emplace_back(new_workload()), strict);
  read_metadata_beside(parent);
}

// No workload comes of a spec that is absent (a patch of something else), null or of another type.
void KubernetesAdapter::Impl::read_builtin_workload(Value object, const BuiltinKind& kind) {
  pods.set_path(kind.path);
  Value value = object;
  Value parent;
  for (std::string_view path = kind.path; !path.empty();) {
    pods.check_outside(value);
    pods.check_outside(value["metadata"]);
    parent = value;
    value = value[pop_segment(path)];
    if (value.is_object()) continue;
    if (value.present()) reader.note(Problem::What::unreadable, value.id(), "a mapping");
    return;
  }
  add_pod(value, parent, kind.path, true);
  reader.read(workloads.back().replicas, object["spec"]["replicas"], 1);
}

bool KubernetesAdapter::Impl::read_custom(Value object) {
  const auto rows = std::ranges::equal_range(customs, envelope.kind, {}, &CustomPath::kind);
  bool has_row = false;
  for (const CustomPath& row : rows) {
    if (row.group != group_of(envelope.api_version)) continue;
    has_row = true;
    if (row.shape == Shape::objects) {
      const std::size_t first = pending.size();
      walk(object, {}, row.path,
           [&](Value found, Value) { pending.push_back({found, {}, {}, row.placeholder}); });
      std::reverse(pending.begin() + static_cast<std::ptrdiff_t>(first), pending.end());
      continue;
    }
    pods.set_path(row.spec_path);
    walk(object, {}, row.spec_path, [&](Value found, Value parent) {
      switch (row.shape) {
        case Shape::pod_template: add_pod(found, parent, row.spec_path, true); break;
        case Shape::pod_spec: add_pod(found, parent, row.spec_path, false); break;
        case Shape::argo_workflow:
          read_argo_workflow(found, new_workload(), reader, pods, workloads);
          break;
        case Shape::tekton_task:
          if (workloads.empty()) {
            tekton = read_tekton_run(object["spec"], new_workload(), reader, pods);
          }
          read_tekton_task(found, tekton, reader, pods, workloads);
          break;
        case Shape::tekton_step:
          read_tekton_step(found, new_workload(), reader, pods, workloads);
          break;
        case Shape::objects: break;
      }
    });
  }
  return has_row;
}

// A kind that nobody told us of: like its namesake in Kubernetes, else whatever holds a list of
// containers where specs are held.
void KubernetesAdapter::Impl::read_by_shape(Value object, const BuiltinKind* namesake) {
  if (namesake != nullptr && namesake->what == BuiltinKind::What::workload &&
      has_pod(object, *namesake)) {
    read_builtin_workload(object, *namesake);
    return;
  }
  levels.clear();
  levels.push_back({object, {}, object.begin(), object.end()});
  while (!levels.empty()) {
    Level& level = levels.back();
    if (level.at == level.end) {
      levels.pop_back();
      continue;
    }
    const Value child = *level.at;
    ++level.at;
    if (is_container_list(child) && is_pod_spec_name(level.value.key())) {
      const auto [value, parent, at, end] = level;
      levels.pop_back();
      add_pod(value, parent, value.key(), false);
    } else if (child.kind() >= Kind::array) {
      const Value parent = level.value;
      levels.push_back({child, parent, child.begin(), child.end()});
    }
  }
}

// ---- Visits ------------------------------------------------------------------------------------

template <class Fact>
void KubernetesAdapter::Impl::read_and_visit(Value object, FactVisitor& visitor) {
  Fact fact{};
  if constexpr (!std::is_same_v<Fact, Namespace>) objects.read(object, fact);
  if constexpr (std::is_same_v<Fact, Config>) fact.secret = envelope.kind == "Secret";
  if constexpr (std::is_same_v<Fact, Service>) networks.read(object["spec"], fact);
  attach_problems();
  static_cast<Object&>(fact) = envelope;
  visitor.visit(fact);
}

void KubernetesAdapter::Impl::visit_builtin(Value object, BuiltinKind::What what,
                                            FactVisitor& visitor) {
  using What = BuiltinKind::What;
  switch (what) {
    case What::workload: break;
    case What::role: read_and_visit<Role>(object, visitor); break;
    case What::binding: read_and_visit<Binding>(object, visitor); break;
    case What::service: read_and_visit<Service>(object, visitor); break;
    case What::persistent_volume: read_and_visit<PersistentVolume>(object, visitor); break;
    case What::name_space: read_and_visit<Namespace>(object, visitor); break;
    case What::service_account: read_and_visit<ServiceAccount>(object, visitor); break;
    case What::config_map:
    case What::secret: read_and_visit<Config>(object, visitor); break;
  }
}

void KubernetesAdapter::Impl::visit_network(Value object, NetworkKind what, FactVisitor& visitor) {
  const auto visit = [&](auto fact) {
    attach_problems();
    static_cast<Object&>(fact) = envelope;
    visitor.visit(fact);
  };
  if (what == NetworkKind::policy) {
    NetworkPolicy fact{};
    networks.read(object, fact);
    visit(fact);
  } else if (what == NetworkKind::gateway || what == NetworkKind::istio_gateway) {
    NetworkGateway fact{};
    networks.read(object, what, fact);
    visit(fact);
  } else {
    NetworkRoute fact{};
    networks.read(object, what, fact);
    visit(fact);
  }
}

void KubernetesAdapter::Impl::visit_workloads(FactVisitor& visitor) {
  attach_problems();
  workloads.front().problems = envelope.problems;
  for (const Workload& workload : workloads) visitor.visit(workload);
}

// Duplicate keys belong to the object in whose range they stand.
void KubernetesAdapter::Impl::attach_problems() {
  if (!duplicates.empty()) {
    const NodeId end = envelope.document->subtree_end(envelope.at);
    auto duplicate =
        std::ranges::lower_bound(duplicates, envelope.at, {}, &Document::Duplicate::second);
    for (; duplicate != duplicates.end() && duplicate->second < end; ++duplicate) {
      if (duplicate->first == kNoNode) continue;
      reader.problems().push_back({.what = Problem::What::duplicate_key,
                                   .at = duplicate->second,
                                   .other = duplicate->first,
                                   .expected = {}});
      duplicate->first = kNoNode;
    }
  }
  envelope.problems = reader.arena().copy(reader.problems());
}

// Those that are in no object that was handed over: of a list itself, or in its overwritten items.
void KubernetesAdapter::Impl::visit_rest_of_duplicates(Value root, FactVisitor& visitor) {
  const NodeId end = root.document()->subtree_end(root.id());
  const bool any = std::ranges::any_of(duplicates, [&](const Document::Duplicate& duplicate) {
    return duplicate.first != kNoNode && duplicate.second >= root.id() && duplicate.second < end;
  });
  if (!any) return;
  read_envelope({root, {}, {}, {}}, root["apiVersion"].as_string().value_or(""),
                root["kind"].as_string().value_or(""));
  attach_problems();
  visitor.visit(envelope);
}

// ---- The public face ---------------------------------------------------------------------------

KubernetesAdapter::KubernetesAdapter(std::span<const PodTemplatePath> additional)
    : impl_(std::make_unique<Impl>(additional)) {}
KubernetesAdapter::~KubernetesAdapter() = default;
KubernetesAdapter::KubernetesAdapter(KubernetesAdapter&&) noexcept = default;
KubernetesAdapter& KubernetesAdapter::operator=(KubernetesAdapter&&) noexcept = default;

void KubernetesAdapter::adapt(const Document& document, FactVisitor& visitor) {
  impl_->run(document.root(), visitor);
}

void KubernetesAdapter::adapt(Value object, FactVisitor& visitor) { impl_->run(object, visitor); }

}  // namespace kaudit
