#include "manifests/cli/context.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "manifests/read/dockerfile.h"
#include "tests/support/golden.h"
#include "tests/support/temporary.h"

namespace kaudit {
namespace {

namespace fs = std::filesystem;

class ContextTest : public ::testing::Test {
 protected:
  void SetUp() override { fs::current_path(dir_.path()); }
  void TearDown() override { fs::current_path("/"); }

  // What the context of `dockerfile` is, when `asked` is examined: the secret-like files that are
  // not excluded, then behind a bar the .dockerignore and what it leaves open.
  std::string context(const std::string& asked, const std::string& dockerfile) {
    class Look final : public DocumentVisitor {
     public:
      Look(ContextReader& reader, const Input& input) : reader_(reader), input_(input) {}
      void document(const Document& document) override {
        const BuildContext* context = reader_.read(input_, document);
        if (context == nullptr) return;
        out.clear();
        for (const std::string_view path : context->secrets) out.append(path).append(" ");
        out.append("| ").append(context->ignore_file);
        for (const std::string_view pattern : context->open) out.append(" ").append(pattern);
        if (!context->complete) out += " (incomplete)";
      }
      void error(Error error) override { ADD_FAILURE() << to_string(error); }
      std::string out = "unknown";

     private:
      ContextReader& reader_;
      const Input& input_;
    };
    const Inputs inputs = discover({asked}, {});
    for (const Input& input : inputs.files) {
      if (input.path != dockerfile) continue;
      ContextReader reader(inputs);
      Look look(reader, input);
      read_dockerfile(std::make_shared<const Source>(input.path, testing::read_text(input.path)),
                      Limits{}, look);
      return look.out;
    }
    return "not found";
  }

  testing::TemporaryDirectory dir_;
};

constexpr const char* kCopy = "FROM a\nCOPY . /\n";

TEST_F(ContextTest, ListsWhatIsNotExcluded) {
  dir_.write("Dockerfile", kCopy);
  dir_.write(".env", "A=b");
  dir_.write("keys/server.key", "");
  dir_.write("keys/ca.pem", "");
  dir_.write("keys/deep/id_rsa", "");
  dir_.write(".git/HEAD", "");
  dir_.write("node_modules/x/test.key", "");
  EXPECT_EQ(context(".", "Dockerfile"),
            ".env .git keys/deep/id_rsa keys/server.key |  .env* .git *.pem *.key");
  dir_.write(".dockerignore", "keys\n!keys/deep\n.git\n*.env\n");
  EXPECT_EQ(context(".", "Dockerfile"), "keys/deep/id_rsa | .dockerignore .env* *.pem *.key");
  EXPECT_EQ(context("Dockerfile", "Dockerfile"),
            "keys/deep/id_rsa | .dockerignore .env* *.pem *.key");
  dir_.write("Dockerfile.dockerignore", "**\n");
  EXPECT_EQ(context(".", "Dockerfile"), "| Dockerfile.dockerignore");
  dir_.write("Dockerfile.dockerignore", "**\n[a\n");
  EXPECT_EQ(context(".", "Dockerfile"), "| Dockerfile.dockerignore (incomplete)");
}

TEST_F(ContextTest, IsTheNearestDirectoryThatHoldsWhatIsCopied) {
  dir_.write("web/docker/Dockerfile", "FROM a\nCOPY package.json src /app/\n");
  dir_.write("web/package.json", "");
  dir_.write("web/src/.env", "");
  dir_.write(".npmrc", "");
  EXPECT_EQ(context(".", "web/docker/Dockerfile"), "src/.env |  .env* .git *.pem *.key");
  // Nobody asked for what is above.
  EXPECT_EQ(context("web/docker", "web/docker/Dockerfile"), "|  .env* .git *.pem *.key");
  dir_.write("web/docker/Dockerfile", "FROM a\nCOPY nowhere /app/\n");
  EXPECT_EQ(context(".", "web/docker/Dockerfile"), "|  .env* .git *.pem *.key");
  dir_.write("web/docker/Dockerfile.dockerignore", "*");
  dir_.write("web/docker/Dockerfile", "FROM a\nCOPY src /app/\n");
  EXPECT_EQ(context(".", "web/docker/Dockerfile"), "| docker/Dockerfile.dockerignore");
}

TEST_F(ContextTest, FollowsNoLinkAndTakesRegularFilesOnly) {
  const testing::TemporaryDirectory outside;
  outside.write("id_rsa", "");
  outside.write("ignore", "*");
  dir_.write("Dockerfile", kCopy);
  fs::create_directory_symlink(outside.path(), "linked");
  fs::create_symlink(outside / "id_rsa", "server.key");
  fs::create_symlink(outside / "ignore", ".dockerignore");
  ASSERT_EQ(::mkfifo("tls.key", 0600), 0);
  EXPECT_EQ(context(".", "Dockerfile"), "|  .env* .git *.pem *.key");
}

TEST_F(ContextTest, IsUnknownWhereNothingIsCopied) {
  dir_.write("Dockerfile", "FROM a AS b\nRUN x\nFROM a\nCOPY --from=b /x /y\n");
  EXPECT_EQ(context(".", "Dockerfile"), "unknown");
}

TEST_F(ContextTest, EndsSomewhere) {
  dir_.write("Dockerfile", kCopy);
  std::string deep;
  for (int n = 0; n < 40; ++n) deep += "d/";
  dir_.write(deep + "id_rsa", "");
  EXPECT_EQ(context(".", "Dockerfile"), "|  .env* .git *.pem *.key (incomplete)");
}

}  // namespace
}  // namespace kaudit
