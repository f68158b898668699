// Compose files as trees that can be merged: what Documents are not.
//
// Values keep their places, so that the Document that comes out in the end (one for a project of
// several files) points where each was written.
//
// Ownership: the Tree owns nodes and texts and shares the Sources; NodeRefs are valid as long as it
// lives. Thread-safety: one thread. Cost: bounded by Limits::nodes, copies counted, and by
// Limits::bytes of text made by variables.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "core/arena.h"
#include "core/document.h"
#include "core/result.h"
#include "manifests/adapt/compose_text.h"

namespace kaudit::compose {

using Ref = std::uint32_t;
inline constexpr Ref kNone = ~Ref{0};

enum class Tag : std::uint8_t { none, reset, replace };  // `!reset`, `!override`

struct Node {
  Kind kind = Kind::null;
  Tag tag = Tag::none;
  bool outside = false;  // holds a variable's value, which stands in another file
  std::uint16_t file = 0;
  std::string_view key;   // of a member
  std::string_view text;  // of a scalar; may hold holes
  std::int64_t number = 0;
  Place begin, end, key_begin;
  Ref first = kNone, last = kNone, next = kNone;  // children, and the sibling
};

class Tree {
 public:
  explicit Tree(const Limits& limits) : limits_(limits) {}

  [[nodiscard]] Node& operator[](Ref ref) noexcept { return nodes_[ref]; }
  [[nodiscard]] const Node& operator[](Ref ref) const noexcept { return nodes_[ref]; }

  // A read document with its variables replaced. kNone after an error.
  Ref add(const Document& document, const std::shared_ptr<const Source>& source,
          const Variables& variables);
  // A copy of all below; kNone when the tree would become too large.
  Ref clone(Ref from);
  Ref make(const Node& like, Kind kind);
  void append(Ref parent, Ref child);
  [[nodiscard]] std::string_view keep(std::string_view text) { return texts_.copy(text); }
  // The member of that name; kNone when there is none or it was reset. Linear: for lookups of
  // names that are known, not for merging.
  [[nodiscard]] Ref member(Ref object, std::string_view name) const noexcept;
  [[nodiscard]] bool is(Ref ref, Kind kind) const noexcept {
    return ref != kNone && nodes_[ref].kind == kind;
  }
  [[nodiscard]] std::string_view text(Ref ref) const noexcept {
    return ref == kNone ? std::string_view() : nodes_[ref].text;
  }

  [[nodiscard]] const std::shared_ptr<const Source>& source_of(Ref ref) const noexcept {
    return sources_[nodes_[ref].file];
  }
  [[nodiscard]] Location locate(Ref ref) const;

  // Puts `root` into one Document. `outside`: the values that stand in other files.
  struct Whole {
    Document document;
    std::unordered_set<NodeId> outside;
  };
  [[nodiscard]] Result<Whole> finish(Ref root) const;

  // What went wrong so far; reading goes on where it can.
  std::vector<Error> errors;

 private:
  [[nodiscard]] bool room(Ref at);
  void take_scalar(Value value, Node& node, const Variables& variables);
  void find_tag(const Document& document, NodeId id, Node& node) const;

  Limits limits_;
  std::vector<Node> nodes_;
  std::vector<std::shared_ptr<const Source>> sources_;
  Arena texts_;
  std::size_t text_size_ = 0;
  bool full_ = false;
};

}  // namespace kaudit::compose
