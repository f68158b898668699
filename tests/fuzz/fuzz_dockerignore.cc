// Any bytes as a .dockerignore, then a NUL byte and a path. What must hold: an answer, however
// often it is asked; line breaks of Windows change nothing; a pattern for everything excludes
// everything; cost within bounds.
#include <algorithm>

#include "manifests/read/dockerignore.h"
#include "tests/fuzz/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kaudit::fuzz;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::size_t middle = std::min(text.find('\0'), text.size());
  const std::string patterns = text.substr(0, middle);
  const std::string path = kaudit::clean_slash_path(text.substr(std::min(middle + 1, text.size())));
  require(kaudit::clean_slash_path(path) == path, "a clean path is clean", path);

  const kaudit::Dockerignore ignore(patterns);
  std::size_t steps = 0;
  const bool excluded = ignore.excludes(path, steps);
  require(ignore.excludes(path) == excluded, "the same question has the same answer", text);
  require(steps <= (patterns.size() + 2) * (path.size() + 2) * (path.size() + 2) + 64,
          "the cost is bounded", text);

  std::string with_returns;
  for (const char c : patterns) {
    if (c == '\n') with_returns += '\r';
    with_returns += c;
  }
  require(kaudit::Dockerignore(with_returns).excludes(path) == excluded,
          "line breaks of Windows change nothing", text);
  require(kaudit::Dockerignore(patterns + "\n**").excludes(path), "** excludes everything", text);
  require(!kaudit::Dockerignore(patterns + "\n!**").excludes(path), "!** takes everything back",
          text);
  return 0;
}
