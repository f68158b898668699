// SARIF 2.1.0, one run, with what GitHub and GitLab need beyond the schema.
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
// https://docs.github.com/code-security/reference/code-scanning/sarif-files/sarif-support
#include <algorithm>
#include <array>

#include "core/report/entries.h"
#include "core/report/escape.h"
#include "core/report/json_writer.h"

namespace kaudit {
namespace {

using Layout = JsonWriter::Layout;

// GitHub refuses a run of more than 25,000 results. Results are written as they come, so the less
// severe ones stop earlier and leave room for the severe ones that may follow. By Severity.
constexpr std::array<std::size_t, 5> kResults = {15'000, 18'000, 21'000, 23'000, 25'000};

// What could not be examined is kept until the results are written.
constexpr std::size_t kNotificationBytes = std::size_t{1} << 20;

constexpr std::string_view level_of(Severity severity) noexcept {
  constexpr std::string_view kNames[] = {"note", "note", "warning", "error", "error"};
  return kNames[index_of(severity)];
}

// CVSS-like, in the middle of GitHub's range for the word: over 9.0 critical, 7.0 high, 4.0 medium.
constexpr std::string_view security_severity_of(Severity severity) noexcept {
  constexpr std::string_view kScores[] = {"1.0", "3.0", "5.5", "8.0", "9.5"};
  return kScores[index_of(severity)];
}

std::string uri_of(std::string_view file) {
  std::string uri;
  append_uri_path(uri, file);
  return uri;
}

// Visible, and no `[text](target)`, which viewers would make a link of.
std::string message_text(std::string_view text) {
  std::string out;
  for (const char c : visible(text)) {
    if (c == '(' && out.ends_with(']')) out += ' ';
    out += c;
  }
  return out;
}

class SarifReporter final : public Reporter {
 public:
  explicit SarifReporter(Output& out) : json_(out), gaps_(gaps_text_, Layout::lines, 5) {}

  void begin(const RunInfo& run) override {
    exempts_ = run.exempts;
    json_.begin_object();
    json_.member("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    json_.member("version", "2.1.0");
    json_.key("runs");
    json_.begin_array();
    json_.begin_object();
    write_tool(run);
    json_.member("columnKind", "unicodeCodePoints");
    json_.key("properties");
    json_.begin_object(Layout::line);
    json_.member("profile", run.profile);
    json_.member("kubeVersion", "1." + std::to_string(run.minor));
    json_.member("ruleset", run.ruleset);
    json_.end_object();
    json_.key("results");
    json_.begin_array();
    gaps_.begin_array();
  }

  void file(const FileReport& file) override {
    const std::string uri = uri_of(file.file);
    for (const Entry& entry : entries_of(file, Which::all)) {
      if (results_ >= kResults[index_of(entry.finding->severity)]) {
        ++left_out_;
        continue;
      }
      ++results_;
      write_result(file, uri, entry);
    }
    const auto write = [&](std::string_view level, Mark at, std::string_view message) {
      gaps_.flush();
      if (gaps_text_.text().size() > kNotificationBytes) {
        ++gaps_left_out_;
      } else {
        write_gap(level, uri, at, message);
      }
    };
    for_each_gap(file, [&](Mark at, std::string_view message) { write("error", at, message); });
    for_each_note(file, [&](Mark at, std::string_view message) { write("note", at, message); });
  }

  void end(const Summary& summary) override {
    json_.end_array();
    if (left_out_ > 0) {
      notify(counted(left_out_, "finding") +
             " left out, the least severe first: a SARIF run holds 25,000 results");
    }
    if (gaps_left_out_ > 0) {
      notify(counted(gaps_left_out_, "more place") + " not examined; the other formats list them");
    }
    gaps_.end_array();
    gaps_.flush();
    json_.key("invocations");
    json_.begin_array();
    json_.begin_object();
    json_.member("executionSuccessful", summary.not_examined == 0);
    json_.key("toolExecutionNotifications");
    json_.raw(gaps_text_.text());
    json_.key("properties");
    json_.begin_object(Layout::line);
    json_.member("findings", summary.findings());
    json_.member("exempted", summary.exempted);
    json_.member("findingsLeftOut", left_out_);
    json_.member("notExamined", summary.not_examined);
    json_.end_object();
    json_.end_object();
    json_.end_array();
    json_.end_object();
    json_.end_array();
    json_.end_object();
    json_.end_line();
    json_.flush();
  }

 private:
  static void text_member(JsonWriter& json, std::string_view name, std::string_view text) {
    json.key(name);
    json.begin_object();
    json.member("text", text);
    json.end_object();
  }

  void write_tool(const RunInfo& run) {
    json_.key("tool");
    json_.begin_object();
    json_.key("driver");
    json_.begin_object();
    json_.member("name", "kaudit");
    json_.member("version", run.version);
    json_.member("semanticVersion", run.version);
    json_.key("rules");
    json_.begin_array();
    for (const Rule* rule : all_rules()) write_rule(*rule);
    json_.end_array();
    json_.key("notifications");
    json_.begin_array();
    json_.begin_object(Layout::line);
    json_.member("id", "not-examined");
    text_member(json_, "shortDescription", "Something could not be examined");
    json_.end_object();
    json_.end_array();
    json_.end_object();
    json_.end_object();
  }

  void write_rule(const Rule& rule) {
    json_.begin_object(Layout::line);
    json_.member("id", rule.id);
    json_.member("name", rule.slug);
    text_member(json_, "shortDescription", rule.title);
    text_member(json_, "fullDescription", rule.rationale);
    json_.member("helpUri", rule.references.front());
    json_.key("help");
    json_.begin_object();
    std::string help(rule.rationale);
    json_.member("text", help.append("\n\n").append(rule.remediation));
    const std::string fence = "\n\n```" + std::string(example_language(rule.surfaces[0])) + '\n';
    help.append("\n\nNot like this:").append(fence).append(rule.bad);
    help.append("```\n\nBut like this:").append(fence).append(rule.good).append("```\n");
    for (const std::string_view reference : rule.references) {
      help.append("\n- <").append(reference).append(">");
    }
    json_.member("markdown", help);
    json_.end_object();
    json_.key("defaultConfiguration");
    json_.begin_object();
    json_.member("level", level_of(rule.severity));
    json_.end_object();
    json_.key("properties");
    json_.begin_object();
    json_.key("tags");
    json_.begin_array();
    json_.value("security");
    for_each_profile(rule.profiles, [&](std::string_view name) { json_.value(name); });
    for (const std::string_view alias : rule.aliases) json_.value(alias);
    json_.end_array();
    json_.member("precision", "high");
    json_.member("security-severity", security_severity_of(rule.severity));
    json_.end_object();
    json_.end_object();
  }

  static void write_artifact(JsonWriter& json, std::string_view uri) {
    json.key("artifactLocation");
    json.begin_object();
    json.member("uri", uri);
    if (!uri.starts_with("file:")) json.member("uriBaseId", "%SRCROOT%");
    json.end_object();
  }

  // Every number at least 1: GitHub refuses others. The end is one past the last character, as
  // ours. Of a value over several lines only the first line: GitHub shows an alert in a pull
  // request when all lines of its region are part of the change.
  static void write_region(JsonWriter& json, Mark begin, Mark end) {
    begin = {std::max(begin.line, 1U), std::max(begin.column, 1U)};
    json.key("region");
    json.begin_object();
    json.member("startLine", begin.line);
    json.member("startColumn", begin.column);
    if (end.line == begin.line && end.column > begin.column) {
      json.member("endLine", end.line);
      json.member("endColumn", end.column);
    }
    json.end_object();
  }

  void write_location(std::string_view uri, const Location& where, const Finding& finding) {
    json_.begin_object();
    json_.key("physicalLocation");
    json_.begin_object();
    write_artifact(json_, uri);
    write_region(json_, where.begin, where.end);
    const bool is_main = &where == &finding.where;
    if (is_main && finding.source_column == 1 &&
        finding.source_line.find_first_not_of(" \t") != std::string::npos) {
      json_.key("contextRegion");
      json_.begin_object();
      json_.member("startLine", std::max(where.begin.line, 1U));
      text_member(json_, "snippet", finding.source_line);
      json_.end_object();
    }
    json_.end_object();
    if (is_main) {
      json_.key("logicalLocations");
      json_.begin_array();
      json_.begin_object();
      std::string name = object_of(finding);
      if (!finding.container.empty()) name.append(", container ").append(finding.container);
      json_.member("name", visible(finding.name));
      json_.member("fullyQualifiedName", visible(name));
      json_.member("kind", "resource");
      json_.end_object();
      json_.end_array();
    }
    json_.end_object();
  }

  // `uri`: of the file.
  void write_result(const FileReport& file, const std::string& uri, const Entry& entry) {
    const Finding& finding = *entry.finding;
    const auto in = [&](const std::string& name) { return name == file.file ? uri : uri_of(name); };
    json_.begin_object(Layout::line);
    json_.member("ruleId", finding.rule->id);
    json_.member("ruleIndex", index_of(*finding.rule));
    json_.member("level", level_of(finding.severity));
    std::string message = finding.message;
    if (!finding.fix.empty()) message.append(". Fix: ").append(finding.fix);
    text_member(json_, "message", message_text(message));
    if (finding.exposure != nullptr) {  // of 100, ours is of 1000
      json_.key("rank");
      json_.raw(std::to_string(finding.priority / 10) + "." +
                std::to_string(finding.priority % 10));
    }
    json_.key("locations");
    json_.begin_array();
    write_location(in(file_of(file, finding)), finding.where, finding);
    json_.end_array();
    if (finding.related.begin.line != 0) {
      json_.key("relatedLocations");
      json_.begin_array();
      write_location(in(related_file_of(file, finding)), finding.related, finding);
      json_.end_array();
    }
    json_.key("partialFingerprints");
    json_.begin_object();
    // The one that GitHub reads; it wants `hash:occurrence`.
    json_.member("primaryLocationLineHash",
                 finding.fingerprint + ":" + std::to_string(entry.occurrence));
    json_.member("kaudit/v1", unique_fingerprint(entry));
    json_.end_object();
    // SARIF wants it for all results of a run or for none.
    if (exempts_) write_suppressions(finding);
    json_.key("properties");
    json_.begin_object();
    json_.member("severity", name_of(finding.severity));
    json_.member("security-severity", security_severity_of(finding.severity));
    json_.member("action", name_of(finding.action));
    json_.member("pointer", finding.where.pointer);
    if (finding.exposure != nullptr) {
      json_.member("priority", finding.priority);
      json_.member("exposure", visible(reason_of(*finding.exposure)));
    }
    json_.end_object();
    json_.end_object();
  }

  void write_suppressions(const Finding& finding) {
    json_.key("suppressions");
    json_.begin_array();
    if (finding.exemption != nullptr) {
      std::string why(reason_of(finding));
      const std::string who = who_and_until(*finding.exemption);
      if (!who.empty()) why.append(" (").append(who).append(")");
      json_.begin_object();
      json_.member("kind", finding.annotation_reason.empty() ? "external" : "inSource");
      json_.member("status", "accepted");
      json_.member("justification", message_text(why));
      json_.end_object();
    }
    json_.end_array();
  }

  void open_notification(std::string_view level, std::string_view message) {
    gaps_.begin_object(Layout::line);
    gaps_.key("descriptor");
    gaps_.begin_object();
    gaps_.member("id", "not-examined");
    gaps_.end_object();
    gaps_.member("level", level);
    text_member(gaps_, "message", message_text(message));
  }

  void write_gap(std::string_view level, std::string_view uri, Mark at, std::string_view message) {
    open_notification(level, message.empty() ? "not examined" : message);
    gaps_.key("locations");
    gaps_.begin_array();
    gaps_.begin_object();
    gaps_.key("physicalLocation");
    gaps_.begin_object();
    write_artifact(gaps_, uri);
    if (at.line != 0) write_region(gaps_, at, {});
    gaps_.end_object();
    gaps_.end_object();
    gaps_.end_array();
    gaps_.end_object();
  }

  void notify(std::string_view message) {
    open_notification("warning", message);
    gaps_.end_object();
  }

  JsonWriter json_;
  StringOutput gaps_text_;
  JsonWriter gaps_;
  bool exempts_ = false;
  std::size_t results_ = 0, left_out_ = 0, gaps_left_out_ = 0;
};

}  // namespace

std::unique_ptr<Reporter> make_sarif(Output& out) { return std::make_unique<SarifReporter>(out); }

}  // namespace kaudit
