#include "webhook/health.h"

#include <gtest/gtest.h>

namespace kaudit {
namespace {

TEST(Health, SaysWhatFailed) {
  const Check good[] = {{"policy", ""}, {"certificate", ""}};
  const Check bad[] = {{"policy", ""}, {"certificate", "it ended\x1b"}};
  struct Case {
    std::span<const Check> checks;
    bool verbose;
    int status;
    std::string body;
  };
  for (const Case& c :
       {Case{good, false, 200, "ok"},
        Case{good, true, 200, "[+]policy ok\n[+]certificate ok\nreadyz check passed\n"},
        Case{bad, false, 503,
             "[+]policy ok\n[-]certificate failed: it ended\\x1b\nreadyz check failed\n"},
        Case{{}, true, 200, "readyz check passed\n"}}) {
    const Probe got = probe("readyz", c.checks, c.verbose);
    EXPECT_EQ(got.status, c.status);
    EXPECT_EQ(got.body, c.body);
  }
}

}  // namespace
}  // namespace kaudit
