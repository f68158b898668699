#include "core/report/html/checklist.h"

#include "core/report/entries.h"
#include "core/report/escape.h"
#include "core/report/html/text.h"

namespace kaudit::html {
namespace {

using State = ChecklistAnswer::State;

std::string failure_of(const FileReport& file, const ChecklistSubject& subject,
                       const ChecklistAnswer& answer) {
  Finding named;
  named.kind = subject.kind;
  named.ns = subject.ns;
  named.name = subject.name;
  std::string out;
  append_name(out, object_of(named));
  if (answer.evidence != nullptr) {
    out += " <code>";
    append_xml(out, place_of(shortened(file_of(file, *answer.evidence), kNameBytes),
                             answer.evidence->where.begin));
    out += "</code>";
    if (answer.more > 0) out += " and " + std::to_string(answer.more) + " more";
  }
  if (!answer.note.empty()) {
    out += answer.evidence != nullptr ? "; " : ": ";
    append_sentence(out, answer.note);
  }
  return out;
}

}  // namespace

void ChecklistTable::count(const FileReport& file, const RunInfo& run) {
  const Checklist checklist(file);
  for (const ChecklistSubject& subject : file.subjects) {
    ++subjects_;
    const ChecklistAnswers answers = checklist.answers(subject, run);
    for (std::size_t n = 0; n < answers.size(); ++n) {
      Tally& tally = tallies_[n];
      ++tally.states[static_cast<std::size_t>(answers[n].state)];
      if (answers[n].state == State::fail && tally.failures.size() < kMostFailures) {
        tally.failures.push_back(failure_of(file, subject, answers[n]));
      }
    }
  }
}

void ChecklistTable::write(std::string& out) const {
  constexpr std::string_view kColumns[] = {"pass", "fail", "not applicable", "not examined"};
  out +=
      "<section id=\"checklist\" aria-labelledby=\"checklist-title\">\n"
      "<h2 id=\"checklist-title\">Checklist</h2>\n<div class=\"card\"><table class=\"answers\">"
      "<thead><tr><th scope=\"col\">Of " +
      std::to_string(subjects_) +
      (subjects_ == 1 ? " service, workload or image" : " services, workloads and images") +
      "</th>";
  for (const std::string_view column : kColumns) {
    out.append("<th scope=\"col\" class=\"n\">").append(column).append("</th>");
  }
  out += "</tr></thead>\n<tbody>\n";
  for (std::size_t n = 0; n < tallies_.size(); ++n) {
    const Tally& tally = tallies_[n];
    out += "<tr><th scope=\"row\">" + std::to_string(n + 1) + ". ";
    append_xml(out, checklist()[n].title);
    const std::size_t failed = tally.states[static_cast<std::size_t>(State::fail)];
    if (failed > 0) {
      out += "<details><summary>" + counted(failed, "failure") + " of item " +
             std::to_string(n + 1) + "</summary><ul class=\"plain\">";
      for (const std::string& failure : tally.failures) out += "<li>" + failure + "</li>\n";
      if (failed > tally.failures.size()) {
        out += "<li>and " + std::to_string(failed - tally.failures.size()) + " more</li>\n";
      }
      out += "</ul></details>";
    }
    out += "</th>";
    for (std::size_t state = 0; state < tally.states.size(); ++state) {
      const std::size_t count = tally.states[state];
      out += "<td class=\"n";
      if (count != 0 && state == static_cast<std::size_t>(State::pass)) out += " pass";
      if (count != 0 && state == static_cast<std::size_t>(State::fail)) out += " fail";
      out.append("\" data-of=\"").append(kColumns[state]).append("\">");
      out += std::to_string(count) + "</td>";
    }
    out += "</tr>\n";
  }
  out += "</tbody></table></div>\n</section>\n";
}

}  // namespace kaudit::html
