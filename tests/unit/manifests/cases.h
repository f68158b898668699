// The tables of the readers' tests. The oracle test reads the same inputs with kubectl's modules.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace kaudit::testing {

struct ReaderCase {
  std::string input;
  std::vector<std::string> documents;    // as JSON
  std::vector<std::string> errors = {};  // "test:line:column: message"
};

// A scalar as it is written after `a: `, and its meaning as JSON.
[[nodiscard]] const std::vector<std::pair<std::string, std::string>>& yaml_scalars();
[[nodiscard]] const std::vector<ReaderCase>& yaml_structures();
[[nodiscard]] const std::vector<ReaderCase>& yaml_streams();
[[nodiscard]] const std::vector<ReaderCase>& yaml_errors();
[[nodiscard]] const std::vector<ReaderCase>& json_values();
[[nodiscard]] const std::vector<ReaderCase>& json_errors();
[[nodiscard]] const std::vector<ReaderCase>& manifests();

[[nodiscard]] std::vector<std::string> all_inputs();

}  // namespace kaudit::testing
