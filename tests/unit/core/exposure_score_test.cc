// The score is monotone: more exposure never lowers it, isolating never raises it. Random graphs
// with fixed seeds; each step adds one object to what was there before.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

#include "core/rule.h"
#include "tests/support/exposure.h"

namespace kaudit {
namespace {

using Random = std::mt19937;

std::size_t up_to(Random& random, std::size_t most) {
  return std::uniform_int_distribution<std::size_t>(0, most)(random);
}
std::string one_of(Random& random, const std::vector<std::string>& words) {
  return words[up_to(random, words.size() - 1)];
}
std::string labels(Random& random) {
  return "{app: " + one_of(random, {"a", "b", "c"}) + ", tier: " + one_of(random, {"x", "y"}) + "}";
}
std::string selector(Random& random) {
  return "{app: " + one_of(random, {"a", "b", "c"}) +
         (up_to(random, 1) == 0 ? "}" : ", tier: " + one_of(random, {"x", "y"}) + "}");
}
std::string head(Random& random, const std::string& version, const std::string& kind,
                 const std::string& name) {
  return "---\napiVersion: " + version + "\nkind: " + kind + "\nmetadata: {name: " + name +
         ", namespace: " + one_of(random, {"n", "m"}) + "}\n";
}

std::string workload(Random& random, std::size_t n) {
  return head(random, "apps/v1", "Deployment", "w" + std::to_string(n)) +
         "spec: {template: {metadata: {labels: " + labels(random) +
         "}, spec: {containers: [{name: a, image: a, ports: [{name: http, containerPort: 80" +
         (up_to(random, 4) == 0 ? ", hostPort: 8080" : "") + "}]}]}}}\n";
}

// A Service or an Ingress: something more that leads inside.
std::string exposing(Random& random, std::size_t n) {
  if (up_to(random, 2) == 0) {
    return head(random, "networking.k8s.io/v1", "Ingress", "i" + std::to_string(n)) +
           "spec: {defaultBackend: {service: {name: s" + std::to_string(up_to(random, 9)) +
           ", port: {number: 80}}}}\n";
  }
  return head(random, "v1", "Service", "s" + std::to_string(n % 10)) +
         "spec: {type: " + one_of(random, {"ClusterIP", "NodePort", "LoadBalancer"}) +
         ", selector: " + selector(random) +
         ", ports: [{port: 80, targetPort: " + one_of(random, {"80", "http", "81"}) + "}]}\n";
}

std::map<std::string, unsigned> scores(const std::string& text) {
  const auto graph = testing::exposure_graph({{"a.yaml", text}});
  std::map<std::string, unsigned> out;
  for (const WorkloadRecord& record : graph.facts().workloads) {
    out[record.ns + "/" + record.name] = graph.of(record.key)->score;
  }
  return out;
}

TEST(Score, AddingExposureNeverLowersIt) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    Random random(seed);
    std::string text;
    for (std::size_t n = 0; n < 6; ++n) text += workload(random, n);
    auto before = scores(text);
    std::size_t raised = 0;
    for (std::size_t n = 0; n < 15; ++n) {
      text += exposing(random, n);
      const auto after = scores(text);
      for (const auto& [name, score] : after) {
        ASSERT_GE(score, before.at(name)) << "seed " << seed << ", " << name << "\n" << text;
        if (score > before.at(name)) ++raised;
      }
      before = after;
    }
    EXPECT_GT(raised, 0U) << "seed " << seed << " tests nothing";
  }
}

// Each set of pods gets its first policy: further ones let more in, as Kubernetes has it.
TEST(Score, IsolatingNeverRaisesIt) {
  std::size_t lowered = 0;
  for (unsigned seed = 1; seed <= 20; ++seed) {
    Random random(seed);
    std::string text;
    for (std::size_t n = 0; n < 6; ++n) text += workload(random, n);
    for (std::size_t n = 0; n < 15; ++n) text += exposing(random, n);
    const auto before = scores(text);
    for (const char* rules :
         {"[]", "[{from: [{podSelector: {}}]}]", "[{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]",
          "[{from: [{namespaceSelector: {}}], ports: [{port: 80}]}]", "[{ports: [{port: http}]}]",
          "[{}]"}) {
      const std::string policy = head(random, "networking.k8s.io/v1", "NetworkPolicy", "p") +
                                 "spec: {podSelector: {matchLabels: " + selector(random) +
                                 "}, ingress: " + rules + "}\n";
      std::string isolated = text;
      isolated += policy;
      for (const auto& [name, score] : scores(isolated)) {
        ASSERT_LE(score, before.at(name)) << "seed " << seed << ", " << name << "\n" << policy;
        if (score < before.at(name)) ++lowered;
      }
    }
  }
  EXPECT_GT(lowered, 20U);
}

TEST(Score, GrowsWithEveryPart) {
  const Weights weights;
  unsigned last = 0;
  for (const ExposureLevel level :
       {ExposureLevel::isolated, ExposureLevel::unknown, ExposureLevel::cluster,
        ExposureLevel::network, ExposureLevel::internet}) {
    Exposure exposure;
    exposure.level = level;
    unsigned shorter = 0;
    for (const Lifetime lifetime : {Lifetime::build, Lifetime::once, Lifetime::scheduled,
                                    Lifetime::unknown, Lifetime::always}) {
      exposure.lifetime = lifetime;
      EXPECT_GT(weights.score(exposure), shorter);
      shorter = weights.score(exposure);
    }
    EXPECT_GT(shorter, last);
    last = shorter;
    const unsigned plain = weights.score(exposure);
    exposure.gains.node = true;
    EXPECT_GT(weights.score(exposure), plain);
  }
}

TEST(Score, StaysWithinItsBounds) {
  const Weights weights;
  Exposure most;
  most.level = ExposureLevel::internet;
  most.gains = {true, true, true, true, AccountPower::cluster_admin};
  EXPECT_EQ(weights.score(most), 100U);
  EXPECT_EQ(weights.priority(Severity::critical, 100), 1000U);
  Exposure least;
  least.level = ExposureLevel::isolated;
  least.lifetime = Lifetime::build;
  EXPECT_EQ(weights.score(least), 2U);
  EXPECT_EQ(weights.priority(Severity::info, weights.score(least)), 1U);
}

}  // namespace
}  // namespace kaudit
