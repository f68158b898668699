// The Dockerfile that built an image, recognised by the image's history.
#include "core/build_steps.h"

#include <gtest/gtest.h>

namespace kaudit {
namespace {

BuildSteps steps(const std::vector<std::pair<Op, std::string>>& all) {
  BuildSteps out;
  for (const auto& [op, text] : all) out.push_back({op, text, !text.empty()});
  return out;
}

TEST(BuildSteps, AHistoryEndsWithWhatItsDockerfileDoes) {
  const BuildSteps history = steps({{Op::add, ""},
                                    {Op::cmd, " bash"},
                                    {Op::workdir, ""},
                                    {Op::copy, " . /app"},
                                    {Op::run, "npm ci"},
                                    {Op::user, " 10001"},
                                    {Op::cmd, " node x.js"}});
  struct Row {
    std::string_view name;
    BuildSteps dockerfile;
    bool expect;
  };
  const Row kRows[] = {
      {"the same",
       steps({{Op::copy, " . /app"},
              {Op::run, "npm ci"},
              {Op::user, " 10001"},
              {Op::cmd, " node x.js"}}),
       true},
      {"what is not known is no difference",
       steps({{Op::workdir, ""},
              {Op::copy, ""},
              {Op::run, "npm ci"},
              {Op::user, " 10001"},
              {Op::cmd, " node x.js"}}),
       true},
      {"too little is told",
       steps({{Op::copy, ""}, {Op::run, ""}, {Op::user, " 10001"}, {Op::cmd, " node x.js"}}),
       false},
      {"another command",
       steps({{Op::copy, " . /app"},
              {Op::run, "npm install"},
              {Op::user, " 10001"},
              {Op::cmd, " node x.js"}}),
       false},
      {"another order",
       steps({{Op::run, "npm ci"},
              {Op::copy, " . /app"},
              {Op::user, " 10001"},
              {Op::cmd, " node x.js"}}),
       false},
      {"not at its end", steps({{Op::copy, " . /app"}, {Op::run, "npm ci"}, {Op::user, " 10001"}}),
       false},
      {"more than it has",
       steps({{Op::run, "a"},
              {Op::add, ""},
              {Op::cmd, " bash"},
              {Op::workdir, ""},
              {Op::copy, " . /app"},
              {Op::run, "npm ci"},
              {Op::user, " 10001"},
              {Op::cmd, " node x.js"}}),
       false},
      {"nothing", {}, false},
  };
  for (const Row& row : kRows)
    EXPECT_EQ(was_built_by(history, row.dockerfile), row.expect) << row.name;
}

}  // namespace
}  // namespace kaudit
