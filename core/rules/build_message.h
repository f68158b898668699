// What rules about Dockerfiles share: how they name a place, and the commands that are run.
#pragma once

#include <string>
#include <vector>

#include "core/build.h"
#include "core/command_words.h"
#include "core/rules/message.h"

namespace kaudit {

// `stage "build"`, or `the image` where there is only one stage.
[[nodiscard]] inline std::string subject(const Build& build, const Stage& stage) {
  if (build.stages.size() == 1) return "the image";
  return "stage " + quoted(stage.label);
}
// `RUN in stage "build"`, `ONBUILD RUN`.
[[nodiscard]] inline std::string subject(const Build& build, const Stage& stage,
                                         const Instruction& instruction) {
  std::string out = instruction.on_build ? "ONBUILD " : "";
  out += name_of(instruction.op);
  if (build.stages.size() > 1) out += " in " + subject(build, stage);
  return out;
}

// Which stages the image is made of, by their index: what is only in others stays where it was
// built, in its cache.
[[nodiscard]] inline std::vector<bool> shipped_stages(const Build& build) {
  std::vector<bool> shipped(build.stages.size());
  for (const Stage* each = build.final_stage(); each != nullptr; each = build.parent_of(*each)) {
    shipped[each->index] = true;
  }
  return shipped;
}

template <class Each>
void for_each_instruction(const Build& build, Each each) {
  for (const Stage& stage : build.stages) {
    for (const Instruction& instruction : stage.instructions) each(stage, instruction);
  }
}

// One command of an instruction, and where its words stand.
struct BuildCommand {
  const Stage& stage;
  const Instruction& instruction;
  const Script* script;  // null: the JSON form

  [[nodiscard]] CommandWords words() const noexcept {
    return script == nullptr ? CommandWords(instruction.words)
                             : CommandWords(script->text, instruction.at);
  }
  [[nodiscard]] NodeId at(const Word& word) const noexcept {
    return script == nullptr ? word.at : script->at(word.text);
  }
};

// RUN, CMD, ENTRYPOINT and HEALTHCHECK, and the heredocs that RUN gives to the shell.
template <class Each>
void for_each_command(const Stage& stage, const Instruction& instruction, Each each) {
  const Op op = instruction.op;
  if (op != Op::run && op != Op::cmd && op != Op::entrypoint && op != Op::healthcheck) return;
  if (instruction.exec) return each(BuildCommand{stage, instruction, nullptr});
  each(BuildCommand{stage, instruction, &instruction.script});
  // `RUN python3 <<EOF` is no script of the shell.
  if (!instruction.script.text.starts_with("<<")) return;
  for (const Heredoc& heredoc : instruction.heredocs) {
    each(BuildCommand{stage, instruction, &heredoc.body});
  }
}
template <class Each>
void for_each_command(const Build& build, Each each) {
  for_each_instruction(build, [&](const Stage& stage, const Instruction& instruction) {
    for_each_command(stage, instruction, each);
  });
}

}  // namespace kaudit
