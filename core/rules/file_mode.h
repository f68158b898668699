// Modes that a Dockerfile gives to files: by chmod, install, mkdir and the flag --chmod.
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "core/rules/build_message.h"

namespace kaudit {

struct FileMode {
  bool setuid = false;
  bool world_writable = false;  // by everybody, and not sticky as /tmp is
};

// `4755`, `u+s`, `a+rw,g-w`: what chmod(1) takes. Of anything else nothing is said.
[[nodiscard]] inline FileMode file_mode(std::string_view text) noexcept {
  constexpr std::string_view kDigits = "01234567";
  FileMode mode;
  if (!text.empty() && text.find_first_not_of(kDigits) == std::string_view::npos) {
    const auto digit = [&](std::size_t from_end) {
      return text.size() > from_end ? text[text.size() - 1 - from_end] - '0' : 0;
    };
    mode.setuid = (digit(3) & 4) != 0;
    mode.world_writable = (digit(0) & 2) != 0 && (digit(3) & 1) == 0;
    return mode;
  }
  bool sticky = false;
  while (!text.empty()) {
    const std::string_view clause = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), clause.size() + 1));
    const std::size_t sign = clause.find_first_of("+=");
    if (sign == std::string_view::npos) continue;
    const std::string_view who = clause.substr(0, sign);
    const std::string_view what = clause.substr(sign + 1);
    if (who.find_first_not_of("ugoa") != std::string_view::npos ||
        what.find_first_not_of("rwxXst") != std::string_view::npos) {
      continue;
    }
    const auto is_for = [&](char one) { return who.find(one) != std::string_view::npos; };
    const auto gives = [&](char one) { return what.find(one) != std::string_view::npos; };
    // Without anybody named the umask decides who gets `w`.
    mode.setuid |= gives('s') && (who.empty() || is_for('u') || is_for('a'));
    mode.world_writable |= gives('w') && (is_for('o') || is_for('a'));
    sticky |= gives('t');
  }
  mode.world_writable &= !sticky;
  return mode;
}

// A mode as it is written, and where.
struct WrittenMode {
  const Stage& stage;
  const Instruction& instruction;
  std::string_view text;
  NodeId at;
};

// Finds the modes among the words of commands. Thread-safety: one thread.
class ModeWords {
 public:
  // The mode that the word is or has; empty: none.
  [[nodiscard]] std::string_view take(const Word& word) noexcept {
    if (word.role == Word::Role::program) {
      in_chmod_ = word.program == "chmod";
      makes_ = word.program == "install" || word.program == "mkdir";
      expected_ = false;
      return {};
    }
    // `find … -exec chmod u+s {} \;`
    if (word.program == "find" && word.text == "chmod") in_chmod_ = true;
    if (in_chmod_) {
      if (word.text == "chmod" || word.text.starts_with('-')) return {};
      in_chmod_ = false;
      return word.text;
    }
    if (!makes_) return {};
    if (expected_) {
      expected_ = false;
      return word.text;
    }
    for (const std::string_view option : {"--mode=", "-m"}) {
      if (!word.text.starts_with(option)) continue;
      expected_ = word.text.size() == option.size();
      return word.text.substr(option.size());
    }
    return {};
  }

 private:
  bool in_chmod_ = false;
  bool makes_ = false;     // install or mkdir
  bool expected_ = false;  // behind -m
};

// What the commands of a script remove: a directory that is made, opened to everybody and removed
// within one RUN is in no layer.
[[nodiscard]] inline std::unordered_set<std::string_view> removed_by(const BuildCommand& command) {
  std::unordered_set<std::string_view> removed;
  CommandWords words = command.words();
  for (Word word; words.next(word);) {
    if (word.role == Word::Role::argument && word.program == "rm") removed.insert(word.text);
  }
  return removed;
}

// Of the stages that the image is made of, once for each instruction and mode that `counts`.
template <class Counts, class Each>
void for_each_mode(const Build& build, Counts counts, Each each) {
  std::vector<bool> shipped;  // made when the first mode asks
  const auto found = [&](const Stage& stage, const Instruction& instruction, std::string_view text,
                         NodeId at) {
    if (shipped.empty()) shipped = shipped_stages(build);
    if (shipped[stage.index]) each(WrittenMode{stage, instruction, text, at});
  };
  for_each_instruction(build, [&](const Stage& stage, const Instruction& instruction) {
    if (instruction.op != Op::copy && instruction.op != Op::add) return;
    const BuildFlag* flag = instruction.flag("chmod");
    if (flag == nullptr || !flag->value.written() || !counts(file_mode(flag->value.value))) return;
    found(stage, instruction, flag->value.value, flag->value.at);
  });
  for_each_command(build, [&](const BuildCommand& command) {
    ModeWords modes;
    std::optional<std::unordered_set<std::string_view>> removed;
    CommandWords words = command.words();
    for (Word word; words.next(word);) {
      const std::string_view text = modes.take(word);
      if (text.empty() || !counts(file_mode(text))) continue;
      if (!removed) removed = removed_by(command);
      CommandWords rest = words;
      Word target;
      if (rest.next(target) && target.command == word.command && removed->contains(target.text)) {
        continue;
      }
      found(command.stage, command.instruction, text, command.at(word));
    }
  });
}

}  // namespace kaudit
