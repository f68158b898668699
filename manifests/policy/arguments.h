// What both programs do first: take their standard descriptors, and split the command line into
// options and operands.
//
// Ownership: owns what it returns. Thread-safety: no state between calls.
#pragma once

#include <chrono>
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

// As Go writes it: "500ms", "10s", "1m30s"; at most an hour.
[[nodiscard]] Result<std::chrono::milliseconds> parse_duration(std::string_view text);

// What `--version` prints of `program`.
[[nodiscard]] std::string version_text(std::string_view program);

// A standard descriptor that is closed would be given to the next file or socket that is opened,
// and written to. What takes its place cannot be used in its direction, so that use is an error.
void keep_standard_descriptors();

}  // namespace kaudit
