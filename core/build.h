// What a Dockerfile builds: stages and their instructions, with variables put in as BuildKit does
// it without any --build-arg. A Text in which a variable takes part whose value is not known is
// unresolved, and its value is what is written.
//
// Ownership and lifetime: as core/facts.h: views that end with the FactVisitor's call.
// Thread-safety: const data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/facts.h"

namespace kaudit {

enum class Op : std::uint8_t {
  add,
  arg,
  cmd,
  copy,
  entrypoint,
  env,
  expose,
  from,
  healthcheck,
  label,
  maintainer,
  onbuild,
  run,
  shell,
  stopsignal,
  user,
  volume,
  workdir,
};
[[nodiscard]] std::string_view name_of(Op op) noexcept;  // "COPY"

struct BuildFlag {
  std::string_view name;  // without dashes
  Text value;             // absent: `--link`
};

struct BuildPair {
  Text name;
  Text value;                // absent: an ARG without default
  std::string_view written;  // before variables and quotes
};

// A script, and where its parts stand: `parts` are pieces of `text` in their order.
struct Script {
  std::string_view text;
  std::span<const Text> parts;

  // The part that the first character of `piece` stands in; `piece` must be a piece of `text`.
  [[nodiscard]] NodeId at(std::string_view piece) const noexcept;
};

struct Heredoc {
  std::string_view name;
  bool expand = true;
  Script body;  // its parts are lines
};

struct Instruction {
  NodeId at = kNoNode;
  Op op = Op::run;
  bool on_build = false;  // kept for a build that is based on this image
  bool exec = false;      // the JSON form
  bool none = false;      // HEALTHCHECK NONE
  std::span<const BuildFlag> flags;
  // In the JSON form of a command its words; sources and destination of COPY and ADD; ports; a
  // user.
  std::span<const Text> words;
  Script script;  // of a command in the shell form
  std::span<const BuildPair> pairs;
  std::span<const Heredoc> heredocs;

  [[nodiscard]] const BuildFlag* flag(std::string_view name) const noexcept;
  // COPY and ADD: without the destination.
  [[nodiscard]] std::span<const Text> sources() const noexcept {
    return words.empty() ? words : words.first(words.size() - 1);
  }
  // COPY and ADD: from the build context, not from another stage or image.
  [[nodiscard]] bool takes_context() const noexcept {
    return (op == Op::copy || op == Op::add) && !from_elsewhere();
  }
  // COPY from another stage or image, so not from the build context.
  [[nodiscard]] bool from_elsewhere() const noexcept { return flag("from") != nullptr; }
};

inline constexpr std::size_t kNoStage = ~std::size_t{0};

struct Stage {
  NodeId at = kNoNode;  // the FROM
  std::size_t index = 0;
  std::string_view label;         // its name, or `stage-1`
  Text name;                      // absent: it has none
  Text base;                      // an image's reference or an earlier stage's name; `scratch`
  std::size_t parent = kNoStage;  // the earlier stage that it builds on
  Text platform;
  std::span<const Instruction> instructions;  // without the FROM

  [[nodiscard]] bool from_scratch() const noexcept { return base.is("scratch"); }
};

// The directory that the build is given, as far as it can be seen.
struct BuildContext {
  std::string_view ignore_file;  // the .dockerignore that counts; empty: there is none
  bool complete = true;          // false: there is more than was looked at
  // Files and directories whose names say that they hold secrets, and that no pattern excludes.
  std::span<const std::string_view> secrets;
  // Which of `.env*`, `.git`, `*.pem`, `*.key` no pattern excludes.
  std::span<const std::string_view> open;
};

struct Build : Object {
  const BuildContext* context = nullptr;  // null: it is not known
  char escape = '\\';
  std::span<const BuildPair> global_args;
  std::span<const Stage> stages;

  // The stage that becomes the image; null in a file without FROM.
  [[nodiscard]] const Stage* final_stage() const noexcept {
    return stages.empty() ? nullptr : &stages.back();
  }
  [[nodiscard]] const Stage* parent_of(const Stage& stage) const noexcept {
    return stage.parent == kNoStage ? nullptr : &stages[stage.parent];
  }
  // The last instruction of that kind that takes effect at the end of the stage, in it or in a
  // stage that it builds on; null where there is none, so that the base image decides.
  [[nodiscard]] const Instruction* last(const Stage& stage, Op op) const noexcept;
  // The stage at whose image the chain of stages begins.
  [[nodiscard]] const Stage& root_of(const Stage& stage) const noexcept;
  // The earlier stage that `COPY --from=…` names, by name or number.
  [[nodiscard]] const Stage* find_stage(std::string_view wanted, std::size_t before) const noexcept;
};

// A source that takes the whole build context: `.`, `./`, `/`, `./.`, `*`.
[[nodiscard]] bool is_whole_context(const Text& source) noexcept;

// The name or uid of `USER name:group`.
[[nodiscard]] std::string_view user_part(std::string_view user) noexcept;
[[nodiscard]] bool is_root_user(std::string_view user) noexcept;

}  // namespace kaudit
