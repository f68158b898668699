// Security contexts. Fields: pod-security-admission's `policy` package and core/v1 types.
#include "manifests/adapt/place.h"
#include "manifests/adapt/pod.h"

namespace kaudit {

void PodReader::read_security(Value context, Workload& out) {
  if (context.is_object()) {
    out.pod = {};  // an Argo template's stands in for the workflow's
    place(out.pod, context.id());
  }
  read_context(context, out.pod, &out);
}

void PodReader::read_context(Value context, Security& out, Workload* pod) {
  if (!reader_.mapping(context)) return;
  const bool of_pod = pod != nullptr;
  for (const Value member : context) {
    const Known known = lookup(member.key());
    if (!known.exact || (!of_pod && home_of(known.name) == Home::pod_security) ||
        (of_pod && home_of(known.name) == Home::container_security)) {
      stray(member, known.name, !of_pod);
      continue;
    }
    switch (known.name) {
      case Name::privileged: reader_.read(out.privileged, member, true); break;
      case Name::allow_privilege_escalation:
        reader_.read(out.allow_privilege_escalation, member, true);
        break;
      case Name::read_only_root_filesystem:
        reader_.read(out.read_only_root_filesystem, member, false);
        break;
      case Name::run_as_non_root: reader_.read(out.run_as_non_root, member, false); break;
      case Name::run_as_user: reader_.read(out.run_as_user, member, 0); break;
      case Name::run_as_group: reader_.read(out.run_as_group, member, 0); break;
      case Name::proc_mount: reader_.read(out.proc_mount, member); break;
      case Name::capabilities: read_capabilities(member, out); break;
      case Name::seccomp_profile: read_profile(out.seccomp, member); break;
      case Name::app_armor_profile: read_profile(out.apparmor, member); break;
      case Name::se_linux_options: read_selinux(member, out); break;
      case Name::windows_options: read_windows(member, out); break;
      case Name::fs_group: reader_.read(pod->fs_group, member, 0); break;
      case Name::supplemental_groups:
        if (!reader_.list(member)) break;
        groups_.clear();
        for (const Value group : member) {
          reader_.read(groups_.emplace_back(Reader::absent<std::int64_t>(group.id())), group, 0);
        }
        pod->supplemental_groups = reader_.arena().copy(groups_);
        break;
      case Name::sysctls: read_sysctls(member, *pod); break;
      default: stray(member, known.name, !of_pod); break;
    }
  }
}

void PodReader::read_capabilities(Value value, Security& out) {
  if (!value.set()) return;
  if (!value.is_object()) {
    reader_.invalid(value, "a mapping");
    if (value.is_array()) {
      out.capabilities_add = reader_.texts(value);
    } else {
      const std::vector<Text> one{{value.text(), value.id(), Text::State::written}};
      out.capabilities_add = reader_.arena().copy(one);
    }
    return;
  }
  const Value add = value["add"];
  const Value drop = value["drop"];
  if (add.set()) out.capabilities_add = reader_.texts(add);
  if (drop.is_array()) {
    out.capabilities_drop = reader_.texts(drop);
  } else if (drop.set()) {
    reader_.invalid(drop, "a list of strings");
  }
}

void PodReader::read_profile(Text& type, Value value) {
  if (!value.set()) return;
  type = {{}, value.id(), Text::State::written};
  if (reader_.mapping(value)) reader_.read(type, value["type"]);
}

void PodReader::read_selinux(Value value, Security& out) {
  if (!value.set()) return;
  if (!value.is_object()) {
    reader_.invalid(value, "a mapping");
    out.selinux_type = {value.is_array() ? name_of(Kind::array) : value.text(), value.id(),
                        Text::State::written};
    return;
  }
  reader_.read(out.selinux_type, value["type"]);
  reader_.read(out.selinux_user, value["user"]);
  reader_.read(out.selinux_role, value["role"]);
}

void PodReader::read_windows(Value value, Security& out) {
  if (!value.set()) return;
  if (!value.is_object()) {
    reader_.invalid(value, "a mapping");
    out.host_process = {true, value.id(), Flag::State::written};
    return;
  }
  reader_.read(out.host_process, value["hostProcess"], true);
  reader_.read(out.user_name, value["runAsUserName"]);
}

void PodReader::read_sysctls(Value list, Workload& out) {
  if (!reader_.list(list)) return;
  sysctls_.clear();
  for (const Value item : list) {
    if (!reader_.mapping(item)) continue;
    Sysctl& sysctl = sysctls_.emplace_back(Sysctl{Reader::absent<std::string_view>(item.id()),
                                                  Reader::absent<std::string_view>(item.id())});
    reader_.read(sysctl.name, item["name"]);
    reader_.read(sysctl.value, item["value"]);
  }
  out.sysctls = reader_.arena().copy(sysctls_);
}

}  // namespace kaudit
