#include "webhook/ratchet.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

namespace kaudit {
namespace {

bool is_container_list(std::string_view name) noexcept {
  return name == "containers" || name == "initContainers" || name == "ephemeralContainers";
}

// What tells the items of a list apart, as the merge keys of Kubernetes' API do.
struct ItemKey {
  std::string_view list;
  std::string_view member;
};
constexpr ItemKey kItemKeys[] = {
    {"hostAliases", "ip"},
    {"ports", "containerPort"},
    {"volumeDevices", "devicePath"},
    {"volumeMounts", "mountPath"},
};

// Words of a program's command line: changing one word does not make another violation of it.
bool has_nameless_items(std::string_view list) noexcept {
  return list == "command" || list == "args";
}

std::string_view identity_of(Value item, std::string_view list) {
  if (!item.is_object()) return has_nameless_items(list) ? std::string_view() : item.text();
  const auto* row = std::ranges::find(kItemKeys, list, &ItemKey::list);
  return item[row == std::end(kItemKeys) ? "name" : row->member].text();
}

void append_part(std::string& out, std::string_view text) {
  out += '\0';  // in no name that Kubernetes accepts
  out += std::to_string(text.size());
  out += ':';
  out += text;
}

// A violation without the numbers of its place.
struct Violation {
  std::string owner;      // rule, container, items of lists
  std::string_view leaf;  // the field, unless it is an object that lacks something
  std::string path;       // owner and all fields on the way
};

Violation violation_of(const Document& document, NodeId object, const Finding& finding,
                       std::string_view slug) {
  std::vector<NodeId> steps;
  for (NodeId at = finding.at; at != object && at != kNoNode; at = document.parent(at)) {
    steps.push_back(at);
  }
  std::reverse(steps.begin(), steps.end());
  Violation out;
  append_part(out.owner, slug);
  const bool is_of_container = finding.container_at != kNoNode;
  if (is_of_container) {
    append_part(out.owner, name_of(finding.role));
    append_part(out.owner, document.at(finding.container_at)["name"].text());
  }
  out.path = out.owner;
  std::string_view list;
  for (const NodeId step : steps) {
    const Value value = document.at(step);
    if (!document.at(document.parent(step)).is_array()) {
      list = value.key();
      append_part(out.path, list);
      continue;
    }
    const std::string_view identity = identity_of(value, list);
    append_part(out.path, identity);
    // The container is in already, and a finding about it may stand at the pod as well.
    if (is_container_list(list) && is_of_container) continue;
    append_part(out.owner, list);
    append_part(out.owner, identity);
  }
  const Value value = document.at(finding.at);
  if (value.kind() < Kind::array) out.leaf = value.key();
  return out;
}

// The old violations that no new one was matched with yet.
class Remaining {
 public:
  void add(const Violation& violation) {
    ++paths_[violation.path];
    Owner& owner = owners_[violation.owner];
    ++owner.leaves[violation.leaf];
  }

  bool take_same(const Violation& violation) {
    const auto path = paths_.find(violation.path);
    if (path == paths_.end() || path->second == 0) return false;
    --path->second;
    Owner& owner = owners_[violation.owner];
    take(owner, owner.leaves.find(violation.leaf));
    return true;
  }

  // The same field, written at the other level (pod or container), or no longer written or not yet:
  // then the place is the object that lacks it.
  bool take_moved(const Violation& violation) {
    const auto found = owners_.find(violation.owner);
    if (found == owners_.end()) return false;
    Owner& owner = found->second;
    return take(owner, owner.leaves.find(violation.leaf)) || take(owner, owner.leaves.find("")) ||
           (violation.leaf.empty() && take(owner, owner.leaves.begin()));
  }

 private:
  struct Owner {
    std::map<std::string_view, std::size_t> leaves;  // none at zero
  };
  static bool take(Owner& owner, std::map<std::string_view, std::size_t>::iterator leaf) {
    if (leaf == owner.leaves.end()) return false;
    if (--leaf->second == 0) owner.leaves.erase(leaf);
    return true;
  }

  std::unordered_map<std::string, std::size_t> paths_;
  std::unordered_map<std::string, Owner> owners_;
};

}  // namespace

void keep_added(const Document& document, NodeId old_object, const std::vector<Finding>& old,
                NodeId object, std::vector<Finding>& findings) {
  if (old.empty() || findings.empty()) return;
  Remaining remaining;
  for (const Finding& finding : old) {
    if (finding.exemption != nullptr) continue;
    remaining.add(violation_of(document, old_object, finding, finding.rule->slug));
    // It stood in for the broader rules: a change for the better may leave one of these.
    for (const std::string_view slug : finding.rule->supersedes) {
      remaining.add(violation_of(document, old_object, finding, slug));
    }
  }
  std::vector<Violation> violations;
  violations.reserve(findings.size());
  for (const Finding& finding : findings) {
    violations.push_back(violation_of(document, object, finding, finding.rule->slug));
  }
  // Of a rule with so many findings the engine lists no more: what the change adds may be among
  // those that are not listed.
  std::unordered_map<const Rule*, std::size_t> counts;
  for (const Finding& finding : findings) ++counts[finding.rule];
  const auto is_cut_short = [&](const Finding& finding) {
    return counts[finding.rule] >= kMostAlike;
  };
  std::vector<bool> added(findings.size());
  for (std::size_t n = 0; n < findings.size(); ++n) {
    added[n] = is_cut_short(findings[n]) || !remaining.take_same(violations[n]);
  }
  for (std::size_t n = 0; n < findings.size(); ++n) {
    if (added[n]) added[n] = is_cut_short(findings[n]) || !remaining.take_moved(violations[n]);
  }
  std::size_t kept = 0;
  for (std::size_t n = 0; n < findings.size(); ++n) {
    if (!added[n]) continue;
    if (kept != n) findings[kept] = std::move(findings[n]);
    ++kept;
  }
  findings.resize(kept);
}

}  // namespace kaudit
