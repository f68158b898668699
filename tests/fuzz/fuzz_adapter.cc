// Any bytes as a manifest, adapted and judged by every rule. Promises: every finding has a place in
// the text and says something; the facts are valid JSON; an adapter that has seen other documents
// understands this one as a new one does.
#include <algorithm>

#include "core/engine.h"
#include "core/report/facts.h"
#include "manifests/adapt.h"
#include "tests/fuzz/check.h"

namespace kaudit::fuzz {
namespace {

constexpr Limits kLimits{.bytes = 1U << 20U, .nodes = 20'000, .depth = 50};

// One document after the other: their facts as JSON, and their findings.
class Judging final : public DocumentVisitor {
 public:
  Judging(const Source& source, KubernetesAdapter& adapter)
      : source_(source), adapter_(adapter), facts_(output_) {
    facts_.begin("fuzz");
    facts_.begin_file(source.name(), Surface::kubernetes);
  }

  void document(const Document& document) override {
    adapter_.adapt(document, facts_);
    static const Plan kPlan{PlanOptions{}};
    Evaluation evaluation(kPlan);
    adapter_.adapt(document, evaluation);
    for (const Finding& finding : evaluation.findings()) check(finding);
    for (const Error& error : evaluation.errors()) check(error.where.begin, error.message);
  }
  void error(Error error) override { errors_.push_back(std::move(error)); }

  [[nodiscard]] std::string finish() {
    facts_.end_file(errors_);
    facts_.end();
    return output_.text();
  }

 private:
  void check(Mark place, const std::string& message) const {
    require(!message.empty(), "a finding says something");
    const auto lines =
        std::count(source_.text().begin(), source_.text().end(), '\n') + std::int64_t{1};
    require(place.line >= 1 && place.line <= lines, "a finding stands on a line of the text",
            message);
    require(place.column >= 1 && place.column <= source_.line(place.line).size() + 2,
            "a finding stands in its line", message);
  }
  void check(const Finding& finding) const {
    check(finding.where.begin, finding.message);
    if (finding.related.begin.line != 0) check(finding.related.begin, finding.message);
    require(finding.fingerprint.size() == 16, "a finding has a fingerprint", finding.message);
  }

  const Source& source_;
  KubernetesAdapter& adapter_;
  StringOutput output_;
  FactsWriter facts_;
  std::vector<Error> errors_;
};

std::string judge(const std::shared_ptr<const Source>& source, KubernetesAdapter& adapter) {
  Judging judging(*source, adapter);
  read_manifest(source, kLimits, judging);
  return judging.finish();
}

}  // namespace
}  // namespace kaudit::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kaudit::fuzz;
  const auto source = std::make_shared<const kaudit::Source>(
      "fuzz", std::string(reinterpret_cast<const char*>(data), size));
  static kaudit::KubernetesAdapter used;
  kaudit::KubernetesAdapter fresh;
  const std::string facts = judge(source, fresh);
  const std::string again = judge(source, used);
  require(facts == again, "what was adapted before makes no difference", facts, again);
  const Checked json = read(kaudit::read_json, facts, kaudit::Limits{});
  require(json.errors.empty() && json.documents.size() == 1, "facts are one JSON document", facts);
  return 0;
}
