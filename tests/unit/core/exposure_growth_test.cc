// Ten times the objects take about ten times the memory from the heap, whatever their labels and
// selectors: bytes are counted, not seconds (tests/bench/exposure_bench.cc shows those).
#include <gtest/gtest.h>

#include "core/exposure/graph.h"
#include "tests/support/allocations.h"
#include "tests/support/exposure_facts.h"

namespace kaudit {
namespace {

std::size_t bytes_of(std::size_t workloads, testing::Shape shape) {
  ExposureFacts facts = testing::large_facts(workloads, shape);
  const std::size_t before = testing::allocated_bytes();
  const ExposureGraph graph(std::move(facts), {});
  EXPECT_NE(graph.of(graph.facts().workloads.front().key), nullptr);
  EXPECT_TRUE(graph.complete());
  return testing::allocated_bytes() - before;
}

class ExposureGrowth : public ::testing::TestWithParam<testing::Shape> {};

TEST_P(ExposureGrowth, IsLinear) {
  if (!testing::counts_allocations()) GTEST_SKIP() << "SKIPPED: sanitizers keep the heap";
  const std::size_t small = bytes_of(200, GetParam());
  const std::size_t large = bytes_of(2000, GetParam());
  EXPECT_GT(small, 0U);
  EXPECT_LT(large, small * 13);
}

INSTANTIATE_TEST_SUITE_P(Shapes, ExposureGrowth,
                         ::testing::Values(testing::Shape::ordinary, testing::Shape::one_label,
                                           testing::Shape::no_two_alike));

}  // namespace
}  // namespace kaudit
