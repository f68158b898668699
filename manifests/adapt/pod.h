// A pod's spec into a Workload, whatever object carries it.
//
// Ownership: what it fills lives in the Reader's arena until Reader::begin(). Thread-safety: one
// thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "manifests/adapt/fields.h"
#include "manifests/adapt/reader.h"

namespace kaudit {

class PodReader {
 public:
  explicit PodReader(Reader& reader) : reader_(reader) {}

  // Before the containers of another object.
  void begin() noexcept { taken_ = volumes_taken_ = 0; }
  // Counts a container or a pod. False beyond kMost in one object, with one Problem for the first:
  // nothing that runs has as many, and each takes a thousand bytes where `{},` was written. The
  // same goes for volumes.
  [[nodiscard]] bool take(Value item);
  static constexpr std::size_t kMost = 10'000;

  // Where the pod's spec stands below its object, "spec.template.spec", for messages about fields
  // that are written elsewhere.
  void set_path(std::string_view path) { path_ = path; }

  // Fills all but the envelope. `strict`: the mapping is a PodSpec and nothing else, so that a
  // container's field in it is misplaced.
  void read(Value spec, Workload& out, bool strict);
  // Security fields in a mapping above the pod's spec, which Kubernetes ignores there.
  void check_outside(Value mapping);

  // For kinds that scatter what a pod has (Argo Workflow, Tekton): between start() and finish(),
  // containers and volumes add up. resume() keeps what `out` has, as a copy of another.
  void start(NodeId spec, Workload& out);
  void resume(NodeId spec, Workload& out);
  void read_field(Value member, Known known, Workload& out);
  void read_security(Value context, Workload& out);
  void read_volumes(Value list);
  void read_pull_secrets(Value list);
  // `required`: null is not an empty list.
  void read_containers(Value list, Container::Role role, bool required = false);
  // Null when it is no mapping; otherwise valid until the next one is added.
  Container* add_container(Value item, Container::Role role);
  // Into `out`, adding it to nothing; false when it is no mapping.
  bool read_container(Value item, Container::Role role, Container& out);
  [[nodiscard]] std::vector<Container>& containers() noexcept { return containers_; }
  void finish(Workload& out);

 private:
  // A container's context, or with `pod` the pod's, whose other fields go there.
  void read_context(Value context, Security& out, Workload* pod);
  void read_capabilities(Value value, Security& out);
  void read_profile(Text& type, Value value);
  void read_selinux(Value value, Security& out);
  void read_windows(Value value, Security& out);
  void read_sysctls(Value list, Workload& out);

  void read_resources(Value value, Container& out);
  void read_ports(Value list, Container& out);
  void read_env(Value list, Container& out);
  void read_env_from(Value list, Container& out);
  void read_mounts(Value list, Container& out);
  void read_devices(Value list);
  void read_lifecycle(Value lifecycle);
  void read_handler(Value handler, std::string_view http, std::string_view tcp);
  void read_volume(Value item, Volume& out);
  void read_host_path(Value value, Volume& out);
  // Of names that are not even strings nothing is noted here: nothing is judged by them.
  void add_use(Value name, bool secret, bool only_pulls = false);

  bool is_within(std::size_t& taken, Value item, std::string_view expected);
  // A security field that is known, but not where it stands or not in this case.
  void stray(Value member, Name name, bool in_container);
  [[nodiscard]] std::string container_path(std::size_t index) const;

  static constexpr std::size_t kSingle = ~std::size_t{0};

  Reader& reader_;
  std::string_view path_;
  std::string_view list_;  // "initContainers", and the container in it that is being read
  std::size_t index_ = 0;  // kSingle: `list_` is the container itself
  std::size_t taken_ = 0, volumes_taken_ = 0;
  std::vector<Container> containers_;
  std::vector<Volume> volumes_;
  std::vector<ConfigUse> uses_;
  std::vector<Sysctl> sysctls_;
  std::vector<Number> groups_;
  std::vector<Port> ports_;
  std::vector<EnvVar> env_;
  std::vector<EnvFrom> env_from_;
  std::vector<Mount> mounts_;
  std::vector<Device> devices_;
  std::vector<ProbeHost> probe_hosts_;
  std::vector<std::span<const Text>> handler_commands_;
};

// The name of a volume's source; the worst one where several are written.
struct VolumeSource {
  std::string_view type;
  Value value;
};
[[nodiscard]] VolumeSource volume_source(Value volume) noexcept;

}  // namespace kaudit
