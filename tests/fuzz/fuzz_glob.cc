// Any bytes as a pattern, then a NUL byte and a name. The answer is that of a table of every
// beginning of the one against every beginning of the other; an image pattern never panics, and
// matches nothing that no runtime pulls.
#include <algorithm>
#include <vector>

#include "core/glob.h"
#include "core/image_pattern.h"
#include "tests/fuzz/check.h"

namespace {

bool matches_by_table(const std::string& pattern, const std::string& text) {
  // Whether the pattern so far matches the first n bytes.
  std::vector<bool> row(text.size() + 1, false);
  row[0] = true;
  for (const char c : pattern) {
    std::vector<bool> next(text.size() + 1, false);
    next[0] = c == '*' && row[0];
    for (std::size_t n = 1; n <= text.size(); ++n) {
      next[n] = c == '*' ? row[n] || next[n - 1] : row[n - 1] && (c == '?' || c == text[n - 1]);
    }
    row = std::move(next);
  }
  return row.back();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kaudit;
  const std::string input(reinterpret_cast<const char*>(data), size);
  const std::size_t middle = std::min(input.find('\0'), input.size());
  const std::string pattern = input.substr(0, middle);
  const std::string text = input.substr(std::min(middle + 1, input.size()));
  const bool judged = !text.empty() && text.size() <= kLongestName;
  fuzz::require(matches_glob(pattern, text) == (judged && matches_by_table(pattern, text)),
                "wildcards mean what they say", pattern, text);
  if (!has_wildcard(pattern) && judged) {
    fuzz::require(matches_glob(pattern, text) == (pattern == text), "a name matches itself alone",
                  pattern, text);
  }
  if (const auto image = ImagePattern::parse(pattern)) {
    fuzz::require(!image->matches(text) || image->matches_all() ||
                      text.find_first_of(" \t\n*?") == std::string::npos,
                  "only images match", pattern, text);
  }
  return 0;
}
