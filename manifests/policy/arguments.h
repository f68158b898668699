// Splits a command line into options and operands: what both programs' parsers are built on.
//
// Ownership: owns what it returns. Thread-safety: no state between calls.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"

namespace kaudit {

struct ArgumentRow {
  std::string_view long_name;   // --format
  std::string_view short_name;  // -o, or empty
  bool takes_value = false;
};

struct Arguments {
  std::vector<std::pair<std::size_t, std::string>> options;  // index of the row; in their order
  std::vector<std::string> operands;
  std::vector<std::string> unknown;  // words that look like options, and that no row has
};

// `words` without the program's name; what stands after `--` is an operand. Errors are one sentence
// about wrong usage.
[[nodiscard]] Result<Arguments> split_arguments(std::vector<std::string> words,
                                                std::span<const ArgumentRow> rows);

// "512", "64K", "64Mi", "64MiB", "1G": bytes, in steps of 1,024; at most 4 GiB - 1.
[[nodiscard]] Result<std::size_t> parse_size(std::string_view text);

}  // namespace kaudit
