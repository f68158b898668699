#include "core/report/fix_diff.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "core/report/escape.h"

namespace kaudit {
namespace {

constexpr std::string_view kBlanks = " \t";
constexpr std::string_view kLeftOut = "…";  // in a fix: something that only its reader knows

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

// The bytes of the value in the finding's line.
struct Range {
  std::size_t begin = 0, end = 0;
};
Range value_of(const Finding& finding) {
  Range range;
  std::size_t at = 0;
  const std::string_view line = finding.source_line;
  for (std::uint32_t n = 0; at < line.size() && n < finding.source_end; ++n) {
    if (n == finding.source_begin) range.begin = at;
    static_cast<void>(next_code_point(line, at));
  }
  range.end = at;
  range.begin = std::min(range.begin, range.end);
  return range;
}

bool is_key(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.' || c == '/';
}

// One word, one quoted text, one {…} or […]: YAML that can be written as it stands. Sentences and
// `<placeholders>` are not.
bool is_value(std::string_view text) {
  if (text.empty() || text.find('<') != std::string_view::npos) return false;
  const char first = text.front();
  if (first == '{' || first == '[') {
    std::size_t depth = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (text[at] == '{' || text[at] == '[') ++depth;
      if ((text[at] == '}' || text[at] == ']') && --depth == 0) return at + 1 == text.size();
    }
    return false;
  }
  if (first == '"') return text.size() > 1 && text.find('"', 1) == text.size() - 1;
  return text.find_first_of(" ,") == std::string_view::npos;
}

struct Field {
  std::string_view key, value;
};
std::optional<Field> field_of(std::string_view fix) {
  const std::size_t colon = fix.find(": ");
  if (colon == 0 || colon == std::string_view::npos) return std::nullopt;
  const Field field{fix.substr(0, colon), fix.substr(colon + 2)};
  if (!std::all_of(field.key.begin(), field.key.end(), is_key) || !is_value(field.value)) {
    return std::nullopt;
  }
  return field;
}

// Whether the value stands behind this key: `key: `, in quotes or not, in a block or within {}.
bool ends_with_key(std::string_view before, std::string_view key) {
  before = trimmed(before);
  if (!before.ends_with(':')) return false;
  before = trimmed(before.substr(0, before.size() - 1));
  if (before.size() > 1 && (before.back() == '"' || before.back() == '\'')) before.remove_suffix(1);
  if (!before.ends_with(key)) return false;
  return before.size() == key.size() || !is_key(before[before.size() - key.size() - 1]);
}

FixDiff of_field(const Finding& finding, const Field& field) {
  const std::string_view line = finding.source_line;
  const Range value = value_of(finding);
  FixDiff diff;
  const bool one_line = finding.where.begin.line == finding.where.end.line;
  if (one_line && ends_with_key(line.substr(0, value.begin), field.key)) {
    diff.removed = line;
    diff.added.push_back(std::string(line.substr(0, value.begin)).append(field.value));
    diff.added.back() += line.substr(value.end);
    return diff;
  }
  // A mapping that lacks the field: its key is marked, or its first member.
  const std::size_t text = line.find_first_not_of(kBlanks);
  if (text == std::string_view::npos) return {};
  const bool names_mapping = trimmed(line).ends_with(':');
  if (one_line && !names_mapping) return {};
  std::size_t indent = text;
  if (names_mapping) indent += 2;
  // Members of a list's element begin behind its dash.
  for (std::size_t at = text; line.substr(at).starts_with("- "); at += 2) indent += 2;
  diff.context = line;
  diff.added.push_back(std::string(indent, ' ').append(field.key).append(": "));
  diff.added.back() += field.value;
  return diff;
}

// "Delete `a`", "Delete `a` and write `b`, `c`": a, then what is written.
std::vector<std::string_view> deletion_of(std::string_view fix) {
  constexpr std::string_view kDelete = "Delete `";
  if (!fix.starts_with(kDelete)) return {};
  std::vector<std::string_view> parts;
  std::string_view between = kDelete.substr(0, kDelete.size() - 1);
  while (fix.starts_with(between) && fix.substr(between.size()).starts_with('`')) {
    fix.remove_prefix(between.size() + 1);
    const std::size_t end = fix.find('`');
    if (end == std::string_view::npos) return {};
    parts.push_back(fix.substr(0, end));
    fix.remove_prefix(end + 1);
    between = parts.size() == 1 ? " and write " : ", ";
  }
  return fix.empty() ? parts : std::vector<std::string_view>();
}

// The line without what YAML takes for a comment.
std::string_view without_comment(std::string_view line) {
  return trimmed(line.substr(0, line.find(" #")));
}

FixDiff of_deletion(const Finding& finding, const std::vector<std::string_view>& parts) {
  const std::string_view line = finding.source_line;
  if (without_comment(line) != parts.front()) return {};
  FixDiff diff;
  diff.removed = line;
  const std::size_t indent = line.find_first_not_of(kBlanks);
  for (std::size_t n = 1; n < parts.size(); ++n) {
    diff.added.push_back(std::string(line.substr(0, indent)).append(parts[n]));
  }
  return diff;
}

std::string_view first_word(std::string_view text) { return text.substr(0, text.find(' ')); }

bool is_instruction(std::string_view word) {
  return word.size() > 1 &&
         std::all_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

FixDiff of_instruction(const Finding& finding) {
  const std::string_view line = finding.source_line;
  const std::string_view word = first_word(finding.fix);
  if (!is_instruction(word) || finding.fix.find('`') != std::string::npos) return {};
  FixDiff diff;
  if (first_word(trimmed(line)) == word) {
    if (trimmed(line).ends_with('\\')) return {};  // the rest of it is not shown
    diff.removed = line;
    diff.added.push_back(finding.fix);
    return diff;
  }
  if (word != "USER" && word != "HEALTHCHECK") return {};
  diff.context = line;
  diff.added.push_back(finding.fix);
  diff.below = true;
  return diff;
}

}  // namespace

FixDiff fix_diff(const Finding& finding) {
  const bool whole_line = finding.source_column == 1;
  if (!whole_line || finding.source_line.empty() || finding.where.begin.line == 0 ||
      finding.fix.find(kLeftOut) != std::string::npos) {
    return {};
  }
  if (finding.surface == Surface::dockerfile) return of_instruction(finding);
  if (finding.surface == Surface::image) return {};
  if (const auto parts = deletion_of(finding.fix); !parts.empty()) {
    return of_deletion(finding, parts);
  }
  const auto field = field_of(finding.fix);
  return field ? of_field(finding, *field) : FixDiff();
}

}  // namespace kaudit
