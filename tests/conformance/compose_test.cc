// Real Compose files, against what compose-go and an independent reader say of each service
// (shared/corpus/expected_compose.jsonl: the environment is empty, extends and include are not
// followed).
#include "manifests/compose.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "core/host_path.h"
#include "tests/support/shared.h"

namespace kaudit {
namespace {

using nlohmann::json;

// The ports that expected_compose.jsonl counts as a datastore's.
bool is_datastore_port(std::int64_t port) {
  constexpr std::array kPorts = {1433,  1521,  3306,  5432,  5984,  6379,  7000, 7001, 7199,
                                 7474,  7687,  8086,  8123,  8529,  9042,  9200, 9300, 11211,
                                 26257, 27017, 27018, 27019, 28015, 33060, 50000};
  return std::find(kPorts.begin(), kPorts.end(), port) != kPorts.end();
}

bool is_loopback(std::string_view ip) { return ip.starts_with("127.") || ip == "::1"; }

// Facts of services as the rows of expected_compose.jsonl have them.
class Services final : public FactVisitor {
 public:
  using FactVisitor::visit;
  void visit(const Workload& fact) override {
    json service;
    const Container& container = fact.containers.front();
    service["privileged"] = container.security.privileged.is(true);
    service["network_host"] = fact.host_network.is(true);
    service["pid_host"] = fact.host_pid.is(true);
    service["user"] = container.security.user_name.written()
                          ? json(container.security.user_name.value)
                          : json(nullptr);
    std::set<std::string> sockets;
    for (const Volume& volume : fact.volumes) {
      if (!volume.host_path.written()) continue;
      if (grade(HostPath(volume.host_path.value)).kind == HostPathKind::runtime_socket) {
        sockets.insert(std::string(volume.host_path.value));
      }
    }
    service["docker_sock"] = sockets;
    service["ports"] = json::array();
    std::set<std::int64_t> published, open;
    for (const Port& port : container.ports) add(port, service["ports"], published, open);
    service["db_published"] = published;
    service["db_published_public"] = open;
    services[std::string(fact.name)] = service;
  }
  void visit(const Role&) override {}
  void visit(const Binding&) override {}
  void visit(const Service&) override {}
  void visit(const PersistentVolume&) override {}
  void visit(const Namespace&) override {}
  void visit(const ServiceAccount&) override {}
  void visit(const Config&) override {}
  void visit(const Build&) override {}
  void visit(const LayeredImage&) override {}
  void visit(const Object&) override {}

  json services = json::object();

 private:
  static void add(const Port& port, json& out, std::set<std::int64_t>& published,
                  std::set<std::int64_t>& open) {
    const std::int64_t last = std::max(port.container_last, port.container.value);
    for (std::int64_t target = port.container.value; target <= last; ++target) {
      const std::int64_t offset = target - port.container.value;
      const std::string host = port.host.written() ? std::to_string(port.host.value + offset) : "";
      const std::string ip(port.host_ip.value_or({}));
      out.push_back({{"ip", ip},
                     {"published", host},
                     {"target", target},
                     {"proto", port.protocol.value_or("tcp")}});
      if (host.empty() || !is_datastore_port(target)) continue;
      published.insert(target);
      if (!is_loopback(ip)) open.insert(target);
    }
  }
};

TEST(ComposeCorpus, ServicesAreWhatComposeGoMakesOfThem) {
  const auto shared = testing::shared_dir();
  if (!shared) GTEST_SKIP() << "SKIPPED: no ../shared beside this clone: the corpus is not checked";
  const std::filesystem::path corpus = *shared / "corpus";
  std::ifstream list(corpus / "expected_compose.jsonl");
  std::size_t files = 0;
  for (std::string line; std::getline(list, line); ++files) {
    const json row = json::parse(line);
    const std::string file = row.at("file");
    SCOPED_TRACE(file);
    std::ostringstream text;
    text << std::ifstream(corpus / file, std::ios::binary).rdbuf();
    const std::array sources{std::make_shared<const Source>(file, text.str())};
    Services facts;
    const auto outcome = ComposeAdapter().adapt(sources, nullptr, Limits{}, facts);
    for (const Error& error : outcome.errors) ADD_FAILURE() << to_string(error);
    EXPECT_EQ(name_of(outcome.form), row.at("form").get<std::string>());
    json expected = row.at("services");
    for (json& service : expected) service.erase("extends");  // that it has one, nothing more
    EXPECT_EQ(facts.services, expected);
  }
  EXPECT_EQ(files, 141U);
}

}  // namespace
}  // namespace kaudit
