#include "manifests/cli/destination.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>

#include "tests/support/golden.h"
#include "tests/support/temporary.h"

namespace kaudit {
namespace {

namespace fs = std::filesystem;

std::size_t entries(const std::string& directory) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(directory), {}));
}

TEST(Destination, TheFileAppearsWhole) {
  const testing::TemporaryDirectory dir;
  dir.write("r.json", "old");
  ASSERT_EQ(::chmod((dir / "r.json").c_str(), 0640), 0);
  {
    auto out = Destination::open(dir / "r.json");
    ASSERT_TRUE(out);
    (*out)->write(std::string(200'000, 'x'));
    (*out)->write("end");
    EXPECT_EQ(testing::read_text(dir / "r.json"), "old");
    ASSERT_TRUE((*out)->commit());
  }
  EXPECT_EQ(testing::read_text(dir / "r.json"), std::string(200'000, 'x') + "end");
  EXPECT_EQ(fs::status(dir / "r.json").permissions(), fs::perms(0640));
  EXPECT_EQ(entries(dir.path()), 1U);
}

TEST(Destination, KnowsTheWidthOfATerminal) {
  const testing::TemporaryDirectory dir;
  const auto file = Destination::open(dir / "r.json");
  ASSERT_TRUE(file);
  EXPECT_EQ((*file)->columns(), 0U);

  const Fd terminal(::posix_openpt(O_RDWR | O_NOCTTY));
  if (terminal.get() < 0) GTEST_SKIP() << "no pseudo terminal on this machine";
  ASSERT_EQ(::grantpt(terminal.get()), 0);
  ASSERT_EQ(::unlockpt(terminal.get()), 0);
  const winsize size{.ws_row = 24, .ws_col = 72, .ws_xpixel = 0, .ws_ypixel = 0};
  ASSERT_EQ(::ioctl(terminal.get(), TIOCSWINSZ, &size), 0);
  const auto shown = Destination::open(::ptsname(terminal.get()));
  ASSERT_TRUE(shown);
  EXPECT_EQ((*shown)->columns(), 72U);
}

TEST(Destination, WithoutCommitNothingChanges) {
  const testing::TemporaryDirectory dir;
  {
    auto out = Destination::open(dir / "r.json");
    ASSERT_TRUE(out);
    (*out)->write("half");
    (*out)->flush();
    EXPECT_EQ(entries(dir.path()), 1U);
  }
  EXPECT_EQ(entries(dir.path()), 0U);
}

TEST(Destination, ALinkStaysALink) {
  const testing::TemporaryDirectory dir;
  dir.write("real/r.json", "old");
  fs::create_symlink("real/r.json", dir / "link.json");
  auto out = Destination::open(dir / "link.json");
  ASSERT_TRUE(out);
  (*out)->write("new");
  ASSERT_TRUE((*out)->commit());
  EXPECT_TRUE(fs::is_symlink(dir / "link.json"));
  EXPECT_EQ(testing::read_text(dir / "real/r.json"), "new");
}

TEST(Destination, SaysWhyItCannotWrite) {
  const testing::TemporaryDirectory dir;
  EXPECT_EQ(Destination::open(dir.path()).error().message,
            "cannot write the report " + dir.path() + ": is a directory");
  EXPECT_EQ(Destination::open(dir / "none/r.json").error().message,
            "cannot write the report " + (dir / "none/r.json") + ": no such file or directory");
  auto full = Destination::open("/dev/full");
  ASSERT_TRUE(full);
  (*full)->write("x");
  EXPECT_EQ((*full)->commit().error().message,
            "cannot write the report /dev/full: no space left on device");
  EXPECT_TRUE(fs::is_character_file("/dev/full"));
  const std::string longest(255, 'n');
  auto out = Destination::open(dir / longest);
  ASSERT_TRUE(out);
  EXPECT_TRUE((*out)->commit());
  EXPECT_TRUE(fs::exists(dir / longest));
}

}  // namespace
}  // namespace kaudit
