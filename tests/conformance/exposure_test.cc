// Real manifests: how far their workloads are exposed, written down after reading them and what
// their authors say (beside the clone, shared/corpus/SOURCES.md).
#include "tests/support/exposure.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "tests/support/golden.h"
#include "tests/support/shared.h"

namespace kaudit {
namespace {

namespace fs = std::filesystem;

struct Case {
  const char* name;
  const char* directory;  // below corpus/; of a single file its path
  std::map<std::string, ExposureLevel> expect;
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

constexpr auto kCluster = ExposureLevel::cluster;
constexpr auto kNetwork = ExposureLevel::network;
constexpr auto kInternet = ExposureLevel::internet;
constexpr auto kUnknown = ExposureLevel::unknown;

const Case kCases[] = {
    // "frontend: exposes an HTTP server to serve the website"; the rest are called by it alone, and
    // the load generator calls it.
    {"microservices_demo",
     "k8s/GoogleCloudPlatform+microservices-demo/kubernetes-manifests",
     {{"Deployment frontend", kInternet},
      {"Deployment adservice", kCluster},
      {"Deployment cartservice", kCluster},
      {"Deployment checkoutservice", kCluster},
      {"Deployment currencyservice", kCluster},
      {"Deployment emailservice", kCluster},
      {"Deployment paymentservice", kCluster},
      {"Deployment productcatalogservice", kCluster},
      {"Deployment recommendationservice", kCluster},
      {"Deployment shippingservice", kCluster},
      {"Deployment redis-cart", kCluster},
      {"Deployment loadgenerator", kUnknown}}},
    // Its scenarios are reached by kubectl port-forward, but for the proxy, whose scenario is a
    // NodePort that should not be there; the benchmarks are tools that nothing connects to.
    {"kubernetes_goat",
     "k8s/madhuakula+kubernetes-goat/scenarios",
     {{"Deployment default/internal-proxy-deployment", kNetwork},
      {"Deployment health-check-deployment", kCluster},
      {"Deployment default/system-monitor-deployment", kCluster},
      {"Deployment default/build-code-deployment", kCluster},
      {"Deployment default/poor-registry-deployment", kCluster},
      {"Deployment default/kubernetes-goat-home-deployment", kCluster},
      {"Deployment big-monolith/hunger-check-deployment", kCluster},
      {"Deployment secure-middleware/cache-store-deployment", kCluster},
      {"DaemonSet docker-bench-security", kUnknown},
      {"Job batch-check-job", kUnknown},
      {"Job hidden-in-layers", kUnknown},
      {"Job kube-bench-node", kUnknown},
      {"Job kube-bench-master", kUnknown}}},
    // "The vote web app is then available on port 31000 on each host of the cluster, the result web
    // app is available on port 31001."
    {"example_voting_app",
     "k8s/dockersamples+example-voting-app/k8s-specifications",
     {{"Deployment vote", kNetwork},
      {"Deployment result", kNetwork},
      {"Deployment db", kCluster},
      {"Deployment redis", kCluster},
      {"Deployment worker", kUnknown}}},
    // "The vote app will be running at http://localhost:8080, and the results will be at
    // http://localhost:8081": published on every address of the host all the same.
    {"example_voting_app_compose",
     "compose/dockersamples+example-voting-app/docker-compose.yml",
     {{"service vote", kNetwork},
      {"service result", kNetwork},
      {"service worker", kCluster},
      {"service redis", kCluster},
      {"service db", kCluster},
      {"service seed", kCluster}}},
    {"awesome_compose_nginx_flask_mongo",
     "compose/docker+awesome-compose/nginx-flask-mongo/compose.yaml",
     {{"service web", kInternet}, {"service backend", kCluster}, {"service mongo", kCluster}}},
    {"awesome_compose_nextcloud",
     "compose/docker+awesome-compose/nextcloud-redis-mariadb/compose.yaml",
     {{"service nc", kInternet}, {"service redis", kCluster}, {"service db", kCluster}}},
    {"awesome_compose_traefik",
     "compose/docker+awesome-compose/traefik-golang/compose.yaml",
     {{"service frontend", kInternet}, {"service backend", kInternet}}},
    {"awesome_compose_portainer",
     "compose/docker+awesome-compose/portainer/compose.yaml",
     {{"service portainer", kNetwork}}},
    {"awesome_compose_elk",
     "compose/docker+awesome-compose/elasticsearch-logstash-kibana/compose.yaml",
     {{"service elasticsearch", kNetwork},
      {"service logstash", kNetwork},
      {"service kibana", kNetwork}}},
    {"awesome_compose_pihole",
     "compose/docker+awesome-compose/pihole-cloudflared-DoH/compose.yaml",
     {{"service pihole", kNetwork}, {"service cloudflared", kNetwork}}},
};

testing::Texts texts_of(const fs::path& at) {
  std::vector<fs::path> files;
  if (fs::is_regular_file(at)) {
    files.push_back(at);
  } else {
    for (const auto& entry : fs::recursive_directory_iterator(at)) {
      if (entry.path().extension() == ".yaml" || entry.path().extension() == ".yml") {
        files.push_back(entry.path());
      }
    }
  }
  std::ranges::sort(files);
  testing::Texts texts;
  for (const fs::path& file : files) {
    const bool compose = file.parent_path().string().find("/compose/") != std::string::npos;
    texts.emplace_back(file.filename().string() + (compose ? ".compose.yaml" : ""),
                       testing::read_text(file));
  }
  return texts;
}

class RealExposure : public ::testing::TestWithParam<Case> {};

TEST_P(RealExposure, IsAsTheAuthorsSay) {
  const Case& c = GetParam();
  const auto shared = testing::shared_dir();
  if (!shared) GTEST_SKIP() << "no corpus beside the clone: real files were NOT read";
  const fs::path at = *shared / "corpus" / c.directory;
  ASSERT_TRUE(fs::exists(at)) << at;
  const auto graph = testing::exposure_graph(texts_of(at));
  std::map<std::string, ExposureLevel> levels;
  for (const auto& [name, level] : testing::levels_of(graph)) levels.emplace(name, level);
  for (const auto& [name, level] : c.expect) {
    ASSERT_TRUE(levels.contains(name)) << name;
    EXPECT_EQ(name_of(levels.at(name)), name_of(level))
        << name << ": " << testing::reasons_of(graph).at(name);
  }
  EXPECT_EQ(levels.size(), c.expect.size()) << "a workload has no expectation";
}

INSTANTIATE_TEST_SUITE_P(Corpus, RealExposure, ::testing::ValuesIn(kCases),
                         [](const auto& c) { return std::string(c.param.name); });

}  // namespace
}  // namespace kaudit
