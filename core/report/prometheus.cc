// Prometheus' text format, for the node exporter's textfile collector or a push gateway: numbers of
// findings by rule, severity and surface, so the series are as many as the rules allow, whatever is
// audited. No time stamp: the same input gives the same bytes, and the collector exports the
// file's own age (node_textfile_mtime_seconds).
#include <algorithm>
#include <map>
#include <tuple>

#include "core/report/entries.h"
#include "core/report/escape.h"

namespace kaudit {
namespace {

class PrometheusReporter final : public BufferedReporter {
 public:
  using BufferedReporter::BufferedReporter;

  void begin(const RunInfo& run) override { run_ = run; }

  void file(const FileReport& file) override {
    notes_ += file.notes.size();
    for (const Finding& finding : file.findings) {
      if (finding.exemption != nullptr) continue;
      ++findings_[{finding.rule->slug, index_of(finding.severity),
                   kaudit::name_of(finding.surface)}];
      if (finding.exposure == nullptr) continue;
      ++exposed_[{finding.exposure->level, index_of(finding.severity)}];
      top_priority_ = std::max(top_priority_, finding.priority);
    }
  }

  void end(const Summary& summary) override {
    family("kaudit_audit_info", "What the last audit judged by.");
    out_ += "kaudit_audit_info{version=\"";
    append_visible(out_, run_.version);
    out_ += "\",ruleset=\"" + run_.ruleset + "\",profile=\"";
    append_visible(out_, run_.profile);
    out_ += "\",kube_version=\"1." + std::to_string(run_.minor) + "\"} 1\n";
    family("kaudit_audit_findings", "Findings of the last audit that no exemption lets pass.");
    for (const auto& [key, count] : findings_) {
      const auto& [rule, severity, surface] = key;
      out_.append("kaudit_audit_findings{rule=\"").append(rule).append("\",severity=\"");
      out_.append(kaudit::name_of(static_cast<Severity>(severity))).append("\",surface=\"");
      out_.append(surface).append("\"} ").append(std::to_string(count)).append("\n");
    }
    if (!exposed_.empty()) {
      family("kaudit_audit_exposed_findings", "The same by how far their objects are exposed.");
      for (const auto& [key, count] : exposed_) {
        out_.append("kaudit_audit_exposed_findings{exposure=\"").append(kaudit::name_of(key.first));
        out_.append("\",severity=\"");
        out_.append(kaudit::name_of(static_cast<Severity>(key.second))).append("\"} ");
        out_.append(std::to_string(count)).append("\n");
      }
      family("kaudit_audit_top_priority", "Of what to fix first, 1 to 1000.");
      sample("kaudit_audit_top_priority", top_priority_);
    }
    family("kaudit_audit_failing_findings", "Those of them at or above the --fail-on threshold.");
    sample("kaudit_audit_failing_findings", run_.fail_on_set ? summary.at_or_above_threshold : 0);
    family("kaudit_audit_exempted_findings", "Findings that the policy lets pass.");
    sample("kaudit_audit_exempted_findings", summary.exempted);
    family("kaudit_audit_files", "Files of the last audit; not_examined is a gap in it.");
    sample("kaudit_audit_files{status=\"examined\"}", summary.examined);
    sample("kaudit_audit_files{status=\"nothing_to_judge\"}", summary.nothing_to_judge);
    sample("kaudit_audit_files{status=\"not_examined\"}", summary.not_examined);
    family("kaudit_audit_not_followed", "What files refer to and was not examined for them.");
    sample("kaudit_audit_not_followed", notes_);
    family("kaudit_audit_objects", "Objects that were read.");
    sample("kaudit_audit_objects", summary.objects);
    family("kaudit_audit_workloads", "Workloads among them.");
    sample("kaudit_audit_workloads", summary.workloads);
    family("kaudit_audit_containers", "Containers of these workloads.");
    sample("kaudit_audit_containers", summary.containers);
    flush();
  }

 private:
  void family(std::string_view name, std::string_view help) {
    out_.append("# HELP ").append(name).append(" ").append(help).append("\n# TYPE ").append(name);
    out_ += " gauge\n";
  }
  void sample(std::string_view name, std::size_t value) {
    out_.append(name).append(" ").append(std::to_string(value)).append("\n");
  }

  RunInfo run_;
  std::map<std::tuple<std::string_view, std::size_t, std::string_view>, std::size_t> findings_;
  std::map<std::pair<ExposureLevel, std::size_t>, std::size_t> exposed_;
  unsigned top_priority_ = 0;
  std::size_t notes_ = 0;
};

}  // namespace

std::unique_ptr<Reporter> make_prometheus(Output& out) {
  return std::make_unique<PrometheusReporter>(out);
}

}  // namespace kaudit
