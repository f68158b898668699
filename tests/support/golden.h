// Expected texts kept in files: compared, or rewritten when KAUDIT_UPDATE=1 is in the environment.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace kaudit::testing {

// The root of the source tree.
[[nodiscard]] std::filesystem::path source_dir();
// The whole file; a test failure and an empty text when it cannot be read.
[[nodiscard]] std::string read_text(const std::filesystem::path& file);

// The file holds exactly `actual`. Reports the first line that differs.
void expect_golden(const std::filesystem::path& file, std::string_view actual);
// As above for the lines between the line `<!-- NAME:begin -->` and the line `<!-- NAME:end -->`.
void expect_golden_block(const std::filesystem::path& file, std::string_view name,
                         std::string_view actual);

}  // namespace kaudit::testing
