#include "webhook/log.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <vector>

#include "core/rule.h"

namespace kaudit {
namespace {

using std::chrono::microseconds;

// 2026-01-31T12:00:00.007Z
constexpr std::chrono::system_clock::time_point kNow{std::chrono::milliseconds(1769860800007)};

Decision denial(std::span<const Finding> findings) {
  Decision decision;
  decision.outcome = Outcome::denied;
  decision.uid = "705ab4f5-6393-11e8-b7cc-42010a800002";
  decision.operation = "CREATE";
  decision.kind = "Pod";
  decision.resource = "pods";
  decision.ns = "shop";
  decision.name = "web";
  decision.user = "system:serviceaccount:ci:deployer";
  decision.findings = findings;
  return decision;
}

Finding finding(std::string_view rule, Action action, const Exemption* exemption = nullptr) {
  Finding made;
  made.rule = find_rule(rule);
  made.action = action;
  made.exemption = exemption;
  return made;
}

TEST(Log, DenialsAreOneLine) {
  const Exemption exemption;
  const std::vector<Finding> findings = {
      finding("privileged-container", Action::deny), finding("privileged-container", Action::deny),
      finding("host-network", Action::deny), finding("image-tag", Action::warn),
      finding("host-path", Action::deny, &exemption)};
  EXPECT_EQ(decision_line(LogFormat::json, kNow, denial(findings), microseconds(42)),
            R"({"time":"2026-01-31T12:00:00.007Z","level":"warn","msg":"denied",)"
            R"("uid":"705ab4f5-6393-11e8-b7cc-42010a800002",)"
            R"("user":"system:serviceaccount:ci:deployer","operation":"CREATE","kind":"Pod",)"
            R"("resource":"pods","namespace":"shop","name":"web","mode":"enforce",)"
            R"("dry_run":false,"decision_us":42,"exempted":["host-path"],)"
            R"("rules":["privileged-container","host-network"]})"
            "\n");
  EXPECT_EQ(decision_line(LogFormat::text, kNow, denial(findings), microseconds(42)),
            "2026-01-31T12:00:00.007Z WARN denied uid=705ab4f5-6393-11e8-b7cc-42010a800002 "
            "user=system:serviceaccount:ci:deployer operation=CREATE kind=Pod resource=pods "
            "namespace=shop name=web mode=enforce dry_run=false decision_us=42 "
            "exempted=host-path rules=privileged-container,host-network\n");
}

TEST(Log, OtherOutcomes) {
  Decision decision = denial({});
  decision.outcome = Outcome::unjudgeable;
  decision.subresource = "ephemeralcontainers";
  decision.message = "no object";
  decision.dry_run = true;
  decision.mode = Mode::audit;
  EXPECT_EQ(decision_line(LogFormat::text, kNow, decision, microseconds(1)),
            "2026-01-31T12:00:00.007Z WARN unjudgeable uid=705ab4f5-6393-11e8-b7cc-42010a800002 "
            "user=system:serviceaccount:ci:deployer operation=CREATE kind=Pod "
            "resource=pods/ephemeralcontainers namespace=shop name=web mode=audit dry_run=true "
            "decision_us=1 reason=\"no object\" rules=\n");
}

TEST(Log, EventsTakeAnyField) {
  const LogField fields[] = {{"file", "a b\n\"c\""}, {"port", std::int64_t{-9}}, {"ok", true}};
  EXPECT_EQ(log_line(LogFormat::text, kNow, LogLevel::info, "listening", fields),
            "2026-01-31T12:00:00.007Z INFO listening file=\"a b\\n\\\"c\\\"\" port=-9 ok=true\n");
  EXPECT_EQ(log_line(LogFormat::json, kNow, LogLevel::error, "listening", fields),
            R"({"time":"2026-01-31T12:00:00.007Z","level":"error","msg":"listening",)"
            R"("file":"a b\n\"c\"","port":-9,"ok":true})"
            "\n");
}

// The worst that may arrive in every field at once, together with every rule.
TEST(Log, HostileNamesStayInOneShortLine) {
  std::vector<Finding> findings;
  for (const Rule* rule : all_rules()) findings.push_back(finding(rule->slug, Action::deny));
  for (const std::string_view piece :
       {"\x1b[2J", "\n", "\r\n{\"level\":\"info\"}", "\xff\xfe", "\u202e", "\"", "\\", "=",
        "ordinary", "\xc3\xa9", "\xf0\x9f\x92\xa9"}) {
    std::string hostile;
    while (hostile.size() < 5000) hostile += piece;
    Decision decision = denial(findings);
    decision.outcome = Outcome::unjudgeable;
    decision.uid = decision.user = decision.operation = decision.kind = decision.resource =
        decision.subresource = decision.ns = decision.name = decision.message = hostile;
    for (const LogFormat format : {LogFormat::json, LogFormat::text}) {
      const std::string line = decision_line(format, kNow, decision, microseconds(1));
      EXPECT_LT(line.size(), kLongestLine) << piece;
      EXPECT_TRUE(line.ends_with('\n'));
      EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1) << piece;
      EXPECT_TRUE(std::all_of(line.begin(), line.end() - 1, [](char c) {
        return static_cast<unsigned char>(c) >= 0x20;
      })) << piece;
      EXPECT_EQ(line.find("\u202e"), std::string::npos);
      EXPECT_EQ(line.find('\xff'), std::string::npos);
    }
  }
}

class Pipe {
 public:
  Pipe() { EXPECT_EQ(::pipe2(ends_, O_CLOEXEC), 0); }
  ~Pipe() {
    close_reader();
    ::close(ends_[1]);
  }
  [[nodiscard]] int writer() const { return ends_[1]; }
  void close_reader() {
    if (ends_[0] >= 0) ::close(ends_[0]);
    ends_[0] = -1;
  }
  // What is there now.
  std::string read() {
    ::fcntl(ends_[0], F_SETFL, O_NONBLOCK);
    std::string text;
    char buffer[65536];
    for (ssize_t got = 0; (got = ::read(ends_[0], buffer, sizeof buffer)) > 0;) {
      text.append(buffer, static_cast<std::size_t>(got));
    }
    return text;
  }

 private:
  int ends_[2] = {-1, -1};
};

TEST(Log, AFullPipeDropsLinesAndNeverWaits) {
  Pipe pipe;
  Log log(pipe.writer(), {});
  const std::string filler(200, 'x');
  for (int n = 0; n < 2000; ++n) log.write(LogLevel::info, "event", {{"filler", filler}});
  EXPECT_GT(log.dropped(), 0U);
  const std::string text = pipe.read();
  const auto written = static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
  EXPECT_EQ(written + log.dropped(), 2000U);
  EXPECT_TRUE(text.ends_with("}\n"));
  log.write(LogLevel::info, "again");
  EXPECT_NE(pipe.read().find("again"), std::string::npos);
}

TEST(Log, SurvivesAReaderThatIsGoneAndAFullDisk) {
  (void)::signal(SIGPIPE, SIG_IGN);
  Pipe pipe;
  pipe.close_reader();
  Log log(pipe.writer(), {});
  log.write(LogLevel::info, "one");
  EXPECT_EQ(log.dropped(), 1U);
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  ASSERT_GE(full, 0);
  Log other(full, {});
  other.write(LogLevel::info, "one");
  other.write(LogLevel::info, "two");
  EXPECT_EQ(other.dropped(), 2U);
  ::close(full);
}

TEST(Log, LevelsAndSampling) {
  struct Case {
    LogLevel level;
    double allowed;
    Outcome outcome;
    int expect;  // lines of 100
  };
  for (const Case& c :
       {Case{LogLevel::info, 0, Outcome::allowed, 0},
        Case{LogLevel::info, 1, Outcome::allowed, 100},
        Case{LogLevel::info, 0.25, Outcome::allowed, 25},
        Case{LogLevel::info, 0.1, Outcome::not_judged, 10},
        Case{LogLevel::warn, 1, Outcome::allowed, 0}, Case{LogLevel::warn, 0, Outcome::denied, 100},
        Case{LogLevel::info, 0, Outcome::would_deny, 100},
        Case{LogLevel::info, 0, Outcome::malformed, 100},
        Case{LogLevel::error, 0, Outcome::unjudgeable, 0}}) {
    Pipe pipe;
    Log log(pipe.writer(), {LogFormat::text, c.level, c.allowed});
    Decision decision;
    decision.outcome = c.outcome;
    for (int n = 0; n < 100; ++n) log.decision(decision, microseconds(1));
    const std::string text = pipe.read();
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), c.expect) << text;
  }
}

}  // namespace
}  // namespace kaudit
