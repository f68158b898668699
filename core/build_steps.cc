#include "core/build_steps.h"

#include <algorithm>
#include <string_view>

namespace kaudit {
namespace {

constexpr int kLongestChain = 64;  // of stages, as core/rules/deleted_secret_recoverable.cc

void append_words(std::string& out, std::string_view text) {
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!blank) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  while (out.ends_with(' ')) out.pop_back();
}

// Docker's old builder names what it copied by a hash.
bool is_hash(std::string_view source) noexcept {
  return source.starts_with("file:") || source.starts_with("dir:") || source.starts_with("multi:");
}

// ENV alone is compared by names: values are those of the build.
BuildStep step_of(const Instruction& instruction) {
  BuildStep out;
  out.op = instruction.op;
  bool known = instruction.heredocs.empty();
  if (instruction.op == Op::env) {
    for (const BuildPair& pair : instruction.pairs) {
      append_words(out.text += ' ', pair.name.value);
      known = known && pair.name.written();
    }
  } else if (!instruction.script.text.empty()) {
    append_words(out.text, instruction.script.text);
    // Builders write a CMD's shell in front of its script.
    known = known && instruction.op == Op::run;
  } else if (instruction.op == Op::run || instruction.op == Op::cmd ||
             instruction.op == Op::entrypoint || instruction.op == Op::user ||
             instruction.op == Op::copy || instruction.op == Op::add) {
    for (const Text& word : instruction.words) {
      append_words(out.text += ' ', word.value);
      known = known && word.written() && !is_hash(word.value);
    }
  } else {
    known = false;
  }
  out.known = known && !out.text.empty();
  return out;
}

}  // namespace

BuildSteps steps_of(const Build& build, const Stage& stage) {
  std::vector<const Stage*> chain;
  const Stage* each = &stage;
  for (int n = 0; n < kLongestChain && each != nullptr; ++n) {
    chain.push_back(each);
    each = build.parent_of(*each);
  }
  BuildSteps out;
  for (auto at = chain.rbegin(); at != chain.rend(); ++at) {
    for (const Instruction& instruction : (*at)->instructions) {
      if (instruction.op != Op::arg && !instruction.on_build) out.push_back(step_of(instruction));
    }
  }
  return out;
}

bool was_built_by(const BuildSteps& history, const BuildSteps& dockerfile) noexcept {
  constexpr std::size_t kEnough = 3;
  if (dockerfile.size() > history.size()) return false;
  const std::size_t from = history.size() - dockerfile.size();
  std::size_t told = 0;
  for (std::size_t n = 0; n < dockerfile.size(); ++n) {
    const BuildStep& did = history[from + n];
    const BuildStep& says = dockerfile[n];
    if (did.op != says.op) return false;
    if (!did.known || !says.known) continue;
    if (did.text != says.text) return false;
    ++told;
  }
  return told >= kEnough;
}

}  // namespace kaudit
