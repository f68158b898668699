// Where libyaml's events stand in the text, as editors count.
//
// Ownership: views of the source, which must outlive it. Thread-safety: one thread.
#pragma once

#include <yaml.h>

#include <optional>
#include <vector>

#include "core/document.h"
#include "manifests/read/text.h"

namespace kaudit::read {

// Of one libyaml parser that reads the bytes [begin, end). Marks must be asked for in the order of
// the events.
class YamlPlaces {
 public:
  // `skipped`: byte order marks that the parser does not see. `odd_breaks`: libyaml's lines are not
  // those of editors.
  YamlPlaces(const Source& source, std::size_t begin, std::size_t end,
             const std::vector<std::size_t>& skipped, bool odd_breaks);

  [[nodiscard]] Place of(const yaml_mark_t& mark) {
    if (odd_breaks_) return stepped_to(mark);
    const auto line = first_.line + static_cast<std::uint32_t>(mark.line);
    if (line > end_.line) return {end_.line, end_.column};  // after the added line feed
    const auto column = static_cast<std::uint32_t>(mark.column);
    return {line, column + (mark.line == 0 ? first_.column : 1)};
  }
  // Of a scalar or collection with an anchor or tag, which libyaml takes for its beginning. Nothing
  // where Kubernetes' parser finds another end of the tag (Cursor::skip_properties).
  [[nodiscard]] std::optional<Place> after_properties(const yaml_event_t& event);
  // The offset of the `---` that ends at this mark.
  [[nodiscard]] std::size_t document_start(const yaml_mark_t& end);
  // Where a block scalar ends: after its last line with text. libyaml's end is at the next token.
  [[nodiscard]] Place block_end(Place begin, Place next_token) const;

  // For errors: in any order, at the cost of the text from the beginning on.
  [[nodiscard]] Cursor find(const yaml_mark_t& mark) const;

 private:
  [[nodiscard]] Place stepped_to(const yaml_mark_t& mark);

  const Source& source_;
  Cursor begin_;
  Mark first_;  // of begin_
  Cursor cursor_;
  Mark end_;
  bool odd_breaks_;
};

}  // namespace kaudit::read
