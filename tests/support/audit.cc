#include "tests/support/audit.h"

#include <algorithm>
#include <array>
#include <optional>
#include <sstream>

#include "core/exposure/collector.h"
#include "core/report/json_writer.h"
#include "core/report/ranking.h"
#include "manifests/adapt.h"
#include "manifests/adapt/build.h"
#include "manifests/load.h"
#include "manifests/read/context_list.h"
#include "manifests/read/dockerfile.h"
#include "tests/support/memory_files.h"

namespace kaudit::testing {
namespace {

// Writes a document as JSON, with both members where a key was written twice. Line breaks are put
// so that values keep their lines: a message that names a line stays the same.
class JsonDump {
 public:
  explicit JsonDump(const Document& document) : document_(document) {}

  std::string run() && {
    if (document_.root().present()) value(document_.root().id());
    return std::move(out_);
  }

 private:
  void to_line(std::uint32_t line) {
    for (; line_ < line; ++line_) out_ += '\n';
  }

  void value(NodeId id) {  // NOLINT(misc-no-recursion): fixtures are ours
    const Value v = document_.at(id);
    to_line(document_.locate(id).begin.line);
    switch (v.kind()) {
      case Kind::absent:
      case Kind::null: out_ += "null"; break;
      case Kind::boolean: out_ += *v.as_bool() ? "true" : "false"; break;
      case Kind::integer: out_ += std::to_string(*v.as_int()); break;
      case Kind::real: out_ += v.text(); break;
      case Kind::string: append_json_string(out_, v.text()); break;
      case Kind::array:
      case Kind::object: children(id, v.is_object()); break;
    }
  }

  void children(NodeId id, bool object) {  // NOLINT(misc-no-recursion)
    out_ += object ? '{' : '[';
    const NodeId end = document_.subtree_end(id);
    const Value parent = document_.at(id);
    auto counting = parent.begin();
    for (NodeId child = id + 1; child < end; child = document_.subtree_end(child)) {
      const bool counts = counting != parent.end() && (*counting).id() == child;
      if (counts) ++counting;
      // What a merge brought and the mapping overrides is no duplicate.
      if (!counts && !is_duplicate(child)) continue;
      if (out_.back() != '{' && out_.back() != '[') out_ += ',';
      if (object) {
        to_line(document_.locate_key(child).begin.line);
        append_json_string(out_, document_.at(child).key());
        out_ += ':';
      }
      value(child);
    }
    out_ += object ? '}' : ']';
  }

  bool is_duplicate(NodeId id) const {
    const auto& all = document_.duplicates();
    return std::any_of(all.begin(), all.end(), [&](const auto& pair) { return pair.first == id; });
  }

  const Document& document_;
  std::string out_;
  std::uint32_t line_ = 1;
};

// As the program does it for a whole run, where that is asked for.
std::vector<Finding> ranked(bool asked, std::vector<Finding> findings,
                            ExposureCollector& exposure) {
  if (!asked) return findings;
  FileReport report;
  report.findings = std::move(findings);
  rank(report, ExposureGraph(std::move(exposure.facts()), {}));
  return std::move(report.findings);
}

class Auditor final : public DocumentVisitor {
 public:
  Auditor(const Plan& plan, const Requester* requester, bool ranks)
      : ranks_(ranks), evaluation_(plan), exposure_(evaluation_) {
    evaluation_.set_requester(requester);
  }

  void document(const Document& document) override {
    adapter_.adapt(document, exposure_);
    result_.as_json.push_back(JsonDump(document).run());
  }
  void error(Error error) override { result_.errors.push_back(std::move(error)); }

  Audit take() {
    result_.findings = ranked(ranks_, std::move(evaluation_.findings()), exposure_);
    for (Error& each : evaluation_.errors()) error(std::move(each));
    return std::move(result_);
  }

 private:
  bool ranks_;
  KubernetesAdapter adapter_;
  Evaluation evaluation_;
  ExposureCollector exposure_;
  Audit result_;
};

// Only for its JSON.
class Dumper final : public DocumentVisitor {
 public:
  explicit Dumper(std::vector<std::string>& out) : out_(out) {}
  void document(const Document& document) override { out_.push_back(JsonDump(document).run()); }
  void error(Error) override {}  // the adapter reads it too, and says so

 private:
  std::vector<std::string>& out_;
};

Audit audit_compose(const Plan& plan, const std::shared_ptr<const Source>& source, bool ranks) {
  Audit out;
  Dumper dumper(out.as_json);
  read_compose_yaml(source, Limits{}, dumper);
  Evaluation evaluation(plan);
  ExposureCollector exposure(evaluation);
  MemoryFiles nothing;
  auto outcome = ComposeAdapter().adapt(std::array{source}, &nothing, Limits{}, exposure);
  out.findings = ranked(ranks, std::move(evaluation.findings()), exposure);
  out.errors = std::move(outcome.errors);
  return out;
}

}  // namespace

Audit audit(const Plan& plan, const std::string& name, std::string text, const Requester* requester,
            bool ranks) {
  if (name.ends_with(".compose.yaml")) {
    return audit_compose(plan, std::make_shared<const Source>(name, std::move(text)), ranks);
  }
  Auditor auditor(plan, requester, ranks);
  read_manifest(std::make_shared<const Source>(name, std::move(text)), Limits{}, auditor);
  return auditor.take();
}

namespace {

// The words behind `# name:` in the comments of a fixture.
std::vector<std::string> words_of_comment(std::string_view text, const std::string& name) {
  std::vector<std::string> words;
  const std::string mark = "# " + name + ':';
  for (std::size_t at = text.find(mark); at != std::string_view::npos; at = text.find(mark, at)) {
    at += mark.size();
    std::istringstream line(std::string(text.substr(at, text.find('\n', at) - at)));
    for (std::string word; line >> word;) words.push_back(word);
  }
  return words;
}

// `# context: PATH...` and `# dockerignore: PATTERN...`; nothing where there is no such comment.
std::optional<ContextList> context_of(const std::string& text) {
  if (text.find("# context:") == std::string::npos) return std::nullopt;
  std::string patterns;
  for (const std::string& pattern : words_of_comment(text, "dockerignore")) {
    patterns += pattern + '\n';
  }
  ContextList list = patterns.empty() ? ContextList() : ContextList(".dockerignore", patterns);
  for (const std::string& path : words_of_comment(text, "context")) {
    list.add(path, path.ends_with('/'));
  }
  return list;
}

}  // namespace

Audit audit_dockerfile(const Plan& plan, const std::string& name, std::string text, bool ranks) {
  class Auditor final : public DocumentVisitor {
   public:
    Auditor(const Plan& plan, const BuildContext* around)
        : evaluation(plan), exposure(evaluation), context(around) {}
    void document(const Document& document) override { adapter.adapt(document, exposure, context); }
    void error(Error error) override { errors.push_back(std::move(error)); }
    BuildAdapter adapter;
    Evaluation evaluation;
    ExposureCollector exposure;
    const BuildContext* context;
    std::vector<Error> errors;
  };
  std::optional<ContextList> list = context_of(text);
  const BuildContext context = list ? list->facts() : BuildContext{};
  Auditor auditor(plan, list ? &context : nullptr);
  read_dockerfile(std::make_shared<const Source>(name, text), Limits{}, auditor);
  Audit out;
  out.findings = ranked(ranks, std::move(auditor.evaluation.findings()), auditor.exposure);
  out.errors = std::move(auditor.errors);
  out.as_json.push_back(std::move(text));
  return out;
}

}  // namespace kaudit::testing
