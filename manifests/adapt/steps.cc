#include "manifests/adapt/steps.h"

namespace kaudit {
namespace {

// Those members that mean in `mapping` what they mean in a pod's spec. What several pods of an
// object share is told once: `shared` leaves out what a finding of its own points at.
void read_pod_fields(Value mapping, PodReader& pods, Workload& out, bool shared) {
  for (const Value member : mapping) {
    const Known known = lookup(member.key());
    if (!known.exact) continue;
    switch (known.name) {
      case Name::security_context:
      case Name::service_account_name:
      case Name::automount_service_account_token:
      case Name::host_users:
      case Name::os: pods.read_field(member, known, out); break;
      case Name::volumes:
        if (!shared) pods.read_volumes(member);
        break;
      default:
        if (!shared) pods.read_field(member, known, out);
        break;
    }
  }
}

Workload& add_workload(const Workload& base, std::vector<Workload>& out) {
  Workload& added = out.emplace_back(base);
  added.part = static_cast<std::uint32_t>(out.size() - 1);
  return added;
}

// A script is the last word of the command that runs it.
void add_script(Value script, Reader& reader, Container& container) {
  if (script.set()) container.args = reader.texts_with(container.args, script);
}

void read_argo_template(Value item, Value workflow, const Workload& base, Reader& reader,
                        PodReader& pods, std::vector<Workload>& out) {
  const Value container = item["container"];
  const Value script = item["script"];
  const Value set = item["containerSet"];
  if (!container.is_object() && !script.is_object() && !set.is_object()) return;
  Workload& pod = add_workload(base, out);
  pods.start(item.id(), pod);
  // The template's own securityContext, account … stand in for the workflow's.
  read_pod_fields(workflow, pods, pod, out.size() > 1);
  read_pod_fields(item, pods, pod, false);
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

// What `defaults` write and the step does not.
void inherit(const Container& defaults, Container& container) {
  const auto take = [](const auto& theirs, auto& own) {
    if (!own.written() && theirs.written()) own = theirs;
  };
  take(defaults.image, container.image);
  const Security& from = defaults.security;
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
  if (to.capabilities_add.empty()) to.capabilities_add = from.capabilities_add;
  if (to.capabilities_drop.empty()) to.capabilities_drop = from.capabilities_drop;
}

}  // namespace

void read_argo_workflow(Value spec, const Workload& base, Reader& reader, PodReader& pods,
                        std::vector<Workload>& out) {
  if (!reader.mapping(spec)) return;
  read_argo_template(spec["templateDefaults"], spec, base, reader, pods, out);
  const Value templates = spec["templates"];
  if (!reader.list(templates)) return;
  for (const Value item : templates) {
    read_argo_template(item, spec, base, reader, pods, out);
    for (const Value group : item["steps"]) {
      for (const Value step : group) {
        read_argo_template(step["inline"], spec, base, reader, pods, out);
      }
    }
    for (const Value task : item["dag"]["tasks"]) {
      read_argo_template(task["inline"], spec, base, reader, pods, out);
    }
  }
}

void read_tekton_task(Value task, Value run, const Workload& base, Reader& reader, PodReader& pods,
                      std::vector<Workload>& out) {
  if (!reader.mapping(task)) return;
  Workload& pod = add_workload(base, out);
  pods.start(task.id(), pod);
  const Value run_template = run["taskRunTemplate"];
  for (const Value from : {run, run_template}) {
    if (const Value account = from["serviceAccountName"]; account.set()) {
      reader.read(pod.service_account, account);
    }
    read_pod_fields(from["podTemplate"], pods, pod, out.size() > 1);
  }
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
  Workload& pod = add_workload(base, out);
  pods.start(step.id(), pod);
  if (Container* container = pods.add_container(step, Container::Role::app)) {
    add_script(step["script"], reader, *container);
  }
  pods.finish(pod);
}

}  // namespace kaudit
