// What our readers understand of manifests, in the oracle's form: reads file names from standard
// input, one a line, and writes a line of JSON for each.
//   kaudit_documents                as above
//   kaudit_documents --cases DIR    writes the inputs of the readers' test tables into DIR instead
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "core/report/json_writer.h"
#include "tests/support/dump.h"
#include "tests/unit/manifests/cases.h"

namespace kaudit::testing {
namespace {

int write_cases(const std::filesystem::path& dir) {
  const std::vector<std::string> inputs = all_inputs();
  for (std::size_t n = 0; n < inputs.size(); ++n) {
    std::ofstream file(dir / ("case" + std::to_string(n)), std::ios::binary);
    file << inputs[n];
    if (!file.flush()) return 1;
  }
  return 0;
}

std::string literal(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

std::string joined(const std::vector<std::string>& items) {
  std::string out;
  for (const std::string& item : items) {
    if (!out.empty()) out += ',';
    out += item;
  }
  return '[' + out + ']';
}

int read_files() {
  for (std::string name; std::getline(std::cin, name);) {
    std::ifstream file(name, std::ios::binary);
    if (!file) return 1;
    std::ostringstream text;
    text << file.rdbuf();
    ReadText read = read_with(
        read_manifest, text.str(),
        [](const Document& document) { return to_json(document.root()); }, {}, name);
    std::erase(read.documents, "null");
    for (std::string& error : read.errors) error = literal(error);
    std::cout << "{\"file\":" << literal(name) << ",\"documents\":" << joined(read.documents)
              << ",\"errors\":" << joined(read.errors) << "}\n";
  }
  return std::cout.flush() ? 0 : 1;
}

}  // namespace
}  // namespace kaudit::testing

int main(int argc, char** argv) {
  if (argc == 3 && std::string_view(argv[1]) == "--cases") {
    return kaudit::testing::write_cases(argv[2]);
  }
  return kaudit::testing::read_files();
}
