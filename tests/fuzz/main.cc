// Runs a fuzz target over files: what every build does with the corpus. libFuzzer brings its own
// main in the preset `fuzz`.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "tests/fuzz/check.h"

namespace fs = std::filesystem;

namespace {

void run(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  const std::string input = std::move(text).str();
  // A crash leaves this as the last line.
  std::printf("%s (%zu bytes)\n", file.c_str(), input.size());
  std::fflush(stdout);
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t files = 0;
  for (int n = 1; n < argc; ++n) {
    if (!fs::is_directory(argv[n])) {
      run(argv[n]);
      ++files;
      continue;
    }
    for (const auto& entry : fs::recursive_directory_iterator(argv[n])) {
      if (!entry.is_regular_file()) continue;
      run(entry.path());
      ++files;
    }
  }
  std::printf("%zu inputs\n", files);
  return files == 0 ? 2 : 0;
}
