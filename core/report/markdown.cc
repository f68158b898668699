// Markdown for a comment on a pull request: verdict and numbers first, then the most severe
// findings. GitHub takes 65,536 characters, so this is the one report that is bounded: it keeps the
// first findings of each severity and says how many there are besides.
#include <algorithm>
#include <array>
#include <tuple>

#include "core/report/checklist.h"
#include "core/report/entries.h"
#include "core/report/escape.h"

namespace kaudit {
namespace {

constexpr std::size_t kBytes = 60'000;
constexpr std::size_t kRows = 500;
// Of these so many are not folded.
constexpr std::size_t kFirst = 10;
constexpr std::size_t kGapsBytes = 15'000;
// Of the table of eleven lines, each with at most one name.
constexpr std::size_t kChecklistBytes = 9'000;
// Of a name or a sentence that others wrote.
constexpr std::size_t kTextBytes = 300;
// Of the other places of a finding.
constexpr std::size_t kMostAlso = 2;

class MarkdownReporter final : public BufferedReporter {
 public:
  using BufferedReporter::BufferedReporter;

  void begin(const RunInfo& run) override { run_ = run; }

  void file(const FileReport& file) override {
    const Checklist checklist(file);
    for (const ChecklistSubject& subject : file.subjects) count(file, checklist, subject);
    for (const Entry& entry : unfolded_entries_of(file)) {
      const Finding& finding = *entry.finding;
      rows_.push_back({finding.priority, finding.severity, findings_++,
                       row_of(file_of(file, finding), finding)});
      if (rows_.size() >= 2 * kRows) keep_first(rows_, kRows);
    }
    const auto list = [&](Mark at, std::string_view message) {
      ++gaps_count_;
      if (gaps_.size() >= kGapsBytes) return;
      ++gaps_shown_;
      gaps_ += "- ";
      append_markdown_code(gaps_, place_of(shortened(file.file, kTextBytes), at));
      gaps_ += ": ";
      append_markdown_sentence(gaps_, shortened(message, kTextBytes));
      gaps_ += '\n';
    };
    for_each_gap(file, list);
    for_each_note(file, list);
  }

  void end(const Summary& summary) override {
    out_ += "## kaudit\n\n**" + verdict_of(summary, run_) + ".**\n\n";
    write_numbers(summary);
    if (gaps_count_ > gaps_shown_) {
      gaps_ += "- and " + counted(gaps_count_ - gaps_shown_, "more place") + "\n";
    }
    write_findings(summary, kBytes - gaps_.size() - kChecklistBytes);
    write_checklist();
    if (!gaps_.empty()) out_ += "\n### Not examined\n\n" + gaps_;
    out_ += "\n<sub>kaudit ";
    append_markdown(out_, run_.version);
    out_ += ", rules " + run_.ruleset + ", profile ";
    append_markdown(out_, run_.profile);
    out_ += ", Kubernetes 1." + std::to_string(run_.minor) + "</sub>\n";
    flush();
  }

 private:
  static std::string row_of(std::string_view file, const Finding& finding) {
    std::string row = "| ";
    row.append(name_of(finding.severity)).append(" | ");
    append_markdown_code(row, place_of(shortened(file, kTextBytes), {finding.where.begin.line, 0}));
    row += "<br>";
    append_markdown(row, shortened(object_of(finding), kTextBytes));
    row += " | ";
    append_markdown_sentence(row, shortened(finding.message, kTextBytes));
    row += "<br>Fix: ";
    append_markdown_sentence(row, shortened(finding.fix, kTextBytes));
    if (const std::string rank = rank_of(finding); !rank.empty()) {
      row += "<br>";
      append_markdown(row, shortened(rank, kTextBytes));
    }
    if (!finding.also.empty()) {
      row += "<br>Also: ";
      append_markdown(row, shortened(also_of(finding, kMostAlso), kTextBytes));
    }
    row += " | ";
    append_markdown_code(row, finding.rule->slug);
    row.append("<br>").append(finding.rule->id).append(" |\n");
    return row;
  }

  // Of an item how many subjects gave each answer, and the first that failed.
  struct Tally {
    std::array<std::size_t, 4> states{};  // by ChecklistAnswer::State
    std::string first_fail;
  };

  void count(const FileReport& file, const Checklist& checklist, const ChecklistSubject& subject) {
    ++subjects_;
    const ChecklistAnswers answers = checklist.answers(subject, run_);
    for (std::size_t n = 0; n < answers.size(); ++n) {
      const ChecklistAnswer& answer = answers[n];
      ++tallies_[n].states[static_cast<std::size_t>(answer.state)];
      std::string& first = tallies_[n].first_fail;
      if (answer.state != ChecklistAnswer::State::fail || !first.empty()) continue;
      if (answer.evidence != nullptr) {
        append_markdown_code(first, place_of(shortened(file_of(file, *answer.evidence), kTextBytes),
                                             {answer.evidence->where.begin.line, 0}));
      } else {
        append_markdown(first, shortened(answer.note, kTextBytes));
      }
    }
  }

  void write_checklist() {
    if (subjects_ == 0) return;
    out_ += "\n### Checklist\n\nOf " + std::to_string(subjects_) +
            (subjects_ == 1 ? " service, workload or image" : " services, workloads and images") +
            ":\n\n| | pass | fail | not applicable | not examined | first that fails |\n"
            "|:--|--:|--:|--:|--:|:--|\n";
    for (std::size_t n = 0; n < kChecklistItems; ++n) {
      out_ += "| " + std::to_string(n + 1) + ". ";
      append_markdown(out_, checklist()[n].title);
      for (const std::size_t state : tallies_[n].states) out_ += " | " + std::to_string(state);
      out_ += " | " + tallies_[n].first_fail + " |\n";
    }
  }

  void write_numbers(const Summary& summary) {
    out_ += "| critical | high | medium | low | info |\n|--:|--:|--:|--:|--:|\n|";
    for (const Severity severity : kSeverities) {
      out_ += " " + std::to_string(summary.by_severity[index_of(severity)]) + " |";
    }
    out_ += "\n\n" + counted(summary.files, "file") + ": " + std::to_string(summary.examined) +
            " examined, " + std::to_string(summary.nothing_to_judge) + " with nothing to judge, " +
            std::to_string(summary.not_examined) + " not examined. " +
            counted(summary.objects, "object") + ", " + counted(summary.workloads, "workload") +
            ", " + counted(summary.containers, "container") + ".\n";
    if (summary.exempted > 0) {
      out_ += "\n" + counted(summary.exempted, "finding") + " exempted by the policy.\n";
    }
  }

  // A finding as a row, and where it stands among the others.
  struct Row {
    unsigned priority;
    Severity severity;
    std::size_t order;
    std::string text;
    [[nodiscard]] bool before(const Row& other) const noexcept {
      return std::tuple(other.priority, other.severity, order) <
             std::tuple(priority, severity, other.order);
    }
  };

  void write_findings(const Summary& summary, std::size_t bytes) {
    if (rows_.empty()) return;
    constexpr std::string_view kHead = "\n| Severity | Where | What | Rule |\n|:--|:--|:--|:--|\n";
    std::sort(rows_.begin(), rows_.end(), [](const Row& a, const Row& b) { return a.before(b); });
    const bool folds = findings_ > kFirst;
    out_ += folds ? "\n### Fix these first\n" : "\n### Findings\n";
    std::size_t shown = 0;
    for (const Row& row : rows_) {
      if (out_.size() + row.text.size() > bytes) break;
      if (shown == 0) out_ += kHead;
      if (folds && shown == kFirst) {
        out_ += "\n<details><summary>The findings after these</summary>\n";
        out_ += kHead;
      }
      out_ += row.text;
      ++shown;
    }
    if (folds && shown > kFirst) out_ += "\n</details>\n";
    if (shown < summary.findings()) {
      const bool all = shown == summary.findings() - summary.folded;
      out_.append("\nShown ").append(is_or_are(shown)).append(all ? "" : "the first ");
      out_ += std::to_string(shown) + " of " + counted(summary.findings(), "finding");
      if (all) {
        out_ += "; the others are the same on replicas or in other files.\n";
      } else {
        out_.append(", ").append(rows_.front().priority != 0 ? "what to fix first"
                                                             : "the most severe");
        out_ += " first.\n";
      }
    }
  }

  RunInfo run_;
  std::size_t subjects_ = 0;
  std::array<Tally, kChecklistItems> tallies_;
  std::vector<Row> rows_;
  std::size_t findings_ = 0;
  std::string gaps_;
  std::size_t gaps_count_ = 0, gaps_shown_ = 0;
};

}  // namespace

std::unique_ptr<Reporter> make_markdown(Output& out) {
  return std::make_unique<MarkdownReporter>(out);
}

}  // namespace kaudit
