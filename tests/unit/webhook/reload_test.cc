#include "webhook/reload.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <optional>

#include "tests/support/temporary.h"

namespace kaudit {
namespace {

using std::chrono::hours;
using std::chrono::system_clock;

constexpr system_clock::time_point kNoon{hours(24 * 20000 + 12)};

constexpr std::string_view kStrict = "profile: restricted\n";
constexpr std::string_view kExempting =
    "exemptions:\n"
    "  - rules: [host-network]\n"
    "    namespaces: [shop]\n"
    "    reason: until the agent is gone\n"
    "    owner: ops\n"
    "    expires: 2024-10-04\n";  // day 20000

class Reload : public ::testing::Test {
 protected:
  Reload() : descriptor_(::open((directory_ / "log").c_str(), O_RDWR | O_CREAT | O_APPEND, 0600)) {}
  ~Reload() override { ::close(descriptor_); }

  void begin(std::string_view text) {
    directory_.write("policy.yaml", text);
    ReloadParts parts;
    parts.policy_file = directory_ / "policy.yaml";
    parts.policy_text = std::string(text);
    parts.today = day_of(kNoon);
    const auto made =
        make_admission(parts.policy_text, parts.policy_file, parts.options, parts.today);
    ASSERT_TRUE(made) << to_string(made.error());
    current_.emplace(made->admission);
    parts.admission = &*current_;
    parts.log = &log_;
    parts.metrics = &metrics_;
    reloader_.emplace(std::move(parts));
  }
  void check(system_clock::time_point now = kNoon) { reloader_->check(now); }

  // Whether the policy in use is another than at the last call.
  bool exchanged() {
    const auto serial = current_->get()->serial();
    return std::exchange(serial_, serial) != serial;
  }
  [[nodiscard]] std::string logged() const {
    std::string text;
    char buffer[4096];
    for (off_t at = 0;;) {
      const ssize_t got = ::pread(descriptor_, buffer, sizeof buffer, at);
      if (got <= 0) return text;
      text.append(buffer, static_cast<std::size_t>(got));
      at += got;
    }
  }
  [[nodiscard]] bool counts(const std::string& line) const {
    return metrics_.text().find('\n' + line + '\n') != std::string::npos;
  }

  testing::TemporaryDirectory directory_;
  int descriptor_;
  Log log_{descriptor_, {LogFormat::text, LogLevel::info, 0}};
  Metrics metrics_{Mode::enforce};
  std::optional<Current<Admission>> current_;
  std::optional<Reloader> reloader_;
  std::uint64_t serial_ = 0;
};

TEST_F(Reload, TakesOverWhatChangedAndNothingElse) {
  begin("");
  EXPECT_TRUE(exchanged());
  check();
  EXPECT_FALSE(exchanged());
  directory_.write("policy.yaml", kStrict);
  check();
  EXPECT_TRUE(exchanged());
  EXPECT_TRUE(counts("kaudit_policy_reload_success 1"));
  check();
  EXPECT_FALSE(exchanged());
  const std::string log = logged();
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 1) << log;
}

TEST_F(Reload, FollowsTheLinkOfAMountedConfigMap) {
  namespace fs = std::filesystem;
  begin("");
  (void)exchanged();
  // As the kubelet does it: a link to a directory is exchanged in one step.
  const fs::path root = directory_.path();
  fs::remove(root / "policy.yaml");
  directory_.write("..1/policy.yaml", "");
  directory_.write("..2/policy.yaml", kStrict);
  fs::create_directory_symlink("..1", root / "..data");
  fs::create_symlink("..data/policy.yaml", root / "policy.yaml");
  check();
  EXPECT_FALSE(exchanged());
  fs::create_directory_symlink("..2", root / "..data_tmp");
  fs::rename(root / "..data_tmp", root / "..data");
  check();
  EXPECT_TRUE(exchanged());
}

TEST_F(Reload, KeepsTheLastGoodPolicy) {
  begin(kStrict);
  (void)exchanged();
  directory_.write("policy.yaml", "profile: restricted\nrulez: {}\n");
  check();
  check();
  EXPECT_FALSE(exchanged());
  EXPECT_TRUE(counts("kaudit_policy_reload_success 0"));
  EXPECT_TRUE(counts("kaudit_policy_reload_errors_total 1"));
  const std::string log = logged();
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 1) << log;
  EXPECT_NE(log.find("policy.yaml:2:1: "), std::string::npos) << log;
  EXPECT_NE(log.find("policy refused, the last good one stays"), std::string::npos) << log;
  // Another mistake is another line; a file that is gone too.
  directory_.write("policy.yaml", "- x\n");
  check();
  std::filesystem::remove(directory_ / "policy.yaml");
  check();
  check();
  EXPECT_FALSE(exchanged());
  EXPECT_TRUE(counts("kaudit_policy_reload_errors_total 3"));
  // Back as it was: nothing to exchange, and all is well.
  directory_.write("policy.yaml", kStrict);
  check();
  EXPECT_FALSE(exchanged());
  EXPECT_TRUE(counts("kaudit_policy_reload_success 1"));
  // A directory, or more than a policy can be, is no policy.
  std::filesystem::remove(directory_ / "policy.yaml");
  directory_.make("policy.yaml");
  check();
  EXPECT_TRUE(counts("kaudit_policy_reload_errors_total 4"));
}

TEST_F(Reload, ExemptionsEndAtTheEndOfTheirDay) {
  begin(kExempting);
  (void)exchanged();
  EXPECT_TRUE(counts("kaudit_exemptions{state=\"active\"} 1"));
  check(kNoon + hours(11));
  EXPECT_FALSE(exchanged());
  check(kNoon + hours(12));
  EXPECT_TRUE(exchanged());
  EXPECT_TRUE(counts("kaudit_exemptions{state=\"active\"} 0"));
  EXPECT_TRUE(counts("kaudit_exemptions{state=\"expired\"} 1"));
  EXPECT_NE(logged().find("WARN exemption has expired and no longer counts"), std::string::npos)
      << logged();
  EXPECT_NE(logged().find("line=2 reason=\"until the agent is gone\" owner=ops"), std::string::npos)
      << logged();
}

TEST_F(Reload, NotesOfThePolicyAreLogged) {
  begin("");
  directory_.write("policy.yaml", "kube-version: \"1.99\"\n");
  check();
  EXPECT_NE(logged().find(" WARN policy file="), std::string::npos) << logged();
  EXPECT_NE(logged().find("1.99"), std::string::npos) << logged();
}

// A broken file must not keep an expired exemption alive.
TEST_F(Reload, ExemptionsEndEvenWhileThePolicyIsBroken) {
  begin(kExempting);
  (void)exchanged();
  directory_.write("policy.yaml", "{");
  check(kNoon + hours(12));
  EXPECT_TRUE(exchanged());
  EXPECT_TRUE(counts("kaudit_exemptions{state=\"expired\"} 1"));
  EXPECT_TRUE(counts("kaudit_policy_reload_success 0"));
  std::filesystem::remove(directory_ / "policy.yaml");
  check(kNoon + hours(36));
  EXPECT_TRUE(exchanged());
}

TEST_F(Reload, AThreadLooksWhenPoked) {
  begin("");
  (void)exchanged();
  directory_.write("policy.yaml", kStrict);
  reloader_->start(hours(1));
  reloader_->poke();
  while (!exchanged()) std::this_thread::yield();
  reloader_->stop();
}

TEST(Current, EveryReaderSeesAWholeValue) {
  Current<std::string> current(std::make_shared<std::string>(64, 'a'));
  std::atomic<bool> stop{false};
  std::vector<std::thread> readers;
  readers.reserve(3);
  for (int n = 0; n < 3; ++n) {
    readers.emplace_back([&] {
      Current<std::string>::View view(current);
      while (!stop) {
        const std::string& text = view.get();
        ASSERT_EQ(text, std::string(64, text.front()));
      }
    });
  }
  for (int n = 0; n < 1000; ++n) {
    current.set(std::make_shared<std::string>(64, static_cast<char>('a' + n % 26)));
  }
  stop = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(current.get()->front(), static_cast<char>('a' + 999 % 26));
}

}  // namespace
}  // namespace kaudit
