#include "tests/support/facts_text.h"

#include <memory>

#include "core/image.h"
#include "manifests/load.h"

namespace kaudit::testing {
namespace {

std::string_view name_of(Problem::What what) {
  switch (what) {
    case Problem::What::duplicate_key: return "duplicate_key";
    case Problem::What::invalid_type: return "invalid_type";
    case Problem::What::misplaced: return "misplaced";
    case Problem::What::unreadable: return "unreadable";
    case Problem::What::unknown_version: return "unknown_version";
  }
  return "?";
}

std::string_view in_git(InGit git) {
  switch (git) {
    case InGit::unknown: return "";
    case InGit::ignored: return " (ignored by git)";
    case InGit::included: return " (not ignored by git)";
  }
  return "?";
}

class Adapting final : public DocumentVisitor {
 public:
  Adapting(KubernetesAdapter& adapter, FactVisitor& facts) : adapter_(adapter), facts_(facts) {}
  void document(const Document& document) override { adapter_.adapt(document, facts_); }
  void error(Error error) override { errors += "\nerror " + to_string(error); }
  std::string errors;

 private:
  KubernetesAdapter& adapter_;
  FactVisitor& facts_;
};

}  // namespace

void FactsText::place(NodeId at) {
  text_ += '@';
  const Source& source = document_->source_of(at);
  if (&source != &document_->source()) text_ += source.name() + ':';
  text_ += std::to_string(document_->mark(at).line);
}

void FactsText::word(std::string_view name, std::string_view value) {
  if (value.empty()) return;
  text_.append(" ").append(name).append("=").append(value);
}

void FactsText::field(std::string_view name, const Text& text) {
  if (text.state == Text::State::absent) return;
  text_.append(" ").append(name).append(text.written() ? "=" : "?").append(text.value);
  place(text.at);
}

void FactsText::field(std::string_view name, const Flag& flag) {
  field(name, Text{flag.value ? "true" : "false", flag.at, Text::State(flag.state)});
}

void FactsText::field(std::string_view name, const Number& number) {
  const std::string value = std::to_string(number.value);
  field(name, Text{value, number.at, Text::State(number.state)});
}

void FactsText::texts(std::string_view name, std::span<const Text> texts) {
  if (texts.empty()) return;
  text_.append(" ").append(name).append("=[");
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) text_ += ' ';
    text_ += texts[i].value;
    place(texts[i].at);
  }
  text_ += ']';
}

void FactsText::pairs(std::string_view name, std::span<const Pair> pairs) {
  for (const Pair& pair : pairs)
    field(std::string(name) + '.' + std::string(pair.name), pair.value);
}

void FactsText::envelope(const char* what, const Object& object) {
  document_ = object.document;
  line(what);
  text_.append(" ").append(object.kind);
  place(object.at);
  word("ns", object.ns);
  word("name", object.name);
  if (object.part != 0) word("part", std::to_string(object.part));
  pairs("label", object.labels);
  pairs("annotation", object.annotations);
  for (const Problem& problem : object.problems) {
    line("  ! ");
    text_ += name_of(problem.what);
    place(problem.at);
    word("expected", problem.expected);
    if (problem.other != kNoNode) {
      text_ += " other";
      place(problem.other);
    }
  }
}

void FactsText::security(const Security& security) {
  field("privileged", security.privileged);
  field("escalation", security.allow_privilege_escalation);
  field("read_only_root", security.read_only_root_filesystem);
  field("non_root", security.run_as_non_root);
  field("user", security.run_as_user);
  field("group", security.run_as_group);
  field("user_name", security.user_name);
  field("seccomp", security.seccomp);
  field("apparmor", security.apparmor);
  field("proc_mount", security.proc_mount);
  field("selinux_type", security.selinux_type);
  field("selinux_user", security.selinux_user);
  field("selinux_role", security.selinux_role);
  field("host_process", security.host_process);
  texts("add", security.capabilities_add);
  texts("drop", security.capabilities_drop);
}

void FactsText::visit(const Workload& fact) {
  envelope("workload", fact);
  if (fact.patch) text_ += "\n  patch";
  line("  pod");
  place(fact.spec_at);
  pairs("label", fact.pod_labels);
  pairs("annotation", fact.pod_annotations);
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
  for (const Number& group : fact.supplemental_groups) field("supplemental", group);
  for (const Sysctl& sysctl : fact.sysctls) {
    field("sysctl", sysctl.name);
    field("to", sysctl.value);
  }
  if (fact.host_aliases != kNoNode) {
    text_ += " host_aliases";
    place(fact.host_aliases);
  }
  security(fact.pod);
  for (const ConfigUse& use : fact.uses) {
    line("  uses");
    field(use.only_pulls ? "pull_secret" : use.secret ? "secret" : "config", use.name);
  }
  for (const Volume& volume : fact.volumes) {
    line("  volume ");
    text_ += volume.type;
    place(volume.at);
    field("name", volume.name);
    field("path", volume.host_path);
    field("type", volume.host_path_type);
    field("claim", volume.claim);
    field("image", volume.image);
  }
  for (const Container& each : fact.containers) container(each);
}

void FactsText::container(const Container& container) {
  line("  ");
  text_ += kaudit::name_of(container.role);
  place(container.at);
  field("name", container.name);
  field("image", container.image);
  field("pull", container.image_pull_policy);
  field("restart", container.restart_policy);
  security(container.security);
  if (container.build.at != kNoNode) {
    text_ += " build";
    place(container.build.at);
    field("context", container.build.context);
    field("dockerfile", container.build.dockerfile);
    field("target", container.build.target);
    for (const EnvVar& argument : container.build.args) {
      field("arg", argument.name);
      field("value", argument.value);
    }
  }
  field("cpu_request", container.resources.cpu_request);
  field("cpu_limit", container.resources.cpu_limit);
  field("memory_request", container.resources.memory_request);
  field("memory_limit", container.resources.memory_limit);
  texts("command", container.command);
  texts("args", container.args);
  for (const Port& port : container.ports) {
    field("port", port.container);
    field("port_name", port.name);
    if (port.container_last != 0) word("to", std::to_string(port.container_last));
    field("host_port", port.host);
    if (port.host_last != 0) word("to", std::to_string(port.host_last));
    field("host_ip", port.host_ip);
    field("protocol", port.protocol);
  }
  for (const EnvVar& variable : container.env) {
    field("env", variable.name);
    field("value", variable.value);
    if (variable.from_ref) text_ += " from_ref";
  }
  for (const EnvFrom& from : container.env_from) {
    field(from.secret ? "env_from_secret" : "env_from_config", from.name);
    text_ += in_git(from.git);
  }
  for (const Mount& mount : container.mounts) {
    field("mount", mount.volume);
    field("at", mount.path);
    field("sub_path", mount.sub_path);
    field("propagation", mount.propagation);
    field("read_only", mount.read_only);
  }
  for (const Device& device : container.devices) {
    field("device", device.name);
    field("at", device.path);
  }
  for (const ProbeHost& probe : container.probe_hosts) field(probe.handler, probe.host);
  for (const std::span<const Text> words : container.handler_commands) texts("handler", words);
}

void FactsText::visit(const Role& fact) {
  envelope("role", fact);
  for (const PolicyRule& rule : fact.rules) {
    line("  rule");
    place(rule.at);
    texts("verbs", rule.verbs);
    texts("groups", rule.groups);
    texts("resources", rule.resources);
    texts("names", rule.names);
    texts("urls", rule.urls);
  }
}

void FactsText::visit(const Binding& fact) {
  envelope("binding", fact);
  field("role_kind", fact.role_kind);
  field("role_name", fact.role_name);
  for (const Subject& subject : fact.subjects) {
    line("  subject");
    place(subject.at);
    field("kind", subject.kind);
    field("name", subject.name);
    field("ns", subject.ns);
  }
}

void FactsText::visit(const Service& fact) {
  envelope("service", fact);
  field("type", fact.type);
  texts("external_ips", fact.external_ips);
  for (const Port& port : fact.ports) {
    line("  port");
    field("name", port.name);
    field("container", port.container);
    field("node", port.host);
    field("protocol", port.protocol);
  }
}

void FactsText::visit(const PersistentVolume& fact) {
  envelope("persistent_volume", fact);
  word("type", fact.type);
  field("path", fact.path);
}

void FactsText::visit(const Namespace& fact) { envelope("namespace", fact); }

void FactsText::visit(const ServiceAccount& fact) {
  envelope("service_account", fact);
  field("automount_token", fact.automount_token);
}

void FactsText::visit(const Config& fact) {
  envelope(fact.secret ? "secret" : "config_map", fact);
  field("type", fact.secret_type);
  field("file", fact.file);
  text_ += in_git(fact.git);
  pairs("data", fact.data);
  pairs("string_data", fact.plain);
}

void FactsText::visit(const Build& fact) {
  envelope("build", fact);
  if (fact.escape != '\\') word("escape", std::string_view(&fact.escape, 1));
  for (const BuildPair& arg : fact.global_args) build_pair(arg);
  for (const Stage& stage : fact.stages) {
    line("  stage " + std::string(stage.label));
    place(stage.at);
    field("name", stage.name);
    field("base", stage.base);
    field("platform", stage.platform);
    if (stage.parent != kNoStage) word("parent", fact.stages[stage.parent].label);
    for (const Instruction& instruction : stage.instructions) build_instruction(instruction);
  }
}

void FactsText::visit(const LayeredImage& fact) {
  envelope("image", fact);
  word("platform", fact.platform);
  for (const Stage& stage : fact.history.stages) {
    field("base", stage.base);
    for (const Instruction& instruction : stage.instructions) build_instruction(instruction);
  }
  for (const Layer& layer : fact.layers) {
    line("  layer " + std::to_string(layer.number));
    word("line", layer.line);
    for (const ImageFile& file : layer.files) {
      line("    " + std::string(file.path));
      place(file.at);
      if (!file.named.empty()) word("named", file.named);
      for (const FileSecret& secret : file.secrets) {
        word("secret", secret.kind);
        word("evidence", secret.evidence);
        word("line", std::to_string(secret.line));
      }
      for (const std::string_view name : file.without_password) word("without_password", name);
      for (const std::string_view name : file.second_root) word("second_root", name);
      if (file.hidden_by != 0) {
        word(file.deleted ? "deleted_in" : "replaced_in", std::to_string(file.hidden_by));
      }
    }
  }
}

void FactsText::build_pair(const BuildPair& pair) {
  field("name", pair.name);
  field("value", pair.value);
}

void FactsText::build_instruction(const Instruction& instruction) {
  line("    " + std::string(name_of(instruction.op)));
  place(instruction.at);
  if (instruction.on_build) word("kept", "onbuild");
  if (instruction.none) word("type", "none");
  if (instruction.exec) word("form", "exec");
  for (const BuildFlag& flag : instruction.flags) {
    text_.append(" --").append(flag.name);
    field("", flag.value);
  }
  texts("words", instruction.words);
  texts("script", instruction.script.parts);
  for (const BuildPair& pair : instruction.pairs) build_pair(pair);
  for (const Heredoc& heredoc : instruction.heredocs) {
    word(heredoc.expand ? "heredoc" : "literal_heredoc", heredoc.name);
    texts("lines", heredoc.body.parts);
  }
}

void FactsText::visit(const Object& fact) { envelope("object", fact); }

std::string show_facts(KubernetesAdapter& adapter, const std::string& manifest,
                       FactVisitor& visitor) {
  Adapting adapting(adapter, visitor);
  read_manifest(std::make_shared<const Source>("test.yaml", manifest), Limits{}, adapting);
  return adapting.errors;
}

std::string facts_text(KubernetesAdapter& adapter, const std::string& manifest) {
  FactsText facts;
  const std::string errors = show_facts(adapter, manifest, facts);
  return facts.text() + errors + '\n';
}

std::string facts_text(const std::string& manifest) {
  KubernetesAdapter adapter;
  return facts_text(adapter, manifest);
}

}  // namespace kaudit::testing
