// For people: by file and object, each place with its source line once, then what is wrong with it,
// the most severe first, and what to write instead. The summary and what was not examined at the
// end, where a terminal leaves the reader.
#include <algorithm>
#include <vector>

#include "core/report/entries.h"
#include "core/report/escape.h"
#include "core/report/ranking.h"
#include "core/report/snippet.h"

namespace kaudit {
namespace {

// Of a name, and of a sentence, that others wrote.
constexpr std::size_t kNameBytes = 300;
constexpr std::size_t kSentenceBytes = 2000;
constexpr std::size_t kGapsOfFile = 10;
// What was not examined is listed at the end; beyond this, where it stands.
constexpr std::size_t kGapsBytes = std::size_t{1} << 20;

constexpr std::string_view kReset = "\x1b[0m";
constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kDim = "\x1b[2m";
constexpr std::string_view kRed = "\x1b[31m";
constexpr std::string_view kGreen = "\x1b[32m";
constexpr std::string_view kBlue = "\x1b[34m";

constexpr std::string_view colour_of(Severity severity) noexcept {
  constexpr std::string_view kColours[] = {"\x1b[2m", "\x1b[36m", "\x1b[33m", "\x1b[31m",
                                           "\x1b[1;31m"};
  return kColours[index_of(severity)];
}

// Of the other places of a finding.
constexpr std::size_t kMostAlso = 3;
constexpr std::size_t kMostAlsoVerbose = 20;
constexpr std::size_t kMostFirst = 5;  // a screen has no room for more
constexpr std::string_view kFirstIndent = "     ";

// Severities stand in a column; what belongs to one is indented below it.
constexpr std::string_view kIndent = "            ";

class TextReporter final : public BufferedReporter {
 public:
  TextReporter(const ReportOptions& options, Output& out)
      : BufferedReporter(out), options_(options), explained_(all_rules().size()) {}

  void begin(const RunInfo& run) override { run_ = run; }

  void file(const FileReport& file) override {
    const std::vector<Entry> entries =
        unfolded_entries_of(file, options_.show_exempted ? Which::all : Which::counting);
    std::uint32_t last_line = 0;
    for (const Entry& entry : entries) {
      last_line = std::max(last_line, entry.finding->where.begin.line);
    }
    gutter_ = std::max<std::size_t>(std::to_string(last_line).size(), 3);
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const Finding& finding = *entries[i].finding;
      const bool new_object = i == 0 || entries[i].object != entries[i - 1].object;
      if (new_object) write_heading(file_of(file, finding), finding);
      if (new_object || !same_place(*entries[i - 1].finding, finding)) {
        write_place(file_of(file, finding), finding);
      }
      write_finding(file, finding);
    }
    first_.add(file);
    note_gaps(file);
    for_each_note(file, [&](Mark at, std::string_view message) {
      if (notes_.size() >= kGapsBytes) {
        ++notes_left_out_;
        return;
      }
      notes_ += "  ";
      append_visible_line_start(notes_, place_of(shortened(file.file, kNameBytes), at));
      notes_ += ": ";
      append_visible(notes_, shortened(message, kSentenceBytes));
      notes_ += '\n';
    });
    if (options_.verbose && entries.empty() && file.status != FileStatus::not_examined) {
      append_visible_line_start(out_, shortened(file.file, kNameBytes));
      out_ += file.status == FileStatus::examined ? ": no finding" : ": ";
      append_visible(out_, file.status == FileStatus::examined ? std::string_view() : file.reason);
      out_ += '\n';
    }
    flush();
  }

  void end(const Summary& summary) override {
    if (wrote_finding_) out_ += '\n';
    const char* separator = ": ";
    const auto add = [&](std::size_t count, std::string_view what) {
      if (count == 0) return;
      out_.append(separator).append(std::to_string(count)).append(what);
      separator = ", ";
    };
    out_ += counted(summary.files, "file");
    add(summary.examined, " examined");
    add(summary.nothing_to_judge, " with nothing to judge");
    add(summary.not_examined, " not examined");
    out_ += "\n" + counted(summary.objects, "object") + ", " +
            counted(summary.workloads, "workload") + ", " +
            counted(summary.containers, "container") + "\n" +
            counted(summary.findings(), "finding");
    separator = ": ";
    for (const Severity severity : kSeverities) {
      const std::size_t count = summary.by_severity[index_of(severity)];
      if (count == 0) continue;
      out_ += separator;
      paint(colour_of(severity), std::to_string(count) + " " + std::string(name_of(severity)));
      separator = ", ";
    }
    out_ += '\n';
    if (summary.left_out > 0) {
      out_ += "Listed are the first " + std::to_string(summary.findings() - summary.left_out) +
              " of them, by priority\n";
    } else if (summary.folded > 0) {
      const std::size_t listed = summary.findings() - summary.folded;
      out_.append("Listed ").append(is_or_are(listed)).append(std::to_string(listed));
      out_ += " of them; the others are the same on replicas or in other files\n";
    }
    if (summary.exempted > 0) {
      out_ += counted(summary.exempted, "finding") + " exempted by the policy";
      out_ += options_.show_exempted ? "\n" : "; --show-exempted lists them\n";
    }
    if (!gaps_.empty()) {
      out_ += '\n';
      paint(kBold, "Not examined:");
      out_.append("\n").append(gaps_);
    }
    if (!notes_.empty()) {
      out_ += '\n';
      paint(kBold, "Not followed:");
      out_.append("\n").append(notes_);
      if (notes_left_out_ > 0) out_ += "  and " + counted(notes_left_out_, "more place") + "\n";
    }
    write_first(summary);
    out_ += '\n';
    const std::string verdict = verdict_of(summary, run_);
    paint(verdict.starts_with("Passed") ? kGreen : kRed, verdict);
    out_ += '\n';
    flush();
  }

 private:
  void paint(std::string_view colour, std::string_view text) {
    if (options_.colour) out_ += colour;
    out_ += text;
    if (options_.colour) out_ += kReset;
  }

  static bool same_place(const Finding& a, const Finding& b) {
    return a.where.begin == b.where.begin && a.where.end == b.where.end &&
           a.where.source == b.where.source;
  }

  // One finding is enough to know what to fix first.
  void write_first(const Summary& summary) {
    if (first_.items().empty() || summary.findings() < 2) return;
    out_ += '\n';
    paint(kBold, "Fix these first:");
    out_ += '\n';
    std::size_t number = 0;
    for (const FixFirst::Item& item : first_.items()) {
      const Finding& finding = item.finding;
      const std::string count = std::to_string(++number);
      out_.append(3 - std::min<std::size_t>(count.size(), 2), ' ').append(count).append(". ");
      paint(colour_of(finding.severity), name_of(finding.severity));
      out_ += ' ';
      if (const std::string object = object_of(finding); !object.empty()) {
        append_visible(out_, shortened(object, kNameBytes));
        out_ += ": ";
      }
      out_.append(finding.rule->title).append(" ");
      paint(kDim, std::string("[")
                      .append(finding.rule->slug)
                      .append(" ")
                      .append(finding.rule->id)
                      .append("]"));
      out_.append("\n").append(kFirstIndent);
      append_visible_line_start(
          out_, place_of(shortened(finding.where.source.empty() ? item.file : finding.where.source,
                                   kNameBytes),
                         finding.where.begin));
      if (item.alike > 1) out_ += " and " + counted(item.alike - 1, "more place");
      out_.append("\n").append(kFirstIndent);
      write_words(rank_with_places(finding), kFirstIndent.size());
      out_ += '\n';
    }
  }

  void write_heading(std::string_view file, const Finding& finding) {
    if (wrote_finding_) out_ += '\n';
    wrote_finding_ = true;
    if (options_.colour) out_ += kBold;
    append_visible_line_start(out_, shortened(file, kNameBytes));
    const std::string object = object_of(finding);
    if (!object.empty()) {
      out_ += ": ";
      append_visible(out_, shortened(object, kNameBytes));
    }
    if (options_.colour) out_ += kReset;
    if (!finding.template_name.empty()) {
      out_ += " (from the template ";
      append_visible(out_, shortened(finding.template_name, kNameBytes));
      out_ += ')';
    }
    out_ += '\n';
  }

  void write_place(std::string_view file, const Finding& finding) {
    out_ += "\n  ";
    std::string place;
    append_visible_line_start(place, place_of(shortened(file, kNameBytes), finding.where.begin));
    paint(kDim, place);
    out_ += '\n';
    if (finding.where.begin.line == 0 || finding.source_line.empty()) return;
    // A line that the terminal breaks would part the caret from its value.
    const std::size_t around = gutter_ + std::string_view("   | ......").size();
    const Snippet snippet =
        options_.width == 0
            ? snippet_of(finding)
            : snippet_of(finding,
                         std::clamp(options_.width, around + 40, around + kSnippetWidth) - around);
    write_gutter(std::to_string(finding.where.begin.line));
    out_.append(snippet.line).append("\n");
    write_gutter({});
    out_.append(snippet.begin, ' ');
    paint(colour_of(finding.severity), "^" + std::string(snippet.width - 1, '~'));
    out_ += '\n';
  }

  void write_gutter(std::string_view number) {
    std::string text(gutter_ + 2 - number.size(), ' ');
    paint(kBlue, text.append(number).append(" | "));
  }

  void write_finding(const FileReport& file, const Finding& finding) {
    const bool exempted = finding.exemption != nullptr;
    const std::string_view severity = exempted ? "exempted" : name_of(finding.severity);
    out_ += "  ";
    paint(exempted ? kDim : colour_of(finding.severity), severity);
    out_.append(kIndent.size() - 2 - severity.size(), ' ');
    const std::size_t column = write_words(finding.message, kIndent.size());
    std::string rule("[");
    rule.append(finding.rule->slug).append(" ").append(finding.rule->id).append("]");
    if (options_.width != 0 && column + 1 + rule.size() > options_.width) {
      out_.append("\n").append(kIndent);
    } else {
      out_ += ' ';
    }
    paint(kDim, rule);
    out_ += '\n';
    if (finding.related.begin.line != 0) {
      write_label("see:");
      append_visible(out_, place_of(shortened(related_file_of(file, finding), kNameBytes),
                                    finding.related.begin));
      out_ += '\n';
    }
    if (exempted) return write_exemption(finding);
    if (!finding.fix.empty()) {
      write_label("fix:");
      write_words(finding.fix, kIndent.size() + 5);
      out_ += '\n';
    }
    if (!finding.also.empty()) {
      write_label("also:");
      write_words(also_of(finding, options_.verbose ? kMostAlsoVerbose : kMostAlso),
                  kIndent.size() + 6);
      out_ += '\n';
    }
    if (!options_.verbose) return;
    if (const std::size_t index = index_of(*finding.rule); !explained_[index]) {
      explained_[index] = true;
      write_label("why:");
      write_words(finding.rule->rationale, kIndent.size() + 5);
      out_ += '\n';
    }
    if (finding.profiles.any()) {
      write_label("breaks:");
      const char* separator = "";
      for_each_profile(finding.profiles, [&](std::string_view profile) {
        out_.append(separator).append(profile);
        separator = ", ";
      });
      out_.append(" (").append(name_of(finding.action)).append(")\n");
    }
  }

  void write_exemption(const Finding& finding) {
    std::string words(reason_of(finding));
    const std::string who = who_and_until(*finding.exemption);
    if (!who.empty()) words.append(" (").append(who).append(")");
    write_label("reason:");
    write_words(words, kIndent.size() + 8);
    out_ += '\n';
    write_label("by:");
    const Location& where = finding.exemption->where;
    append_visible(out_, where.source.empty()
                             ? finding.exemption->reason
                             : place_of(shortened(where.source, kNameBytes), where.begin));
    out_ += '\n';
  }

  // A sentence from `column` on, its further lines as deep as its first. Returns the column after.
  std::size_t write_words(std::string_view sentence, std::size_t column) {
    const std::string text = visible(shortened(sentence, kSentenceBytes));
    if (options_.width == 0) {
      out_ += text;
      return column;
    }
    const std::size_t indent = column;
    std::string_view rest = text;
    while (!rest.empty()) {
      const std::size_t space = std::min(rest.find(' ', 1), rest.size());
      const std::string_view word = rest.substr(0, space);  // with the space before it
      std::size_t width = 0;
      for (std::size_t at = 0; at < word.size();) width += width_of(next_code_point(word, at));
      if (column > indent && column + width > options_.width) {
        out_.append("\n").append(indent, ' ');
        append_visible_line_start(out_, word.substr(1));
        column = indent + width - 1;
      } else {
        out_ += word;
        column += width;
      }
      rest.remove_prefix(space);
    }
    return column;
  }

  void write_label(std::string_view label) {
    out_ += kIndent;
    paint(kGreen, label);
    out_ += ' ';
  }

  void note_gaps(const FileReport& file) {
    std::string& list = gaps_.size() < kGapsBytes ? gaps_ : out_;
    std::size_t count = 0;
    for_each_gap(file, [&](Mark at, std::string_view message) {
      if (++count > kGapsOfFile) return;
      list += list.data() == out_.data() ? "Not examined: " : "  ";
      append_visible_line_start(list, place_of(shortened(file.file, kNameBytes), at));
      list += ": ";
      append_visible(list, shortened(message, kSentenceBytes));
      list += '\n';
    });
    if (count <= kGapsOfFile) return;
    list += "  ";
    append_visible_line_start(list, shortened(file.file, kNameBytes));
    list += ": and " + counted(count - kGapsOfFile, "more error") + "\n";
  }

  ReportOptions options_;
  std::vector<bool> explained_;  // by index_of(rule)
  RunInfo run_;
  std::string gaps_, notes_;
  std::size_t notes_left_out_ = 0;
  FixFirst first_{kMostFirst};
  std::size_t gutter_ = 3;
  bool wrote_finding_ = false;
};

}  // namespace

std::unique_ptr<Reporter> make_text(const ReportOptions& options, Output& out) {
  return std::make_unique<TextReporter>(options, out);
}

}  // namespace kaudit
