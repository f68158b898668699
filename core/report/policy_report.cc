// PolicyReports of the Kubernetes policy working group, v1alpha2, as a List for `kubectl apply`:
// one for each namespace, and a ClusterPolicyReport for what is in none. Source:
// github.com/kubernetes-sigs/wg-policy-prototypes, policy-report/pkg/api/wgpolicyk8s.io/v1alpha2.
//
// etcd takes objects of 1.5 MiB at most, and `kubectl apply` writes the whole object into one of
// its annotations, which together have 256 KiB: so a namespace with many findings has several
// reports.
#include <array>
#include <map>

#include "core/report/entries.h"
#include "core/report/escape.h"
#include "core/report/json_writer.h"

namespace kaudit {
namespace {

constexpr std::string_view kApiVersion = "wgpolicyk8s.io/v1alpha2";
constexpr std::size_t kBytesOfReport = std::size_t{192} << 10;
constexpr std::size_t kTextBytes = 4000;

enum class Result : std::uint8_t { pass, fail, warn, error, skip };
constexpr std::string_view kResults[] = {"pass", "fail", "warn", "error", "skip"};

Result result_of(const Finding& finding) noexcept {
  if (finding.exemption != nullptr) return Result::skip;
  return finding.action == Action::deny ? Result::fail : Result::warn;
}

class PolicyReporter final : public Reporter {
 public:
  explicit PolicyReporter(Output& out) : json_(out) {}

  void begin(const RunInfo& run) override { run_ = run; }

  void file(const FileReport& file) override {
    for (const Entry& entry : entries_of(file, Which::all)) {
      const Finding& finding = *entry.finding;
      add(finding.ns, result_of(finding), [&](JsonWriter& json) { write(json, file, finding); });
    }
    for_each_gap(file, [&](Mark at, std::string_view message) {
      add({}, Result::error, [&](JsonWriter& json) {
        json.member("policy", "not-examined");
        json.member("message", shortened(message, kTextBytes));
        json.key("properties");
        json.begin_object();
        json.member("place", place_of(file.file, at));
        json.end_object();
      });
    });
  }

  void end(const Summary&) override {
    json_.begin_object();
    json_.member("apiVersion", "v1");
    json_.member("kind", "List");
    json_.key("items");
    json_.begin_array();
    for (const auto& [ns, reports] : reports_) {
      for (std::size_t n = 0; n < reports.size(); ++n) write(ns, n, reports[n]);
    }
    json_.end_array();
    json_.end_object();
    json_.end_line();
    json_.flush();
  }

 private:
  struct Report {
    std::vector<std::string> results;  // as JSON
    std::size_t bytes = 0;
    std::array<std::size_t, std::size(kResults)> summary{};
  };

  template <class Write>
  void add(const std::string& ns, Result result, Write write) {
    StringOutput text;
    {
      JsonWriter json(text, JsonWriter::Layout::compact);
      json.begin_object();
      json.member("source", "kaudit");
      json.member("result", kResults[static_cast<std::size_t>(result)]);
      write(json);
      json.end_object();
    }
    std::vector<Report>& reports = reports_[ns];
    if (reports.empty() || reports.back().bytes + text.text().size() > kBytesOfReport) {
      reports.emplace_back();
    }
    Report& report = reports.back();
    report.bytes += text.text().size();
    ++report.summary[static_cast<std::size_t>(result)];
    report.results.push_back(text.text());
  }

  void write(JsonWriter& json, const FileReport& file, const Finding& finding) {
    json.member("policy", finding.rule->slug);
    json.member("rule", finding.rule->id);
    json.member("category", profiles_of(finding));
    json.member("severity", name_of(finding.severity));
    json.member("message", shortened(finding.message, kTextBytes));
    if (finding.surface == Surface::kubernetes && !finding.name.empty()) {
      json.key("resources");
      json.begin_array();
      json.begin_object();
      json.member("kind", finding.kind);
      if (!finding.ns.empty()) json.member("namespace", finding.ns);
      json.member("name", finding.name);
      json.end_object();
      json.end_array();
    }
    json.key("properties");
    json.begin_object();
    const auto property = [&](std::string_view name, std::string_view text) {
      if (!text.empty()) json.member(name, shortened(text, kTextBytes));
    };
    property("container", finding.container);
    property("field", finding.field);
    property("fix", finding.fix);
    if (finding.exposure != nullptr) {
      property("priority", std::to_string(finding.priority));
      property("exposure", reason_of(*finding.exposure));
    }
    property("place", place_of(file_of(file, finding), finding.where.begin));
    if (finding.exemption != nullptr) property("exempted", reason_of(finding));
    json.end_object();
  }

  // "core, baseline", or "advice".
  static std::string profiles_of(const Finding& finding) {
    std::string text;
    for_each_profile(finding.profiles, [&](std::string_view name) {
      if (!text.empty()) text += ", ";
      text += name;
    });
    return text.empty() ? "advice" : text;
  }

  void write(const std::string& ns, std::size_t number, const Report& report) {
    json_.begin_object();
    json_.member("apiVersion", kApiVersion);
    json_.member("kind", ns.empty() ? "ClusterPolicyReport" : "PolicyReport");
    json_.key("metadata");
    json_.begin_object();
    json_.member("name", number == 0 ? "kaudit" : "kaudit-" + std::to_string(number + 1));
    if (!ns.empty()) json_.member("namespace", ns);
    json_.key("labels");
    json_.begin_object();
    json_.member("app.kubernetes.io/managed-by", "kaudit");
    json_.end_object();
    json_.key("annotations");
    json_.begin_object();
    json_.member("kaudit.dev/version", run_.version);
    json_.member("kaudit.dev/ruleset", run_.ruleset);
    json_.member("kaudit.dev/profile", run_.profile);
    json_.end_object();
    json_.end_object();
    json_.key("summary");
    json_.begin_object(JsonWriter::Layout::line);
    for (std::size_t result = 0; result < std::size(kResults); ++result) {
      json_.member(kResults[result], report.summary[result]);
    }
    json_.end_object();
    json_.key("results");
    json_.begin_array();
    for (const std::string& result : report.results) json_.raw(result);
    json_.end_array();
    json_.end_object();
  }

  JsonWriter json_;
  RunInfo run_;
  std::map<std::string, std::vector<Report>> reports_;  // by namespace
};

}  // namespace

std::unique_ptr<Reporter> make_policy_report(Output& out) {
  return std::make_unique<PolicyReporter>(out);
}

}  // namespace kaudit
