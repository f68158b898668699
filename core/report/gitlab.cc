// GitLab's code quality report: an array of {description, check_name, fingerprint, severity,
// location}. https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
#include <algorithm>

#include "core/report/entries.h"
#include "core/report/escape.h"
#include "core/report/json_writer.h"

namespace kaudit {
namespace {

// GitLab's words, one step higher than ours where it has the step.
constexpr std::string_view gitlab_severity(Severity severity) noexcept {
  constexpr std::string_view kNames[] = {"info", "minor", "major", "critical", "blocker"};
  return kNames[index_of(severity)];
}

class GitlabReporter final : public Reporter {
 public:
  explicit GitlabReporter(Output& out) : json_(out) {}

  void begin(const RunInfo&) override { json_.begin_array(); }

  void file(const FileReport& file) override {
    for (const Entry& entry : entries_of(file)) {
      const Finding& finding = *entry.finding;
      issue(file_of(file, finding), finding.where.begin, finding.message, finding.rule->slug,
            unique_fingerprint(entry), gitlab_severity(finding.severity), rank_of(finding));
    }
    std::size_t number = 0;
    for_each_gap(file, [&](Mark at, std::string_view message) {
      issue(file.file, at, "Not examined: " + std::string(message), "not-examined",
            fingerprint_of(file.file, "not-examined-" + std::to_string(++number)), "major");
    });
    number = 0;
    for_each_note(file, [&](Mark at, std::string_view message) {
      issue(file.file, at, "Not followed: " + std::string(message), "not-followed",
            fingerprint_of(file.file, "not-followed-" + std::to_string(++number)), "info");
    });
  }

  void end(const Summary&) override {
    json_.end_array();
    json_.end_line();
    json_.flush();
  }

 private:
  void issue(std::string_view file, Mark at, std::string_view description, std::string_view check,
             std::string_view fingerprint, std::string_view severity, std::string_view rank = {}) {
    json_.begin_object(JsonWriter::Layout::line);
    json_.member("description", visible(description));
    json_.member("check_name", check);
    json_.member("fingerprint", fingerprint);
    json_.member("severity", severity);
    if (!rank.empty()) {  // Code Climate's place for more than a line
      json_.key("content");
      json_.begin_object();
      json_.member("body", visible(rank));
      json_.end_object();
    }
    json_.key("location");
    json_.begin_object();
    while (file.starts_with("./")) file.remove_prefix(2);  // GitLab compares with `git diff`
    json_.member("path", file);
    json_.key("lines");
    json_.begin_object();
    json_.member("begin", std::max(at.line, 1U));
    json_.end_object();
    json_.end_object();
    json_.end_object();
  }

  JsonWriter json_;
};

}  // namespace

std::unique_ptr<Reporter> make_gitlab(Output& out) { return std::make_unique<GitlabReporter>(out); }

}  // namespace kaudit
