// Variables of a Dockerfile that hold a secret: where a RUN uses one, and the RUN rewritten so that
// it leaves nothing behind.
#pragma once

#include <string>
#include <string_view>

#include "core/build.h"
#include "core/rules/message.h"

namespace kaudit {

// Whether a script refers to $NAME or ${NAME…}.
[[nodiscard]] inline bool uses_variable(std::string_view script, std::string_view name) noexcept {
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  for (std::size_t at = script.find('$'); at != std::string_view::npos;
       at = script.find('$', at + 1)) {
    std::string_view rest = script.substr(at + 1);
    if (rest.starts_with('{')) rest.remove_prefix(1);
    if (rest.starts_with(name) && (rest.size() == name.size() || !is_word(rest[name.size()]))) {
      return true;
    }
  }
  return false;
}

// The first RUN behind `from` in the stage that uses the variable.
[[nodiscard]] inline const Instruction* first_use(const Stage& stage, const Instruction& from,
                                                  std::string_view name) noexcept {
  for (const Instruction& each : stage.instructions) {
    if (each.at <= from.at || each.op != Op::run) continue;
    if (uses_variable(each.script.text, name)) return &each;
    for (const Heredoc& heredoc : each.heredocs) {
      if (uses_variable(heredoc.body.text, name)) return &each;
    }
  }
  return nullptr;
}

// `RUN --mount=type=secret,id=TOKEN,env=TOKEN npm ci`.
[[nodiscard]] inline std::string with_secret_mount(const Instruction* run, std::string_view name) {
  std::string out = "RUN --mount=type=secret,id=" + std::string(name) + ",env=" + std::string(name);
  if (run == nullptr || run->script.text.empty()) return out + " COMMAND";
  const std::string_view script = run->script.text;
  const std::string_view part = shown_part(script);
  out += ' ';
  out += part;
  if (part.size() < script.size()) out += kEllipsis;
  return out;
}

}  // namespace kaudit
