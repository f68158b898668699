// The words of the command line: which commands and options there are, as one table that the
// parser, `--help` and the completions share.
//
// Thread-safety: const data.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"

namespace kaudit {

enum class Command : std::uint8_t {
  audit,
  diff,
  rules,
  explain,
  facts,
  review,
  exemptions,
  completion
};

// `kaudit [PATH...]` has no name of its own.
struct CommandRow {
  Command command;
  std::string_view name;
  std::string_view operands;
  std::string_view help;
};
[[nodiscard]] std::span<const CommandRow> command_rows() noexcept;

enum class Opt : std::uint8_t {
  profile,
  fail_on,
  severity,
  kube_version,
  include,
  exclude,
  config,
  no_config,
  as,
  respect_gitignore,
  max_file_size,
  max_image_size,
  jobs,
  compose_file,
  format,
  output,
  colour,
  today,
  order,
  top,
  show_exempted,
  scan_report,
  shard,
  verbose,
  quiet,
  route,
  mode,
  pretty,
  git,
  version,
  help,
};

struct OptionRow {
  // What the shell may offer for the value.
  enum class Offer : std::uint8_t { nothing, words, rules, files };
  Opt opt;
  std::string_view long_name;   // --format
  std::string_view short_name;  // -o, or empty
  std::string_view value;       // FORMAT; empty: a switch
  Offer offer;
  std::string_view words;  // separated by |
  std::string_view help;
  std::uint16_t commands;  // bit by Command
};
[[nodiscard]] std::span<const OptionRow> option_rows() noexcept;
[[nodiscard]] constexpr bool takes(const OptionRow& row, Command command) noexcept {
  return ((row.commands >> static_cast<unsigned>(command)) & 1U) != 0;
}

// What was written, in its order.
struct CommandLine {
  Command command = Command::audit;
  std::vector<std::pair<Opt, std::string>> options;  // a switch has an empty value
  std::vector<std::string> operands;
};

// `arguments` without the program's name. Errors are one sentence about wrong usage.
[[nodiscard]] Result<CommandLine> split_command_line(std::vector<std::string> arguments);

// The text of --help.
[[nodiscard]] std::string help_text();

}  // namespace kaudit
