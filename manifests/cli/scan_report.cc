#include "manifests/cli/scan_report.h"

#include <fcntl.h>

#include <cerrno>
#include <charconv>
#include <memory>
#include <optional>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "manifests/cli/files.h"
#include "manifests/load.h"

namespace kaudit {
namespace {

// `2026-11-20T09:12:31Z`: its day. Whatever the time zone, the day that is written counts.
Day day_of(std::string_view text) noexcept {
  return parse_day(text.substr(0, 10)).value_or(kNoDay);
}

void add(std::vector<std::string>& out, std::string_view text) {
  if (!text.empty()) out.emplace_back(text);
}

// `registry/name@sha256:…` or `sha256:…`.
void add_digest(ImageScan& scan, std::string_view text) {
  const std::size_t at = text.find("sha256:");
  if (at != std::string_view::npos) scan.digests.emplace_back(text.substr(at));
}

void add_all(ImageScan& scan, Value names, Value digests) {
  for (const Value name : names) add(scan.images, name.text());
  for (const Value digest : digests) add_digest(scan, digest.text());
}

// https://trivy.dev/latest/docs/configuration/reporting/#json
ImageScan from_trivy(Value root) {
  ImageScan scan;
  scan.scanner = "Trivy";
  add(scan.images, root["ArtifactName"].text());
  const Value metadata = root["Metadata"];
  add_all(scan, metadata["RepoTags"], metadata["RepoDigests"]);
  add_digest(scan, metadata["ImageID"].text());
  scan.day = day_of(root["CreatedAt"].text());
  for (const Value result : root["Results"]) {
    for (const Value vulnerability : result["Vulnerabilities"]) {
      if (vulnerability["Severity"].text() == "CRITICAL") ++scan.critical;
    }
  }
  return scan;
}

// https://github.com/anchore/grype: its presenter `json`.
ImageScan from_grype(Value root) {
  ImageScan scan;
  scan.scanner = "Grype";
  const Value target = root["source"]["target"];
  add(scan.images, target["userInput"].text());
  add_all(scan, target["tags"], target["repoDigests"]);
  add_digest(scan, target["imageID"].text());
  add_digest(scan, target["manifestDigest"].text());
  scan.day = day_of(root["descriptor"]["timestamp"].text());
  for (const Value match : root["matches"]) {
    if (match["vulnerability"]["severity"].text() == "Critical") ++scan.critical;
  }
  return scan;
}

// CVSS' own scale: critical begins at 9.0.
bool is_critical(Value rule) {
  const std::string_view score = rule["properties"]["security-severity"].text();
  double number = 0;
  (void)std::from_chars(score.data(), score.data() + score.size(), number);
  if (number >= 9.0) return true;
  for (const Value tag : rule["properties"]["tags"]) {
    if (tag.text() == "CRITICAL") return true;
  }
  return false;
}

ImageScan from_sarif(Value root) {
  ImageScan scan;
  for (const Value run : root["runs"]) {
    const Value driver = run["tool"]["driver"];
    scan.scanner = driver["name"].text();
    const Value properties = run["properties"];
    add(scan.images, properties["imageName"].text());
    add_all(scan, properties["repoTags"], properties["repoDigests"]);
    for (const Value invocation : run["invocations"]) {
      scan.day = day_of(invocation["endTimeUtc"].text());
    }
    std::unordered_set<std::string_view> critical;
    for (const Value rule : driver["rules"]) {
      if (is_critical(rule)) critical.insert(rule["id"].text());
    }
    for (const Value result : run["results"]) {
      if (critical.contains(result["ruleId"].text())) ++scan.critical;
    }
  }
  return scan;
}

class Reader final : public DocumentVisitor {
 public:
  void document(const Document& document) override {
    const Value root = document.root();
    if (root["runs"].is_array()) {
      scan = from_sarif(root);
    } else if (root["ArtifactName"].set()) {
      scan = from_trivy(root);
    } else if (root["matches"].is_array() && root["descriptor"].is_object()) {
      scan = from_grype(root);
    }
  }
  void error(Error error) override {
    if (!problem) problem = std::move(error);
  }

  std::optional<ImageScan> scan;
  std::optional<Error> problem;
};

}  // namespace

Result<ImageScan> read_scan_report(const std::string& argument, std::size_t max_file_size) {
  const std::size_t equals = argument.find('=');
  const std::string image = equals == std::string::npos ? "" : argument.substr(0, equals);
  const std::string file = equals == std::string::npos ? argument : argument.substr(equals + 1);
  const auto fail = [&](ErrorCode code, std::string message) {
    Error error{code, std::move(message), {}};
    error.where.source = file;
    return error;
  };
  const Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0) return fail(ErrorCode::io, reason_of(errno));
  auto text = read_stream(fd.get(), max_file_size);
  if (!text) return fail(text.error().code, text.error().message);
  const auto source = std::make_shared<const Source>(file, *std::move(text));
  Limits limits;
  limits.bytes = max_file_size;
  Reader reader;
  read_json(source, limits, reader);
  if (reader.problem) return *std::move(reader.problem);
  if (!reader.scan) {
    return fail(ErrorCode::unsupported,
                "no report of a scanner that is known: JSON of Trivy or Grype, or SARIF");
  }
  ImageScan scan = *std::move(reader.scan);
  scan.file = file;
  if (!image.empty()) scan.images = {image};
  if (scan.images.empty() && scan.digests.empty()) {
    return fail(
        ErrorCode::unsupported,
        "the report does not say which image it is about; write --scan-report IMAGE=" + file);
  }
  return scan;
}

}  // namespace kaudit
