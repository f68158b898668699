#include "webhook/net/self_signed.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "tests/support/front.h"
#include "tests/support/golden.h"

namespace kaudit {
namespace {

using std::chrono::hours;
using testing::Client;
using testing::ok;
using testing::post;
using testing::read_text;
using testing::Served;
using testing::TemporaryDirectory;

TEST(SelfSigned, IsServedAndTrusted) {
  const TemporaryDirectory parent;
  const auto made =
      self_signed(parent / "new", {"localhost", "a.svc", "127.0.0.1", "::1"}, hours(48));
  ASSERT_TRUE(made);
  const SelfSigned& files = made.value();
  EXPECT_FALSE(files.reused);
  for (const std::string& file : {files.ca_file, files.certificate_file, files.key_file}) {
    struct stat status{};
    ASSERT_EQ(::stat(file.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U) << file;
  }
  EXPECT_EQ(files.ca_file, parent / "new/ca.crt");
  TlsOptions options;
  options.certificate_file = files.certificate_file;
  options.key_file = files.key_file;
  options.ca_file = files.ca_file;
  options.service_names = {"localhost", "a.svc", "127.0.0.1", "::1"};
  const auto context = TlsContext::load(options);
  ASSERT_TRUE(context);
  EXPECT_TRUE(context.value()->state().problems.empty());
  Served front({}, testing::echo, context.value().get());
  Client client(front.port(), {.tls = true, .ca_file = files.ca_file});
  ASSERT_TRUE(client.send(post("/", "x")));
  EXPECT_EQ(client.response(), ok("x"));
}

TEST(SelfSigned, UsesAgainWhatIsStillGood) {
  struct Case {
    std::string name, first_name;
    hours first_validity;
    std::string broken_file;
    bool reused;
  };
  for (const Case& c : {
           Case{"good", "a.svc", hours(48), "", true},
           Case{"other name", "b.svc", hours(48), "", false},
           Case{"about to end", "a.svc", hours(23), "", false},
           Case{"broken authority", "a.svc", hours(48), "ca.crt", false},
           Case{"broken key", "a.svc", hours(48), "tls.key", false},
       }) {
    const TemporaryDirectory directory;
    const auto first = self_signed(directory.path(), {c.first_name}, c.first_validity);
    ASSERT_TRUE(first);
    if (!c.broken_file.empty()) directory.write(c.broken_file, "broken");
    const std::string before = read_text(directory / "tls.crt");
    const auto second = self_signed(directory.path(), {"a.svc"}, hours(48));
    ASSERT_TRUE(second);
    EXPECT_EQ(second.value().reused, c.reused) << c.name;
    EXPECT_EQ(read_text(directory / "tls.crt") == before, c.reused) << c.name;
  }
}

TEST(SelfSigned, SaysWhereItCannotWrite) {
  const TemporaryDirectory directory;
  directory.write("file", "");
  const auto below_file = self_signed(directory / "file", {"a"}, hours(48));
  ASSERT_FALSE(below_file);
  EXPECT_EQ(to_string(below_file.error()),
            directory / "file/ca.crt: cannot be written: Not a directory");
  const auto no_parent = self_signed(directory / "a/b", {"a"}, hours(48));
  ASSERT_FALSE(no_parent);
  EXPECT_EQ(to_string(no_parent.error()),
            directory / "a/b: cannot be made: No such file or directory");
}

}  // namespace
}  // namespace kaudit
