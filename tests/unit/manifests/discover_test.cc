#include "manifests/cli/discover.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "manifests/cli/files.h"
#include "manifests/cli/input_reader.h"
#include "manifests/cli/surface.h"
#include "tests/support/temporary.h"

namespace kaudit {
namespace {

namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

class DiscoverTest : public ::testing::Test {
 protected:
  void SetUp() override { fs::current_path(dir_.path()); }
  void TearDown() override { fs::current_path("/"); }

  // "path" or "path (reason)".
  static Lines found(const std::vector<std::string>& paths, const DiscoverOptions& options = {}) {
    Lines lines;
    for (const Input& input : discover(paths, options).files) {
      lines.push_back(input.reason.empty() ? input.path : input.path + " (" + input.reason + ")");
    }
    return lines;
  }

  testing::TemporaryDirectory dir_;
};

TEST_F(DiscoverTest, TakesManifestsOnlyInBytewiseOrder) {
  for (const char* name : {"b/x.yml", "b.yaml", "b-c.json", "a/UPPER.YAML", "a/notes.txt", "a/yaml",
                           "Z.yaml", ".hidden/h.yaml", "a.yaml/deep.json"}) {
    dir_.write(name, "");
  }
  const Lines expect = {".hidden/h.yaml", "Z.yaml", "a.yaml/deep.json", "a/UPPER.YAML",
                        "b-c.json",       "b.yaml", "b/x.yml"};
  EXPECT_EQ(found({"."}), expect);
  EXPECT_EQ(found({"./"}), expect);
  EXPECT_EQ(found({"a//", "./b/x.yml"}), Lines({"a/UPPER.YAML", "b/x.yml"}));
}

TEST_F(DiscoverTest, TakesDockerfilesByTheirNames) {
  for (const char* name :
       {"Dockerfile", "Containerfile", "web.Dockerfile", "x.dockerfile", "Dockerfile.prod",
        "DOCKERFILE.multi-arch", "Dockerfile.dockerignore", "Dockerfile.md", "dockerfile.go",
        "dockerfile.h", "Dockerfile.py", "mydockerfile", "Dockerfiles", "dockerfile.yaml",
        ".dockerignore", "dockerfile/readme"}) {
    dir_.write(name, "");
  }
  EXPECT_EQ(found({"."}),
            Lines({"Containerfile", "DOCKERFILE.multi-arch", "Dockerfile", "Dockerfile.prod",
                   "dockerfile.yaml", "web.Dockerfile", "x.dockerfile"}));
}

TEST_F(DiscoverTest, TheNameTellsTheSurfaceUnlessTheUserDoes) {
  for (const char* name : {"Dockerfile", "a.yaml", "dockerfile.yaml", "recipe"}) {
    dir_.write(name, "");
  }
  const auto surfaces = [](const std::vector<std::string>& paths, std::optional<Surface> as) {
    DiscoverOptions options;
    options.as = as;
    const Inputs inputs = discover(paths, options);
    Lines lines;
    for (const Input& input : inputs.files) {
      lines.push_back(input.path + ' ' + std::string(name_of(surface_of(input, inputs))));
    }
    return lines;
  };
  EXPECT_EQ(surfaces({"."}, {}),
            Lines({"Dockerfile dockerfile", "a.yaml kubernetes", "dockerfile.yaml kubernetes"}));
  EXPECT_EQ(surfaces({"recipe", "-"}, Surface::dockerfile),
            Lines({"<stdin> dockerfile", "recipe dockerfile"}));
  EXPECT_EQ(surfaces({"."}, Surface::dockerfile),
            Lines({"Dockerfile dockerfile", "a.yaml kubernetes", "dockerfile.yaml kubernetes"}));
}

TEST_F(DiscoverTest, WhatIsAskedForIsTakenWhateverItsName) {
  dir_.write("notes.txt", "");
  dir_.write("node_modules/m.yaml", "");
  EXPECT_EQ(found({"notes.txt", "-", "node_modules"}),
            Lines({"<stdin>", "node_modules/m.yaml", "notes.txt"}));
}

TEST_F(DiscoverTest, AFileAskedForTwiceIsExaminedOnce) {
  dir_.write("d/x.yaml", "");
  dir_.write("d/sub/y.yaml", "");
  fs::create_symlink("d/x.yaml", "link.yaml");
  EXPECT_EQ(found({"d", "d/x.yaml", "./d/", "d/sub", "-", "-"}),
            Lines({"<stdin>", "d/sub/y.yaml", "d/x.yaml"}));
  EXPECT_EQ(found({"d/../d/x.yaml", "d"}), Lines({"d/../d/x.yaml", "d/sub/y.yaml"}));
  EXPECT_EQ(found({"link.yaml", "d/x.yaml"}), Lines({"d/x.yaml"}));
}

TEST_F(DiscoverTest, LinksBelowADirectoryAreNotFollowed) {
  const testing::TemporaryDirectory outside;
  outside.write("secret.yaml", "");
  dir_.write("in/real.yaml", "");
  fs::create_symlink(outside / "secret.yaml", "in/file.yaml");
  fs::create_directory_symlink(outside.path(), "in/dir");
  fs::create_directory_symlink(".", "in/loop");
  EXPECT_EQ(found({"in"}), Lines({"in/file.yaml (symbolic link, not followed)", "in/real.yaml"}));
  EXPECT_EQ(discover({"in"}, {}).skipped, Lines({"in/dir: symbolic link, not followed",
                                                 "in/file.yaml: symbolic link, not followed",
                                                 "in/loop: symbolic link, not followed"}));
  fs::create_directory_symlink("in", "asked");
  EXPECT_EQ(found({"asked"}).back(), "asked/real.yaml");
}

TEST_F(DiscoverTest, SaysWhatCannotBeExamined) {
  ::mkfifo("fifo.yaml", 0600);
  ::mkfifo("fifo", 0600);
  fs::create_symlink("nowhere", "dangling");
  EXPECT_EQ(found({"."}), Lines({"fifo.yaml (a named pipe, not a regular file)"}));
  EXPECT_EQ(
      found({"fifo", "missing.yaml", "dangling", "/dev/null", "loop"}),
      Lines({"/dev/null (a device, not a regular file)", "dangling (no such file or directory)",
             "fifo (a named pipe, not a regular file)", "loop (no such file or directory)",
             "missing.yaml (no such file or directory)"}));
}

TEST_F(DiscoverTest, SkipsGitAndNodeModules) {
  dir_.write(".git/config.yaml", "");
  dir_.write("x/node_modules/p/package.json", "");
  dir_.write("x/a.yaml", "");
  EXPECT_EQ(found({"."}), Lines({"x/a.yaml"}));
  EXPECT_EQ(discover({"."}, {}).skipped,
            Lines({".git: not entered", "x/node_modules: not entered"}));
}

TEST_F(DiscoverTest, LeavesOutWhatTheRunWrites) {
  dir_.write("report.json", "");
  dir_.write("a.yaml", "");
  DiscoverOptions options;
  options.outputs = {"./report.json", "not-there-yet.json"};
  EXPECT_EQ(found({"."}, options), Lines({"a.yaml"}));
}

TEST_F(DiscoverTest, StrangeNames) {
  for (const char* name : {"new\nline.yaml", "-rf.yaml", "bad\xff.yaml", "\x1b[31m.yaml"}) {
    dir_.write(name, "a: 1");
  }
  EXPECT_EQ(found({"."}), Lines({"\x1b[31m.yaml", "-rf.yaml", "bad\xff.yaml", "new\nline.yaml"}));
}

TEST_F(DiscoverTest, DeepTreesAreReadAndBottomlessOnesGivenUp) {
  std::string path;
  for (int i = 0; i < 300; ++i) path += "directory-of-some-length/";
  ASSERT_GT(path.size(), 4096U);
  // Longer than one call may name: made step by step.
  for (int i = 0; i < 1100; ++i) {
    ASSERT_EQ(::mkdir("directory-of-some-length", 0700), 0);
    ASSERT_EQ(::chdir("directory-of-some-length"), 0);
    if (i == 299) {
      std::FILE* file = std::fopen("deep.yaml", "w");
      ASSERT_NE(file, nullptr);
      std::fputs("a: 1\n", file);
      std::fclose(file);
    }
  }
  fs::current_path(dir_.path());
  const Inputs inputs = discover({"."}, {});
  ASSERT_EQ(inputs.files.size(), 2U) << inputs.files.front().reason;
  EXPECT_EQ(inputs.files[0].path, path + "deep.yaml");
  EXPECT_EQ(inputs.files[1].reason, "more than 1000 directories deep");
  const auto text = InputReader(inputs, 100).read(inputs.files[0]);
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_EQ(*text, "a: 1\n");
}

TEST_F(DiscoverTest, ReadsWhatItFoundAndNothingElse) {
  const testing::TemporaryDirectory outside;
  outside.write("d/a.yaml", "secret");
  for (const char* name : {"d/a.yaml", "gone.yaml", "swapped.yaml", "large.yaml", "z.yaml"}) {
    dir_.write(name, "1234567890");
  }
  const Inputs inputs = discover({"."}, {});
  fs::remove("gone.yaml");
  fs::remove("swapped.yaml");
  fs::create_symlink(outside / "d/a.yaml", "swapped.yaml");
  fs::remove_all("d");
  fs::create_directory_symlink(outside / "d", "d");
  dir_.write("large.yaml", "12345678901");
  InputReader reader(inputs, 10);
  Lines got;
  for (const Input& input : inputs.files) {
    const auto text = reader.read(input);
    got.push_back(input.path + ": " + (text ? *text : text.error().message));
  }
  EXPECT_EQ(got, Lines({"d/a.yaml: became a symbolic link before it was read",
                        "gone.yaml: vanished before it was read",
                        "large.yaml: larger than 10 bytes; --max-file-size raises the limit",
                        "swapped.yaml: became a symbolic link before it was read",
                        "z.yaml: 1234567890"}));
}

TEST_F(DiscoverTest, RespectsGitignoreWhenAsked) {
  dir_.make(".git/info");
  dir_.write(".git/info/exclude", "excluded.yaml\n");
  dir_.write(".gitignore", "build/\n*.gen.yaml\n!keep.gen.yaml\n");
  for (const char* name : {"a.yaml", "excluded.yaml", "build/b.yaml", "x.gen.yaml", "keep.gen.yaml",
                           "sub/c.yaml", "sub/d.yaml", "sub/build/e.yaml"}) {
    dir_.write(name, "");
  }
  dir_.write("sub/.gitignore", "d.yaml\n");
  DiscoverOptions options;
  options.respect_gitignore = true;
  EXPECT_EQ(found({"."}, options), Lines({"a.yaml", "keep.gen.yaml", "sub/c.yaml"}));
  EXPECT_EQ(found({"sub"}, options), Lines({"sub/c.yaml"}));
  EXPECT_EQ(found({"x.gen.yaml"}, options), Lines({"x.gen.yaml"}));
  EXPECT_EQ(found({"."}).size(), 8U);
}

TEST(Files, CleansPaths) {
  struct Case {
    std::string path, expect;
  };
  for (const Case& c : {Case{"a", "a"}, Case{"./a", "a"}, Case{"a//b/./c/", "a/b/c"},
                        Case{".", "."}, Case{"./", "."}, Case{"/", "/"}, Case{"//x", "/x"},
                        Case{"../a", "../a"}, Case{"a/../b", "a/../b"}}) {
    EXPECT_EQ(clean_path(c.path), c.expect) << c.path;
  }
}

TEST(Files, BinaryIsWhatNoTextBeginsWith) {
  for (const std::string_view text : {"\x89PNG\r\n", "\x1f\x8b\x08", "PK\3\4",
                                      "\x7f"
                                      "ELF",
                                      "\x28\xb5\x2f\xfd"}) {
    EXPECT_EQ(is_binary(text), text[0] != '(') << text;
  }
  EXPECT_TRUE(is_binary(std::string_view("\0\5\x16\7", 4)));  // AppleDouble: ._x.yaml
  for (const std::string_view text : {"", "a: 1", "{",
                                      "\xef\xbb\xbf"
                                      "a",
                                      "\xff\xfe", "\n", "\tx", "é"}) {
    EXPECT_FALSE(is_binary(text)) << text;
  }
}

}  // namespace
}  // namespace kaudit
