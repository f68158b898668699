// What a pod of four containers costs from Document to facts, and from facts to findings.
#include <benchmark/benchmark.h>

#include "core/engine.h"
#include "manifests/adapt.h"
#include "manifests/load.h"
#include "tests/support/allocations.h"
#include "tests/support/pod.h"
#include "tests/support/workloads.h"

namespace kaudit::testing {
namespace {

// Runs something on the document of the pod again and again, counting allocations.
template <class Run>
class Repeating final : public DocumentVisitor {
 public:
  Repeating(benchmark::State& state, Run run) : state_(state), run_(run) {}
  void document(const Document& document) override {
    run_(document);
    const std::size_t before = allocations();
    for (auto _ : state_) run_(document);
    state_.counters["allocations"] = benchmark::Counter(static_cast<double>(allocations() - before),
                                                        benchmark::Counter::kAvgIterations);
  }
  void error(Error error) override { state_.SkipWithError(error.message.c_str()); }

 private:
  benchmark::State& state_;
  Run run_;
};

template <class Run>
void repeat(benchmark::State& state, Run run) {
  Repeating<Run> repeating(state, run);
  read_json(std::make_shared<const Source>("pod.json", usual_pod()), Limits{}, repeating);
}

void adapt(benchmark::State& state) {
  KubernetesAdapter adapter;
  Workloads facts([](const Workload& fact) { benchmark::DoNotOptimize(fact.containers.data()); });
  repeat(state, [&](const Document& document) { adapter.adapt(document, facts); });
}
BENCHMARK(adapt);

void adapt_and_evaluate(benchmark::State& state) {
  KubernetesAdapter adapter;
  const Plan plan{PlanOptions{}};
  Evaluation evaluation(plan);
  repeat(state, [&](const Document& document) {
    adapter.adapt(document, evaluation);
    evaluation.findings().clear();
  });
}
BENCHMARK(adapt_and_evaluate);

// The facts once, the rules again and again.
void evaluate(benchmark::State& state) {
  Workloads facts([&](const Workload& fact) {
    const Plan plan{PlanOptions{}};
    Evaluation evaluation(plan);
    evaluation.visit(fact);
    state.counters["findings"] = static_cast<double>(evaluation.findings().size());
    evaluation.findings().clear();
    const std::size_t before = allocations();
    for (auto _ : state) {
      evaluation.visit(fact);
      evaluation.findings().clear();
    }
    state.counters["allocations"] = benchmark::Counter(static_cast<double>(allocations() - before),
                                                       benchmark::Counter::kAvgIterations);
  });
  class Once final : public DocumentVisitor {
   public:
    explicit Once(FactVisitor& visitor) : visitor_(visitor) {}
    void document(const Document& document) override { adapter_.adapt(document, visitor_); }
    void error(Error) override {}

   private:
    KubernetesAdapter adapter_;
    FactVisitor& visitor_;
  };
  Once once(facts);
  read_json(std::make_shared<const Source>("pod.json", usual_pod()), Limits{}, once);
}
BENCHMARK(evaluate);

}  // namespace
}  // namespace kaudit::testing
