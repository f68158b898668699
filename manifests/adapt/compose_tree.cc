#include "manifests/adapt/compose_tree.h"

#include <algorithm>
#include <limits>
#include <string>

namespace kaudit::compose {
namespace {

// What stands between a member's name and its value: `: &anchor !reset []`.
Tag tag_after(std::string_view text) noexcept {
  for (bool colon = false;;) {
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return Tag::none;
    text.remove_prefix(first);
    if (!colon) {
      if (text.front() != ':') return Tag::none;
      colon = true;
      text.remove_prefix(1);
      continue;
    }
    const std::string_view word = text.substr(0, text.find_first_of(" \t\r\n"));
    if (word == "!reset") return Tag::reset;
    if (word == "!override") return Tag::replace;
    if (!word.starts_with('&')) return Tag::none;
    text.remove_prefix(word.size());
  }
}

}  // namespace

bool Tree::room(Ref at) {
  if (full_) return false;
  if (nodes_.size() < limits_.nodes && text_size_ <= limits_.bytes) return true;
  full_ = true;
  Error error{
      ErrorCode::too_large, "the project is too large once its services are put together", {}};
  if (at != kNone) error.where = locate(at);
  errors.push_back(std::move(error));
  return false;
}

Location Tree::locate(Ref ref) const {
  const Node& node = nodes_[ref];
  const Source& source = *sources_[node.file];
  const auto mark = [&](Place place) {
    return place.line != 0 ? Mark{place.line, place.column} : source.mark(place.column);
  };
  return {source.name(), "", mark(node.begin), mark(node.end)};
}

Ref Tree::make(const Node& like, Kind kind) {
  const auto ref = static_cast<Ref>(nodes_.size());
  Node node;
  node.kind = kind;
  node.file = like.file;
  node.begin = like.begin;
  node.end = like.end;
  node.key = like.key;
  node.key_begin = like.key_begin;
  nodes_.push_back(node);
  return ref;
}

void Tree::append(Ref parent, Ref child) {
  nodes_[child].next = kNone;
  Node& above = nodes_[parent];
  if (above.first == kNone) {
    above.first = child;
  } else {
    nodes_[above.last].next = child;
  }
  above.last = child;
}

void Tree::find_tag(const Document& document, NodeId id, Node& node) const {
  const Source& source = document.source();
  const Location key = document.locate_key(id);
  node.tag = tag_after(std::string_view(source.text()).substr(source.offset(key.end)));
}

void Tree::take_scalar(Value value, Node& node, const Variables& variables) {
  const std::string_view text = value.text();
  if (value.kind() != Kind::string || text.find_first_of("$\x01\x02") == std::string_view::npos) {
    node.text = texts_.copy(text);
    if (const auto boolean = value.as_bool()) node.number = *boolean ? 1 : 0;
    if (const auto integer = value.as_int()) node.number = *integer;
    return;
  }
  auto interpolated = interpolate(text, variables);
  if (!interpolated) {
    Error error = std::move(interpolated).error();
    error.where = value.document()->locate(value.id());
    errors.push_back(std::move(error));
    node.text = texts_.copy(text);
    return;
  }
  node.outside = interpolated->outside;
  text_size_ += interpolated->text.size();
  node.text = texts_.copy(interpolated->text);
}

Ref Tree::add(const Document& document, const std::shared_ptr<const Source>& source,
              const Variables& variables) {
  if (sources_.empty() || sources_.back() != source) {
    if (sources_.size() == std::numeric_limits<std::uint16_t>::max()) return kNone;
    sources_.push_back(source);
  }
  const auto file = static_cast<std::uint16_t>(sources_.size() - 1);
  const std::string& text = source->text();
  const bool tags =
      text.find("!reset") != std::string::npos || text.find("!override") != std::string::npos;
  // Pre-order, with the open collections on a stack: no recursion.
  struct Open {
    NodeId end;
    Ref ref;
  };
  std::vector<Open> open;
  Ref root = kNone;
  std::vector<Value> pending{document.root()};
  while (!pending.empty()) {
    const Value value = pending.back();
    pending.pop_back();
    const NodeId id = value.id();
    while (!open.empty() && open.back().end <= id) open.pop_back();
    if (!room(root)) return kNone;
    const auto ref = static_cast<Ref>(nodes_.size());
    Node& node = nodes_.emplace_back();
    node.kind = value.kind();
    node.file = file;
    node.begin = document.begin_of(id);
    node.end = document.end_of(id);
    const bool is_member = !open.empty() && nodes_[open.back().ref].kind == Kind::object;
    if (is_member) {
      node.key = texts_.copy(value.key());
      node.key_begin = document.key_begin_of(id);
      if (tags) find_tag(document, id, node);
    }
    if (node.kind < Kind::array) take_scalar(value, node, variables);
    if (root == kNone) {
      root = ref;
    } else {
      append(open.back().ref, ref);
    }
    if (value.kind() < Kind::array) continue;
    open.push_back({document.subtree_end(id), ref});
    const std::size_t mark = pending.size();
    for (const Value child : value) pending.push_back(child);
    std::reverse(pending.begin() + static_cast<std::ptrdiff_t>(mark), pending.end());
  }
  return root;
}

Ref Tree::clone(Ref from) {
  struct Task {
    Ref from, parent;
  };
  std::vector<Task> tasks{{from, kNone}};
  Ref root = kNone;
  while (!tasks.empty()) {
    const Task task = tasks.back();
    tasks.pop_back();
    if (!room(from)) return kNone;
    const auto ref = static_cast<Ref>(nodes_.size());
    Node copy = nodes_[task.from];
    copy.first = copy.last = copy.next = kNone;
    nodes_.push_back(copy);
    if (task.parent == kNone) {
      root = ref;
    } else {
      append(task.parent, ref);
    }
    const std::size_t mark = tasks.size();
    for (Ref child = nodes_[task.from].first; child != kNone; child = nodes_[child].next) {
      tasks.push_back({child, ref});
    }
    std::reverse(tasks.begin() + static_cast<std::ptrdiff_t>(mark), tasks.end());
  }
  return root;
}

Ref Tree::member(Ref object, std::string_view name) const noexcept {
  if (!is(object, Kind::object)) return kNone;
  for (Ref child = nodes_[object].first; child != kNone; child = nodes_[child].next) {
    if (nodes_[child].key == name) return nodes_[child].tag == Tag::reset ? kNone : child;
  }
  return kNone;
}

Result<Tree::Whole> Tree::finish(Ref root) const {
  Whole out;
  Document::Builder builder(source_of(root), limits_);
  struct Step {
    Ref ref;
    bool close;
  };
  std::vector<Step> steps{{root, false}};
  while (!steps.empty() && !builder.failed()) {
    const Step step = steps.back();
    steps.pop_back();
    const Node& node = nodes_[step.ref];
    if (step.close) {
      builder.close(node.end);
      continue;
    }
    builder.set_source(sources_[node.file]);
    if (step.ref != root) builder.key(builder.keep(node.key), node.key_begin);
    if (node.kind < Kind::array) {
      const NodeId id =
          builder.scalar(node.kind, builder.keep(node.text), node.number, node.begin, node.end);
      if (node.outside) out.outside.insert(id);
      continue;
    }
    builder.open(node.kind, node.begin);
    steps.push_back({step.ref, true});
    const std::size_t mark = steps.size();
    for (Ref child = node.first; child != kNone; child = nodes_[child].next) {
      if (nodes_[child].tag != Tag::reset) steps.push_back({child, false});
    }
    std::reverse(steps.begin() + static_cast<std::ptrdiff_t>(mark), steps.end());
  }
  auto document = builder.finish();
  if (!document) return std::move(document).error();
  out.document = *std::move(document);
  return out;
}

}  // namespace kaudit::compose
