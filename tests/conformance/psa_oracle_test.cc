// The Pod Security profiles against Kubernetes' own code, asked through tests/oracle/psa: every
// fixture at every version, real manifests, and pods that a generator makes up.
//
// tests/oracle/run builds the oracle and names it in KAUDIT_PSA_ORACLE.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <sstream>

#include "tests/conformance/verdict.h"
#include "tests/support/audit.h"
#include "tests/support/shared.h"

namespace kaudit {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

// A directory that goes with the test.
class Scratch {
 public:
  Scratch() {
    std::string name = fs::temp_directory_path() / ("kaudit-oracle-" + std::string(6, 'X'));
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~Scratch() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

// The oracle's answer to each object.
std::vector<std::string> ask(const std::string& oracle, const std::set<std::string>& objects) {
  const Scratch scratch;
  {
    std::ofstream in(scratch.path() / "in");
    for (const std::string& object : objects) in << object << '\n';
  }
  const std::string command = "'" + oracle + "' " + std::to_string(kNewestMinor) + " < '" +
                              (scratch.path() / "in").string() + "' > '" +
                              (scratch.path() / "out").string() + "'";
  std::vector<std::string> answers;
  if (std::system(command.c_str()) != 0) return answers;
  std::ifstream out(scratch.path() / "out");
  for (std::string line; std::getline(out, line);) answers.push_back(line);
  return answers;
}

class Judge final : public DocumentVisitor {
 public:
  void document(const Document& document) override { adapter_.adapt(document, facts); }
  void error(Error error) override { errors.push_back(std::move(error)); }
  testing::EveryVersion facts;
  std::vector<Error> errors;

 private:
  KubernetesAdapter adapter_;
};

class PodSecurityOracle : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* named = std::getenv("KAUDIT_PSA_ORACLE");
    if (named == nullptr) {
      GTEST_SKIP() << "SKIPPED: KAUDIT_PSA_ORACLE is not set; tests/oracle/run sets it";
    }
    oracle_ = named;
  }

  // Compares the verdicts at every version; returns how many objects both could judge.
  std::size_t compare(const std::set<std::string>& objects) {
    const std::vector<std::string> answers = ask(oracle_, objects);
    EXPECT_EQ(answers.size(), objects.size()) << "the oracle failed";
    if (answers.size() != objects.size()) return 0;
    std::size_t compared = 0, differ = 0;
    auto answer = answers.begin();
    for (const std::string& object : objects) {
      const std::string& expect = *answer++;
      if (expect == "error" || expect == "none") continue;
      judge_.facts.verdicts.clear();
      read_json(std::make_shared<const Source>("object.json", object), Limits{}, judge_);
      EXPECT_EQ(judge_.facts.verdicts.size(), 1U) << object;
      if (judge_.facts.verdicts.size() != 1) continue;
      const testing::Verdict& verdict = judge_.facts.verdicts.front();
      // Kubernetes refuses a container without image before it asks Pod Security.
      if (verdict.patch) continue;
      ++compared;
      if (verdict.baseline.back()) ++allowed_baseline_;
      if (verdict.restricted.back()) ++allowed_restricted_;
      if (testing::letters(verdict.baseline) + ' ' + testing::letters(verdict.restricted) == expect)
        continue;
      if (++differ <= 5) {
        ADD_FAILURE() << object << "\n  ours:   " << testing::letters(verdict.baseline) << ' '
                      << testing::letters(verdict.restricted) << "\n  theirs: " << expect;
      }
    }
    EXPECT_EQ(differ, 0U);
    EXPECT_TRUE(judge_.errors.empty());
    return compared;
  }

  std::string oracle_;
  Judge judge_;
  // At the newest version, of those compared.
  std::size_t allowed_baseline_ = 0, allowed_restricted_ = 0;
};

// Collects the documents of a file as JSON, each on one line.
class AsLines {
 public:
  void add(const std::string& name, std::string text) {
    static const Plan kNothing = [] {
      PlanOptions options;
      options.include = {find_rule("privileged-container")};
      return Plan(options);
    }();
    for (std::string& json : testing::audit(kNothing, name, std::move(text)).as_json) {
      std::replace(json.begin(), json.end(), '\n', ' ');
      add_object(json);
    }
  }

  std::set<std::string> lines;

 private:
  // Lists one by one; only what Kubernetes' own types describe.
  void add_object(const std::string& text) {
    const Json object = Json::parse(text, nullptr, false);
    if (!object.is_object()) return;
    if (const Json items = object.value("items", Json()); items.is_array()) {
      for (const Json& item : items) add_object(item.dump());
      return;
    }
    static const std::set<std::string> kGroups = {
        "v1",       "apps/v1",       "apps/v1beta1",  "apps/v1beta2", "extensions/v1beta1",
        "batch/v1", "batch/v1beta1", "batch/v2alpha1"};
    const auto version = object.find("apiVersion");
    if (version == object.end() || !version->is_string() || !kGroups.contains(*version)) return;
    lines.insert(object.dump());
  }
};

TEST_F(PodSecurityOracle, AgreesOnEveryFixtureAtEveryVersion) {
  const auto shared = testing::shared_dir();
  if (!shared) GTEST_SKIP() << "SKIPPED: no ../shared beside this clone: no fixtures to compare";
  AsLines objects;
  for (const auto& entry : fs::recursive_directory_iterator(*shared / "conformance/psa")) {
    if (entry.path().extension() == ".yaml") {
      objects.add(entry.path(), testing::read_text(entry.path()));
    }
  }
  const std::size_t compared = compare(objects.lines);
  EXPECT_GT(compared, 200U);
  RecordProperty("pods", static_cast<int>(compared));
}

TEST_F(PodSecurityOracle, AgreesOnRealManifests) {
  const auto shared = testing::shared_dir();
  if (!shared) GTEST_SKIP() << "SKIPPED: no ../shared beside this clone: no manifests to compare";
  AsLines objects;
  for (const auto& entry : fs::recursive_directory_iterator(*shared / "corpus/k8s")) {
    const fs::path extension = entry.path().extension();
    if (extension != ".yaml" && extension != ".yml" && extension != ".json") continue;
    objects.add(entry.path(), testing::read_text(entry.path()));
  }
  const std::size_t compared = compare(objects.lines);
  EXPECT_GT(compared, 500U);
  RecordProperty("objects", static_cast<int>(compared));
}

// Makes pods up: each field that a control reads is left out or takes a value from either side. The
// first value of a list is one that every level allows. Some pods are nearly good, so that one
// control alone decides, others are bad in many ways at once.
class Generator {
 public:
  explicit Generator(std::uint32_t seed) : random_(seed) {}

  Json pod() {
    odds_ = std::array<std::size_t, 3>{2, 12, 60}[below(3)];
    Json spec = Json::object();
    can_have(spec, "hostNetwork", {false, true, nullptr});
    can_have(spec, "hostPID", {false, true, nullptr});
    can_have(spec, "hostIPC", {false, true, nullptr});
    if (one_in(3)) spec["hostUsers"] = any({false, true, nullptr});
    if (one_in(4)) spec["os"] = {{"name", any({"windows", "windows", "linux", "Windows"})}};
    if (one_in(2)) spec["securityContext"] = pod_security();
    containers_ = 0;
    if (one_in(3)) spec["initContainers"] = containers(2);
    spec["containers"] = containers(3);
    if (one_in(5)) spec["ephemeralContainers"] = containers(1);
    if (one_in(2)) spec["volumes"] = volumes();
    Json metadata = {{"name", "generated"}};
    if (one_in(3)) metadata["annotations"] = annotations();
    return {{"apiVersion", "v1"}, {"kind", "Pod"}, {"metadata", metadata}, {"spec", spec}};
  }

 private:
  using Values = std::vector<Json>;

  std::size_t below(std::size_t n) { return random_() % n; }
  bool one_in(std::size_t n) { return below(n) == 0; }
  bool goes_wrong() { return one_in(odds_); }
  Json any(const Values& values) { return values[below(values.size())]; }
  Json pick(const Values& values) { return goes_wrong() ? any(values) : values.front(); }
  // A field that no level asks for.
  void can_have(Json& object, const std::string& name, const Values& values) {
    if (one_in(4)) object[name] = pick(values);
  }
  // A field that restricted asks for.
  void should_have(Json& object, const std::string& name, const Values& values) {
    if (!goes_wrong()) {
      object[name] = values.front();
    } else if (one_in(2)) {
      object[name] = any(values);
    }
  }

  static Values profiles() {
    return {{{"type", "RuntimeDefault"}},
            {{"type", "Localhost"}, {"localhostProfile", "x"}},
            {{"type", "Unconfined"}},
            {{"type", ""}},
            Json::object(),
            nullptr};
  }

  Json selinux() {
    Json out = Json::object();
    can_have(out, "type",
             {"container_t", "", "container_init_t", "container_kvm_t", "container_engine_t",
              "spc_t", nullptr});
    can_have(out, "user", {"", "system_u", nullptr});
    can_have(out, "role", {"", "system_r", nullptr});
    can_have(out, "level", {"s0"});
    return out;
  }

  // Fields that pods and containers share.
  void shared_security(Json& out) {
    can_have(out, "runAsUser", {10001, 0, 0, 1, nullptr});
    can_have(out, "appArmorProfile", profiles());
    can_have(out, "windowsOptions",
             {{{"hostProcess", false}}, {{"hostProcess", true}}, Json::object(), nullptr});
    if (one_in(5)) out["seLinuxOptions"] = selinux();
  }

  Json pod_security() {
    Json out = Json::object();
    shared_security(out);
    if (one_in(2)) should_have(out, "runAsNonRoot", {true, false, nullptr});
    if (one_in(2)) should_have(out, "seccompProfile", profiles());
    if (one_in(4)) {
      out["sysctls"] = Json::array();
      for (std::size_t n = below(3); n > 0; --n) {
        out["sysctls"].push_back(
            {{"name", pick({"kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range",
                            "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time",
                            "net.ipv4.tcp_rmem", "net.ipv4.tcp_notsent_lowat",
                            "net/ipv4/tcp_syncookies", "kernel.msgmax", ""})},
             {"value", "1"}});
      }
    }
    return out;
  }

  Json capabilities() {
    Json out = Json::object();
    should_have(out, "drop",
                {Json::array({"ALL"}), Json::array({"NET_RAW", "ALL"}), Json::array({"all"}),
                 Json::array({"NET_RAW"}), Json::array(), nullptr});
    can_have(out, "add",
             {Json::array({"NET_BIND_SERVICE"}), Json::array({"CHOWN"}), Json::array({"SYS_ADMIN"}),
              Json::array({"NET_RAW", "KILL"}), Json::array({"CAP_CHOWN"}), Json::array({"ALL"}),
              Json::array(), nullptr});
    return out;
  }

  Json security() {
    Json out = Json::object();
    shared_security(out);
    should_have(out, "runAsNonRoot", {true, false, nullptr});
    should_have(out, "seccompProfile", profiles());
    should_have(out, "allowPrivilegeEscalation", {false, true, nullptr});
    can_have(out, "privileged", {false, true, nullptr});
    can_have(out, "procMount", {"Default", "Unmasked", "", nullptr});
    if (!goes_wrong()) out["capabilities"] = capabilities();
    return out;
  }

  Json handler() {
    const Json host = pick({"", "127.0.0.1", nullptr, "10.0.0.1"});
    switch (below(4)) {
      case 0: return {{"httpGet", {{"host", host}, {"port", 80}}}};
      case 1: return {{"tcpSocket", {{"host", host}, {"port", "web"}}}};
      case 2: return {{"exec", {{"command", {"true"}}}}};
      default: return Json::object();
    }
  }

  Json containers(std::size_t most) {
    Json out = Json::array();
    for (std::size_t n = 1 + below(most); n > 0; --n) {
      Json container = {{"name", "c" + std::to_string(containers_++)},
                        {"image", "registry.example/app:1"}};
      should_have(container, "securityContext", {security(), nullptr});
      if (one_in(6)) {
        container["ports"] = {{{"containerPort", 80}, {"hostPort", pick({0, 80, nullptr})}},
                              {{"containerPort", 81}}};
      }
      for (const std::string probe : {"livenessProbe", "readinessProbe", "startupProbe"}) {
        if (one_in(8)) container[probe] = handler();
      }
      if (one_in(8)) container["lifecycle"] = {{"postStart", handler()}, {"preStop", handler()}};
      out.push_back(container);
    }
    return out;
  }

  Json volumes() {
    Json out = Json::array();
    for (std::size_t n = below(4); n > 0; --n) {
      static const std::vector<std::string> kGood = {
          "emptyDir",   "configMap", "secret",    "csi",
          "image",      "projected", "ephemeral", "persistentVolumeClaim",
          "downwardAPI"};
      const std::string type =
          goes_wrong() ? std::string(any({"hostPath", "nfs", "gitRepo", "fc", "rbd", "storageos"}))
                       : kGood[below(kGood.size())];
      Json volume = {{"name", "v" + std::to_string(n)}};
      volume[type] = one_in(8) ? Json(nullptr) : Json::object();
      if (type == "hostPath" && volume[type].is_object()) {
        volume[type]["path"] = any({"/", "/var/run/docker.sock", "/dev/null", "/srv", ""});
      }
      out.push_back(volume);
    }
    return out;
  }

  Json annotations() {
    Json out = Json::object();
    const Values values = {
        "runtime/default", "docker/default", "localhost/x", "unconfined", "", nullptr};
    can_have(out, "seccomp.security.alpha.kubernetes.io/pod", values);
    for (const std::string name : {"c0", "c1", "other"}) {
      can_have(out, "container.seccomp.security.alpha.kubernetes.io/" + name, values);
      can_have(out, "container.apparmor.security.beta.kubernetes.io/" + name, values);
    }
    return out;
  }

  std::mt19937 random_;
  std::size_t odds_ = 2;
  std::size_t containers_ = 0;
};

TEST_F(PodSecurityOracle, AgreesOnGeneratedPods) {
  constexpr std::uint32_t kSeed = 20240601;
  constexpr std::size_t kPods = 4000;
  Generator generator(kSeed);
  std::set<std::string> objects;
  while (objects.size() < kPods) objects.insert(generator.pod().dump());
  EXPECT_EQ(compare(objects), kPods) << "Kubernetes' types take all of them";
  for (const auto& [level, allowed] :
       {std::pair{"baseline", allowed_baseline_}, std::pair{"restricted", allowed_restricted_}}) {
    EXPECT_GT(allowed, kPods / 5) << level << ": too few good pods to tell controls apart";
    EXPECT_LT(allowed, kPods * 4 / 5) << level;
  }
}

}  // namespace
}  // namespace kaudit
