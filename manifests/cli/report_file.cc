#include "manifests/cli/report_file.h"

#include <limits>
#include <memory>
#include <utility>

#include "manifests/load.h"

namespace kaudit {
namespace {

constexpr std::string_view kSchema = "kaudit-report/1";

std::string text_of(Value value) { return std::string(value.text()); }

std::uint32_t number_of(Value value) {
  const std::int64_t number = value.as_int().value_or(0);
  return number > 0 && number <= std::numeric_limits<std::uint32_t>::max()
             ? static_cast<std::uint32_t>(number)
             : 0;
}

Surface surface_of(Value value) {
  for (const Surface surface : {Surface::compose, Surface::dockerfile, Surface::image}) {
    if (value.text() == name_of(surface)) return surface;
  }
  return Surface::kubernetes;
}

bool read_findings(Value list, bool exempted, Snapshot& snapshot) {
  if (!list.is_array()) return false;
  for (const Value one : list) {
    ReportedFinding finding;
    finding.rule = text_of(one["rule"]);
    finding.id = text_of(one["id"]);
    finding.surface = surface_of(one["surface"]);
    finding.file = finding.below = text_of(one["file"]);
    finding.line = number_of(one["line"]);
    finding.column = number_of(one["column"]);
    const Value workload = one["workload"];
    finding.kind = text_of(workload["kind"]);
    finding.ns = text_of(workload["namespace"]);
    finding.name = text_of(workload["name"]);
    finding.container = text_of(one["container"]);
    finding.field = text_of(one["field"]);
    finding.message = text_of(one["message"]);
    finding.fix = text_of(one["fix"]);
    finding.fingerprint = text_of(one["fingerprint"]);
    finding.exempted = exempted;
    finding.priority = number_of(one["priority"]);
    finding.exposure = text_of(one["exposure"]["level"]);
    finding.reason = text_of(one["exposure"]["reason"]);
    if (finding.rule.empty() || !parse(one["severity"].text(), finding.severity)) return false;
    snapshot.findings.push_back(std::move(finding));
  }
  return true;
}

bool read_files(Value list, Snapshot& snapshot) {
  if (!list.is_array()) return false;
  for (const Value one : list) {
    const std::string file = text_of(one["file"]);
    const bool examined = one["status"].text() != name_of(FileStatus::not_examined);
    snapshot.files[file] = examined;
    if (examined) continue;
    const Value errors = one["errors"];
    for (const Value error : errors) {
      snapshot.gaps.push_back({file,
                               {number_of(error["line"]), number_of(error["column"])},
                               text_of(error["message"])});
    }
    if (errors.size() == 0) snapshot.gaps.push_back({file, {}, text_of(one["reason"])});
  }
  return true;
}

}  // namespace

bool looks_like_report(std::string_view begin) noexcept {
  return begin.substr(0, kReportPeek).find("\"kaudit-report/") != std::string_view::npos;
}

Result<Snapshot> read_report(const std::string& name, std::string text) {
  const auto fail = [&](std::string message) {
    Error error{ErrorCode::malformed, std::move(message), {}};
    error.where.source = name;
    return error;
  };
  Limits limits;
  limits.bytes = text.size();
  limits.nodes = text.size();
  JsonParser parser;
  const auto source = std::make_shared<const Source>(name, std::move(text));
  const auto document = parser.parse(source, limits);
  if (!document) return document.error();
  const Value root = (*document)->root();
  if (root["schema"].text() != kSchema) {
    return fail("a report of another schema than " + std::string(kSchema));
  }
  Snapshot snapshot;
  snapshot.name = name;
  snapshot.ruleset = text_of(root["ruleset"]);
  snapshot.profile = text_of(root["profile"]);
  snapshot.kube_version = text_of(root["kube_version"]);
  if (!read_findings(root["findings"], false, snapshot) ||
      !read_findings(root["exempted"], true, snapshot) || !read_files(root["files"], snapshot)) {
    return fail("a report that lacks what its schema demands");
  }
  return snapshot;
}

}  // namespace kaudit
