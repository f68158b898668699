// What a Dockerfile does, and what an image's history says was done, in the same words: so that the
// Dockerfile which built an image is recognised.
//
// Ownership: owns its text, for both outlive their documents. Thread-safety: pure functions. Time:
// linear.
#pragma once

#include <string>
#include <vector>

#include "core/build.h"

namespace kaudit {

struct BuildStep {
  Op op = Op::run;
  std::string text;    // what is run or set, its blanks made alike
  bool known = false;  // else `text` says nothing: variables, heredocs, files known by a hash
};
using BuildSteps = std::vector<BuildStep>;

// Of the stage and those that it builds on, the first instruction first; without ARG and FROM.
[[nodiscard]] BuildSteps steps_of(const Build& build, const Stage& stage);

// Whether the history ends with all that the Dockerfile does, in its order, and at least three
// instructions were told by their text: two programs seldom share those.
[[nodiscard]] bool was_built_by(const BuildSteps& history, const BuildSteps& dockerfile) noexcept;

}  // namespace kaudit
