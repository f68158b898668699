// The report of our own schema, `kaudit-report/1`: kaudit-report-1.schema.json beside this file.
// Findings are written as they come; what is kept until the end is one line a file, and the
// exempted findings.
#include <span>
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
      : out_(out),
        json_(out),
        exempted_(exempted_text_, Layout::lines, 1),
        files_(files_text_, Layout::lines, 1),
        used_(all_rules().size()) {}

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
    exempted_.begin_array();
    files_.begin_array();
  }

  void file(const FileReport& file) override {
    const std::vector<Entry> entries = entries_of(file);
    const std::vector<Entry> exempted = entries_of(file, Which::exempted);
    for (const Entry& entry : entries) write(json_, file, entry);
    for (const Entry& entry : exempted) write(exempted_, file, entry);
    files_.begin_object(Layout::line);
    files_.member("file", file.file);
    files_.member("surface", name_of(file.surface));
    files_.member("status", name_of(file.status));
    files_.member("reason", file.reason);
    files_.member("objects", file.objects);
    files_.member("workloads", file.workloads);
    files_.member("containers", file.containers);
    files_.member("findings", entries.size());
    files_.member("exempted", exempted.size());
    write(files_, "errors", file.errors);
    if (!file.notes.empty()) write(files_, "notes", file.notes);
    files_.end_object();
  }

  void end(const Summary& summary) override {
    json_.end_array();
    hand_over("exempted", exempted_, exempted_text_);
    hand_over("files", files_, files_text_);
    write_rules();
    write(summary);
    json_.end_object();
    json_.end_line();
    json_.flush();
  }

 private:
  static void write(JsonWriter& json, std::string_view key, std::span<const Error> list) {
    json.key(key);
    json.begin_array();
    for (const Error& error : list) {
      json.begin_object();
      json.member("line", error.where.begin.line);
      json.member("column", error.where.begin.column);
      json.member("message", error.message);
      json.end_object();
    }
    json.end_array();
  }

  // A list that was kept until here.
  void hand_over(std::string_view key, JsonWriter& list, const Pieces& text) {
    json_.key(key);
    list.end_array();
    list.flush();
    json_.raw({});
    json_.flush();
    text.hand_to(out_);
  }

  static void write_mark(JsonWriter& json, std::string_view line, std::string_view column,
                         Mark mark) {
    json.member(line, mark.line);
    json.member(column, mark.column);
  }

  void write(JsonWriter& json, const FileReport& file, const Entry& entry) {
    const Finding& finding = *entry.finding;
    used_[index_of(*finding.rule)] = true;
    json.begin_object(Layout::line);
    json.member("rule", finding.rule->slug);
    json.member("id", finding.rule->id);
    json.member("severity", name_of(finding.severity));
    json.member("action", name_of(finding.action));
    json.key("profiles");
    json.begin_array();
    for_each_profile(finding.profiles, [&](std::string_view name) { json.value(name); });
    json.end_array();
    json.member("surface", name_of(finding.surface));
    json.member("file", file_of(file, finding));
    write_mark(json, "line", "column", finding.where.begin);
    write_mark(json, "end_line", "end_column", finding.where.end);
    json.member("pointer", finding.where.pointer);
    json.member("field", finding.field);
    write_workload(json, finding.kind, finding.ns, finding.name);
    json.member("container", finding.container);
    if (!finding.template_name.empty()) json.member("template", finding.template_name);
    json.member("message", finding.message);
    json.member("fix", finding.fix);
    if (finding.related.begin.line != 0) {
      json.key("related");
      json.begin_object();
      json.member("file", related_file_of(file, finding));
      write_mark(json, "line", "column", finding.related.begin);
      write_mark(json, "end_line", "end_column", finding.related.end);
      json.member("pointer", finding.related.pointer);
      json.end_object();
    }
    json.member("fingerprint", unique_fingerprint(entry));
    if (finding.folded) json.member("folded", true);
    if (!finding.also.empty()) write_also(json, finding);
    if (finding.exposure != nullptr) write_exposure(json, finding);
    if (finding.exemption != nullptr) write_exemption(json, finding);
    json.end_object();
  }

  static void write_also(JsonWriter& json, const Finding& finding) {
    json.key("also");
    json.begin_array();
    for (const AlsoPlace& also : finding.also) {
      json.begin_object();
      json.member("object", also.object);
      json.member("file", also.file);
      write_mark(json, "line", "column", also.at);
      json.end_object();
    }
    json.end_array();
  }

  static void write_exposure(JsonWriter& json, const Finding& finding) {
    const Exposure& exposure = *finding.exposure;
    json.member("priority", finding.priority);
    json.key("exposure");
    json.begin_object();
    json.member("level", name_of(exposure.level));
    json.member("lifetime", name_of(exposure.lifetime));
    json.member("score", exposure.score);
    json.member("reason", reason_of(exposure));
    json.member("stated_by", exposure.stated_by);
    json.key("path");
    json.begin_array();
    for (const Hop& hop : exposure.path) {
      json.begin_object();
      json.member("what", hop.what);
      json.member("file", hop.where.source);
      json.member("line", hop.where.begin.line);
      json.end_object();
    }
    json.end_array();
    json.end_object();
  }

  static void write_exemption(JsonWriter& json, const Finding& finding) {
    const Exemption& exemption = *finding.exemption;
    const bool by_annotation = !finding.annotation_reason.empty();
    json.key("exemption");
    json.begin_object();
    json.member("by", by_annotation ? "annotation" : "policy");
    json.member("reason", reason_of(finding));
    json.member("owner", exemption.owner);
    json.member("expires", exemption.expires ? to_text(*exemption.expires) : std::string());
    json.member("file", exemption.where.source);
    json.member("line", exemption.where.begin.line);
    json.end_object();
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
    json_.member("exempted", summary.exempted);
    json_.member("left_out", summary.left_out);
    json_.member("folded", summary.folded);
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
    json_.member("fail_on", fail_on_of(run_.fail_on_set, run_.fail_on, run_.fail_on_priority));
    json_.member("at_or_above_fail_on", run_.fail_on_set ? summary.at_or_above_threshold : 0);
    json_.end_object();
  }

  Output& out_;
  JsonWriter json_;
  Pieces exempted_text_, files_text_;
  JsonWriter exempted_, files_;
  std::vector<bool> used_;  // by index_of(rule)
  RunInfo run_;
};

}  // namespace

std::unique_ptr<Reporter> make_json(Output& out) { return std::make_unique<JsonReporter>(out); }

}  // namespace kaudit
