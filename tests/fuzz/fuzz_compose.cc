// Any bytes as the files of a Compose project, resolved and judged by every rule, in memory. The
// text is cut at lines of `%%% NAME`: what stands before the first is compose.yaml, the rest lies
// beside it. Promises: every finding has a place in the file that it names; the facts are valid
// JSON and the same each time; interpolation leaves a text without `$` alone.
#include <algorithm>
#include <array>

#include "core/engine.h"
#include "core/report/facts.h"
#include "manifests/adapt/compose_text.h"
#include "manifests/compose.h"
#include "tests/fuzz/check.h"
#include "tests/support/memory_files.h"

namespace kaudit::fuzz {
namespace {

constexpr Limits kLimits{.bytes = 1U << 20U, .nodes = 20'000, .depth = 50};

struct Project {
  std::string main;
  std::map<std::string, std::string> beside;
};

Project cut(std::string_view text) {
  constexpr std::string_view kMark = "%%% ";
  Project project;
  std::string* into = &project.main;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.starts_with(kMark)) {
      into = &project.beside[std::string(line.substr(kMark.size()))];
    } else {
      into->append(line).append("\n");
    }
  }
  return project;
}

class Run {
 public:
  explicit Run(const Project& project)
      : project_(project),
        files_(project.beside),
        source_(std::make_shared<const Source>("compose.yaml", project.main)) {}

  std::string facts() {
    StringOutput output;
    FactsWriter writer(output);
    writer.begin("fuzz");
    writer.begin_file("compose.yaml", Surface::compose);
    const auto outcome = ComposeAdapter().adapt(std::array{source_}, &files_, kLimits, writer);
    writer.end_file(outcome.errors);
    writer.end();
    return output.text();
  }

  void judge() {
    static const Plan kPlan{PlanOptions{}};
    Evaluation evaluation(kPlan);
    const auto outcome = ComposeAdapter().adapt(std::array{source_}, &files_, kLimits, evaluation);
    for (const Error& error : outcome.errors) check(error.where, error.message);
    for (const Finding& finding : evaluation.findings()) {
      check(finding.where, finding.message);
      require(finding.fingerprint.size() == 16, "a finding has a fingerprint", finding.message);
    }
  }

 private:
  void check(const Location& where, const std::string& message) const {
    require(!message.empty(), "a finding says something");
    const auto beside = project_.beside.find(where.source);
    require(where.source == "compose.yaml" || beside != project_.beside.end(),
            "a finding stands in a file of the project", where.source);
    const Source source("", where.source == "compose.yaml" ? project_.main : beside->second);
    const auto lines = std::count(source.text().begin(), source.text().end(), '\n') + 1;
    if (where.begin.line == 0) return;  // of the file as a whole
    require(where.begin.line <= lines, "a finding stands on a line of the text", message);
    require(where.begin.column <= source.line(where.begin.line).size() + 2,
            "a finding stands in its line", message);
  }

  const Project& project_;
  testing::MemoryFiles files_;
  std::shared_ptr<const Source> source_;
};

void check_interpolation(const std::string& text) {
  using namespace compose;
  const auto result = interpolate(text, {{"A", "1"}});
  if (!result) return;
  if (text.find_first_of("$\x01\x02") == std::string::npos) {
    require(result->text == text, "nothing to replace", text, result->text);
  }
  const auto begins = std::count(result->text.begin(), result->text.end(), kHoleBegin);
  const auto ends = std::count(result->text.begin(), result->text.end(), kHoleEnd);
  require(begins == ends, "every hole has an end", text, result->text);
  require(without_marks(result->text).find(kHoleBegin) == std::string::npos, "marks go away");
}

}  // namespace
}  // namespace kaudit::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kaudit::fuzz;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const Project project = cut(text);
  const std::string facts = Run(project).facts();
  require(facts == Run(project).facts(), "the same project gives the same facts", facts);
  const Checked json = read(kaudit::read_json, facts, kaudit::Limits{});
  require(json.errors.empty() && json.documents.size() == 1, "facts are one JSON document", facts);
  Run(project).judge();
  check_interpolation(text);
  return 0;
}
