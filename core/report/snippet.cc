#include "core/report/snippet.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "core/report/escape.h"

namespace kaudit {
namespace {

constexpr std::size_t kTab = 4;
constexpr std::string_view kCut = "...";

struct Range {
  char32_t first, last;
};

constexpr Range kCombining[] = {
    {0x300, 0x36F},   {0x483, 0x489},   {0x591, 0x5BD},   {0x610, 0x61A},   {0x64B, 0x65F},
    {0x6D6, 0x6DC},   {0x93C, 0x93C},   {0x941, 0x948},   {0xE31, 0xE31},   {0xE34, 0xE3A},
    {0xE47, 0xE4E},   {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x20D0, 0x20FF}, {0x302A, 0x302D},
    {0x3099, 0x309A}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F},
};

constexpr Range kWide[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x2329, 0x232A},   {0x23E9, 0x23EC},
    {0x25FD, 0x25FE},   {0x2614, 0x2615},   {0x2648, 0x2653},   {0x2693, 0x2693},
    {0x26A1, 0x26A1},   {0x26AA, 0x26AB},   {0x26BD, 0x26BE},   {0x26D4, 0x26D4},
    {0x2705, 0x2705},   {0x270A, 0x270B},   {0x2728, 0x2728},   {0x274C, 0x274C},
    {0x2753, 0x2755},   {0x2757, 0x2757},   {0x2795, 0x2797},   {0x2B1B, 0x2B1C},
    {0x2B50, 0x2B50},   {0x2B55, 0x2B55},   {0x2E80, 0x303E},   {0x3041, 0x33FF},
    {0x3400, 0x4DBF},   {0x4E00, 0xA4CF},   {0xA960, 0xA97F},   {0xAC00, 0xD7A3},
    {0xF900, 0xFAFF},   {0xFE10, 0xFE19},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},
    {0xFFE0, 0xFFE6},   {0x1F004, 0x1F004}, {0x1F0CF, 0x1F0CF}, {0x1F18E, 0x1F19A},
    {0x1F200, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD},
};

template <std::size_t Size>
bool is_in(const Range (&ranges)[Size], char32_t code_point) noexcept {
  const auto* const after =
      std::upper_bound(std::begin(ranges), std::end(ranges), code_point,
                       [](char32_t value, const Range& range) { return value < range.first; });
  return after != std::begin(ranges) && code_point <= std::prev(after)->last;
}

// A character of the source as it is shown: where its text begins, and its column.
struct Cell {
  std::size_t at;
  std::size_t column;
};

}  // namespace

std::size_t width_of(char32_t code_point) noexcept {
  if (code_point < 0x300) return 1;
  if (is_in(kCombining, code_point)) return 0;
  return is_in(kWide, code_point) ? 2 : 1;
}

Snippet snippet_of(const Finding& finding, std::size_t columns) {
  const std::string_view source = finding.source_line;
  std::string text;
  std::vector<Cell> cells;
  std::size_t column = 0;
  for (std::size_t at = 0; at < source.size();) {
    cells.push_back({text.size(), column});
    const std::size_t begin = at;
    const char32_t code_point = next_code_point(source, at);
    const std::size_t shown = text.size();
    if (code_point == '\t') {
      text.append(kTab - column % kTab, ' ');
      column += text.size() - shown;
    } else if (code_point == kNotACharacter || is_hidden(code_point) ||
               (code_point == '#' && opens_log_command(source.substr(begin)))) {
      append_escaped(text, source.substr(begin, at - begin));
      column += text.size() - shown;
    } else {
      text += source.substr(begin, at - begin);
      column += width_of(code_point);
    }
  }
  const std::size_t count = cells.size();
  cells.push_back({text.size(), column});

  const Cell begin = cells[std::min<std::size_t>(finding.source_begin, count)];
  Cell end = cells[std::min<std::size_t>(finding.source_end, count)];

  // The window that is shown: whole characters.
  std::size_t left = 0;
  std::size_t right = count;
  if (column > columns) {
    // Some of what comes before, most of what comes after.
    const std::size_t from = begin.column - std::min(begin.column, columns * 3 / 10);
    while (cells[left].column < from) ++left;
    while (right > left && cells[right].column > cells[left].column + columns) --right;
  }
  const Cell first = cells[left];
  const Cell last = cells[right];
  end.column = std::min(end.column, last.column);

  Snippet snippet;
  if (left > 0 || finding.source_column > 1) snippet.line += kCut;
  snippet.begin = snippet.line.size() + (begin.column - first.column);
  snippet.width = std::max<std::size_t>(end.column - std::min(end.column, begin.column), 1);
  snippet.line.append(text, first.at, last.at - first.at);
  if (right < count) snippet.line += kCut;
  return snippet;
}

}  // namespace kaudit
