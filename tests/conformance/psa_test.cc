// The Pod Security profiles against the fixtures of k8s.io/pod-security-admission: each is one pod,
// in a folder that says at which level and version it passes or fails, in a file that is named
// after the control.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/conformance/verdict.h"
#include "tests/support/audit.h"
#include "tests/support/shared.h"

namespace kaudit {
namespace {

namespace fs = std::filesystem;

struct Fixture {
  fs::path file;
  Profiles level;
  std::uint8_t minor = 0;
  bool pass = false;
  std::string control;  // lower case, as in the file's name
};

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

// psa/<level>/v1.<minor>/<pass|fail>/<control><n>.yaml
std::vector<Fixture> fixtures(const fs::path& root) {
  std::vector<Fixture> out;
  for (const auto& [folder, level] :
       {std::pair{"baseline", kBaseline}, std::pair{"restricted", kRestricted}}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (entry.path().extension() != ".yaml") continue;
      Fixture f{entry.path(), level, 0, false, entry.path().stem()};
      const fs::path kind = entry.path().parent_path();
      f.pass = kind.filename() == "pass";
      f.minor = static_cast<std::uint8_t>(
          std::stoi(kind.parent_path().filename().string().substr(sizeof "v1." - 1)));
      f.control.erase(f.control.find_last_not_of("0123456789") + 1);
      out.push_back(std::move(f));
    }
  }
  std::sort(out.begin(), out.end(),
            [](const Fixture& a, const Fixture& b) { return a.file < b.file; });
  return out;
}

// `psa:seccompProfile_baseline` and `psa:hostNamespaces.hostPID` name a control, or a part of one.
bool realises(const Rule& rule, std::string_view control) {
  return std::any_of(rule.aliases.begin(), rule.aliases.end(), [&](std::string_view alias) {
    constexpr std::string_view kPrefix = "psa:";
    if (!alias.starts_with(kPrefix)) return false;
    alias.remove_prefix(kPrefix.size());
    return lower(alias.substr(0, alias.find('.'))) == control;
  });
}

class PodSecurity : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto shared = testing::shared_dir();
    if (!shared) GTEST_SKIP() << "SKIPPED: no ../shared beside this clone: no fixtures to compare";
    fixtures_ = fixtures(*shared / "conformance/psa");
    ASSERT_EQ(fixtures_.size(), 4537U);
  }

  const Plan& plan(std::uint8_t minor) {
    auto& plan = plans_[minor];
    if (!plan) {
      PlanOptions options;
      options.minor = minor;
      plan = std::make_unique<Plan>(options);
    }
    return *plan;
  }

  // The findings that break the fixture's level.
  std::vector<Finding> broken(const Fixture& fixture, const std::string& text,
                              std::vector<std::string>* as_json = nullptr) {
    testing::Audit audit = testing::audit(plan(fixture.minor), fixture.file, text);
    for (const Error& error : audit.errors) ADD_FAILURE() << to_string(error);
    std::erase_if(audit.findings, [&](const Finding& f) { return !f.profiles.has(fixture.level); });
    if (as_json != nullptr) *as_json = std::move(audit.as_json);
    return std::move(audit.findings);
  }

  std::vector<Fixture> fixtures_;
  std::map<std::uint8_t, std::unique_ptr<Plan>> plans_;
};

TEST_F(PodSecurity, EveryFixtureGetsItsVerdictAsYamlAndAsJson) {
  std::size_t passed = 0, failed = 0;
  for (const Fixture& fixture : fixtures_) {
    std::vector<std::string> as_json;
    const auto findings = broken(fixture, testing::read_text(fixture.file), &as_json);
    EXPECT_EQ(findings.empty(), fixture.pass)
        << fixture.file << (findings.empty() ? "" : ": " + findings.front().message);
    if (!fixture.pass) {
      EXPECT_TRUE(std::any_of(findings.begin(), findings.end(),
                              [&](const Finding& f) { return realises(*f.rule, fixture.control); }))
          << fixture.file << ": no finding is about " << fixture.control;
    }
    ASSERT_EQ(as_json.size(), 1U) << fixture.file;
    const auto again = broken(fixture, as_json.front());
    ASSERT_EQ(again.size(), findings.size()) << fixture.file << " as JSON";
    for (std::size_t n = 0; n < again.size(); ++n) {
      EXPECT_EQ(again[n].message, findings[n].message) << fixture.file << " as JSON";
      EXPECT_EQ(again[n].field, findings[n].field) << fixture.file << " as JSON";
    }
    ++(fixture.pass ? passed : failed);
  }
  EXPECT_EQ(passed, 433U + 618U);
  EXPECT_EQ(failed, 1122U + 2364U);
}

using Json = nlohmann::ordered_json;

Json object(std::string_view api_version, std::string_view kind, Json spec) {
  return {{"apiVersion", api_version},
          {"kind", kind},
          {"metadata", {{"name", "wrapped"}}},
          {"spec", std::move(spec)}};
}

// The pod as the template of everything that makes pods.
std::vector<Json> wrapped(const Json& pod) {
  const Json as_template = {{"metadata", pod.at("metadata")}, {"spec", pod.at("spec")}};
  const Json spec = {{"template", as_template}};
  std::vector<Json> out;
  for (const auto& [api_version, kind] :
       {std::pair{"apps/v1", "Deployment"}, std::pair{"extensions/v1beta1", "Deployment"},
        std::pair{"apps/v1", "StatefulSet"}, std::pair{"apps/v1", "DaemonSet"},
        std::pair{"apps/v1", "ReplicaSet"}, std::pair{"v1", "ReplicationController"},
        std::pair{"batch/v1", "Job"}}) {
    out.push_back(object(api_version, kind, spec));
  }
  out.push_back(object("batch/v1", "CronJob", {{"jobTemplate", {{"spec", spec}}}}));
  out.push_back({{"apiVersion", "v1"},
                 {"kind", "PodTemplate"},
                 {"metadata", {{"name", "wrapped"}}},
                 {"template", as_template}});
  out.push_back({{"apiVersion", "v1"}, {"kind", "List"}, {"items", Json::array({pod})}});
  return out;
}

TEST_F(PodSecurity, APodTemplateGetsTheVerdictOfItsPod) {
  std::size_t pods = 0;
  for (const Fixture& fixture : fixtures_) {
    if (fixture.minor != kNewestMinor) continue;
    ++pods;
    std::vector<std::string> as_json;
    broken(fixture, testing::read_text(fixture.file), &as_json);
    ASSERT_EQ(as_json.size(), 1U);
    for (const Json& object : wrapped(Json::parse(as_json.front()))) {
      const auto findings = broken(fixture, object.dump());
      EXPECT_EQ(findings.empty(), fixture.pass)
          << fixture.file << " in " << object.at("kind") << " of " << object.at("apiVersion");
    }
  }
  EXPECT_GT(pods, 100U);
}

}  // namespace
}  // namespace kaudit
