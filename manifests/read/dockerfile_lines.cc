#include "manifests/read/dockerfile_lines.h"

#include <algorithm>

#include "core/build_words.h"
#include "manifests/read/read.h"

namespace kaudit::read {
namespace {

// BuildKit reads by bufio.Scanner, whose longest token this is, line break included.
constexpr std::size_t kLongestLine = 64 * 1024 - 1;

constexpr bool is_alphanumeric(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

void skip_space(PhysicalLine& line) noexcept {
  while (const std::size_t size = space_size(line.text, 0)) {
    line.text.remove_prefix(size);
    line.offset += size;
  }
}

bool is_comment(PhysicalLine line) noexcept {
  skip_space(line);
  return line.text.starts_with('#');
}

}  // namespace

std::size_t LogicalLine::offset(std::size_t at) const noexcept {
  auto after = std::partition_point(pieces.begin(), pieces.end(),
                                    [at](const Piece& piece) { return piece.at <= at; });
  if (after == pieces.begin()) return begin;
  --after;
  return after->offset + (at - after->at);
}

DockerfileLines::DockerfileLines(std::string_view text) : text_(text) {
  if (text_.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
}

bool DockerfileLines::next_raw(PhysicalLine& out) noexcept {
  if (at_ >= text_.size()) return false;
  const std::size_t line_end = std::min(text_.find('\n', at_), text_.size());
  out = {text_.substr(at_, line_end - at_), at_};
  if (out.text.size() > kLongestLine) {
    errors_.push_back({"the line has " + std::to_string(out.text.size()) +
                           " bytes; BuildKit reads no line of more than " +
                           std::to_string(kLongestLine),
                       at_, line_end});
  }
  while (out.text.ends_with('\r')) out.text.remove_suffix(1);
  at_ = std::min(line_end + 1, text_.size());
  return true;
}

// `# name = value` as long as nothing else was written.
void DockerfileLines::read_directive(PhysicalLine line) {
  if (directives_over_) return;
  directives_over_ = true;  // unless it is one
  if (!line.text.starts_with('#')) return;
  line.text.remove_prefix(1);
  ++line.offset;
  skip_space(line);
  std::size_t name_end = 0;
  while (name_end < line.text.size() && is_alphanumeric(line.text[name_end])) ++name_end;
  Directive directive{lower(line.text.substr(0, name_end)), {}, line.offset, 0};
  line.text.remove_prefix(name_end);
  line.offset += name_end;
  skip_space(line);
  if (!line.text.starts_with('=')) return;
  line.text.remove_prefix(1);
  ++line.offset;
  skip_space(line);
  directive.value = trim_space(line.text);
  directive.value_at = line.offset;
  const std::string& name = directive.name;
  if (directive.value.empty() || (name != "syntax" && name != "escape" && name != "check")) return;
  directives_over_ = false;
  const std::size_t value_end = directive.value_at + directive.value.size();
  const bool repeated = std::any_of(directives_.begin(), directives_.end(),
                                    [&](const Directive& d) { return d.name == name; });
  if (repeated) {
    errors_.push_back(
        {"the parser directive \"" + name + "\" is written twice", directive.name_at, value_end});
    return;
  }
  if (name == "escape") {
    if (directive.value == "\\" || directive.value == "`") {
      escape_ = directive.value.front();
    } else {
      errors_.push_back(
          {"the escape character is neither \\ nor `", directive.value_at, value_end});
    }
  }
  directives_.push_back(std::move(directive));
}

// An escape character at the end of a line, blanks after it aside, goes on on the next line unless
// it is escaped itself.
bool DockerfileLines::take_continuation(std::string_view& line) const noexcept {
  std::string_view rest = line;
  while (rest.ends_with(' ') || rest.ends_with('\t')) rest.remove_suffix(1);
  if (!rest.ends_with(escape_)) return false;
  rest.remove_suffix(1);
  if (rest.ends_with(escape_)) return false;
  line = rest;
  return true;
}

bool DockerfileLines::next(LogicalLine& out) {
  PhysicalLine line;
  while (next_raw(line)) {
    skip_space(line);
    read_directive(line);
    if (line.text.starts_with('#')) continue;
    const std::size_t begin = line.offset;
    std::size_t end = line.offset + line.text.size();
    bool goes_on = take_continuation(line.text);
    if (!goes_on && line.text.empty()) continue;
    out.begin = begin;
    out.text.assign(line.text);
    out.pieces.assign(1, {0, line.offset});
    while (goes_on && next_raw(line)) {
      if (is_comment(line) || trim_space(line.text).empty()) continue;
      end = line.offset + line.text.size();
      goes_on = take_continuation(line.text);
      out.pieces.push_back({out.text.size(), line.offset});
      out.text += line.text;
    }
    out.end = end;
    return true;
  }
  return false;
}

}  // namespace kaudit::read
