// One service of a project into a Workload, one of its secrets or configs into a Config.
//
// What it fills lives in its Arena until begin(). Thread-safety: one thread.
#pragma once

#include <string_view>
#include <unordered_set>
#include <vector>

#include "core/arena.h"
#include "core/facts.h"
#include "manifests/adapt/compose_project.h"

namespace kaudit::compose {

class ServiceReader {
 public:
  // `beside` may be null: files are then neither read nor asked about.
  ServiceReader(const Project& project, ProjectFiles* beside);

  // Forgets the last one.
  void begin();
  void read(Value service, Workload& out);
  // `section`: "secrets" or "configs".
  void read(Value entry, bool secret, Config& out);

 private:
  // ---- Values
  void read(Text& field, Value value);
  void read(Flag& field, Value value, bool worse);
  void read(Number& field, Value value);
  // `text`: a part of the value's own.
  [[nodiscard]] Text part(Value value, std::string_view text);
  [[nodiscard]] std::span<const Text> texts(Value value);
  // A list, or a string as the only item.
  [[nodiscard]] std::span<const Text> items(Value value);
  // A list, or a string split as a shell does it, which then is not asked.
  [[nodiscard]] std::span<const Text> words(Value value);
  [[nodiscard]] std::span<const Pair> pairs(Value value);
  void invalid(Value value, std::string_view expected);

  // ---- Members
  void read_member(Value member, Workload& out, Container& container);
  void read_user(Value value, Security& out);
  void read_groups(Value value, Workload& out);
  void read_security_options(Value value, Workload& out, Security& security);
  void read_mode(Flag& host, Value value);
  void read_pid(Value value, Workload& out);
  void read_sysctls(Value value, Workload& out);
  void read_ports(Value value);
  void read_port(Value item);
  void read_range(Number& first, std::int64_t& last, Value value, std::string_view text);
  void read_environment(Value value, std::vector<EnvVar>& out);
  void read_env_files(Value service);
  void read_env_file(Value item);
  void read_volumes(Value value);
  void read_volume(Value item);
  void add_mount(Value item, Text source, const Text& target, const Flag& read_only, bool bind,
                 std::string_view type);
  void read_devices(Value value);
  void read_build(Value value, BuildRequest& out);
  void read_networks(Value value, Workload& out);
  void read_uses(Value value, bool secret);
  void locate_dockerfile(BuildRequest& build, bool is_inline);
  void read_deploy(Value value, Workload& out, Container& container);
  void read_health(Value value, Container& container);
  [[nodiscard]] Value named_volume_device(std::string_view name) const;

  const Project& project_;
  ProjectFiles* beside_;
  Value volumes_of_project_;
  std::unordered_set<std::string_view> internal_networks_;
  // Of all services: a hostile project has many, and each may read the same long file.
  static constexpr std::size_t kMostEnvEntries = 4'000'000;
  std::size_t env_entries_ = 0;
  Arena arena_{16 << 10};
  std::vector<Problem> problems_;
  std::vector<Container> containers_;
  std::vector<Volume> volumes_;
  std::vector<ConfigUse> uses_;
  std::vector<Mount> mounts_;
  std::vector<Device> devices_;
  std::vector<Port> ports_;
  std::vector<EnvVar> env_;
  std::vector<EnvFrom> env_from_;
  std::vector<Sysctl> sysctls_;
  std::vector<Number> groups_;
  std::vector<std::span<const Text>> handler_commands_;
};

}  // namespace kaudit::compose
