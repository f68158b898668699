// Reports of 20,000 findings in 2,000 files, as bytes in memory.
#include <benchmark/benchmark.h>

#include "tests/report/samples.h"

namespace kaudit {
namespace {

void report(benchmark::State& state, Format format) {
  const testing::Sample sample = testing::large_sample(20'000);
  std::size_t bytes = 0;
  for (auto unused : state) {
    static_cast<void>(unused);
    bytes += testing::render(format, sample).size();
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}

BENCHMARK_CAPTURE(report, text, Format::text)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(report, json, Format::json)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(report, sarif, Format::sarif)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(report, junit, Format::junit)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(report, github, Format::github)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(report, gitlab, Format::gitlab)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(report, markdown, Format::markdown)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(report, csv, Format::csv)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace kaudit
