// Facts: what rules see. Adapters (manifests/adapt) turn documents of every surface into them, so a
// rule never meets a parser, a file or a surface's syntax.
//
// A fact is a view: small trivially copyable structs whose lists and texts live in the adapter's
// Arena or in the Document. Ownership: none; facts are valid during the FactVisitor call that hands
// them over. Thread-safety: const data.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/document.h"
#include "core/image_ref.h"

namespace kaudit {

// Where a fact was written. The bits make sets (Rule::surfaces).
enum class Surface : std::uint8_t { kubernetes = 1, compose = 2, dockerfile = 4, image = 8 };
[[nodiscard]] std::string_view name_of(Surface surface) noexcept;

// What was written for a field, and where.
template <class T>
struct Field {
  enum class State : std::uint8_t {
    absent,      // not written, or null: Kubernetes treats these alike
    written,     // `value` counts; after an invalid type it holds the worse reading (see Problem)
    unresolved,  // ${VAR}, an ARG without default: neither true nor false, no rule fails on it
  };
  T value{};
  NodeId at = kNoNode;  // when absent: the nearest enclosing value, so that a finding has a place
  State state = State::absent;

  [[nodiscard]] constexpr bool written() const noexcept { return state == State::written; }
  // Written with exactly this value.
  [[nodiscard]] constexpr bool is(const T& wanted) const noexcept {
    return written() && value == wanted;
  }
  [[nodiscard]] constexpr T value_or(T other) const noexcept { return written() ? value : other; }
};
using Text = Field<std::string_view>;
using Flag = Field<bool>;
using Number = Field<std::int64_t>;

// A name with a value: a label, an annotation, an entry of a ConfigMap.
struct Pair {
  std::string_view name;
  Text value;
};

// Something about an object that its reader or adapter could not take as written.
struct Problem {
  enum class What : std::uint8_t {
    duplicate_key,  // `at` counts, `other` is the one ignored
    invalid_type,   // `at` has a type that Kubernetes rejects; `expected` says which it wants
    misplaced,      // Kubernetes ignores the field where it stands; `expected` is its right path
    // The next two are errors of the object rather than findings (Evaluation::errors):
    unreadable,       // null or of another type on the way to the containers: nothing below it was
                      // judged; `expected` says which type it wants
    unknown_version,  // no Kubernetes has the kind in this apiVersion: judged as `expected`
  };
  What what = What::invalid_type;
  NodeId at = kNoNode;
  NodeId other = kNoNode;
  std::string_view expected;  // "a boolean", "spec.hostNetwork", "apps/v1"
};

// The envelope of anything that has a name: a Kubernetes object, a Compose service.
struct Object {
  const Document* document = nullptr;
  NodeId at = kNoNode;
  Surface surface = Surface::kubernetes;
  std::string_view api_version;
  std::string_view kind;
  std::string_view name;
  std::string_view ns;
  // What made it and keeps it, in the same namespace: of a ReplicaSet its Deployment. Empty:
  // nothing.
  std::string_view controller_kind, controller_name;
  std::span<const Pair> labels;
  std::span<const Pair> annotations;
  std::span<const Problem> problems;
  // An object with several pod templates is handed over once for each, counted from 0. Problems
  // come with part 0, and checks of Object see only that one.
  std::uint32_t part = 0;
};

// One level of a security context: the pod's, or a container's.
struct Security {
  NodeId at = kNoNode;  // the securityContext, else the nearest enclosing value
  Flag privileged;
  Flag allow_privilege_escalation;
  Flag read_only_root_filesystem;
  Flag run_as_non_root;
  Number run_as_user;
  Number run_as_group;
  Text user_name;  // Compose `user:`, windowsOptions.runAsUserName
  Text seccomp;    // type; written and empty: a profile object without type
  Text apparmor;   // type; likewise
  Text proc_mount;
  Text selinux_type;
  Text selinux_user;
  Text selinux_role;
  Flag host_process;  // windowsOptions.hostProcess
  std::span<const Text> capabilities_add;
  std::span<const Text> capabilities_drop;
};

struct Port {
  Text name;
  Number container;
  Number host;  // absent in Compose: published all the same, on a port that Docker chooses
  Text host_ip;
  Text protocol;
  // Of a Compose range the last ones, else 0.
  std::int64_t container_last = 0;
  std::int64_t host_last = 0;
};

struct EnvVar {
  Text name;
  Text value;             // absent when the value comes from elsewhere
  bool from_ref = false;  // valueFrom: a Secret, ConfigMap or field. Compose: an env_file, or a
                          // variable of .env; the value is known then
};

// Whether git leaves a file out; unknown where there is no repository.
enum class InGit : std::uint8_t { unknown, ignored, included };

struct EnvFrom {
  Text name;            // Compose: the path of an env_file; its variables have the same place
  bool secret = false;  // else a ConfigMap
  InGit git = InGit::unknown;  // of an env_file that is there
};

struct Build;         // a Dockerfile: core/build.h
struct LayeredImage;  // an image archive: core/image.h

// Compose's `build:`.
struct BuildRequest {
  NodeId at = kNoNode;  // none: nothing is built
  Text context, dockerfile, target;
  // The context and the Dockerfile seen from the project's directory; empty: it is not a file of
  // the project (inline, remote), or a variable in its path has no value.
  std::string_view directory, file;
  std::span<const EnvVar> args;
  // Where the Dockerfile was followed: what it builds with these args up to that target. Its places
  // are of another document.
  const Build* made = nullptr;
};

struct Mount {
  Text volume;  // a Compose short mount has none and sets `source`
  Text path;
  Text sub_path;  // of subPath or subPathExpr; unresolved where it has a variable
  Text propagation;
  Flag read_only;
};

struct Device {
  Text name;  // volumeDevices name, a Compose device, an extended resource such as nvidia.com/gpu
  Text path;
};

// `host` of a probe or lifecycle handler: what it is, for messages ("livenessProbe.httpGet").
struct ProbeHost {
  std::string_view handler;
  Text host;
};

struct Resources {
  NodeId at = kNoNode;
  Text cpu_request, cpu_limit, memory_request, memory_limit;
};

// An image as it is written, and its parts: taken apart once, for all rules.
struct Image : Text {
  ImageRef ref;  // of a written one
  // Written, and one that a runtime accepts (parse_image). Ask last: it looks at every character.
  [[nodiscard]] bool valid() const noexcept { return written() && is_valid(value, ref); }
};
[[nodiscard]] inline Image image_of(const Text& text) noexcept {
  return {text, text.written() ? split_image(text.value) : ImageRef{}};
}

struct BuiltImage;  // core/built_image.h

struct Container {
  enum class Role : std::uint8_t { init, app, ephemeral, service };  // the last: of Compose
  Role role = Role::app;
  NodeId at = kNoNode;
  Text name;
  Image image;
  Text image_pull_policy;
  Text restart_policy;  // an init container's `Always` makes it a sidecar
  Flag healthcheck;     // of Compose; false: it switches off the image's
  BuildRequest build;
  const BuiltImage* built = nullptr;  // null: not known to be built by a Dockerfile in the tree
  Security security;
  Resources resources;
  std::span<const Text> command;
  std::span<const Text> args;
  std::span<const Port> ports;
  std::span<const EnvVar> env;
  std::span<const EnvFrom> env_from;
  std::span<const Mount> mounts;
  std::span<const Device> devices;
  std::span<const ProbeHost> probe_hosts;                   // those that set a host
  std::span<const std::span<const Text>> handler_commands;  // of exec probes and lifecycle hooks
};
[[nodiscard]] std::string_view name_of(Container::Role role) noexcept;

struct Volume {
  NodeId at = kNoNode;
  Text name;
  // Kubernetes' name of the source (`hostPath`, `nfs`, …), the worst where several are written;
  // empty: none is (Kubernetes then makes it an emptyDir).
  std::string_view type;
  Text host_path;       // hostPath.path, the source of a Compose bind mount
  Text host_path_type;  // hostPath.type: Socket, Directory …
  Text claim;           // persistentVolumeClaim.claimName
  Image image;          // image.reference
};

// That a pod or a service is handed a Secret or a ConfigMap by its name, one entry for each place
// that says so: a variable, an envFrom, a volume.
struct ConfigUse {
  Text name;
  bool secret = false;      // else a ConfigMap
  bool only_pulls = false;  // an imagePullSecret: what runs in the pod does not see it
};

struct Sysctl {
  Text name;
  Text value;
};

// A network of Compose that a service is attached to.
struct Network {
  Text name;
  bool internal = false;  // `internal: true`: nothing from outside the host gets in
};

// A pod, a pod template of any kind, or a Compose service.
struct Workload : Object {
  NodeId spec_at = kNoNode;
  bool patch = false;  // no container has an image: this only patches another object
  // The pod template's own metadata: its annotations carry AppArmor and seccomp settings.
  std::span<const Pair> pod_labels;
  std::span<const Pair> pod_annotations;
  Security pod;
  Flag host_network, host_pid, host_ipc, host_users;
  Flag host_uts, host_cgroup;            // Compose alone
  InGit variables_git = InGit::unknown;  // Compose: of the project's .env
  Flag share_process_namespace;
  Flag automount_token;
  Text service_account;
  Text os_name;
  Text runtime_class;
  Text restart_policy;
  Number replicas;
  NodeId host_aliases = kNoNode;  // spec.hostAliases where it is not empty
  Number fs_group;
  std::span<const Number> supplemental_groups;
  std::span<const Sysctl> sysctls;
  std::span<const Volume> volumes;
  std::span<const ConfigUse> uses;
  std::span<const Container> containers;  // init, then app, then ephemeral: Kubernetes' order
  // Compose alone: `networks` empty is the project's default one.
  Text network_mode;
  std::span<const Network> networks;
  bool global = false;  // `deploy.mode: global`: on every node

  [[nodiscard]] bool windows() const noexcept { return os_name.is("windows"); }
};

struct PolicyRule {
  NodeId at = kNoNode;
  std::span<const Text> verbs, groups, resources, names;
  std::span<const Text> urls;  // nonResourceURLs
};

// Role and ClusterRole.
struct Role : Object {
  std::span<const PolicyRule> rules;
};

struct Subject {
  NodeId at = kNoNode;
  Text kind, name, ns;
};

// RoleBinding and ClusterRoleBinding.
struct Binding : Object {
  Text role_kind, role_name;
  std::span<const Subject> subjects;
};

// What a service's port leads to.
struct ServicePort {
  NodeId at = kNoNode;
  Text name, protocol;
  Number port, node;  // node: absent unless it is written
  Text target;        // targetPort: a number or the name of a container's port; absent: `port`
};

struct Service : Object {
  Text type;
  Text cluster_ip;     // None: headless
  Text external_name;  // of type ExternalName
  std::span<const Pair> selector;
  std::span<const Text> source_ranges;  // loadBalancerSourceRanges
  std::span<const ServicePort> routes;
  std::span<const Text> external_ips;
  std::span<const Port>
      ports;  // container: targetPort where it is a number, else port; host: nodePort
};

// One of a label selector's matchExpressions.
struct Requirement {
  Text key, op;
  std::span<const Text> values;
};

// A label selector: everything when it is empty.
struct Selector {
  NodeId at = kNoNode;
  bool written = false;
  std::span<const Pair> labels;  // matchLabels
  std::span<const Requirement> expressions;
};

// An object that a route names: a Service with its port, a Gateway.
struct Reference {
  NodeId at = kNoNode;
  Text kind, ns, name, port;  // port: a number or a name
};

// What leads requests from outside to Services: Ingress, the routes of the Gateway API, OpenShift's
// Route, Traefik's IngressRoute, Istio's VirtualService.
struct NetworkRoute : Object {
  Text class_name;                      // ingressClassName
  bool attached = true;                 // false: for traffic between pods alone (a mesh)
  std::span<const Reference> gateways;  // that it hangs on, where its kind names any
  std::span<const Reference> backends;
};

// Of the Gateway API, or Istio's.
struct NetworkGateway : Object {
  Text class_name;
  std::span<const Pair> selector;        // Istio: the labels of the pods that serve it
  std::span<const Pair> infrastructure;  // annotations that its load balancer gets
};

struct NetworkPeer {
  NodeId at = kNoNode;
  Selector pods, namespaces;
  Text cidr;  // of an ipBlock
};

struct NetworkPolicyPort {
  Text port;   // a number or the name of a container's port; absent: all
  Number end;  // of a range
  Text protocol;
};

// Of the ingress rules of a NetworkPolicy: who may come in, and where. Empty: anyone, everywhere.
struct NetworkRule {
  NodeId at = kNoNode;
  std::span<const NetworkPeer> from;
  std::span<const NetworkPolicyPort> ports;
};

struct NetworkPolicy : Object {
  Selector pods;
  bool ingress = true;  // policyTypes has Ingress: what no rule lets in stays outside
  std::span<const NetworkRule> rules;
};

struct PersistentVolume : Object {
  std::string_view type;  // as Volume::type
  Text path;              // of hostPath or local
};

struct Namespace : Object {};  // its labels say it all

struct ServiceAccount : Object {
  Flag automount_token;
  std::span<const ConfigUse> uses;  // imagePullSecrets, which its pods get
};

// ConfigMap and Secret, `configs:` and `secrets:` of Compose.
struct Config : Object {
  bool secret = false;
  Text file;                   // Compose: where the value is
  InGit git = InGit::unknown;  // of that file
  Text secret_type;
  std::span<const Pair> data;   // Secret: base64
  std::span<const Pair> plain;  // Secret.stringData
};

// Receives the facts of one document, object by object; what it is handed ends with the call.
class FactVisitor {
 public:
  virtual ~FactVisitor() = default;
  virtual void visit(const Workload&) = 0;
  virtual void visit(const Role&) = 0;
  virtual void visit(const Binding&) = 0;
  virtual void visit(const Service&) = 0;
  virtual void visit(const PersistentVolume&) = 0;
  virtual void visit(const Namespace&) = 0;
  virtual void visit(const ServiceAccount&) = 0;
  virtual void visit(const Config&) = 0;
  virtual void visit(const Build&) = 0;
  virtual void visit(const LayeredImage&) = 0;
  // Everything else: an object that none of the above describes (kind empty: not an object of
  // Kubernetes at all).
  virtual void visit(const Object&) = 0;
  // What only says who reaches whom: to a visitor that does not care, one of everything else.
  virtual void visit(const NetworkRoute& fact) { visit(static_cast<const Object&>(fact)); }
  virtual void visit(const NetworkGateway& fact) { visit(static_cast<const Object&>(fact)); }
  virtual void visit(const NetworkPolicy& fact) { visit(static_cast<const Object&>(fact)); }
};

}  // namespace kaudit
