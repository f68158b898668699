#include "core/report/checklist.h"

#include <algorithm>

#include "core/report/entries.h"
#include "core/report/escape.h"

namespace kaudit {
namespace {

using State = ChecklistAnswer::State;

constexpr Surface kNone{};
constexpr std::array kAll{Surface::dockerfile, Surface::compose, Surface::kubernetes};
constexpr std::array kImages{Surface::dockerfile, kNone, kNone};
constexpr std::array kServices{Surface::compose, Surface::kubernetes, kNone};
constexpr std::array kComposeAlone{Surface::compose, kNone, kNone};

bool takes_context(const ChecklistSubject& subject) { return subject.takes_context; }
bool serves_data(const ChecklistSubject& subject) { return subject.serves_data; }
bool has_image(const ChecklistSubject& subject) { return !subject.images.empty(); }

constexpr std::size_t kScanned = 10;
constexpr std::array<ChecklistItem, kChecklistItems> kItems{{
    {"No secret in ENV, ARG or the environment",
     {"secret-in-env", "secret-in-build-arg", "secret-in-command"},
     kAll},
    {"No secret file is copied into the image",
     {"secret-file-copied", "build-context-leak"},
     kImages,
     takes_context},
    {".dockerignore keeps .env, .git, *.pem and *.key out",
     {"dockerignore-incomplete"},
     kImages,
     takes_context},
    {"Databases and caches are not published beyond the host",
     {"published-datastore"},
     kComposeAlone,
     serves_data},
    {"Databases and consoles have passwords of their own",
     {"default-credentials", "missing-credentials"},
     kServices,
     serves_data},
    {"Does not run as root", {"run-as-root", "may-run-as-root"}, kAll},
    {"Built in stages: no compiler, no sources in the image",
     {"single-stage-build", "whole-stage-copied"},
     kImages},
    {"Not privileged", {"privileged-container"}, kServices},
    {"No socket of a container runtime is mounted", {"runtime-socket"}, kServices},
    {"Base images are official or verified, and supported",
     {"base-image-end-of-life", "base-image-unverified", "image-tag"},
     kAll},
    {"Images are scanned for known vulnerabilities", {}, kServices, has_image},
}};

std::string age_of(Day day, Day today) {
  if (day == kNoDay) return "on a day that its report does not tell";
  if (today == kNoDay || day > today) return "on " + to_text(day);
  return counted(static_cast<std::size_t>(today - day), "day") + " ago";
}

ChecklistAnswer scanned(const ChecklistSubject& subject, const RunInfo& run) {
  ChecklistAnswer answer;
  if (run.scans.empty()) {
    return {State::not_examined, nullptr, 0,
            "no report of a scanner was given: --scan-report FILE"};
  }
  for (const std::string& image : subject.images) {
    const ImageScan* scan = scan_of(image, run.scans);
    std::string said = image + ": ";
    if (scan == nullptr) {
      said += "in no report that was given";
      answer.state = State::fail;
    } else {
      said += scan->scanner + ", " + age_of(scan->day, run.today) + ", " +
              counted(scan->critical, "critical finding") + " (" + scan->file + ")";
      if (scan->critical > 0) answer.state = State::fail;
    }
    if (!answer.note.empty()) answer.note += "; ";
    answer.note += said;
  }
  return answer;
}

// `.dockerignore` of 40 columns.
void append_padded(std::string& out, std::string_view text, std::size_t columns) {
  out += text;
  out.append(columns > text.size() ? columns - text.size() : 0, ' ');
}

class ChecklistReporter final : public BufferedReporter {
 public:
  using BufferedReporter::BufferedReporter;

  void begin(const RunInfo& run) override { run_ = run; }

  void file(const FileReport& file) override {
    const Checklist answers(file);
    for (const ChecklistSubject& subject : file.subjects) write(file, subject, answers);
    if (file.status == FileStatus::not_examined) ++files_not_examined_;
    const auto write_line = [&](std::string_view what, Mark at, std::string_view message) {
      begin_block();
      append_visible_line_start(out_, place_of(shortened(file.file, kNameBytes), at));
      out_.append(": ").append(what).append(": ");
      append_visible(out_, shortened(message, kTextBytes));
      out_ += '\n';
    };
    for_each_gap(file, [&](Mark at, std::string_view m) { write_line("not examined", at, m); });
    for_each_note(file, [&](Mark at, std::string_view m) { write_line("not followed", at, m); });
    flush();
  }

  void end(const Summary&) override {
    begin_block();
    out_ += "Checklist: " +
            counted(subjects_, "service, workload or image", "services, workloads and images");
    for (std::size_t state = 0; state < totals_.size(); ++state) {
      std::string name(name_of(static_cast<State>(state)));
      out_ += (state == 0 ? "; " : ", ") + std::to_string(totals_[state]) + " " + name;
    }
    if (files_not_examined_ > 0) {
      out_ += "; " + counted(files_not_examined_, "file", "files") + " not examined";
    }
    out_ += '\n';
    flush();
  }

 private:
  static constexpr std::size_t kNameBytes = 300;
  static constexpr std::size_t kTextBytes = 500;

  static std::string counted(std::size_t count, std::string_view one, std::string_view many) {
    return std::to_string(count) + " " + std::string(count == 1 ? one : many);
  }

  void begin_block() {
    if (wrote_) out_ += '\n';
    wrote_ = true;
  }

  void write(const FileReport& file, const ChecklistSubject& subject, const Checklist& checklist) {
    ++subjects_;
    begin_block();
    append_visible_line_start(
        out_, place_of(shortened(subject.where.source.empty() ? file.file : subject.where.source,
                                 kNameBytes),
                       {subject.where.begin.line, 0}));
    out_ += ": ";
    append_visible(out_, shortened(name_of(subject), kNameBytes));
    out_ += '\n';
    const ChecklistAnswers answers = checklist.answers(subject, run_);
    for (std::size_t n = 0; n < answers.size(); ++n) {
      const ChecklistAnswer& answer = answers[n];
      ++totals_[static_cast<std::size_t>(answer.state)];
      out_ += "  ";
      append_padded(out_, name_of(answer.state), 16);
      append_padded(out_, (n < 9 ? " " : "") + std::to_string(n + 1), 4);
      out_ += kItems[n].title;
      out_ += '\n';
      write_evidence(file, answer);
    }
  }

  void write_evidence(const FileReport& file, const ChecklistAnswer& answer) {
    std::string said;
    if (answer.evidence != nullptr) {
      const Finding& finding = *answer.evidence;
      said = place_of(shortened(file_of(file, finding), kNameBytes), finding.where.begin);
      said.append(" ").append(finding.rule->slug);
      if (answer.more > 0) said += ", and " + std::to_string(answer.more) + " more";
      if (!answer.note.empty()) said += "; ";
    }
    said += shortened(answer.note, kTextBytes);
    if (said.empty()) return;
    out_.append(22, ' ');
    append_visible_line_start(out_, said);
    out_ += '\n';
  }

  static std::string name_of(const ChecklistSubject& subject) {
    std::string text = subject.kind;
    if (!subject.name.empty()) {
      text += ' ';
      if (!subject.ns.empty()) text += subject.ns + '/';
      text += subject.name;
    }
    return text;
  }
  static std::string_view name_of(State state) noexcept { return kaudit::name_of(state); }

  RunInfo run_;
  std::size_t subjects_ = 0, files_not_examined_ = 0;
  std::array<std::size_t, 4> totals_{};  // by State
  bool wrote_ = false;
};

}  // namespace

const std::array<ChecklistItem, kChecklistItems>& checklist() noexcept { return kItems; }

std::string_view name_of(ChecklistAnswer::State state) noexcept {
  constexpr std::string_view kNames[] = {"pass", "fail", "not applicable", "not examined"};
  return kNames[static_cast<std::size_t>(state)];
}

Checklist::Checklist(const FileReport& file) {
  if (file.subjects.empty()) return;
  for (const Finding& finding : file.findings) {
    for (std::size_t n = 0; n < kItems.size(); ++n) {
      if (std::ranges::find(kItems[n].slugs, finding.rule->slug) == kItems[n].slugs.end()) continue;
      Found& found = found_[key(finding.surface, finding.kind, finding.ns, finding.name)][n];
      if (finding.exemption != nullptr) {
        found.exempted = &finding;
      } else if (++found.count == 1) {
        found.first = &finding;
      }
    }
  }
}

std::string Checklist::key(Surface surface, std::string_view kind, std::string_view ns,
                           std::string_view name) {
  std::string out(name_of(surface));
  for (const std::string_view part : {kind, ns, name}) out.append(1, '\0').append(part);
  return out;
}

ChecklistAnswers Checklist::answers(const ChecklistSubject& subject, const RunInfo& run) const {
  const auto known = found_.find(key(subject.surface, subject.kind, subject.ns, subject.name));
  ChecklistAnswers answers;
  for (std::size_t n = 0; n < kItems.size(); ++n) {
    const ChecklistItem& item = kItems[n];
    const bool asked = std::ranges::find(item.surfaces, subject.surface) != item.surfaces.end();
    if (!asked || (item.applies != nullptr && !item.applies(subject))) {
      answers[n].state = State::not_applicable;
    } else if (n == kScanned) {
      answers[n] = scanned(subject, run);
    } else {
      answers[n] = judged(known == found_.end() ? Found{} : known->second[n], item, subject, run);
    }
  }
  return answers;
}

ChecklistAnswer Checklist::judged(const Found& found, const ChecklistItem& item,
                                  const ChecklistSubject& subject, const RunInfo& run) {
  if (found.first != nullptr) return {State::fail, found.first, found.count - 1, {}};
  for (const std::string_view slug : item.slugs) {
    const Rule* rule = slug.empty() ? nullptr : find_rule(slug);
    if (rule == nullptr || !rule->covers(subject.surface)) continue;
    if (std::ranges::find(run.silent, rule) == run.silent.end()) continue;
    return {State::not_examined, nullptr, 0,
            "rule " + std::string(slug) + " was left out of this run"};
  }
  if (item.applies == takes_context && !subject.context_known) {
    return {State::not_examined, nullptr, 0, "the build context is not known"};
  }
  if (found.exempted == nullptr) return {};
  return {State::pass, found.exempted, 0, "exempted: " + std::string(reason_of(*found.exempted))};
}

std::unique_ptr<Reporter> make_checklist(Output& out) {
  return std::make_unique<ChecklistReporter>(out);
}

}  // namespace kaudit
