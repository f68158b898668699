// The report of our own schema, `kaudit-report/1`: kaudit-report-1.schema.json beside this file.
// Findings are written as they come; what is kept until the end is one line a file.
#include <vector>

#include "core/report/entries.h"
#include "core/report/json_writer.h"

namespace kaudit {
namespace {

using Layout = JsonWriter::Layout;

// Keeps what it is given piece by piece: nothing is copied as it grows.
class Pieces final : public Output {
 public:
  void write(std::string_view bytes) override { pieces_.emplace_back(bytes); }
  void hand_to(Output& out) const {
    for (const std::string& piece : pieces_) out.write(piece);
  }

 private:
  std::vector<std::string> pieces_;
};

class JsonReporter final : public Reporter {
 public:
  explicit JsonReporter(Output& out)
      : out_(out), json_(out), files_(files_text_, Layout::lines, 1), used_(all_rules().size()) {}

  void begin(const RunInfo& run) override {
    run_ = run;
    json_.begin_object();
    json_.member("schema", "kaudit-report/1");
    json_.member("kaudit", run.version);
    json_.member("ruleset", run.ruleset);
    json_.member("profile", run.profile);
    json_.member("kube_version", "1." + std::to_string(run.minor));
    json_.key("findings");
    json_.begin_array();
    files_.begin_array();
  }

  void file(const FileReport& file) override {
    for (const Entry& entry : entries_of(file)) {
      used_[index_of(*entry.finding->rule)] = true;
      write(file.file, entry);
    }
    files_.begin_object(Layout::line);
    files_.member("file", file.file);
    files_.member("surface", name_of(file.surface));
    files_.member("status", name_of(file.status));
    files_.member("reason", file.reason);
    files_.member("objects", file.objects);
    files_.member("workloads", file.workloads);
    files_.member("containers", file.containers);
    files_.member("findings", file.findings.size());
    files_.key("errors");
    files_.begin_array();
    for (const Error& error : file.errors) {
      files_.begin_object();
      files_.member("line", error.where.begin.line);
      files_.member("column", error.where.begin.column);
      files_.member("message", error.message);
      files_.end_object();
    }
    files_.end_array();
    files_.end_object();
  }

  void end(const Summary& summary) override {
    json_.end_array();
    json_.key("files");
    files_.end_array();
    files_.flush();
    json_.raw({});
    json_.flush();
    files_text_.hand_to(out_);
    write_rules();
    write(summary);
    json_.end_object();
    json_.end_line();
    json_.flush();
  }

 private:
  void write_mark(std::string_view line, std::string_view column, Mark mark) {
    json_.member(line, mark.line);
    json_.member(column, mark.column);
  }

  void write(std::string_view file, const Entry& entry) {
    const Finding& finding = *entry.finding;
    json_.begin_object(Layout::line);
    json_.member("rule", finding.rule->slug);
    json_.member("id", finding.rule->id);
    json_.member("severity", name_of(finding.severity));
    json_.member("action", name_of(finding.action));
    json_.key("profiles");
    json_.begin_array();
    for_each_profile(finding.profiles, [&](std::string_view name) { json_.value(name); });
    json_.end_array();
    json_.member("surface", name_of(finding.surface));
    json_.member("file", file);
    write_mark("line", "column", finding.where.begin);
    write_mark("end_line", "end_column", finding.where.end);
    json_.member("pointer", finding.where.pointer);
    json_.member("field", finding.field);
    json_.key("workload");
    json_.begin_object();
    json_.member("kind", finding.kind);
    json_.member("namespace", finding.ns);
    json_.member("name", finding.name);
    json_.end_object();
    json_.member("container", finding.container);
    if (!finding.template_name.empty()) json_.member("template", finding.template_name);
    json_.member("message", finding.message);
    json_.member("fix", finding.fix);
    if (finding.related.begin.line != 0) {
      json_.key("related");
      json_.begin_object();
      write_mark("line", "column", finding.related.begin);
      write_mark("end_line", "end_column", finding.related.end);
      json_.member("pointer", finding.related.pointer);
      json_.end_object();
    }
    json_.member("fingerprint", unique_fingerprint(entry));
    json_.end_object();
  }

  // Of the rules that found something: what a reader needs to explain them.
  void write_rules() {
    json_.key("rules");
    json_.begin_array();
    for (const Rule* rule : all_rules()) {
      if (!used_[index_of(*rule)]) continue;
      json_.begin_object(Layout::line);
      json_.member("rule", rule->slug);
      json_.member("id", rule->id);
      json_.member("severity", name_of(rule->severity));
      json_.member("title", rule->title);
      json_.member("rationale", rule->rationale);
      json_.member("remediation", rule->remediation);
      json_.key("references");
      json_.begin_array();
      for (const std::string_view reference : rule->references) json_.value(reference);
      json_.end_array();
      json_.end_object();
    }
    json_.end_array();
  }

  void write(const Summary& summary) {
    json_.key("summary");
    json_.begin_object();
    json_.member("files", summary.files);
    json_.member("examined", summary.examined);
    json_.member("nothing_to_judge", summary.nothing_to_judge);
    json_.member("not_examined", summary.not_examined);
    json_.member("objects", summary.objects);
    json_.member("workloads", summary.workloads);
    json_.member("containers", summary.containers);
    json_.member("no_pod_spec", summary.no_pod_spec);
    json_.member("findings", summary.findings());
    json_.key("by_severity");
    json_.begin_object(Layout::line);
    for (const Severity severity : kSeverities) {
      json_.member(name_of(severity), summary.by_severity[index_of(severity)]);
    }
    json_.end_object();
    json_.key("by_action");
    json_.begin_object(Layout::line);
    for (const Action action : {Action::deny, Action::warn, Action::audit}) {
      json_.member(name_of(action), summary.by_action[static_cast<std::size_t>(action)]);
    }
    json_.end_object();
    json_.member("fail_on", run_.fail_on_set ? name_of(run_.fail_on) : "none");
    json_.member("at_or_above_fail_on", run_.fail_on_set ? summary.at_or_above_threshold : 0);
    json_.end_object();
  }

  Output& out_;
  JsonWriter json_;
  Pieces files_text_;
  JsonWriter files_;
  std::vector<bool> used_;  // by index_of(rule)
  RunInfo run_;
};

}  // namespace

std::unique_ptr<Reporter> make_json(Output& out) { return std::make_unique<JsonReporter>(out); }

}  // namespace kaudit
