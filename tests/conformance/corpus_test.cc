// The four core rules over real manifests, against verdicts that others worked out
// (shared/corpus/expected.jsonl, cross-checked there with Kubernetes' own Go code).
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/engine.h"
#include "manifests/adapt.h"
#include "manifests/load.h"
#include "tests/support/shared.h"

namespace kaudit {
namespace {

// The nine built-in workload kinds in their own API kGroups: what expected.jsonl judges.
bool is_built_in(const Workload& workload) {
  static const std::map<std::string_view, std::vector<std::string_view>> kGroups = {
      {"Pod", {""}},
      {"PodTemplate", {""}},
      {"ReplicationController", {""}},
      {"Deployment", {"apps", "extensions"}},
      {"ReplicaSet", {"apps", "extensions"}},
      {"DaemonSet", {"apps", "extensions"}},
      {"StatefulSet", {"apps"}},
      {"Job", {"batch"}},
      {"CronJob", {"batch"}},
  };
  const auto entry = kGroups.find(workload.kind);
  if (entry == kGroups.end()) return false;
  const std::size_t slash = workload.api_version.find('/');
  const std::string_view group =
      slash == std::string_view::npos ? "" : workload.api_version.substr(0, slash);
  return std::find(entry->second.begin(), entry->second.end(), group) != entry->second.end();
}

// Judges the built-in workloads only.
class BuiltInOnly final : public FactVisitor {
 public:
  using FactVisitor::visit;
  explicit BuiltInOnly(Evaluation& evaluation) : evaluation_(evaluation) {}
  void visit(const Workload& fact) override {
    if (!is_built_in(fact)) return;
    ++workloads;
    evaluation_.visit(fact);
  }
  void visit(const Role&) override {}
  void visit(const Binding&) override {}
  void visit(const Service&) override {}
  void visit(const PersistentVolume&) override {}
  void visit(const Namespace&) override {}
  void visit(const ServiceAccount&) override {}
  void visit(const Config&) override {}
  void visit(const Build&) override {}
  void visit(const LayeredImage&) override {}
  void visit(const Object&) override {}
  std::size_t workloads = 0;

 private:
  Evaluation& evaluation_;
};

class Reader final : public DocumentVisitor {
 public:
  explicit Reader(FactVisitor& facts) : facts_(facts) {}
  void document(const Document& document) override { adapter_.adapt(document, facts_); }
  void error(Error error) override { errors.push_back(to_string(error)); }
  std::vector<std::string> errors;

 private:
  FactVisitor& facts_;
  KubernetesAdapter adapter_;
};

TEST(Corpus, FourCoreRulesGiveTheExpectedVerdicts) {
  const auto shared = testing::shared_dir();
  if (!shared) GTEST_SKIP() << "SKIPPED: no ../shared beside this clone: the corpus is not checked";
  const std::filesystem::path corpus = *shared / "corpus";
  constexpr std::string_view kRules[] = {"privileged-container", "runtime-socket", "run-as-root",
                                         "host-network"};
  PlanOptions options;
  for (const std::string_view slug : kRules) {
    const Rule* rule = find_rule(slug);
    ASSERT_NE(rule, nullptr) << slug;
    options.include.push_back(rule);
  }
  const Plan plan(options);

  std::ifstream list(corpus / "expected.jsonl");
  std::size_t files = 0, verdicts = 0;
  for (std::string line; std::getline(list, line);) {
    const auto row = nlohmann::json::parse(line);
    const std::string file = row.at("file");
    SCOPED_TRACE(file);
    std::ostringstream text;
    text << std::ifstream(corpus / file, std::ios::binary).rdbuf();

    Evaluation evaluation(plan);
    BuiltInOnly facts(evaluation);
    Reader reader(facts);
    read_manifest(std::make_shared<const Source>(file, text.str()), Limits{}, reader);
    ++files;

    if (row.at("status") == "parse_error") {
      EXPECT_FALSE(reader.errors.empty()) << "Kubernetes' own reader rejects it";
    } else if (row.contains("verdict")) {
      EXPECT_EQ(reader.errors, std::vector<std::string>{});
    }
    if (!row.contains("verdict")) continue;
    ++verdicts;
    EXPECT_EQ(facts.workloads, row.value("workloads", std::size_t{0}));
    std::map<std::string_view, bool> found;
    for (const Finding& finding : evaluation.findings()) found[finding.rule->slug] = true;
    const auto& verdict = row.at("verdict");
    const std::map<std::string_view, bool> expected = {
        {"privileged-container", verdict.at("privileged-container")},
        {"runtime-socket", verdict.at("runtime-socket-file").get<bool>() ||
                               verdict.at("runtime-socket-directory").get<bool>()},
        {"run-as-root", verdict.at("run-as-root")},
        {"host-network", verdict.at("host-network")},
    };
    for (const auto& [slug, wanted] : expected) EXPECT_EQ(found[slug], wanted) << slug;
  }
  EXPECT_EQ(files, 1485U);
  EXPECT_EQ(verdicts, 1463U);
}

}  // namespace
}  // namespace kaudit
