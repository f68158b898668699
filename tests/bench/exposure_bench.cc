// The exposure graph at three sizes: the time should grow as the input does.
#include <benchmark/benchmark.h>

#include "core/exposure/graph.h"
#include "tests/support/exposure_facts.h"

namespace kaudit {
namespace {

void make_graph(benchmark::State& state, testing::Shape shape) {
  const auto workloads = static_cast<std::size_t>(state.range(0));
  const ExposureFacts facts = testing::large_facts(workloads, shape);
  std::size_t exposed = 0;
  for (auto _ : state) {
    const ExposureGraph graph(facts, {});
    exposed = 0;
    for (const WorkloadRecord& workload : graph.facts().workloads) {
      if (graph.of(workload.key)->level == ExposureLevel::internet) ++exposed;
    }
    if (exposed == 0 || !graph.complete())
      state.SkipWithError("the input is not what it should be");
  }
  state.SetComplexityN(state.range(0));
  state.counters["internet"] = static_cast<double>(exposed);
}

void sizes(benchmark::internal::Benchmark* bench) {
  bench->Arg(1'000)->Arg(3'000)->Arg(10'000)->Unit(benchmark::kMillisecond)->Complexity();
}
BENCHMARK_CAPTURE(make_graph, ordinary, testing::Shape::ordinary)->Apply(sizes);
BENCHMARK_CAPTURE(make_graph, one_label, testing::Shape::one_label)->Apply(sizes);
BENCHMARK_CAPTURE(make_graph, no_two_alike, testing::Shape::no_two_alike)->Apply(sizes);

}  // namespace
}  // namespace kaudit
