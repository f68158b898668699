// What `kaudit diff` prints.
#include "core/report/diff.h"
#include "core/report/entries.h"
#include "core/report/escape.h"
#include "core/report/json_writer.h"

namespace kaudit {
namespace {

// Of a name, and of a sentence, that others wrote.
constexpr std::size_t kNameBytes = 300;
constexpr std::size_t kSentenceBytes = 2000;

std::string object_of(const ReportedFinding& finding) {
  Finding named;
  named.kind = finding.kind;
  named.ns = finding.ns;
  named.name = finding.name;
  return object_of(named);
}

// "critical", "high, was medium", "high, was exempted".
std::string severity_of(const Change& change) {
  std::string text(name_of(change.finding().severity));
  if (change.before == nullptr || change.after == nullptr) return text;
  if (change.before->exempted) {
    text += ", was exempted";
  } else if (change.before->severity != change.after->severity) {
    text.append(", was ").append(name_of(change.before->severity));
  } else if (change.before->exposure != change.after->exposure) {
    text += ", exposed to " + visible(change.after->exposure) + ", was " +
            visible(change.before->exposure);
  }
  return text;
}

std::string verdict_of(const Snapshot& before, const Snapshot& after, const Diff& diff,
                       const DiffRun& run) {
  const std::size_t failing = at_or_above(diff, run);
  RunInfo threshold;
  threshold.fail_on = run.fail_on;
  threshold.fail_on_priority = run.fail_on_priority;
  const std::size_t gaps = before.gaps.size() + after.gaps.size();
  std::string text;
  if (failing != 0) {
    text = "Failed: " + counted(failing, "finding") + " of ";
  } else {
    text = gaps != 0 ? "Incomplete: " : "Passed: ";
    text += run.fail_on_set ? "no finding of " : "no severity is set to fail";
  }
  if (run.fail_on_set) {
    text += threshold_of(threshold);
    text += failing == 1 ? " is new or worse" : failing != 0 ? " are new or worse" : " is new";
  }
  if (gaps != 0) {
    text += failing != 0 ? ", and " : ", but ";
    text += counted(gaps, "place") + (gaps == 1 ? " was" : " were") + " not examined";
  }
  return text;
}

// What makes the two reports hard to compare; empty when nothing does.
std::string caution_of(const Snapshot& before, const Snapshot& after) {
  std::string text;
  const auto differs = [&](std::string_view what, const std::string& a, const std::string& b) {
    if (a == b || a.empty() || b.empty()) return;
    text.append(text.empty() ? "The reports differ in " : ", ").append(what);
    text.append(" (").append(a).append(", ").append(b).append(")");
  };
  differs("rules", before.ruleset, after.ruleset);
  differs("profile", before.profile, after.profile);
  differs("version of Kubernetes", before.kube_version, after.kube_version);
  if (!text.empty()) text += ": some changes may come of that";
  return text;
}

std::string counts_of(const Diff& diff) {
  std::string text = std::to_string(diff.worse.size()) + " worse, " +
                     std::to_string(diff.better.size()) + " better, " + std::to_string(diff.same) +
                     " the same";
  if (!diff.accepted.empty()) text += ", " + std::to_string(diff.accepted.size()) + " now exempted";
  if (!diff.not_examined.empty()) {
    text += ", " + std::to_string(diff.not_examined.size()) + " of files that were not examined";
  }
  return text;
}

class Text {
 public:
  explicit Text(bool colour) : colour_(colour) {}

  void section(std::string_view title, std::string_view colour,
               const std::vector<Change>& changes) {
    if (changes.empty()) return;
    paint(colour, std::string(title) + ": " + std::to_string(changes.size()));
    out += '\n';
    for (const Change& change : changes) write(change);
    out += '\n';
  }

  void side(std::string_view label, const Snapshot& snapshot) {
    out.append(label).append(": ");
    append_visible(out, shortened(snapshot.name, kNameBytes));
    out += ": " + counted(snapshot.files.size(), "file") + ", " +
           counted(snapshot.counting(), "finding") + "\n";
  }

  void gaps(const Snapshot& snapshot) {
    for (const Snapshot::Gap& gap : snapshot.gaps) {
      out += "Not examined: ";
      append_visible(out, shortened(snapshot.name, kNameBytes));
      out += ": ";
      append_visible(out, place_of(shortened(gap.file, kNameBytes), gap.at));
      out += ": ";
      append_visible(out, shortened(gap.message, kSentenceBytes));
      out += '\n';
    }
  }

  void paint(std::string_view colour, std::string_view text) {
    if (colour_) out += colour;
    out += text;
    if (colour_) out += "\x1b[0m";
  }

  std::string out;

 private:
  void write(const Change& change) {
    const ReportedFinding& finding = change.finding();
    out += "\n  ";
    std::string place;
    append_visible_line_start(
        place, place_of(shortened(finding.file, kNameBytes), {finding.line, finding.column}));
    out += place;
    if (const std::string object = object_of(finding); !object.empty()) {
      out += ": ";
      append_visible(out, shortened(object, kNameBytes));
    }
    out.append("\n  ").append(severity_of(change)).append("  ");
    append_visible(out, shortened(finding.message, kSentenceBytes));
    out.append(" [").append(visible(finding.rule)).append(" ");
    out.append(visible(finding.id)).append("]\n");
    if (!finding.reason.empty()) {
      out += "  priority " + std::to_string(finding.priority) + ", ";
      append_visible(out, shortened(finding.reason, kSentenceBytes));
      out += '\n';
    }
    if (change.after == nullptr || finding.fix.empty()) return;
    out += "  fix: ";
    append_visible(out, shortened(finding.fix, kSentenceBytes));
    out += '\n';
  }

  bool colour_;
};

std::string as_text(const Snapshot& before, const Snapshot& after, const Diff& diff,
                    const DiffRun& run) {
  constexpr std::string_view kRed = "\x1b[31m";
  constexpr std::string_view kGreen = "\x1b[32m";
  constexpr std::string_view kDim = "\x1b[2m";
  Text text(run.colour);
  text.section("Better", kGreen, diff.better);
  text.section("Now exempted", kDim, diff.accepted);
  text.section("Of files that were not examined", kDim, diff.not_examined);
  // Last, where a terminal leaves the reader.
  text.section("Worse", kRed, diff.worse);
  text.gaps(before);
  text.gaps(after);
  text.side("old", before);
  text.side("new", after);
  if (const std::string caution = caution_of(before, after); !caution.empty()) {
    append_visible(text.out, caution);
    text.out += '\n';
  }
  text.out += counts_of(diff) + "\n\n";
  const std::string verdict = verdict_of(before, after, diff, run);
  text.paint(verdict.starts_with("Passed") ? kGreen : kRed, verdict);
  text.out += '\n';
  return std::move(text.out);
}

// GitHub takes 65,536 characters of a comment: what got worse comes first, and is bounded.
std::string as_markdown(const Snapshot& before, const Snapshot& after, const Diff& diff,
                        const DiffRun& run) {
  constexpr std::size_t kBytes = 60'000;
  constexpr std::size_t kTextBytes = 300;
  constexpr std::size_t kGaps = 20;
  std::string out = "## kaudit: what changed\n\n**" + verdict_of(before, after, diff, run) +
                    ".**\n\n" + counts_of(diff) + ", from ";
  append_markdown_code(out, shortened(before.name, kTextBytes));
  out += " to ";
  append_markdown_code(out, shortened(after.name, kTextBytes));
  out += ".\n";
  if (const std::string caution = caution_of(before, after); !caution.empty()) {
    out += '\n';
    append_markdown(out, caution);
    out += ".\n";
  }
  std::size_t listed = 0;
  for (const Snapshot* side : {&before, &after}) {
    for (const Snapshot::Gap& gap : side->gaps) {
      if (++listed > kGaps) continue;
      out += listed == 1 ? "\n### Not examined\n\n- " : "- ";
      append_markdown_code(out, place_of(shortened(gap.file, kTextBytes), gap.at));
      out += ": ";
      append_markdown(out, shortened(gap.message, kTextBytes));
      out += '\n';
    }
  }
  if (listed > kGaps) out += "- and " + counted(listed - kGaps, "more place") + "\n";
  const auto section = [&](std::string_view title, const std::vector<Change>& changes, bool folded,
                           std::size_t bytes) {
    if (changes.empty()) return;
    const std::string heading = std::string(title) + ": " + std::to_string(changes.size());
    out += folded ? "\n<details><summary>" + heading + "</summary>\n" : "\n### " + heading + "\n";
    out += "\n| Severity | Where | What | Rule |\n|:--|:--|:--|:--|\n";
    std::size_t shown = 0;
    for (const Change& change : changes) {
      const ReportedFinding& finding = change.finding();
      std::string row = "| " + severity_of(change) + " | ";
      append_markdown_code(row, place_of(shortened(finding.file, kTextBytes), {finding.line, 0}));
      row += "<br>";
      append_markdown(row, shortened(object_of(finding), kTextBytes));
      row += " | ";
      append_markdown_sentence(row, shortened(finding.message, kTextBytes));
      if (change.after != nullptr && !finding.fix.empty()) {
        row += "<br>Fix: ";
        append_markdown_sentence(row, shortened(finding.fix, kTextBytes));
      }
      row += " | ";
      append_markdown_code(row, shortened(finding.rule, kTextBytes));
      row += " |\n";
      if (out.size() + row.size() > bytes) break;
      out += row;
      ++shown;
    }
    if (shown < changes.size()) {
      out += "\nShown are the first " + std::to_string(shown) + ", the most severe first.\n";
    }
    if (folded) out += "\n</details>\n";
  };
  section("Worse", diff.worse, false, kBytes * 3 / 4);
  section("Of files that were not examined", diff.not_examined, true, kBytes * 7 / 8);
  section("Now exempted", diff.accepted, true, kBytes * 15 / 16);
  section("Better", diff.better, true, kBytes);
  return out;
}

void write(JsonWriter& json, const ReportedFinding& finding) {
  json.member("rule", finding.rule);
  json.member("id", finding.id);
  json.member("severity", name_of(finding.severity));
  json.member("surface", name_of(finding.surface));
  json.member("file", finding.file);
  json.member("line", finding.line);
  json.member("column", finding.column);
  json.member("field", finding.field);
  write_workload(json, finding.kind, finding.ns, finding.name);
  json.member("container", finding.container);
  json.member("message", finding.message);
  json.member("fix", finding.fix);
  json.member("fingerprint", finding.fingerprint);
  if (finding.priority != 0) {
    json.member("priority", finding.priority);
    json.member("exposure", finding.exposure);
    json.member("reason", finding.reason);
  }
}

void write(JsonWriter& json, std::string_view key, const std::vector<Change>& changes) {
  json.key(key);
  json.begin_array();
  for (const Change& change : changes) {
    json.begin_object(JsonWriter::Layout::line);
    write(json, change.finding());
    if (change.before != nullptr && change.after != nullptr) {
      json.key("was");
      json.begin_object();
      json.member("severity", name_of(change.before->severity));
      json.member("exempted", change.before->exempted);
      if (change.before->priority != 0) json.member("exposure", change.before->exposure);
      json.member("file", change.before->file);
      json.member("line", change.before->line);
      json.end_object();
    }
    json.end_object();
  }
  json.end_array();
}

void write(JsonWriter& json, std::string_view key, const Snapshot& snapshot) {
  json.key(key);
  json.begin_object();
  json.member("name", snapshot.name);
  json.member("ruleset", snapshot.ruleset);
  json.member("profile", snapshot.profile);
  json.member("kube_version", snapshot.kube_version);
  json.member("files", snapshot.files.size());
  json.member("findings", snapshot.counting());
  json.key("not_examined");
  json.begin_array();
  for (const Snapshot::Gap& gap : snapshot.gaps) {
    json.begin_object(JsonWriter::Layout::line);
    json.member("file", gap.file);
    json.member("line", gap.at.line);
    json.member("column", gap.at.column);
    json.member("message", gap.message);
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

void write_json(const Snapshot& before, const Snapshot& after, const Diff& diff, const DiffRun& run,
                Output& out) {
  JsonWriter json(out);
  json.begin_object();
  json.member("schema", "kaudit-diff/1");
  json.member("kaudit", run.version);
  write(json, "old", before);
  write(json, "new", after);
  write(json, "worse", diff.worse);
  write(json, "better", diff.better);
  write(json, "accepted", diff.accepted);
  write(json, "not_examined", diff.not_examined);
  json.key("summary");
  json.begin_object(JsonWriter::Layout::line);
  json.member("worse", diff.worse.size());
  json.member("better", diff.better.size());
  json.member("accepted", diff.accepted.size());
  json.member("not_examined", diff.not_examined.size());
  json.member("same", diff.same);
  json.member("fail_on", fail_on_of(run.fail_on_set, run.fail_on, run.fail_on_priority));
  json.member("at_or_above_fail_on", at_or_above(diff, run));
  json.end_object();
  json.end_object();
  json.end_line();
}

}  // namespace

bool write_diff(Format format, const Snapshot& before, const Snapshot& after, const Diff& diff,
                const DiffRun& run, Output& out) {
  switch (format) {
    case Format::text: out.write(as_text(before, after, diff, run)); return true;
    case Format::markdown: out.write(as_markdown(before, after, diff, run)); return true;
    case Format::json: write_json(before, after, diff, run, out); return true;
    default: return false;
  }
}

}  // namespace kaudit
