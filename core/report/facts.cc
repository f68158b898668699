#include "core/report/facts.h"

#include <algorithm>

#include "core/built_image.h"
#include "core/effective.h"
#include "core/host_path.h"

namespace kaudit {
namespace {

using Layout = JsonWriter::Layout;

constexpr std::string_view kRedacted = "(redacted)";

// Annotations whose values are settings; others may hold anything.
bool is_setting(std::string_view annotation) noexcept {
  return annotation.find("apparmor.security.beta.kubernetes.io/") != std::string_view::npos ||
         annotation.find("seccomp.security.alpha.kubernetes.io/") != std::string_view::npos;
}

// Kubernetes' own API groups of workloads have no dot; those of custom resources must have one.
bool is_builtin(const Workload& workload) noexcept {
  return workload.api_version.find('.') == std::string_view::npos &&
         std::none_of(workload.problems.begin(), workload.problems.end(),
                      [](const Problem& p) { return p.what == Problem::What::unknown_version; });
}

std::string_view name_of(Problem::What what) noexcept {
  switch (what) {
    case Problem::What::duplicate_key: return "duplicate-key";
    case Problem::What::invalid_type: return "invalid-type";
    case Problem::What::misplaced: return "misplaced-field";
    case Problem::What::unreadable: return "unreadable";
    case Problem::What::unknown_version: return "unknown-version";
  }
  return "";
}

std::string_view name_of(HostPathKind kind) noexcept {
  switch (kind) {
    case HostPathKind::ordinary: return "ordinary";
    case HostPathKind::runtime_socket: return "runtime-socket";
    case HostPathKind::runtime_directory: return "runtime-directory";
    case HostPathKind::sensitive: return "sensitive";
    case HostPathKind::device: return "device";
  }
  return "";
}

}  // namespace

void FactsWriter::begin(std::string_view version) {
  json_.begin_object();
  json_.member("schema", "kaudit-facts/1");
  json_.member("kaudit", version);
  json_.key("files");
  json_.begin_array();
}

void FactsWriter::begin_file(std::string_view file, Surface surface) {
  file_verdict_ = {};
  surface_ = surface;
  objects_ = workloads_ = custom_workloads_ = 0;
  json_.begin_object();
  json_.member("file", file);
  json_.member("surface", kaudit::name_of(surface));
  json_.key("objects");
  json_.begin_array();
}

void FactsWriter::end_file(std::span<const Error> errors) {
  json_.end_array();
  const bool malformed = std::any_of(errors.begin(), errors.end(), [](const Error& error) {
    return error.code == ErrorCode::malformed;
  });
  json_.member("status", malformed         ? "parse_error"
                         : !errors.empty() ? "not_examined"
                         : objects_ == 0   ? "no_k8s"
                                           : "ok");
  json_.key("errors");
  json_.begin_array();
  for (const Error& error : errors) {
    json_.begin_object(Layout::line);
    json_.member("line", error.where.begin.line);
    json_.member("column", error.where.begin.column);
    json_.member("message", error.message);
    json_.end_object();
  }
  json_.end_array();
  if (surface_ != Surface::dockerfile) {
    json_.member("workloads", workloads_);
    json_.member("custom_workloads", custom_workloads_);
    write(file_verdict_);
  }
  json_.end_object();
}

void FactsWriter::end() {
  json_.end_array();
  json_.end_object();
  json_.end_line();
  json_.flush();
}

// ---- Objects -----------------------------------------------------------------------------------

void FactsWriter::begin_object(const Object& object, std::string_view fact) {
  document_ = object.document;
  if (!object.kind.empty() && object.part == 0) ++objects_;
  json_.begin_object();
  json_.member("fact", fact);
  json_.member("kind", object.kind);
  json_.member("api_version", object.api_version);
  json_.member("namespace", object.ns);
  json_.member("name", object.name);
  place(object.at);
  if (object.part != 0) json_.member("part", object.part);
  // Compose's may hold what its variables are replaced by.
  const bool compose = object.surface == Surface::compose;
  write_pairs("labels", object.labels, compose ? Values::none : Values::all);
  write_pairs("annotations", object.annotations, Values::settings);
  write_problems(object);
}

void FactsWriter::write_problems(const Object& object) {
  list("problems", object.problems, [&](const Problem& problem) {
    json_.member("what", name_of(problem.what));
    json_.member("field", document_->field_path(problem.at, object.at));
    if (!problem.expected.empty()) json_.member("expected", problem.expected);
    place(problem.at);
  });
}

void FactsWriter::visit(const Object& fact) {
  begin_object(fact, "object");
  json_.end_object();
}

void FactsWriter::visit(const Namespace& fact) {
  begin_object(fact, "namespace");
  json_.end_object();
}

void FactsWriter::visit(const ServiceAccount& fact) {
  begin_object(fact, "service-account");
  field("automount_token", fact.automount_token);
  json_.end_object();
}

void FactsWriter::visit(const Role& fact) {
  begin_object(fact, "role");
  list("rules", fact.rules, [&](const PolicyRule& rule) {
    place(rule.at);
    values("verbs", rule.verbs);
    values("groups", rule.groups);
    values("resources", rule.resources);
    values("names", rule.names);
    values("urls", rule.urls);
  });
  json_.end_object();
}

void FactsWriter::visit(const Binding& fact) {
  begin_object(fact, "binding");
  field("role_kind", fact.role_kind);
  field("role_name", fact.role_name);
  list("subjects", fact.subjects, [&](const Subject& subject) {
    place(subject.at);
    field("kind", subject.kind);
    field("name", subject.name);
    field("namespace", subject.ns);
  });
  json_.end_object();
}

void FactsWriter::visit(const Service& fact) {
  begin_object(fact, "service");
  field("type", fact.type);
  values("external_ips", fact.external_ips);
  list("ports", fact.ports, [&](const Port& port) {
    field("name", port.name);
    field("container", port.container);
    field("node", port.host);
    field("protocol", port.protocol);
  });
  json_.end_object();
}

void FactsWriter::visit(const PersistentVolume& fact) {
  begin_object(fact, "persistent-volume");
  json_.member("type", fact.type);
  field("path", fact.path);
  json_.end_object();
}

void FactsWriter::visit(const Config& fact) {
  begin_object(fact, fact.secret ? "secret" : "config-map");
  field("type", fact.secret_type);
  field("file", fact.file);
  write_pairs("data", fact.data, Values::none);
  write_pairs("string_data", fact.plain, Values::none);
  json_.end_object();
}

// ---- Workloads ---------------------------------------------------------------------------------

FactsWriter::Verdict FactsWriter::verdict_of(const Workload& workload) {
  Verdict verdict;
  verdict.host_network = workload.host_network.is(true);
  for (const Container& container : workload.containers) {
    verdict.privileged |= container.security.privileged.is(true);
    verdict.run_as_root |= effective_run_as_user(workload, container).is(0);
  }
  for (const Volume& volume : workload.volumes) {
    if (!volume.host_path.written()) continue;
    const HostPathKind kind = grade(HostPath(volume.host_path.value)).kind;
    verdict.runtime_socket_file |= kind == HostPathKind::runtime_socket;
    verdict.runtime_socket_directory |= kind == HostPathKind::runtime_directory;
  }
  return verdict;
}

void FactsWriter::visit(const Workload& fact) {
  begin_object(fact, "workload");
  const Verdict verdict = verdict_of(fact);
  if (is_builtin(fact)) {
    workloads_ += fact.part == 0 ? 1 : 0;
    file_verdict_.privileged |= verdict.privileged;
    file_verdict_.runtime_socket_file |= verdict.runtime_socket_file;
    file_verdict_.runtime_socket_directory |= verdict.runtime_socket_directory;
    file_verdict_.run_as_root |= verdict.run_as_root;
    file_verdict_.host_network |= verdict.host_network;
  } else {
    custom_workloads_ += fact.part == 0 ? 1 : 0;
  }
  write(verdict);
  if (fact.patch) json_.member("patch", true);
  json_.key("pod");
  json_.begin_object();
  place(fact.spec_at);
  field("host_network", fact.host_network);
  field("host_pid", fact.host_pid);
  field("host_ipc", fact.host_ipc);
  field("host_users", fact.host_users);
  field("host_uts", fact.host_uts);
  field("host_cgroup", fact.host_cgroup);
  field("share_process_namespace", fact.share_process_namespace);
  field("automount_token", fact.automount_token);
  field("service_account", fact.service_account);
  field("os", fact.os_name);
  field("runtime_class", fact.runtime_class);
  field("restart_policy", fact.restart_policy);
  field("replicas", fact.replicas);
  field("fs_group", fact.fs_group);
  list("supplemental_groups", fact.supplemental_groups,
       [&](const Number& group) { field("group", group); });
  list("sysctls", fact.sysctls, [&](const Sysctl& sysctl) {
    field("name", sysctl.name);
    field("value", sysctl.value);
  });
  if (fact.host_aliases != kNoNode) json_.member("host_aliases", true);
  write_pairs("labels", fact.pod_labels, Values::all);
  write_pairs("annotations", fact.pod_annotations, Values::settings);
  write(fact.pod);
  json_.end_object();
  write_volumes(fact.volumes);
  list("uses", fact.uses, [&](const ConfigUse& use) {
    field("name", use.name);
    json_.member("secret", use.secret);
    if (use.only_pulls) json_.member("only_pulls", true);
  });
  json_.key("containers");
  json_.begin_array();
  for (const Container& container : fact.containers) write(fact, container);
  json_.end_array();
  json_.end_object();
}

void FactsWriter::write(const Verdict& verdict) {
  json_.key("verdict");
  json_.begin_object(Layout::line);
  json_.member("privileged-container", verdict.privileged);
  json_.member("runtime-socket-file", verdict.runtime_socket_file);
  json_.member("runtime-socket-directory", verdict.runtime_socket_directory);
  json_.member("run-as-root", verdict.run_as_root);
  json_.member("host-network", verdict.host_network);
  json_.end_object();
}

void FactsWriter::write(const Security& security) {
  json_.key("security");
  json_.begin_object();
  field("privileged", security.privileged);
  field("allow_privilege_escalation", security.allow_privilege_escalation);
  field("read_only_root_filesystem", security.read_only_root_filesystem);
  field("run_as_non_root", security.run_as_non_root);
  field("run_as_user", security.run_as_user);
  field("run_as_group", security.run_as_group);
  field("user_name", security.user_name);
  field("seccomp", security.seccomp);
  field("apparmor", security.apparmor);
  field("proc_mount", security.proc_mount);
  field("selinux_type", security.selinux_type);
  field("selinux_user", security.selinux_user);
  field("selinux_role", security.selinux_role);
  field("host_process", security.host_process);
  values("capabilities_add", security.capabilities_add);
  values("capabilities_drop", security.capabilities_drop);
  json_.end_object();
}

void FactsWriter::write(const Workload& workload, const Container& container) {
  json_.begin_object();
  json_.member("role", kaudit::name_of(container.role));
  place(container.at);
  field("name", container.name);
  field("image", container.image);
  field("image_pull_policy", container.image_pull_policy);
  field("restart_policy", container.restart_policy);
  write(container.security);
  write(container.build);
  if (container.built != nullptr) write(*container.built);
  json_.key("effective");
  json_.begin_object();
  field("run_as_user", effective_run_as_user(workload, container));
  field("run_as_group", effective_run_as_group(workload, container));
  field("run_as_non_root", effective_run_as_non_root(workload, container));
  json_.end_object();
  json_.key("resources");
  json_.begin_object();
  field("cpu_request", container.resources.cpu_request);
  field("cpu_limit", container.resources.cpu_limit);
  field("memory_request", container.resources.memory_request);
  field("memory_limit", container.resources.memory_limit);
  json_.end_object();
  redacted("command", container.command);
  redacted("args", container.args);
  list("handler_commands", container.handler_commands,
       [&](std::span<const Text> words) { redacted("command", words); });
  list("ports", container.ports, [&](const Port& port) {
    field("name", port.name);
    field("container", port.container);
    field("host", port.host);
    if (port.container_last != 0) json_.member("container_last", port.container_last);
    if (port.host_last != 0) json_.member("host_last", port.host_last);
    field("host_ip", port.host_ip);
    field("protocol", port.protocol);
  });
  write_variables("env", container.env);
  list("env_from", container.env_from, [&](const EnvFrom& from) {
    field("name", from.name);
    json_.member("secret", from.secret);
  });
  list("mounts", container.mounts, [&](const Mount& mount) {
    field("volume", mount.volume);
    field("path", mount.path);
    field("sub_path", mount.sub_path);
    field("propagation", mount.propagation);
    field("read_only", mount.read_only);
  });
  list("devices", container.devices, [&](const Device& device) {
    field("name", device.name);
    field("path", device.path);
  });
  list("probe_hosts", container.probe_hosts, [&](const ProbeHost& probe) {
    json_.member("handler", probe.handler);
    field("host", probe.host);
  });
  json_.end_object();
}

void FactsWriter::write(const BuildRequest& build) {
  if (build.at == kNoNode) return;
  json_.key("build");
  json_.begin_object();
  place(build.at);
  field("context", build.context);
  field("dockerfile", build.dockerfile);
  field("target", build.target);
  if (!build.file.empty()) json_.member("path", build.file);
  write_variables("args", build.args);
  json_.end_object();
}

void FactsWriter::write(const BuiltImage& image) {
  constexpr std::string_view kKinds[] = {"unknown", "root", "uid", "name"};
  json_.key("built");
  json_.begin_object();
  json_.member("dockerfile", image.dockerfile);
  if (!image.target.empty()) json_.member("target", image.target);
  json_.member("said_by", image.said_by);
  json_.member("user_kind", kKinds[static_cast<std::size_t>(image.user)]);
  if (!image.user_name.empty()) json_.member("user", image.user_name);
  json_.member("line", image.where.begin.line);
  if (!image.archive.empty()) {
    json_.member("archive", image.archive);
    json_.member("leaks", image.leaks.size());
  }
  json_.end_object();
}

void FactsWriter::write_variables(std::string_view name, std::span<const EnvVar> variables) {
  list(name, variables, [&](const EnvVar& variable) {
    field("name", variable.name);
    if (variable.value.state != Text::State::absent) json_.member("value", kRedacted);
    if (variable.from_ref) json_.member("from_ref", true);
  });
}

void FactsWriter::write_volumes(std::span<const Volume> volumes) {
  list("volumes", volumes, [&](const Volume& volume) {
    place(volume.at);
    field("name", volume.name);
    json_.member("type", volume.type);
    if (volume.host_path.written()) {
      const HostPath path(volume.host_path.value);
      json_.member("takes_effect_as", path.text());
      json_.member("grade", name_of(grade(path).kind));
    }
    field("host_path", volume.host_path);
    field("host_path_type", volume.host_path_type);
    field("claim", volume.claim);
    field("image", volume.image);
  });
}

// ---- Parts -------------------------------------------------------------------------------------

void FactsWriter::place(NodeId at) {
  const Mark mark = document_->mark(at);
  const Source& source = document_->source_of(at);
  if (&source != &document_->source()) json_.member("file", source.name());
  json_.member("line", mark.line);
  json_.member("column", mark.column);
}

void FactsWriter::values(std::string_view name, std::span<const Text> texts) {
  list(name, texts, [&](const Text& text) {
    json_.member("value", text.value);
    place(text.at);
  });
}

void FactsWriter::redacted(std::string_view name, std::span<const Text> texts) {
  list(name, texts, [&](const Text& text) {
    json_.member("value", kRedacted);
    place(text.at);
  });
}

void FactsWriter::write_pairs(std::string_view name, std::span<const Pair> pairs, Values shown) {
  list(name, pairs, [&](const Pair& pair) {
    json_.member("name", pair.name);
    const bool clear = shown == Values::all || (shown == Values::settings && is_setting(pair.name));
    json_.member("value", clear ? pair.value.value : kRedacted);
    place(pair.value.at);
  });
}

// Nothing at all when empty.
}  // namespace kaudit
