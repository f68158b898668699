// The words of what a container or a build runs: its command and args, and where these are a shell
// with a script (`sh -c "…"`) the words of the script.
//
// It reads as much shell as finding a program and its options takes: quotes, comments, separators,
// command substitution. It expands nothing and does not tell which branch is taken. Time is linear
// in the text, and nothing is allocated.
// Ownership: words are views into the facts. Thread-safety: one thread.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/facts.h"

namespace kaudit {

struct Word {
  enum class Role : std::uint8_t {
    program,     // what is run: after `sudo`, `env`, `exec` and the like there is another one
    assignment,  // NAME=value before a program, or of `export` and `env`
    argument,
  };
  std::string_view text;  // without its quotes where they enclose all of it
  NodeId at = kNoNode;    // the item of command or args that it stands in
  Role role = Role::argument;
  std::uint32_t command = 0;  // differs between simple commands
  // The command's program up to here, without its directory: `curl` of `/usr/bin/curl`; empty
  // before the first.
  std::string_view program = {};
  bool redirected = false;  // the file behind `>` or `<`
};

class CommandWords {
 public:
  explicit CommandWords(const Container& container) noexcept
      : command_(container.command), args_(container.args) {}
  // A command in the JSON form, of a probe or of a lifecycle hook.
  explicit CommandWords(std::span<const Text> words) noexcept : command_(words) {}
  // A script that a shell runs. All words stand at `at`; their texts are pieces of the script.
  CommandWords(std::string_view script, NodeId at) noexcept
      : state_(State::script), script_(script), script_at_(at) {
    begin_command();
  }

  // The next word; false at the end.
  [[nodiscard]] bool next(Word& out) noexcept;

 private:
  enum class State : std::uint8_t {
    words,    // each item is one word
    options,  // a shell's own options
    script,   // inside the text after -c
    done,
  };

  // What is known of a simple command while its words are read.
  struct Command {
    std::uint32_t number = 0;
    bool want_program = true;
    bool after_wrapper = false;  // `timeout 5 curl`: a number is no program
    bool quoted = false;         // the `$(` that interrupts it stands inside double quotes
    std::string_view program = {};
  };

  [[nodiscard]] const Text* next_item() noexcept;
  [[nodiscard]] bool next_of_script(Word& out) noexcept;
  [[nodiscard]] bool skip_to_word() noexcept;
  [[nodiscard]] std::string_view take_script_word() noexcept;
  void read_shell_option(std::string_view text) noexcept;
  void classify(Word& word) noexcept;
  void begin_command() noexcept;
  void enter(bool quoted) noexcept;
  void leave() noexcept;

  std::span<const Text> command_, args_;
  std::size_t item_ = 0;
  State state_ = State::words;
  bool takes_script_ = false;  // the shell has -c
  bool takes_option_ = false;  // the shell has -o
  bool in_quotes_ = false;     // back inside "…" after a `$(…)` in it
  // Of the word just taken: it ended at a `$(`, inside double quotes.
  bool substituted_ = false, ends_in_quotes_ = false;
  bool redirected_ = false;  // the next word names a file
  std::string_view script_;
  NodeId script_at_ = kNoNode;
  std::uint32_t commands_ = 0;
  Command current_;
  // Commands around the current one: `outer $(inner)`. What nests deeper is read as a sequence.
  std::array<Command, 8> outer_;
  std::size_t depth_ = 0;
};

}  // namespace kaudit
