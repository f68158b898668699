// A read document: values with their places, whatever the format it was written in.
//
// YAML and JSON readers write one through Document::Builder; adapters read it through Value. It is
// a flat array of nodes in pre-order: a node's subtree is the id range [id, subtree_end(id)).
//
// Ownership: a Document owns its nodes and text and shares its Source; Values and string_views
// taken from it are valid as long as it lives and stay valid when it is moved (but a Value holds
// the Document's address: move first, adapt after).
// Thread-safety: const members may be called from several threads; the Builder belongs to one.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/arena.h"
#include "core/result.h"

namespace kaudit {

using NodeId = std::uint32_t;
inline constexpr NodeId kNoNode = ~NodeId{0};

enum class Kind : std::uint8_t { absent, null, boolean, integer, real, string, array, object };

// "a boolean", "an object": as used in messages.
[[nodiscard]] std::string_view name_of(Kind kind) noexcept;

// Of UTF-8: a byte that does not continue a code point.
[[nodiscard]] constexpr bool starts_code_point(char byte) noexcept {
  return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
}

// A file's name and bytes, shared by all documents read from it. Immutable. A byte order mark at
// the start of a line (of a file, or of files put together) has no column and is no part of the
// line.
//
// A part of a file that is a text of its own (a Dockerfile in a Compose file) has marks of that
// file; lines, excerpts and offsets are always those of text().
class Source {
 public:
  // From this byte of the text on, up to the next piece, it stands in the file from this place on.
  struct Piece {
    std::size_t offset;
    Mark at;
  };

  Source(std::string name, std::string text);
  // `pieces`: in the order of the text, the first at its beginning, one at least for each line.
  Source(std::string name, std::string text, std::vector<Piece> pieces);

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  // The given line (1-based) without its line break; empty when there is none.
  [[nodiscard]] std::string_view line(std::uint32_t number) const noexcept;
  // Where a byte stands in the file.
  [[nodiscard]] Mark mark(std::size_t offset) const noexcept;
  // A mark of the file as one of text(): the same but for parts of files.
  [[nodiscard]] Mark own(Mark place) const noexcept;

  // The part of a line that is shown with a finding: all of a line of up to `bytes` bytes, of a
  // longer one that many around the place, in whole characters. `column` is that of its first one.
  struct Excerpt {
    std::string_view text;
    std::uint32_t column = 1;
  };
  [[nodiscard]] Excerpt excerpt(Mark place, std::size_t bytes) const noexcept;
  // The byte that a mark of text() means, at most the end of its line.
  [[nodiscard]] std::size_t offset(Mark place) const noexcept;

 private:
  [[nodiscard]] std::uint32_t code_points_before(std::size_t offset) const noexcept;
  [[nodiscard]] Mark own_mark(std::size_t offset) const noexcept;

  std::string name_;
  std::string text_;
  std::vector<Piece> pieces_;
  std::vector<std::uint32_t> line_starts_;
  bool ascii_ = true;  // one byte per column
  // Else how many code points stand before every so many-th byte: a finding's column is found at
  // once, however long its line is.
  std::vector<std::uint32_t> code_points_;
};

// A place as the reader met it, cheap to store: YAML knows line and column (1-based, code points),
// JSON a byte offset (line 0, the offset in `column`), turned into a Mark only for findings.
struct Place {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  [[nodiscard]] static constexpr Place offset(std::size_t bytes) noexcept {
    return {0, static_cast<std::uint32_t>(bytes)};
  }
};

// What one document may cost. Units: bytes of input, nodes after alias expansion, nesting levels,
// bytes of a member's name. The defaults are those of a file audit; the webhook sets its own.
// Depth: Kubernetes' JSON decoder stops at 10,000, no real manifest passes 100; libyaml is
// quadratic in it. Names: Kubernetes' own have 317 bytes at most (labels).
struct Limits {
  std::size_t bytes = std::size_t{64} << 20;
  std::size_t nodes = 4'000'000;
  std::size_t depth = 500;
  std::size_t key = std::size_t{64} << 10;
};

class Document;

// A cursor of two words. Looking into an absent value gives an absent value; nothing throws.
class Value {
 public:
  Value() = default;
  Value(const Document* document, NodeId id) noexcept : document_(document), id_(id) {}

  [[nodiscard]] Kind kind() const noexcept;
  [[nodiscard]] NodeId id() const noexcept { return id_; }
  [[nodiscard]] const Document* document() const noexcept { return document_; }
  // Written at all, with whatever value (null too).
  [[nodiscard]] bool present() const noexcept { return kind() != Kind::absent; }
  // Neither absent nor null: Kubernetes treats these two alike.
  [[nodiscard]] bool set() const noexcept { return kind() > Kind::null; }
  [[nodiscard]] bool is_object() const noexcept { return kind() == Kind::object; }
  [[nodiscard]] bool is_array() const noexcept { return kind() == Kind::array; }

  // The member's name where this value is a member of an object, else empty.
  [[nodiscard]] std::string_view key() const noexcept;
  // The member of that name, the last one where a key was written twice.
  [[nodiscard]] Value operator[](std::string_view member) const noexcept;
  [[nodiscard]] std::optional<bool> as_bool() const noexcept;                // boolean only
  [[nodiscard]] std::optional<std::int64_t> as_int() const noexcept;         // integer only
  [[nodiscard]] std::optional<double> as_real() const noexcept;              // real only
  [[nodiscard]] std::optional<std::string_view> as_string() const noexcept;  // string only
  // A scalar as it was written (unescaped, without quotes); empty for arrays and objects.
  [[nodiscard]] std::string_view text() const noexcept;
  [[nodiscard]] std::size_t size() const noexcept;  // children of an array or object, else 0

  // Children of an array or object in the order written; members overwritten by a later duplicate
  // are left out.
  class Iterator;
  [[nodiscard]] Iterator begin() const noexcept;
  [[nodiscard]] Iterator end() const noexcept;

 private:
  const Document* document_ = nullptr;
  NodeId id_ = kNoNode;
};

class Document {
 public:
  class Builder;

  // One member name written twice in one object: `first` is ignored, `second` counts.
  struct Duplicate {
    NodeId first;
    NodeId second;
  };

  Document() = default;
  [[nodiscard]] Value root() const noexcept { return {this, nodes_.empty() ? kNoNode : 0}; }
  [[nodiscard]] Value at(NodeId id) const noexcept { return {this, id}; }
  [[nodiscard]] std::size_t node_count() const noexcept { return nodes_.size(); }
  // One past the last node of the subtree.
  [[nodiscard]] NodeId subtree_end(NodeId id) const noexcept { return nodes_[id].subtree_end; }
  // The array or object that holds the value; kNoNode of the root.
  [[nodiscard]] NodeId parent(NodeId id) const noexcept { return links_[id].parent; }
  [[nodiscard]] const std::vector<Duplicate>& duplicates() const noexcept { return duplicates_; }
  [[nodiscard]] const Source& source() const noexcept { return *source_; }
  // The file that the value stands in: source(), but for a document put together from several.
  [[nodiscard]] const Source& source_of(NodeId id) const noexcept;
  [[nodiscard]] bool has_parts() const noexcept { return !parts_.empty(); }
  // Differs for every document of the process, never 0: what was learned of one can be kept by it.
  [[nodiscard]] std::uint64_t serial() const noexcept { return serial_; }
  // Where the value's text begins and ends in the reader's terms; cheap.
  [[nodiscard]] Place begin_of(NodeId id) const noexcept { return nodes_[id].begin; }
  [[nodiscard]] Place end_of(NodeId id) const noexcept { return nodes_[id].end; }
  [[nodiscard]] Place key_begin_of(NodeId id) const noexcept { return nodes_[id].key_begin; }
  // The template a rendered chart names for this document (`# Source: chart/templates/x.yaml`).
  [[nodiscard]] std::string_view template_name() const noexcept { return template_name_; }

  // Cold paths, for findings only.
  [[nodiscard]] Mark mark(NodeId id) const noexcept;   // where the value begins
  [[nodiscard]] Location locate(NodeId id) const;      // of the value
  [[nodiscard]] Location locate_key(NodeId id) const;  // of the member's name, else of the value
  [[nodiscard]] std::string pointer(NodeId id) const;  // RFC 6901
  // `spec.containers[0].image`: how Kubernetes writes a field's path.
  [[nodiscard]] std::string field_path(NodeId id, NodeId from = 0) const;

 private:
  friend class Value;
  struct Node {
    const char* text = nullptr;  // a scalar's text
    const char* key = nullptr;
    std::int64_t number = 0;      // boolean, integer; a real's bits
    std::uint32_t text_size = 0;  // a scalar's; of an array or object the number of children
    std::uint32_t key_size = 0;
    NodeId subtree_end = 0;
    Kind kind = Kind::absent;
    bool shadowed = false;  // a later duplicate of its key counts instead
    bool merged = false;    // came through a merge key: overridden and overriding without a note
    Place begin, end, key_begin;
  };
  static_assert(sizeof(Node) == 64, "one cache line per node");

  // Where a node hangs: pointers are found in steps of its depth, not of its siblings.
  struct Link {
    NodeId parent = kNoNode;
    std::uint32_t index = 0;  // among the parent's children as written
  };

  // Values from here on stand in another file than source().
  struct Part {
    NodeId first = 0;
    std::shared_ptr<const Source> source;
  };

  [[nodiscard]] static Mark mark(const Source& source, Place place) noexcept;
  [[nodiscard]] std::vector<NodeId> path_to(NodeId id) const;

  std::shared_ptr<const Source> source_;
  std::vector<Part> parts_;  // in the order of `first`; before the first of them: source_
  std::uint64_t serial_ = 0;
  std::string_view template_name_;
  std::vector<Node> nodes_;
  std::vector<Link> links_;  // of the node with the same id
  std::vector<Duplicate> duplicates_;
  Arena arena_;
};

// The one writer. Calls follow the text: key() before each member's value, close() after the last
// child. After a call broke a limit every further call does nothing; finish() then gives the error.
class Document::Builder {
 public:
  Builder(std::shared_ptr<const Source> source, const Limits& limits);
  // As above, reusing the memory of a document that is no longer needed.
  Builder(std::shared_ptr<const Source> source, const Limits& limits, Document&& reuse);

  // The values that follow stand in this file, as do the names of members.
  void set_source(const std::shared_ptr<const Source>& source);

  // Makes room at once for that many values; where they are over the limit, for none, and
  // `beyond` is the place of the first that is too many.
  void expect(std::size_t values, Place beyond = {});

  // Text handed to key() and scalar() must live as long as the document: in the source, or here.
  [[nodiscard]] std::string_view keep(std::string_view text) { return document_.arena_.copy(text); }

  void key(std::string_view name, Place begin);
  // `number`: 0 or 1 of a boolean, the value of an integer, the bits of a real (std::bit_cast).
  NodeId scalar(Kind kind, std::string_view text, std::int64_t number, Place begin, Place end);
  NodeId open(Kind array_or_object, Place begin);
  void close(Place end);
  // The subtree again under the pending key: an alias. Keeps the places of the original.
  NodeId copy(NodeId subtree);
  // Copies the members of the object `from` into the open object, in place of earlier ones of the
  // same name: goyaml.v2, which Kubernetes uses, takes merge keys in the order of the text.
  void merge(NodeId from);
  // Takes a closed member out of the open object: what stood beside a merge key.
  void hide(NodeId member);
  void set_template_name(std::string_view name) { document_.template_name_ = name; }

  [[nodiscard]] std::size_t depth() const noexcept { return open_.size(); }
  [[nodiscard]] bool failed() const noexcept { return error_.has_value(); }
  // The values written so far, for a reader that has to look back (anchors, merge keys).
  [[nodiscard]] const Document& so_far() const noexcept { return document_; }
  // Leaves the builder empty. Every open() must have been closed unless a limit was broken.
  [[nodiscard]] Result<Document> finish();

 private:
  NodeId add(Kind kind, Place begin);
  void fail(std::string message, Place where);
  void fail_of_values(Place where);
  void note_duplicates(NodeId object);

  Document document_;
  Limits limits_;
  std::vector<NodeId> open_;
  std::string_view key_;
  Place key_begin_;
  std::optional<Error> error_;
};

class Value::Iterator {
 public:
  // At the first child that counts, from `at` on.
  Iterator(const Document* document, NodeId at, NodeId end) noexcept
      : document_(document), at_(at), end_(end) {
    skip_shadowed();
  }
  Iterator(const Document* document, NodeId end) noexcept
      : document_(document), at_(end), end_(end) {}
  [[nodiscard]] Value operator*() const noexcept { return {document_, at_}; }
  Iterator& operator++() noexcept {
    at_ = document_->nodes_[at_].subtree_end;
    skip_shadowed();
    return *this;
  }
  friend bool operator==(const Iterator& a, const Iterator& b) noexcept { return a.at_ == b.at_; }

 private:
  void skip_shadowed() noexcept {
    while (at_ < end_ && document_->nodes_[at_].shadowed) at_ = document_->nodes_[at_].subtree_end;
  }
  const Document* document_;
  NodeId at_;
  NodeId end_;
};

inline Kind Value::kind() const noexcept {
  return id_ == kNoNode ? Kind::absent : document_->nodes_[id_].kind;
}
inline std::string_view Value::key() const noexcept {
  if (id_ == kNoNode) return {};
  const auto& node = document_->nodes_[id_];
  return {node.key, node.key_size};
}
inline std::string_view Value::text() const noexcept {
  if (kind() < Kind::null || kind() > Kind::string) return {};
  const auto& node = document_->nodes_[id_];
  return {node.text, node.text_size};
}
inline std::size_t Value::size() const noexcept {
  return kind() >= Kind::array ? document_->nodes_[id_].text_size : 0;
}
inline std::optional<bool> Value::as_bool() const noexcept {
  if (kind() != Kind::boolean) return std::nullopt;
  return document_->nodes_[id_].number != 0;
}
inline std::optional<std::int64_t> Value::as_int() const noexcept {
  if (kind() != Kind::integer) return std::nullopt;
  return document_->nodes_[id_].number;
}
inline std::optional<double> Value::as_real() const noexcept {
  if (kind() != Kind::real) return std::nullopt;
  return std::bit_cast<double>(document_->nodes_[id_].number);
}
inline std::optional<std::string_view> Value::as_string() const noexcept {
  if (kind() != Kind::string) return std::nullopt;
  return text();
}
inline Value::Iterator Value::end() const noexcept {
  return {document_, kind() < Kind::array ? kNoNode : document_->nodes_[id_].subtree_end};
}
inline Value::Iterator Value::begin() const noexcept {
  if (kind() < Kind::array) return end();
  return {document_, id_ + 1, document_->nodes_[id_].subtree_end};
}
inline Value Value::operator[](std::string_view member) const noexcept {
  if (kind() != Kind::object) return {document_, kNoNode};
  const Document::Node* const nodes = document_->nodes_.data();
  const NodeId end = nodes[id_].subtree_end;
  for (NodeId at = id_ + 1; at < end; at = nodes[at].subtree_end) {
    const Document::Node& child = nodes[at];
    if (!child.shadowed && std::string_view(child.key, child.key_size) == member) {
      return {document_, at};
    }
  }
  return {document_, kNoNode};
}

}  // namespace kaudit
