#include "manifests/read/yaml_places.h"

#include <algorithm>

namespace kaudit::read {
namespace {

Place place(Mark mark) noexcept { return {mark.line, mark.column}; }

}  // namespace

YamlPlaces::YamlPlaces(const Source& source, std::size_t begin, std::size_t end,
                       const std::vector<std::size_t>& skipped, bool odd_breaks)
    : source_(source),
      begin_(std::string_view(source.text()).substr(0, end), begin, source.mark(begin), skipped),
      first_(begin_.mark()),
      cursor_(begin_),
      end_(source.mark(end)),
      odd_breaks_(odd_breaks) {}

Place YamlPlaces::stepped_to(const yaml_mark_t& mark) {
  cursor_.advance_to(mark.line, mark.column);
  return place(cursor_.mark());
}

std::optional<Place> YamlPlaces::after_properties(const yaml_event_t& event) {
  cursor_.advance_to(event.start_mark.line, event.start_mark.column);
  const bool scalar = event.type == YAML_SCALAR_EVENT;  // may be nothing but properties
  if (!cursor_.skip_properties(scalar ? event.end_mark.line : kNowhere, event.end_mark.column)) {
    return std::nullopt;
  }
  return place(cursor_.mark());
}

std::size_t YamlPlaces::document_start(const yaml_mark_t& end) {
  const Place after = of(end);
  if (odd_breaks_) return cursor_.offset() - 3;
  return static_cast<std::size_t>(source_.line(after.line).data() - source_.text().data());
}

Place YamlPlaces::block_end(Place begin, Place next_token) const {
  const std::uint32_t last = next_token.column > 1 ? next_token.line : next_token.line - 1;
  for (std::uint32_t line = last; line > begin.line; --line) {
    const std::string_view text = source_.line(line);
    if (text.find_first_not_of(" \t") == std::string_view::npos) continue;
    return {line, 1 + static_cast<std::uint32_t>(count_code_points(text))};
  }
  // Nothing but its header: | or > with up to two indicators.
  std::string_view header = source_.line(begin.line);
  header = header.substr(std::min(header.size(), code_point_offset(header, begin.column)));
  const std::size_t size = std::min(header.find_first_not_of("+-123456789"), header.size());
  return {begin.line, begin.column + 1 + static_cast<std::uint32_t>(size)};
}

Cursor YamlPlaces::find(const yaml_mark_t& mark) const {
  Cursor cursor = begin_;
  cursor.advance_to(mark.line, mark.column);
  return cursor;
}

}  // namespace kaudit::read
