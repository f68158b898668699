// The parts of an audit, one by one: reading, adapting, judging, and all of it.
// Build the preset `bench` and run build/bench/tests/bench/audit_bench.
#include <benchmark/benchmark.h>
#include <simdjson.h>
#include <yaml.h>

#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "core/engine.h"
#include "manifests/adapt.h"
#include "manifests/load.h"
#include "tests/support/audit.h"

namespace kaudit {
namespace {

struct Input {
  std::string yaml, json;
};

Input read_input(const char* name) {
  std::ifstream in(std::string(KAUDIT_SOURCE_DIR "/tests/bench/") + name);
  std::ostringstream text;
  text << in.rdbuf();
  std::string yaml = text.str();
  std::string json = testing::audit(Plan{{}}, name, yaml).as_json.at(0);
  return {std::move(yaml), std::move(json)};
}

const Input& clean_pod() {
  static const Input kInput = read_input("clean_pod.yaml");
  return kInput;
}

const Input& bad_pod() {
  static const Input kInput = read_input("bad_pod.yaml");
  return kInput;
}

std::shared_ptr<const Source> source_of(const std::string& text) {
  return std::make_shared<const Source>("pod.yaml", text);
}

void count_bytes(benchmark::State& state, const std::string& text) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

// Hands each document to a function.
template <class Function>
class EachDocument final : public DocumentVisitor {
 public:
  explicit EachDocument(Function function) : function_(std::move(function)) {}
  void document(const Document& document) override { function_(document); }
  void error(Error) override { std::abort(); }

 private:
  Function function_;
};

// ---- reading ----------------------------------------------------------------------------------

void read_yaml_libyaml_alone(benchmark::State& state) {
  const std::string& text = clean_pod().yaml;
  for (auto _ : state) {
    yaml_parser_t parser;
    yaml_parser_initialize(&parser);
    yaml_parser_set_input_string(&parser, reinterpret_cast<const unsigned char*>(text.data()),
                                 text.size());
    for (bool more = true; more;) {
      yaml_event_t event;
      if (yaml_parser_parse(&parser, &event) == 0) return state.SkipWithError("libyaml");
      more = event.type != YAML_STREAM_END_EVENT;
      yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
  }
  count_bytes(state, text);
}
BENCHMARK(read_yaml_libyaml_alone);

void read_yaml_into_document(benchmark::State& state) {
  const auto source = source_of(clean_pod().yaml);
  EachDocument visitor([](const Document& document) { benchmark::DoNotOptimize(&document); });
  for (auto _ : state) read_yaml(source, Limits{}, visitor);
  count_bytes(state, clean_pod().yaml);
}
BENCHMARK(read_yaml_into_document);

void read_json_simdjson_alone(benchmark::State& state) {
  const simdjson::padded_string text(clean_pod().json);
  simdjson::dom::parser parser;
  for (auto _ : state) {
    simdjson::dom::element root;
    if (parser.parse(text).get(root) != simdjson::SUCCESS) return state.SkipWithError("simdjson");
    benchmark::DoNotOptimize(root);
  }
  count_bytes(state, clean_pod().json);
}
BENCHMARK(read_json_simdjson_alone);

void read_json_into_document(benchmark::State& state) {
  const auto source = source_of(clean_pod().json);
  EachDocument visitor([](const Document& document) { benchmark::DoNotOptimize(&document); });
  for (auto _ : state) read_json(source, Limits{}, visitor);
  count_bytes(state, clean_pod().json);
}
BENCHMARK(read_json_into_document);

// ---- facts ------------------------------------------------------------------------------------

// Takes facts and does nothing.
struct Blind : FactVisitor {
  using FactVisitor::visit;
  void visit(const Workload& fact) override { benchmark::DoNotOptimize(&fact); }
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
};

void adapt_pod(benchmark::State& state) {
  KubernetesAdapter adapter;
  Blind blind;
  EachDocument visitor([&](const Document& document) {
    for (auto _ : state) adapter.adapt(document, blind);
  });
  read_yaml(source_of(clean_pod().yaml), Limits{}, visitor);
}
BENCHMARK(adapt_pod);

// ---- judging: four containers, every rule -----------------------------------------------------

struct Judge : Blind {
  Judge(benchmark::State& benchmark_state, bool findings_wanted)
      : state(benchmark_state), wanted(findings_wanted) {}
  using Blind::visit;
  void visit(const Workload& fact) override {
    const Plan plan{{}};
    Evaluation evaluation(plan);
    std::size_t findings = 0;
    for (auto _ : state) {
      evaluation.visit(fact);
      findings = evaluation.findings().size();
      evaluation.findings().clear();
    }
    if ((findings > 0) != wanted) state.SkipWithError("other findings than the pod is written for");
    state.counters["findings"] = static_cast<double>(findings);
    state.counters["rules"] = static_cast<double>(plan.rules().size());
  }
  benchmark::State& state;
  bool wanted;
};

void judge(benchmark::State& state, const Input& input, bool wanted) {
  KubernetesAdapter adapter;
  Judge visit(state, wanted);
  EachDocument visitor([&](const Document& document) { adapter.adapt(document, visit); });
  read_yaml(source_of(input.yaml), Limits{}, visitor);
}

void judge_clean_pod(benchmark::State& state) { judge(state, clean_pod(), false); }
BENCHMARK(judge_clean_pod);

void judge_bad_pod(benchmark::State& state) { judge(state, bad_pod(), true); }
BENCHMARK(judge_bad_pod);

// ---- all of it --------------------------------------------------------------------------------

void audit(benchmark::State& state, const std::string& text) {
  const Plan plan{{}};
  const auto source = source_of(text);
  KubernetesAdapter adapter;
  for (auto _ : state) {
    Evaluation evaluation(plan);
    EachDocument visitor([&](const Document& document) { adapter.adapt(document, evaluation); });
    read_manifest(source, Limits{}, visitor);
    benchmark::DoNotOptimize(evaluation.findings().data());
  }
  count_bytes(state, text);
}

void audit_clean_yaml(benchmark::State& state) { audit(state, clean_pod().yaml); }
BENCHMARK(audit_clean_yaml);

void audit_clean_json(benchmark::State& state) { audit(state, clean_pod().json); }
BENCHMARK(audit_clean_json);

void audit_bad_yaml(benchmark::State& state) { audit(state, bad_pod().yaml); }
BENCHMARK(audit_bad_yaml);

}  // namespace
}  // namespace kaudit

BENCHMARK_MAIN();
