// The source tree keeps its shape: which way includes point, what is built, what lies where.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/golden.h"

namespace kaudit {
namespace {

namespace fs = std::filesystem;

// Paths from the root of the tree, sorted; without what git or a build directory keeps.
std::vector<std::string> tree() {
  const fs::path root = testing::source_dir();
  std::vector<std::string> files;
  for (auto it = fs::recursive_directory_iterator(root); it != fs::end(it); ++it) {
    const std::string name = it->path().filename().string();
    if (it.depth() == 0 && (name == ".git" || name.starts_with("build"))) {
      it.disable_recursion_pending();
    } else if (it->is_regular_file() && it->path().extension() != ".pyc") {
      files.push_back(it->path().lexically_relative(root).string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string text_of(const std::string& file) {
  return testing::read_text(testing::source_dir() / file);
}

bool is_cxx(std::string_view file) { return file.ends_with(".cc") || file.ends_with(".h"); }

// What people write, as against the inputs of tests, which may hold anything.
bool is_written(std::string_view file) {
  return is_cxx(file) || file.ends_with(".def") || file.ends_with(".py") || file.ends_with(".md") ||
         file.ends_with("CMakeLists.txt") || file.starts_with("scripts/") ||
         file.starts_with("tests/bench/") || file.find('/') == std::string_view::npos ||
         file.starts_with(".");
}

// The names between the quotes or angle brackets, with the opening one in front: `<vector>` is
// "<vector", `"core/rule.h"` is "\"core/rule.h".
std::vector<std::string> includes_of(const std::string& file) {
  constexpr std::string_view kInclude = "\n#include ";
  const std::string text = '\n' + text_of(file);
  std::vector<std::string> names;
  for (std::size_t at = text.find(kInclude); at != std::string::npos;
       at = text.find(kInclude, at)) {
    at += kInclude.size();
    names.push_back(text.substr(at, text.find_first_of(">\"\n", at + 1) - at));
  }
  return names;
}

// Nothing here opens a file or a socket, starts a thread or prints: code that includes no more than
// this is a pure function of its arguments.
bool is_pure(std::string_view header) {
  constexpr std::string_view kPure =
      " "
      "algorithm array atomic bit cassert cctype charconv climits cmath compare "
      "concepts cstddef cstdint cstring deque exception functional initializer_list "
      "iterator limits map memory memory_resource new numeric optional ranges set span "
      "stdexcept string string_view tuple type_traits unordered_map unordered_set "
      "utility variant vector ";
  return kPure.find(' ' + std::string(header) + ' ') != std::string_view::npos;
}

// The most specific row counts for a file.
struct Arrow {
  std::string_view from;                // files below it
  std::vector<std::string_view> to;     // our headers that they may include, by prefix
  std::vector<std::string_view> other;  // headers beyond the pure ones; "*" any
};

const std::vector<Arrow>& arrows() {
  static const std::vector<Arrow> kTable = {
      {"core/", {"core/"}, {}},
      {"manifests/adapt", {"core/", "manifests/adapt"}, {}},
      // A Compose project has several files, which only its adapter can name.
      {"manifests/adapt/compose",
       {"core/", "manifests/adapt/compose", "manifests/adapt/place.h", "manifests/compose.h",
        "manifests/load.h"},
       {}},
      {"manifests/image.h", {"core/"}, {}},
      {"manifests/load.h", {"core/"}, {}},
      {"manifests/read/",
       {"core/", "manifests/load.h", "manifests/read/"},
       {"yaml.h", "simdjson.h"}},
      {"manifests/read/image_",
       {"core/", "manifests/image.h", "manifests/load.h", "manifests/read/"},
       {"archive.h", "archive_entry.h", "lzma.h", "openssl/evp.h", "zlib.h", "zstd.h",
        "zstd_errors.h"}},
      {"manifests/policy/", {"core/", "manifests/adapt.h", "manifests/policy/"}, {"*"}},
      {"manifests/cli/", {"core/", "manifests/", "webhook/admission.h"}, {"*"}},
      {"manifests/", {"core/", "manifests/"}, {"*"}},
      {"webhook/",
       {"core/", "manifests/adapt", "manifests/load.h", "manifests/policy/", "webhook/"},
       {"*"}},
      {"tests/", {"core/", "manifests/", "webhook/", "tests/"}, {"*"}},
  };
  return kTable;
}

const Arrow* arrow_of(std::string_view file) {
  const Arrow* best = nullptr;
  for (const Arrow& arrow : arrows()) {
    if (file.starts_with(arrow.from) && (!best || best->from.size() < arrow.from.size())) {
      best = &arrow;
    }
  }
  return best;
}

bool allowed(const Arrow& arrow, std::string_view include) {
  const bool ours = include.starts_with('"');
  include.remove_prefix(1);
  const auto begins = [&](std::string_view prefix) { return include.starts_with(prefix); };
  if (ours) return std::any_of(arrow.to.begin(), arrow.to.end(), begins);
  return is_pure(include) ||
         std::any_of(arrow.other.begin(), arrow.other.end(),
                     [&](std::string_view name) { return name == "*" || name == include; });
}

TEST(Tree, IncludesFollowTheArrows) {
  std::size_t files = 0;
  for (const std::string& file : tree()) {
    if (!is_cxx(file)) continue;
    ++files;
    const Arrow* arrow = arrow_of(file);
    ASSERT_NE(arrow, nullptr) << file << " lies outside the folders for sources";
    for (const std::string& include : includes_of(file)) {
      EXPECT_TRUE(allowed(*arrow, include)) << file << " must not include " << include.substr(1);
    }
  }
  EXPECT_GT(files, 20U);
}

TEST(Tree, ArrowsRefuseWhatTheyShould) {
  struct Case {
    std::string file, include;
    bool expect;
  };
  for (const Case& c :
       {Case{"core/engine.cc", "<vector", true}, Case{"core/engine.cc", "<fstream", false},
        Case{"core/engine.cc", "<sys/socket.h", false},
        Case{"core/engine.cc", "<nlohmann/json.hpp", false},
        Case{"core/rules/run_as_root.cc", "\"core/rule.h", true},
        Case{"core/rules/run_as_root.cc", "\"manifests/load.h", false},
        Case{"manifests/read/yaml.cc", "<yaml.h", true},
        Case{"manifests/read/yaml.cc", "<filesystem", false},
        Case{"manifests/read/yaml.cc", "\"manifests/adapt.h", false},
        Case{"manifests/adapt/kubernetes.cc", "<yaml.h", false},
        Case{"manifests/adapt/kubernetes.cc", "\"manifests/load.h", false},
        Case{"manifests/cli/options.cc", "<CLI/CLI.hpp", true},
        Case{"manifests/cli/options.cc", "\"webhook/server.h", false},
        Case{"webhook/server.cc", "\"manifests/cli/options.h", false}}) {
    EXPECT_EQ(allowed(*arrow_of(c.file), c.include), c.expect) << c.file << ' ' << c.include;
  }
}

TEST(Tree, CoreDoesNotKnowItsRulesAndReports) {
  for (const std::string& file : tree()) {
    if (!is_cxx(file) || !file.starts_with("core/")) continue;
    const std::string folder = fs::path(file).parent_path().string() + '/';
    for (const std::string& include : includes_of(file)) {
      for (const std::string_view other : {"core/rules/", "core/report/"}) {
        EXPECT_FALSE(!folder.starts_with(other) && include.starts_with('"' + std::string(other)))
            << file << " must not include " << include.substr(1);
      }
    }
  }
}

// A source that no CMakeLists.txt names is never compiled, and a test of it never run.
TEST(Tree, EverySourceIsBuilt) {
  const std::vector<std::string> files = tree();
  std::set<std::string> listed;
  for (const std::string& file : files) {
    const bool rules = file == "core/rules/rules.def";
    if (!rules && !file.ends_with("CMakeLists.txt")) continue;
    const std::string folder = fs::path(file).parent_path() / "";
    const std::string text = text_of(file);
    constexpr std::string_view kBetweenWords = " \t\n()\"";
    for (std::size_t at = 0; (at = text.find_first_not_of(kBetweenWords, at)) != text.npos;) {
      const std::size_t end = std::min(text.find_first_of(kBetweenWords, at), text.size());
      listed.insert(folder + text.substr(at, end - at) + (rules ? ".cc" : ""));
      at = end;
    }
  }
  for (const std::string& file : files) {
    if (!file.ends_with(".cc")) continue;
    EXPECT_TRUE(listed.contains(file)) << file << " is in no CMakeLists.txt";
  }
}

TEST(Tree, FilesStayReadable) {
  // Split, so that this file does not hold what it looks for.
  const std::vector<std::string> unfinished = {
      "TO"
      "DO",
      "FIX"
      "ME",
      "XX"
      "X",
      "#if"
      " 0"};
  for (const std::string& file : tree()) {
    if (!is_written(file) || file == "LICENSE" || file == "core/rules/RULES.md") continue;
    const std::string text = text_of(file);
    EXPECT_LE(std::count(text.begin(), text.end(), '\n'), 700) << file;
    for (const std::string& mark : unfinished) {
      EXPECT_EQ(text.find(mark), std::string::npos) << file << " holds " << mark;
    }
  }
}

TEST(Tree, NamesNoPathOfTheMachineItWasWrittenOn) {
  const fs::path root = fs::canonical(testing::source_dir());
  // Above the clone, unless that is so short that it may well be the subject of a rule.
  const fs::path above = root.parent_path();
  const std::string needle =
      std::distance(above.begin(), above.end()) > 2 ? above.string() : root.string();
  for (const std::string& file : tree()) {
    EXPECT_EQ(text_of(file).find(needle + '/'), std::string::npos) << file << " holds " << needle;
  }
}

TEST(Tree, TopLevelHoldsTheKnownEntriesOnly) {
  const std::set<std::string> known = {
      "CMakeLists.txt", "CMakePresets.json", "Dockerfile", "LICENSE", "README.md", "core",
      "helm",           "manifests",         "scripts",    "tests",   "webhook"};
  for (const auto& entry : fs::directory_iterator(testing::source_dir())) {
    const std::string name = entry.path().filename().string();
    EXPECT_TRUE(known.contains(name) || name.starts_with('.') || name.starts_with("build"))
        << name << " does not belong at the top";
  }
}

// `path`, or `path` and the name of a test in it: what answers a threat is still there.
TEST(Tree, EveryThreatIsAnsweredByWhatIsThere) {
  const std::string text = text_of(".github/SECURITY.md");
  std::size_t threats = 0;
  for (std::size_t at = 0; (at = text.find("\n| ", at)) != text.npos; ++at) {
    const std::string row = text.substr(at + 1, text.find('\n', at + 1) - at - 1);
    if (row[2] < '0' || row[2] > '9') continue;
    ++threats;
    EXPECT_TRUE(row.starts_with("| " + std::to_string(threats) + " |")) << row;
    const std::string shown = row.substr(row.rfind(" | ") + 3);
    for (std::size_t begin = 0; (begin = shown.find('`', begin)) != shown.npos;) {
      const std::size_t end = shown.find('`', begin + 1);
      const std::string file = shown.substr(begin + 1, end - begin - 1);
      EXPECT_TRUE(fs::is_regular_file(testing::source_dir() / file)) << file;
      begin = end + 1;
      const std::string test =
          shown.substr(begin, std::min(shown.find(',', begin), shown.rfind(" |")) - begin);
      if (test.size() > 1) {
        EXPECT_NE(text_of(file).find(test.substr(1)), std::string::npos) << file << test;
      }
    }
  }
  EXPECT_EQ(threats, 18U);
}

TEST(Tree, HoldsWhatPeopleLookFor) {
  for (const std::string_view file :
       {"LICENSE", "README.md", ".github/CONTRIBUTING.md", ".github/SECURITY.md", "core/README.md",
        "core/rules/RULES.md", "manifests/README.md", "tests/README.md", "webhook/README.md",
        ".clang-format", ".clang-tidy", ".editorconfig"}) {
    EXPECT_TRUE(fs::is_regular_file(testing::source_dir() / file)) << file;
  }
  for (const std::string_view file : {".ci/run", "scripts/coverage", "scripts/fuzz", "scripts/lint",
                                      "scripts/new-rule", "scripts/run", "scripts/test"}) {
    const fs::perms mode = fs::status(testing::source_dir() / file).permissions();
    EXPECT_NE(mode & fs::perms::owner_exec, fs::perms::none) << file << " cannot be run";
  }
}

}  // namespace
}  // namespace kaudit
