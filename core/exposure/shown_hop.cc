#include "core/exposure/shown_hop.h"

#include "core/redact.h"
#include "core/shown.h"

namespace kaudit {

std::string shown_name(std::string_view name) {
  std::string out = shown(name);
  redact_shapes(out);
  return out;
}

std::string title_of(const ObjectRecord& object) {
  std::string out = shown_name(object.kind);
  if (object.name.empty()) return out.append(" ").append(object.where.source);
  out += ' ';
  if (!object.ns.empty()) out.append(shown_name(object.ns)).append("/");
  return out.append(shown_name(object.name));
}

std::string title_of_workload(const WorkloadRecord& workload) {
  std::string out = title_of(workload);
  out += " (";
  if (workload.gains.node_wide) {
    out += "on every node, ";
  } else if (workload.replicas != 1) {
    out.append(std::to_string(workload.replicas)).append(" replicas, ");
  }
  return out.append(name_of(workload.lifetime)).append(")");
}

}  // namespace kaudit
