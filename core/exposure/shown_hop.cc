#include "core/exposure/shown_hop.h"

#include "core/redact.h"
#include "core/shown.h"

namespace kaudit {

std::string title_of(const ObjectRecord& object) {
  std::string out = shown(object.kind);
  if (object.name.empty()) return out.append(" ").append(object.where.source);
  out += ' ';
  if (!object.ns.empty()) out.append(shown(object.ns)).append("/");
  out += shown(object.name);
  redact_shapes(out);  // a name may be a token by mistake
  return out;
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
