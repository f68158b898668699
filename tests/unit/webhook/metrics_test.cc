#include "webhook/metrics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <sstream>
#include <thread>
#include <vector>

#include "core/rule.h"

namespace kaudit {
namespace {

using std::chrono::system_clock;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

bool has(const Metrics& metrics, const std::string& line) {
  const auto lines = lines_of(metrics.text());
  return std::find(lines.begin(), lines.end(), line) != lines.end();
}

Finding finding(std::string_view rule, Action action, const Exemption* exemption = nullptr) {
  Finding made;
  made.rule = find_rule(rule);
  made.action = action;
  made.exemption = exemption;
  return made;
}

TEST(Metrics, EveryRuleIsAtZeroFromTheStart) {
  const Metrics metrics(Mode::enforce);
  for (const Rule* rule : all_rules()) {
    const std::string slug(rule->slug);
    EXPECT_TRUE(has(metrics, "kaudit_rule_denials_total{mode=\"enforce\",rule=\"" + slug + "\"} 0"))
        << slug;
    EXPECT_TRUE(has(metrics, "kaudit_rule_warnings_total{rule=\"" + slug + "\"} 0")) << slug;
    EXPECT_TRUE(has(metrics, "kaudit_exemptions_used_total{rule=\"" + slug + "\"} 0")) << slug;
  }
}

TEST(Metrics, CountsDecisions) {
  Metrics metrics(Mode::enforce);
  const Exemption exemption;
  const std::vector<Finding> findings = {
      finding("host-network", Action::deny),     finding("host-network", Action::deny),
      finding("image-tag", Action::warn),        finding("image-tag", Action::warn),
      finding("host-pid", Action::audit),        finding("host-path", Action::deny, &exemption),
      finding("host-ipc", Action::deny, nullptr)};
  Decision decision;
  decision.outcome = Outcome::denied;
  decision.operation = "CREATE";
  decision.resource = "pods";
  decision.findings = findings;
  metrics.decided(decision);
  metrics.decided(decision);
  for (const std::string line :
       {R"(kaudit_admission_requests_total{dry_run="false",mode="enforce",operation="CREATE",)"
        R"(outcome="denied",resource="pods"} 2)",
        R"(kaudit_rule_denials_total{mode="enforce",rule="host-network"} 2)",
        R"(kaudit_rule_denials_total{mode="enforce",rule="host-ipc"} 2)",
        R"(kaudit_rule_denials_total{mode="enforce",rule="host-path"} 0)",
        R"(kaudit_rule_denials_total{mode="enforce",rule="image-tag"} 0)",
        R"(kaudit_rule_warnings_total{rule="image-tag"} 2)",
        R"(kaudit_rule_warnings_total{rule="host-pid"} 0)",
        R"(kaudit_exemptions_used_total{rule="host-path"} 2)",
        R"(kaudit_exemptions_used_total{rule="host-network"} 0)"}) {
    EXPECT_TRUE(has(metrics, line)) << line;
  }
}

// Names and users are nowhere, and whatever arrives makes no more series than the sets allow.
TEST(Metrics, LabelsAreClosedSets) {
  Metrics metrics(Mode::audit);
  Decision decision;
  for (int n = 0; n < 300; ++n) {
    const std::string text = "\xff\n\"\\" + std::to_string(n);
    decision.operation = decision.group = decision.kind = decision.resource = decision.subresource =
        decision.ns = decision.name = decision.user = decision.uid = text;
    metrics.decided(decision);
  }
  EXPECT_TRUE(has(metrics, R"(kaudit_admission_requests_total{dry_run="false",mode="enforce",)"
                           R"(operation="other",outcome="malformed",resource="other"} 300)"));
  EXPECT_LT(lines_of(metrics.text()).size(), 500U);
}

TEST(Metrics, Resources) {
  struct Case {
    std::string_view group, resource, subresource, expect;
  };
  for (const Case& c :
       {Case{"", "pods", "", "pods"},
        Case{"", "pods", "ephemeralcontainers", "pods/ephemeralcontainers"},
        Case{"", "pods", "exec", "other"}, Case{"apps", "deployments", "", "deployments"},
        Case{"apps", "deployments", "scale", "other"}, Case{"", "deployments", "", "other"},
        Case{"batch", "jobs", "", "jobs"}, Case{"evil.example", "pods", "", "other"},
        Case{"", "", "", "other"}}) {
    EXPECT_EQ(resource_label(c.group, c.resource, c.subresource), c.expect) << c.resource;
  }
}

TEST(Metrics, DurationsFallIntoBuckets) {
  Metrics metrics(Mode::enforce);
  metrics.answered(std::chrono::microseconds(60));
  metrics.answered(std::chrono::milliseconds(30));
  EXPECT_TRUE(has(metrics, R"(kaudit_admission_duration_seconds_bucket{le="5e-05"} 0)"));
  EXPECT_TRUE(has(metrics, R"(kaudit_admission_duration_seconds_bucket{le="0.0001"} 1)"));
  EXPECT_TRUE(has(metrics, R"(kaudit_admission_duration_seconds_bucket{le="0.05"} 2)"));
  EXPECT_TRUE(has(metrics, "kaudit_admission_duration_seconds_count 2"));
}

TEST(Metrics, AsksItsSources) {
  Metrics metrics(Mode::enforce);
  FrontCounters front;
  front.shed = 2;
  front.open = 3;
  front.tls_errors = 4;
  bool ready = false;
  MetricSources sources;
  sources.front = &front;
  sources.ready = [&] { return ready; };
  sources.dropped_log_lines = [] { return std::uint64_t{5}; };
  sources.tls = [] {
    TlsState state;
    state.not_after = system_clock::time_point(std::chrono::seconds(2000000000));
    return state;
  };
  metrics.observe(sources);
  metrics.shed();
  EXPECT_TRUE(has(metrics, "kaudit_requests_shed_total 3"));
  EXPECT_TRUE(has(metrics, "kaudit_connections_open 3"));
  EXPECT_TRUE(has(metrics, "kaudit_tls_errors_total 4"));
  EXPECT_TRUE(has(metrics, "kaudit_log_lines_dropped_total 5"));
  EXPECT_TRUE(has(metrics, "kaudit_ready 0"));
  EXPECT_TRUE(has(metrics,
                  "kaudit_tls_certificate_expiry_timestamp_seconds{certificate=\"serving\"} "
                  "2000000000"));
  EXPECT_EQ(metrics.text().find("certificate=\"ca\""), std::string::npos);
  ready = true;
  EXPECT_TRUE(has(metrics, "kaudit_ready 1"));
}

TEST(Metrics, Reloads) {
  Metrics metrics(Mode::enforce);
  metrics.reloaded(Reloaded::policy, true, system_clock::time_point(std::chrono::seconds(7)));
  metrics.reloaded(Reloaded::policy, false, system_clock::time_point(std::chrono::seconds(8)));
  metrics.exemptions(5, 2);
  EXPECT_TRUE(has(metrics, "kaudit_policy_reload_success 0"));
  EXPECT_TRUE(has(metrics, "kaudit_policy_reload_success_timestamp_seconds 7"));
  EXPECT_TRUE(has(metrics, "kaudit_policy_reload_errors_total 1"));
  EXPECT_TRUE(has(metrics, "kaudit_tls_reload_errors_total 0"));
  EXPECT_TRUE(has(metrics, "kaudit_exemptions{state=\"active\"} 3"));
  EXPECT_TRUE(has(metrics, "kaudit_exemptions{state=\"expired\"} 2"));
}

TEST(Metrics, ProcessFactsAreThere) {
  const std::string text = Metrics(Mode::enforce).text();
  for (const std::string_view name :
       {"process_cpu_seconds_total", "process_start_time_seconds", "process_resident_memory_bytes",
        "process_virtual_memory_bytes", "process_open_fds", "process_max_fds"}) {
    EXPECT_NE(text.find('\n' + std::string(name) + ' '), std::string::npos) << name;
  }
}

TEST(Metrics, ThreadsCountTogether) {
  Metrics metrics(Mode::enforce);
  Decision decision;
  decision.outcome = Outcome::allowed;
  decision.operation = "CREATE";
  decision.resource = "pods";
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int n = 0; n < 4; ++n) {
    threads.emplace_back([&] {
      for (int k = 0; k < 1000; ++k) metrics.decided(decision);
    });
  }
  for (int n = 0; n < 5; ++n) (void)metrics.text();
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(has(metrics, R"(kaudit_admission_requests_total{dry_run="false",mode="enforce",)"
                           R"(operation="CREATE",outcome="allowed",resource="pods"} 4000)"));
}

}  // namespace
}  // namespace kaudit
