// GitHub Actions workflow commands: annotations on the changed lines of a pull request.
// https://docs.github.com/actions/reference/workflow-commands-for-github-actions
#include "core/report/entries.h"
#include "core/report/escape.h"

namespace kaudit {
namespace {

constexpr std::string_view command_of(Severity severity) noexcept {
  constexpr std::string_view kNames[] = {"notice", "notice", "warning", "error", "error"};
  return kNames[index_of(severity)];
}

class GithubReporter final : public BufferedReporter {
 public:
  using BufferedReporter::BufferedReporter;

  void begin(const RunInfo& run) override { run_ = run; }

  void file(const FileReport& file) override {
    for (const Entry& entry : entries_of(file)) {
      const Finding& finding = *entry.finding;
      open(command_of(finding.severity), file_of(file, finding), finding.where.begin,
           finding.where.end);
      append_github_property(out_, finding.rule->slug);
      out_ += " (";
      append_github_property(out_, finding.rule->id);
      out_ += ")::";
      std::string object = object_of(finding);
      if (!object.empty()) append_github_message(out_, object.append(": "));
      append_github_message(out_, finding.message);
      out_ += "%0AFix: ";  // the command's own line break
      append_github_message(out_, finding.fix);
      if (const std::string rank = rank_of(finding); !rank.empty()) {
        out_ += "%0ARank: ";
        append_github_message(out_, rank);
      }
      out_ += '\n';
    }
    for_each_gap(file, [&](Mark at, std::string_view message) {
      open("error", file.file, at, {});
      out_ += "not examined::";
      append_github_message(out_, message);
      out_ += '\n';
    });
    for_each_note(file, [&](Mark at, std::string_view message) {
      open("notice", file.file, at, {});
      out_ += "not followed::";
      append_github_message(out_, message);
      out_ += '\n';
    });
    flush();
  }

  void end(const Summary& summary) override {
    out_ += "kaudit: " + counted(summary.findings(), "finding") + " in " +
            counted(summary.files, "file") + ". " + verdict_of(summary, run_) + ".\n";
    flush();
  }

 private:
  // Up to the title's text. Of a value over several lines the first one: GitHub shows an annotation
  // below the last line that it is given.
  void open(std::string_view command, std::string_view file, Mark begin, Mark end) {
    out_.append("::").append(command).append(" file=");
    while (file.starts_with("./")) file.remove_prefix(2);
    append_github_property(out_, file);
    if (begin.line != 0) {
      number(",line=", begin.line);
      if (begin.column != 0) number(",col=", begin.column);
      if (end.line == begin.line && end.column > begin.column) {
        number(",endLine=", end.line);
        number(",endColumn=", end.column);
      }
    }
    out_ += ",title=";
  }
  void number(std::string_view name, std::uint32_t value) {
    out_.append(name).append(std::to_string(value));
  }

  RunInfo run_;
};

}  // namespace

std::unique_ptr<Reporter> make_github(Output& out) { return std::make_unique<GithubReporter>(out); }

}  // namespace kaudit
