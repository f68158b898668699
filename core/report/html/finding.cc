#include "core/report/html/finding.h"

#include <algorithm>
#include <string_view>

#include "core/report/escape.h"
#include "core/report/fix_diff.h"
#include "core/report/html/text.h"

namespace kaudit::html {
namespace {

constexpr std::string_view kCut = "...";
// Of the other places of a finding.
constexpr std::size_t kMostAlso = 20;

// Where the character of that number begins.
std::size_t offset_of(std::string_view line, std::uint32_t character) {
  std::size_t at = 0;
  for (std::uint32_t n = 0; n < character && at < line.size(); ++n) {
    static_cast<void>(next_code_point(line, at));
  }
  return at;
}

std::size_t indent_of(std::string_view line) {
  return std::min(line.find_first_not_of(" \t"), line.size());
}

void write_source(std::string& out, const Finding& finding) {
  if (finding.where.begin.line == 0 || finding.source_line.empty()) return;
  const std::string_view line = finding.source_line;
  const std::size_t begin = offset_of(line, finding.source_begin);
  const std::size_t end = std::max(begin, offset_of(line, finding.source_end));
  out += "<pre><span class=\"ln\">" + std::to_string(finding.where.begin.line) + "</span>";
  if (finding.source_column > 1) out += kCut;
  // A phone has no room for the indentation of a manifest.
  const std::size_t indent = std::min(indent_of(line), begin);
  append_line(out, line.substr(indent, begin - indent));
  if (begin < end) {
    out += "<mark>";
    append_line(out, line.substr(begin, end - begin));
    out += "</mark>";
  }
  append_line(out, line.substr(end));
  out += "</pre>\n";
}

void write_diff_line(std::string& out, std::string_view tag, std::string_view mark,
                     std::string_view line) {
  out.append("<").append(tag).append(">").append(mark);
  append_line(out, line);
  out.append("</").append(tag).append(">");
}

void write_fix(std::string& out, const Finding& finding) {
  if (finding.fix.empty()) return;
  const FixDiff diff = fix_diff(finding);
  if (diff.empty()) {
    out += "<p class=\"fix\"><b>Fix:</b> ";
    append_sentence(out, finding.fix);
    out += "</p>\n";
    return;
  }
  std::size_t indent = indent_of(diff.context.empty() ? diff.removed : diff.context);
  for (const std::string& line : diff.added) indent = std::min(indent, indent_of(line));
  const auto write = [&](std::string_view tag, std::string_view mark, std::string_view line) {
    if (!line.empty()) write_diff_line(out, tag, mark, line.substr(indent));
  };
  out += "<p class=\"fix\"><b>Fix:</b></p><pre class=\"diff\">";
  write("span", " ", diff.context);
  if (diff.below) out += "<span> ...</span>";
  write("del", "-", diff.removed);
  for (const std::string& line : diff.added) write("ins", "+", line);
  out += "</pre>\n";
}

void write_why(std::string& out, const Rule& rule) {
  out += "<details class=\"why\"><summary>Why ";
  append_xml(out, rule.slug);
  out += "</summary><p>";
  append_sentence(out, rule.rationale);
  out += "</p>";
  if (!rule.references.empty()) {
    out += "<ul>";
    for (const std::string_view reference : rule.references) {
      out += "<li><a rel=\"noreferrer\" href=\"";
      append_xml(out, reference);
      out += "\">";
      append_xml(out, reference);
      out += "</a></li>";
    }
    out += "</ul>";
  }
  out += "</details>\n";
}

}  // namespace

std::string body_of(const FileReport& file, const Finding& finding) {
  std::string out = "<p class=\"head\"><span class=\"chip\">";
  out.append(name_of(finding.severity)).append("</span> <span class=\"rule\">");
  append_xml(out, finding.rule->slug);
  out += "</span> <span class=\"of\">";
  append_xml(out, finding.rule->id);
  out += "</span></p>\n<p class=\"what\">";
  append_sentence(out, finding.message);
  out += "</p>\n<p class=\"place\"><code>";
  append_xml(out, place_of(shortened(file_of(file, finding), kNameBytes), finding.where.begin));
  out += "</code>";
  if (!finding.template_name.empty()) {
    out += " from the template <code>";
    append_name(out, finding.template_name);
    out += "</code>";
  }
  if (finding.related.begin.line != 0) {
    out += ", see <code>";
    append_xml(out, place_of(shortened(related_file_of(file, finding), kNameBytes),
                             finding.related.begin));
    out += "</code>";
  }
  out += "</p>\n";
  if (!finding.also.empty()) {
    out += "<p class=\"also\">Also: ";
    append_sentence(out, also_of(finding, kMostAlso));
    out += "</p>\n";
  }
  if (const std::string rank = rank_with_places(finding); !rank.empty()) {
    out += "<p class=\"reason\">";
    append_sentence(out, rank);
    out += "</p>\n";
  }
  write_source(out, finding);
  write_fix(out, finding);
  write_why(out, *finding.rule);
  return out;
}

}  // namespace kaudit::html
