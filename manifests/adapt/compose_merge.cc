#include "manifests/adapt/compose_merge.h"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>

#include "manifests/adapt/compose_short.h"

namespace kaudit::compose {
namespace {

// Where in a file two values meet.
enum class Where : std::uint8_t {
  file,
  services,
  service,
  build,
  deploy,
  healthcheck,
  logging,
  other,  // below all these plain rules hold
};

enum class How : std::uint8_t {
  plain,    // mappings merge, lists grow, scalars are replaced
  replace,  // the later one counts as a whole
  names,    // a list of NAME=value, or a mapping: one mapping
  list,     // a string is a list of one
  set,      // as names, where the values of a list have no `=` (networks, depends_on)
};

How how_of(Where where, std::string_view key) noexcept {
  const auto any_of = [key](auto... names) { return ((key == names) || ...); };
  switch (where) {
    case Where::service:
      if (any_of("command", "entrypoint")) return How::replace;
      if (any_of("environment", "labels", "annotations", "sysctls")) return How::names;
      if (any_of("depends_on", "networks", "models")) return How::set;
      if (any_of("dns", "dns_opt", "dns_search", "env_file", "label_file", "tmpfs")) {
        return How::list;
      }
      return How::plain;
    case Where::build:
      return any_of("args", "labels", "additional_contexts") ? How::names : How::plain;
    case Where::deploy: return key == "labels" ? How::names : How::plain;
    case Where::healthcheck: return key == "test" ? How::replace : How::plain;
    default: return How::plain;
  }
}

Where inside(Where where, std::string_view key) noexcept {
  switch (where) {
    case Where::file: return key == "services" ? Where::services : Where::other;
    case Where::services: return Where::service;
    case Where::service:
      if (key == "build") return Where::build;
      if (key == "deploy") return Where::deploy;
      if (key == "healthcheck") return Where::healthcheck;
      if (key == "logging") return Where::logging;
      return Where::other;
    default: return Where::other;
  }
}

class Merger {
 public:
  explicit Merger(Tree& tree) : tree_(tree) {}

  // NOLINTNEXTLINE(misc-no-recursion): as deep as the reader's limit on nesting
  Ref merge(Ref base, Ref over, Where where, std::string_view key, How how) {
    const Tag tag = tree_[over].tag;
    if (tag == Tag::reset || tag == Tag::replace || tree_[base].tag == Tag::reset ||
        how == How::replace) {
      return over;
    }
    if (how == How::names || how == How::set) {
      base = to_mapping(base);
      over = to_mapping(over);
    } else if (how == How::list) {
      base = to_list(base);
      over = to_list(over);
    } else if (where == Where::build) {
      base = build_mapping(base);
      over = build_mapping(over);
    }
    const Kind kind = tree_[over].kind;
    if (kind == Kind::null) return base;
    if (tree_[base].kind == Kind::null) return over;
    if (tree_[base].kind == Kind::array && kind == Kind::array) return grow(base, over);
    if (tree_[base].kind == Kind::object && kind == Kind::object) {
      if (where == Where::logging && other_driver(base, over)) return over;
      return merge_members(base, over, where);
    }
    if (tree_[base].kind >= Kind::array || kind >= Kind::array) {
      tree_.errors.push_back({ErrorCode::malformed,
                              std::string(name_of(kind)) + " cannot be merged over " +
                                  std::string(name_of(tree_[base].kind)) +
                                  (key.empty() ? "" : " (" + std::string(key) + ")"),
                              tree_.locate(over)});
    }
    return over;
  }

 private:
  Ref grow(Ref base, Ref over) {
    for (Ref child = tree_[over].first; child != kNone;) {
      const Ref next = tree_[child].next;
      tree_.append(base, child);
      child = next;
    }
    return base;
  }

  // NOLINTNEXTLINE(misc-no-recursion): with merge()
  Ref merge_members(Ref base, Ref over, Where where) {
    std::vector<Ref> members;
    std::unordered_map<std::string_view, std::size_t> at;
    for (Ref child = tree_[base].first; child != kNone; child = tree_[child].next) {
      at.insert_or_assign(tree_[child].key, members.size());
      members.push_back(child);
    }
    for (Ref child = tree_[over].first; child != kNone; child = tree_[child].next) {
      const std::string_view key = tree_[child].key;
      const auto [found, added] = at.try_emplace(key, members.size());
      if (added) {
        members.push_back(child);
      } else {
        Ref& member = members[found->second];
        member = merge(member, child, inside(where, key), key, how_of(where, key));
      }
    }
    tree_[base].first = tree_[base].last = kNone;
    for (const Ref member : members) tree_.append(base, member);
    return base;
  }

  // `[A=1, B]` as `{A: 1, B: null}`.
  Ref to_mapping(Ref list) {
    if (!tree_.is(list, Kind::array)) return list;
    const Ref mapping = tree_.make(tree_[list], Kind::object);
    tree_[mapping].tag = tree_[list].tag;
    for (Ref child = tree_[list].first; child != kNone;) {
      const Ref next = tree_[child].next;
      Node& node = tree_[child];
      if (node.kind < Kind::array) {
        const std::size_t equals = find_outside(node.text, '=');
        node.key = node.text.substr(0, equals);
        node.key_begin = node.begin;
        if (equals == std::string_view::npos) {
          node.kind = Kind::null;
          node.text = {};
        } else {
          node.kind = Kind::string;
          node.text.remove_prefix(equals + 1);
        }
        tree_.append(mapping, child);
      }
      child = next;
    }
    return mapping;
  }

  Ref to_list(Ref value) {
    const Kind kind = tree_[value].kind;
    if (kind == Kind::array || kind == Kind::null) return value;
    const Ref list = tree_.make(tree_[value], Kind::array);
    tree_.append(list, value);
    return list;
  }

  Ref build_mapping(Ref value) {
    if (!tree_.is(value, Kind::string)) return value;
    const Ref mapping = tree_.make(tree_[value], Kind::object);
    tree_[value].key = "context";
    tree_[value].key_begin = tree_[value].begin;
    tree_.append(mapping, value);
    return mapping;
  }

  [[nodiscard]] bool other_driver(Ref base, Ref over) const {
    const Ref a = tree_.member(base, "driver");
    const Ref b = tree_.member(over, "driver");
    return a != kNone && b != kNone && tree_.text(a) != tree_.text(b);
  }

  Tree& tree_;
};

// ---- What must be unique -----------------------------------------------------------------------

using Identity = std::string (*)(const Tree& tree, Ref item);

std::string as_text(const Tree& tree, Ref item) { return std::string(tree.text(item)); }

std::string name_before_equals(const Tree& tree, Ref item) {
  const std::string_view text = tree.text(item);
  return std::string(text.substr(0, text.find('=')));
}

std::string volume_target(const Tree& tree, Ref item) {
  if (tree.is(item, Kind::object)) return std::string(tree.text(tree.member(item, "target")));
  return std::string(split_volume(tree.text(item)).target);
}

std::string device_target(const Tree& tree, Ref item) {
  if (tree.is(item, Kind::object)) return std::string(tree.text(tree.member(item, "target")));
  const ShortVolume device = split_volume(tree.text(item));
  return std::string(device.target);
}

std::string mounted_target(const Tree& tree, Ref item) {
  if (!tree.is(item, Kind::object)) return "/" + std::string(tree.text(item));
  const Ref target = tree.member(item, "target");
  if (target != kNone) return std::string(tree.text(target));
  return "/" + std::string(tree.text(tree.member(item, "source")));
}

std::string port_identity(const Tree& tree, Ref item) {
  if (!tree.is(item, Kind::object)) return std::string(tree.text(item));
  std::string out;
  for (const std::string_view name : {"host_ip", "published", "target", "protocol"}) {
    out.append(tree.text(tree.member(item, name))).append("\n");
  }
  return out;
}

std::string env_file_path(const Tree& tree, Ref item) {
  if (tree.is(item, Kind::object)) return std::string(tree.text(tree.member(item, "path")));
  return std::string(tree.text(item));
}

struct Unique {
  std::string_view key;
  Identity identity;
};
constexpr std::array kUnique = {
    Unique{"cap_add", as_text},        Unique{"cap_drop", as_text},
    Unique{"configs", mounted_target}, Unique{"secrets", mounted_target},
    Unique{"devices", device_target},  Unique{"dns", as_text},
    Unique{"env_file", env_file_path}, Unique{"environment", name_before_equals},
    Unique{"expose", as_text},         Unique{"labels", name_before_equals},
    Unique{"ports", port_identity},    Unique{"sysctls", name_before_equals},
    Unique{"tmpfs", as_text},          Unique{"volumes", volume_target},
};

void keep_last(Tree& tree, Ref list, Identity identity) {
  std::vector<Ref> items;
  std::unordered_map<std::string, std::size_t> at;
  for (Ref child = tree[list].first; child != kNone; child = tree[child].next) {
    std::string key = identity(tree, child);
    // What cannot be told apart stays: an unresolved or malformed item.
    if (key.empty()) {
      items.push_back(child);
      continue;
    }
    const auto [found, added] = at.try_emplace(std::move(key), items.size());
    if (added) {
      items.push_back(child);
    } else {
      items[found->second] = child;
    }
  }
  tree[list].first = tree[list].last = kNone;
  for (const Ref item : items) tree.append(list, item);
}

}  // namespace

Ref merge_files(Tree& tree, Ref base, Ref over) {
  return Merger(tree).merge(base, over, Where::file, {}, How::plain);
}

Ref merge_services(Tree& tree, Ref base, Ref over) {
  return Merger(tree).merge(base, over, Where::service, {}, How::plain);
}

Ref merge_resources(Tree& tree, Ref base, Ref over) {
  return Merger(tree).merge(base, over, Where::other, {}, How::plain);
}

void enforce_unique(Tree& tree, Ref services) {
  if (!tree.is(services, Kind::object)) return;
  for (Ref service = tree[services].first; service != kNone; service = tree[service].next) {
    if (!tree.is(service, Kind::object)) continue;
    for (Ref value = tree[service].first; value != kNone; value = tree[value].next) {
      if (!tree.is(value, Kind::array)) continue;
      for (const Unique& row : kUnique) {
        if (row.key == tree[value].key) keep_last(tree, value, row.identity);
      }
    }
  }
}

}  // namespace kaudit::compose
