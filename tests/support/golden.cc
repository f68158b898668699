#include "tests/support/golden.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace kaudit::testing {
namespace {

bool updating() {
  const char* flag = std::getenv("KAUDIT_UPDATE");
  return flag != nullptr && std::string_view(flag) == "1";
}

void write_text(const std::filesystem::path& file, std::string_view text) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream out(file, std::ios::binary);
  out << text;
  ASSERT_TRUE(out.flush()) << "cannot write " << file;
}

std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

void compare(const std::filesystem::path& file, std::string_view expected,
             std::string_view actual) {
  if (expected == actual) return;
  std::size_t number = 1;
  std::string_view want = expected;
  std::string_view have = actual;
  std::string_view want_line = take_line(want);
  std::string_view have_line = take_line(have);
  while (want_line == have_line && !(want.empty() && have.empty())) {
    want_line = take_line(want);
    have_line = take_line(have);
    ++number;
  }
  ADD_FAILURE() << file.string() << " differs in its line " << number
                << "\n  expected: " << want_line << "\n  actual:   " << have_line
                << "\n(KAUDIT_UPDATE=1 rewrites it; read the difference before committing it)";
}

}  // namespace

std::filesystem::path source_dir() { return KAUDIT_SOURCE_DIR; }

std::string read_text(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    ADD_FAILURE() << "cannot read " << file;
    return {};
  }
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

void expect_golden(const std::filesystem::path& file, std::string_view actual) {
  if (updating()) return write_text(file, actual);
  compare(file, read_text(file), actual);
}

void expect_golden_block(const std::filesystem::path& file, std::string_view name,
                         std::string_view actual) {
  const std::string begin = "<!-- " + std::string(name) + ":begin -->\n";
  const std::string end = "<!-- " + std::string(name) + ":end -->\n";
  std::string text = read_text(file);
  const std::size_t from = text.find(begin);
  const std::size_t to = text.find(end, from);
  ASSERT_NE(to, std::string::npos) << file << " has no lines " << begin << " and " << end;
  const std::size_t first = from + begin.size();
  if (updating()) return write_text(file, text.replace(first, to - first, actual));
  compare(file, std::string_view(text).substr(first, to - first), actual);
}

}  // namespace kaudit::testing
