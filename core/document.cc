#include "core/document.h"

#include <algorithm>
#include <atomic>
#include <functional>
#include <unordered_map>

#include "core/shown.h"

namespace kaudit {
namespace {

// Between two entries of Source::code_points_, in bytes.
constexpr std::size_t kStride = 1024;

// Of pointers and field paths, in bytes: a hostile object nests deep below long names, and every
// finding there has one. Real ones have some hundred.
constexpr std::size_t kLongestPath = 4096;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Eight bytes at a time: every text is looked through once.
bool is_ascii(std::string_view text) noexcept {
  std::uint64_t seen = 0;
  std::size_t at = 0;
  for (; at + sizeof seen <= text.size(); at += sizeof seen) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, sizeof word);
    seen |= word;
  }
  for (; at < text.size(); ++at) seen |= static_cast<unsigned char>(text[at]);
  return (seen & 0x8080808080808080U) == 0;
}

std::uint32_t count_code_points(std::string_view text) noexcept {
  return static_cast<std::uint32_t>(std::count_if(text.begin(), text.end(), starts_code_point));
}

// How many code points a member's name takes where it is written, quotes included.
std::uint32_t written_length(std::string_view written, std::string_view name) noexcept {
  const char quote = written.empty() ? '\0' : written.front();
  if (quote != '"' && quote != '\'') {
    if (written.starts_with(name)) return count_code_points(name);
    // 0x1f and yes have other names; a name over several lines ends for us with its first.
    return count_code_points(written.substr(0, written.find_first_of(" \t:,]}")));
  }
  std::size_t at = 1;
  for (; at < written.size(); ++at) {
    if (written[at] == '\\' && quote == '"') {
      ++at;
    } else if (written[at] == quote) {
      if (quote == '"' || written.substr(at + 1, 1) != "'") break;
      ++at;
    }
  }
  return count_code_points(written.substr(0, at + 1));
}

void append_pointer_token(std::string& out, std::string_view token) {
  out += '/';
  for (const char c : token) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
}

// A name that reads well after a dot in a field path.
bool is_plain_name(std::string_view name) noexcept {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
}

}  // namespace

std::string_view name_of(Kind kind) noexcept {
  switch (kind) {
    case Kind::absent: return "nothing";
    case Kind::null: return "null";
    case Kind::boolean: return "a boolean";
    case Kind::integer: return "an integer";
    case Kind::real: return "a number";
    case Kind::string: return "a string";
    case Kind::array: return "a list";
    case Kind::object: return "a mapping";
  }
  return "nothing";
}

Source::Source(std::string name, std::string text)
    : name_(std::move(name)), text_(std::move(text)) {
  line_starts_.push_back(0);
  for (std::size_t at = text_.find('\n'); at != std::string::npos; at = text_.find('\n', at + 1)) {
    line_starts_.push_back(static_cast<std::uint32_t>(at + 1));
  }
  ascii_ = is_ascii(text_);
  if (ascii_) return;
  std::uint32_t count = 0;
  for (std::size_t at = 0; at <= text_.size(); at += kStride) {
    code_points_.push_back(count);
    count += count_code_points(std::string_view(text_).substr(at, kStride));
  }
}

Source::Source(std::string name, std::string text, std::vector<Piece> pieces)
    : Source(std::move(name), std::move(text)) {
  pieces_ = std::move(pieces);
}

std::uint32_t Source::code_points_before(std::size_t offset) const noexcept {
  if (ascii_) return static_cast<std::uint32_t>(offset);
  const std::size_t from = offset / kStride * kStride;
  return code_points_[offset / kStride] +
         count_code_points(std::string_view(text_).substr(from, offset - from));
}

std::size_t Source::offset(Mark place) const noexcept {
  const std::string_view whole = line(place.line);
  if (whole.data() == nullptr) return text_.size();
  const auto begin = static_cast<std::size_t>(whole.data() - text_.data());
  const std::size_t end = begin + whole.size();
  const std::uint32_t column = std::max(place.column, 1U);
  if (ascii_) return std::min(begin + column - 1, end);
  const std::uint32_t target = code_points_before(begin) + column - 1;
  const auto next = std::upper_bound(code_points_.begin(), code_points_.end(), target);
  std::uint32_t count = *(next - 1);
  auto at = static_cast<std::size_t>(next - 1 - code_points_.begin()) * kStride;
  for (; at < end; ++at) {
    if (starts_code_point(text_[at]) && count++ == target) break;
  }
  return at;
}

std::string_view Source::line(std::uint32_t number) const noexcept {
  if (number == 0 || number > line_starts_.size()) return {};
  const std::size_t begin = line_starts_[number - 1];
  const std::size_t end = number < line_starts_.size() ? line_starts_[number] - 1 : text_.size();
  std::string_view line = std::string_view(text_).substr(begin, end - begin);
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  return line;
}

Mark Source::mark(std::size_t offset) const noexcept {
  if (pieces_.empty()) return own_mark(offset);
  offset = std::min(offset, text_.size());
  const auto next =
      std::upper_bound(pieces_.begin() + 1, pieces_.end(), offset,
                       [](std::size_t value, const Piece& piece) { return value < piece.offset; });
  const Piece& piece = *(next - 1);
  const std::uint32_t columns = code_points_before(offset) - code_points_before(piece.offset);
  return {piece.at.line, piece.at.column + columns};
}

Mark Source::own(Mark place) const noexcept {
  if (pieces_.empty()) return place;
  const auto next = std::upper_bound(
      pieces_.begin() + 1, pieces_.end(), place, [](Mark value, const Piece& piece) {
        return std::pair(value.line, value.column) < std::pair(piece.at.line, piece.at.column);
      });
  const Piece& piece = *(next - 1);
  Mark mark = own_mark(piece.offset);
  if (place.line == piece.at.line)
    mark.column += place.column - std::min(place.column, piece.at.column);
  return mark;
}

Mark Source::own_mark(std::size_t offset) const noexcept {
  offset = std::min(offset, text_.size());
  const auto next = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  const std::size_t start = *(next - 1);
  std::uint32_t columns = code_points_before(offset) - code_points_before(start);
  if (std::string_view(text_).substr(start, offset - start).starts_with(kByteOrderMark)) --columns;
  return {static_cast<std::uint32_t>(next - line_starts_.begin()), columns + 1};
}

Source::Excerpt Source::excerpt(Mark place, std::size_t bytes) const noexcept {
  const std::string_view whole = line(place.line);
  if (whole.size() <= bytes) return {whole, 1};
  const std::uint32_t column = std::max(place.column, 1U);
  const std::size_t at = offset(place) - static_cast<std::size_t>(whole.data() - text_.data());
  // A quarter of it before the place: what is wrong stands at the place and after it.
  std::size_t begin = at - std::min(at, bytes / 4);
  while (begin < at && !starts_code_point(whole[begin])) ++begin;
  std::size_t end = std::min(begin + bytes, whole.size());
  while (end < whole.size() && end > at && !starts_code_point(whole[end])) --end;
  const std::string_view before = whole.substr(begin, at - begin);
  const auto columns = std::count_if(before.begin(), before.end(), starts_code_point);
  return {whole.substr(begin, end - begin), column - static_cast<std::uint32_t>(columns)};
}

const Source& Document::source_of(NodeId id) const noexcept {
  const auto next = std::upper_bound(parts_.begin(), parts_.end(), id,
                                     [](NodeId value, const Part& p) { return value < p.first; });
  return next == parts_.begin() ? *source_ : *(next - 1)->source;
}

Mark Document::mark(const Source& source, Place place) noexcept {
  if (place.line != 0) return {place.line, place.column};
  return source.mark(place.column);
}

std::vector<NodeId> Document::path_to(NodeId id) const {
  std::vector<NodeId> path;
  for (; id != 0 && id != kNoNode; id = links_[id].parent) path.push_back(id);
  std::reverse(path.begin(), path.end());
  return path;
}

std::string Document::pointer(NodeId id) const {
  std::string out;
  NodeId parent = 0;
  for (const NodeId step : path_to(id)) {
    if (out.size() > kLongestPath) return out += kEllipsis;
    if (nodes_[parent].kind == Kind::object) {
      append_pointer_token(out, shown(at(step).key()));
    } else {
      out += '/';
      out += std::to_string(links_[step].index);
    }
    parent = step;
  }
  return out;
}

std::string Document::field_path(NodeId id, NodeId from) const {
  std::string out;
  NodeId parent = 0;
  for (const NodeId step : path_to(id)) {
    const NodeId above = std::exchange(parent, step);
    if (step <= from) continue;
    if (out.size() > kLongestPath) return out += kEllipsis;
    if (nodes_[above].kind == Kind::object) {
      const std::string_view name = at(step).key();
      if (name.size() <= kShownBytes && is_plain_name(name)) {
        if (!out.empty()) out += '.';
        out += name;
      } else {
        out += "[\"";
        out += shown(name);
        out += "\"]";
      }
    } else {
      out += '[' + std::to_string(links_[step].index) + ']';
    }
  }
  return out;
}

Mark Document::mark(NodeId id) const noexcept {
  return id < nodes_.size() ? mark(source_of(id), nodes_[id].begin) : Mark{1, 1};
}

Location Document::locate(NodeId id) const {
  if (id >= nodes_.size()) return {source_->name(), "", {1, 1}, {1, 1}};
  const Node& node = nodes_[id];
  const Source& source = source_of(id);
  return {source.name(), pointer(id), mark(source, node.begin), mark(source, node.end)};
}

Location Document::locate_key(NodeId id) const {
  Location where = locate(id);
  if (id < nodes_.size() && nodes_[id].key != nullptr) {
    const Source& source = source_of(id);
    where.begin = mark(source, nodes_[id].key_begin);
    const std::string_view line = source.line(where.begin.line);
    const std::string_view written =
        line.empty() ? line
                     : line.substr(source.offset(where.begin) -
                                   static_cast<std::size_t>(line.data() - source.text().data()));
    where.end = {
        where.begin.line,
        where.begin.column + written_length(written.substr(0, kLongestPath), at(id).key())};
  }
  return where;
}

Document::Builder::Builder(std::shared_ptr<const Source> source, const Limits& limits)
    : Builder(std::move(source), limits, Document{}) {}

Document::Builder::Builder(std::shared_ptr<const Source> source, const Limits& limits,
                           Document&& reuse)
    : document_(std::move(reuse)), limits_(limits) {
  static std::atomic<std::uint64_t> documents{0};
  document_.serial_ = documents.fetch_add(1, std::memory_order_relaxed) + 1;
  document_.nodes_.clear();
  document_.links_.clear();
  document_.duplicates_.clear();
  document_.arena_.reset();
  document_.parts_.clear();
  document_.template_name_ = {};
  document_.source_ = std::move(source);
}

void Document::Builder::set_source(const std::shared_ptr<const Source>& source) {
  auto& parts = document_.parts_;
  const auto& last = parts.empty() ? document_.source_ : parts.back().source;
  if (last == source) return;
  parts.push_back({static_cast<NodeId>(document_.nodes_.size()), source});
}

void Document::Builder::expect(std::size_t values, Place beyond) {
  if (values > limits_.nodes) {
    fail_of_values(beyond);
    return;
  }
  document_.nodes_.reserve(values);
  document_.links_.reserve(values);
}

void Document::Builder::fail(std::string message, Place where) {
  if (error_) return;
  const Mark mark = Document::mark(*document_.source_, where);
  error_ = Error{ErrorCode::too_large, std::move(message),
                 Location{document_.source_->name(), "", mark, mark}};
}

void Document::Builder::fail_of_values(Place where) {
  fail("more than " + std::to_string(limits_.nodes) + " values in one document", where);
}

void Document::Builder::key(std::string_view name, Place begin) {
  if (name.size() > limits_.key) {
    fail("a member's name of more than " + std::to_string(limits_.key) + " bytes", begin);
  }
  // A member whose name is empty still has a key: the pointer tells it from an array's child.
  key_ = name.data() == nullptr ? std::string_view("") : name;
  key_begin_ = begin;
}

NodeId Document::Builder::add(Kind kind, Place begin) {
  if (error_) return kNoNode;
  if (document_.nodes_.size() >= limits_.nodes) {
    fail_of_values(begin);
    return kNoNode;
  }
  const auto id = static_cast<NodeId>(document_.nodes_.size());
  Node& node = document_.nodes_.emplace_back();
  node.kind = kind;
  node.begin = begin;
  node.subtree_end = id + 1;
  Document::Link& link = document_.links_.emplace_back();
  if (!open_.empty()) {
    Node& parent = document_.nodes_[open_.back()];
    link = {open_.back(), parent.text_size};
    ++parent.text_size;
    if (parent.kind == Kind::object) {
      node.key = key_.data();
      node.key_size = static_cast<std::uint32_t>(key_.size());
      node.key_begin = key_begin_;
    }
  }
  return id;
}

NodeId Document::Builder::scalar(Kind kind, std::string_view text, std::int64_t number, Place begin,
                                 Place end) {
  const NodeId id = add(kind, begin);
  if (id == kNoNode) return id;
  Node& node = document_.nodes_[id];
  node.text = text.data();
  node.text_size = static_cast<std::uint32_t>(text.size());
  node.number = number;
  node.end = end;
  return id;
}

NodeId Document::Builder::open(Kind array_or_object, Place begin) {
  if (open_.size() >= limits_.depth) {
    fail("nested deeper than " + std::to_string(limits_.depth) + " levels", begin);
    return kNoNode;
  }
  const NodeId id = add(array_or_object, begin);
  if (id != kNoNode) open_.push_back(id);
  return id;
}

void Document::Builder::close(Place end) {
  if (error_ || open_.empty()) return;
  const NodeId id = open_.back();
  open_.pop_back();
  Node& node = document_.nodes_[id];
  node.subtree_end = static_cast<NodeId>(document_.nodes_.size());
  node.end = end;
  if (node.kind == Kind::object && node.text_size > 1) note_duplicates(id);
}

void Document::Builder::note_duplicates(NodeId object) {
  auto& nodes = document_.nodes_;
  const NodeId end = nodes[object].subtree_end;
  const auto found = [&](NodeId earlier, NodeId later) {
    nodes[earlier].shadowed = true;
    --nodes[object].text_size;
    if (!nodes[earlier].merged && !nodes[later].merged) {
      document_.duplicates_.push_back({earlier, later});
    }
  };
  // Real objects have a handful of members, where comparing beats hashing; a hostile one may have
  // a million.
  constexpr std::uint32_t kPairwise = 16;
  if (nodes[object].text_size <= kPairwise) {
    for (NodeId a = object + 1; a < end; a = nodes[a].subtree_end) {
      if (nodes[a].shadowed) continue;
      for (NodeId b = nodes[a].subtree_end; b < end; b = nodes[b].subtree_end) {
        if (!nodes[b].shadowed && nodes[a].key_size == nodes[b].key_size &&
            std::memcmp(nodes[a].key, nodes[b].key, nodes[a].key_size) == 0) {
          found(a, b);
          break;
        }
      }
    }
    return;
  }
  std::unordered_map<std::string_view, NodeId> last;
  last.reserve(nodes[object].text_size);
  for (NodeId n = object + 1; n < end; n = nodes[n].subtree_end) {
    if (nodes[n].shadowed) continue;
    const auto [entry, added] = last.try_emplace({nodes[n].key, nodes[n].key_size}, n);
    if (!added) found(std::exchange(entry->second, n), n);
  }
}

NodeId Document::Builder::copy(NodeId subtree) {
  if (error_) return kNoNode;
  auto& nodes = document_.nodes_;
  const NodeId count = nodes[subtree].subtree_end - subtree;
  if (nodes.size() + count > limits_.nodes) {
    fail("more than " + std::to_string(limits_.nodes) + " values after expanding aliases",
         nodes[subtree].begin);
    return kNoNode;
  }
  // Aliases of aliases nest as deep as there are lines, so the limit on depth holds here too.
  std::vector<NodeId> ends;
  for (NodeId n = subtree; n < subtree + count; ++n) {
    while (!ends.empty() && ends.back() <= n) ends.pop_back();
    if (nodes[n].kind >= Kind::array) ends.push_back(nodes[n].subtree_end);
    if (open_.size() + ends.size() > limits_.depth) {
      fail("nested deeper than " + std::to_string(limits_.depth) + " levels", nodes[n].begin);
      return kNoNode;
    }
  }
  const NodeId id = add(nodes[subtree].kind, nodes[subtree].begin);
  const NodeId shift = id - subtree;
  for (NodeId n = subtree; n < subtree + count; ++n) {
    Node node = nodes[n];
    node.subtree_end += shift;
    if (n == subtree) {
      node.key = nodes[id].key;
      node.key_size = nodes[id].key_size;
      node.key_begin = nodes[id].key_begin;
      node.shadowed = false;
      node.merged = false;
      nodes[id] = node;
    } else {
      const Document::Link link = document_.links_[n];
      nodes.push_back(node);
      document_.links_.push_back({link.parent + shift, link.index});
    }
  }
  return id;
}

void Document::Builder::merge(NodeId from) {
  if (error_ || open_.empty()) return;
  auto& nodes = document_.nodes_;
  const NodeId end = nodes[from].subtree_end;
  for (NodeId n = from + 1; n < end; n = nodes[n].subtree_end) {
    if (nodes[n].shadowed) continue;
    key({nodes[n].key, nodes[n].key_size}, nodes[n].key_begin);
    const NodeId id = copy(n);
    if (id == kNoNode) return;
    nodes[id].merged = true;
  }
}

void Document::Builder::hide(NodeId member) {
  if (error_ || open_.empty()) return;
  document_.nodes_[member].shadowed = true;
  --document_.nodes_[open_.back()].text_size;
}

Result<Document> Document::Builder::finish() {
  if (error_) {
    Error error = std::move(*error_);
    error_.reset();
    open_.clear();
    return error;
  }
  return std::move(document_);
}

}  // namespace kaudit
