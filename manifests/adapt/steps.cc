#include "manifests/adapt/steps.h"

#include <algorithm>

namespace kaudit {
namespace {

bool is_inherited(Name name) noexcept {
  return name == Name::security_context || name == Name::service_account_name ||
         name == Name::automount_service_account_token || name == Name::host_users ||
         name == Name::os;
}

// Those members that mean in `mapping` what they mean in a pod's spec.
template <class Wanted>
void read_pod_fields(Value mapping, PodReader& pods, Workload& out, const Wanted& wanted) {
  for (const Value member : mapping) {
    const Known known = lookup(member.key());
    if (!known.exact || !wanted(known.name)) continue;
    if (known.name == Name::volumes) {
      pods.read_volumes(member);
    } else {
      pods.read_field(member, known, out);
    }
  }
}

void read_common(Value mapping, PodReader& pods, CommonPod& common) {
  read_pod_fields(mapping, pods, common.rest, is_inherited);
  common.first = common.rest;
  pods.resume(mapping.id(), common.first);
  read_pod_fields(mapping, pods, common.first, [](Name name) { return !is_inherited(name); });
  pods.finish(common.first);
}

// The next of an object's pods.
Workload& add_pod(const CommonPod& common, Value spec, PodReader& pods,
                  std::vector<Workload>& out) {
  Workload& added = out.emplace_back(out.empty() ? common.first : common.rest);
  added.part = static_cast<std::uint32_t>(out.size() - 1);
  pods.resume(spec.id(), added);
  return added;
}

// A script is the last word of the command that runs it.
void add_script(Value script, Reader& reader, Container& container) {
  if (script.set()) container.args = reader.texts_with(container.args, script);
}

void read_argo_template(Value item, const CommonPod& workflow, Reader& reader, PodReader& pods,
                        std::vector<Workload>& out) {
  const Value container = item["container"];
  const Value script = item["script"];
  const Value set = item["containerSet"];
  if (!container.is_object() && !script.is_object() && !set.is_object()) return;
  if (!pods.take(item)) return;
  Workload& pod = add_pod(workflow, item, pods, out);
  // The template's own securityContext, account … stand in for the workflow's.
  read_pod_fields(item, pods, pod, [](Name) { return true; });
  if (const Value metadata = item["metadata"]; reader.mapping(metadata)) {
    pod.pod_labels = reader.pairs(metadata["labels"]);
    pod.pod_annotations = reader.pairs(metadata["annotations"]);
  }
  pods.read_containers(item["initContainers"], Container::Role::init);
  if (container.is_object()) pods.add_container(container, Container::Role::app);
  if (script.is_object()) {
    if (Container* runs = pods.add_container(script, Container::Role::app)) {
      add_script(script["source"], reader, *runs);
    }
  }
  if (set.is_object()) pods.read_containers(set["containers"], Container::Role::app);
  pods.read_containers(item["sidecars"], Container::Role::app);
  pods.finish(pod);
}

// What `defaults` write and the step does not. Linux has some forty capabilities: of a longer list
// only the first step that inherits it has all, or a hostile one would be judged over and over.
void inherit(Container& defaults, Container& container) {
  const auto take = [](const auto& theirs, auto& own) {
    if (!own.written() && theirs.written()) own = theirs;
  };
  take(defaults.image, container.image);
  Security& from = defaults.security;
  Security& to = container.security;
  take(from.privileged, to.privileged);
  take(from.allow_privilege_escalation, to.allow_privilege_escalation);
  take(from.read_only_root_filesystem, to.read_only_root_filesystem);
  take(from.run_as_non_root, to.run_as_non_root);
  take(from.run_as_user, to.run_as_user);
  take(from.run_as_group, to.run_as_group);
  take(from.user_name, to.user_name);
  take(from.seccomp, to.seccomp);
  take(from.apparmor, to.apparmor);
  take(from.proc_mount, to.proc_mount);
  take(from.selinux_type, to.selinux_type);
  take(from.selinux_user, to.selinux_user);
  take(from.selinux_role, to.selinux_role);
  take(from.host_process, to.host_process);
  static constexpr std::size_t kMost = 64;
  const auto take_list = [](std::span<const Text>& theirs, std::span<const Text>& own) {
    if (!own.empty()) return;
    own = theirs;
    theirs = theirs.first(std::min(theirs.size(), kMost));
  };
  take_list(from.capabilities_add, to.capabilities_add);
  take_list(from.capabilities_drop, to.capabilities_drop);
}

}  // namespace

void read_argo_workflow(Value spec, const Workload& base, Reader& reader, PodReader& pods,
                        std::vector<Workload>& out) {
  if (!reader.mapping(spec)) return;
  CommonPod workflow{base, base};
  pods.start(spec.id(), workflow.rest);
  read_common(spec, pods, workflow);
  read_argo_template(spec["templateDefaults"], workflow, reader, pods, out);
  const Value templates = spec["templates"];
  if (!reader.list(templates)) return;
  for (const Value item : templates) {
    read_argo_template(item, workflow, reader, pods, out);
    for (const Value group : item["steps"]) {
      for (const Value step : group) {
        read_argo_template(step["inline"], workflow, reader, pods, out);
      }
    }
    for (const Value task : item["dag"]["tasks"]) {
      read_argo_template(task["inline"], workflow, reader, pods, out);
    }
  }
}

CommonPod read_tekton_run(Value run, const Workload& base, Reader& reader, PodReader& pods) {
  CommonPod common{base, base};
  pods.start(run.set() ? run.id() : base.at, common.rest);
  const Value of_tasks = run["taskRunTemplate"];  // where a PipelineRun has them since v1
  reader.read(common.rest.service_account, run["serviceAccountName"]);
  reader.read(common.rest.service_account, of_tasks["serviceAccountName"]);
  const Value newer = of_tasks["podTemplate"];
  read_common(newer.set() ? newer : run["podTemplate"], pods, common);
  return common;
}

void read_tekton_task(Value task, const CommonPod& common, Reader& reader, PodReader& pods,
                      std::vector<Workload>& out) {
  if (!reader.mapping(task) || !pods.take(task)) return;
  Workload& pod = add_pod(common, task, pods, out);
  pods.read_volumes(task["volumes"]);
  Container defaults;
  if (const Value given = task["stepTemplate"]; given.set()) {
    pods.read_container(given, Container::Role::app, defaults);
  }
  pods.read_containers(task["steps"], Container::Role::app);
  for (Container& step : pods.containers()) {
    inherit(defaults, step);
    add_script(reader.document().at(step.at)["script"], reader, step);
  }
  pods.read_containers(task["sidecars"], Container::Role::app);
  pods.finish(pod);
}

void read_tekton_step(Value step, const Workload& base, Reader& reader, PodReader& pods,
                      std::vector<Workload>& out) {
  Workload& pod = out.emplace_back(base);
  pods.start(step.id(), pod);
  if (Container* container = pods.add_container(step, Container::Role::app)) {
    add_script(step["script"], reader, *container);
  }
  pods.finish(pod);
}

}  // namespace kaudit
