#include "manifests/policy/config.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/temporary.h"

namespace kaudit {
namespace {

namespace fs = std::filesystem;

TEST(Config, ReadsEveryKey) {
  const auto policy = parse_config(R"(# ours
profile: restricted
kube-version: 1.30
fail-on: medium
severity: low
include: [privileged-container]
exclude:
  - KA1001
rules:
  privileged-container:
    action: off
    severity: medium
images:
  verified: ["ghcr.io/shop/**", linuxserver/swag]
pod-templates:
  - {group: batch.example.org, kind: Task, path: spec.template}
  - group: example.org
    kind: Job
    path: spec.jobs.*.pod
    bare-spec: true
)",
                                   "x");
  ASSERT_TRUE(policy) << to_string(policy.error());
  EXPECT_EQ(policy->profile, "restricted");
  EXPECT_EQ(policy->minor, 30);
  EXPECT_EQ(policy->fail_on->severity, Severity::medium);
  EXPECT_EQ(policy->severity, Severity::low);
  EXPECT_EQ(policy->include->at(0)->slug, "privileged-container");
  EXPECT_EQ(policy->exclude->at(0)->id, "KA1001");
  ASSERT_EQ(policy->settings.size(), 1U);
  EXPECT_EQ(policy->settings[0].first->slug, "privileged-container");
  EXPECT_TRUE(policy->settings[0].second.has_action);
  EXPECT_EQ(policy->settings[0].second.action, Action::off);
  EXPECT_EQ(policy->settings[0].second.severity, Severity::medium);
  ASSERT_EQ(policy->verified_images.size(), 2U);
  EXPECT_TRUE(policy->verified_images[0].matches("ghcr.io/shop/team/app:1"));
  EXPECT_TRUE(policy->verified_images[1].matches("docker.io/linuxserver/swag:2"));
  ASSERT_EQ(policy->pod_templates.size(), 2U);
  EXPECT_EQ(policy->pod_templates[0].kind, "Task");
  EXPECT_FALSE(policy->pod_templates[0].bare_spec);
  EXPECT_EQ(policy->pod_templates[1].path, "spec.jobs.*.pod");
  EXPECT_TRUE(policy->pod_templates[1].bare_spec);
}

TEST(Config, EmptyIsNoOpinion) {
  for (const char* text : {"", "# nothing\n", "---\n", "{}\n"}) {
    const auto policy = parse_config(text, "x");
    ASSERT_TRUE(policy) << text;
    EXPECT_FALSE(policy->profile || policy->minor || policy->include);
  }
}

TEST(Config, ErrorsHaveAPlace) {
  struct Case {
    std::string text, expect;
  };
  for (const Case& c : {
           Case{"profil: core\n", "c:1:1: unknown key \"profil\"; did you mean \"profile\"?"},
           Case{"\nprofile: cor\n",
                "c:2:10: profile: \"cor\" is no profile (core, baseline, restricted, all); did you "
                "mean \"core\"?"},
           Case{"profile:\n", "c:1:1: profile has no value"},
           Case{"profile: [core]\n", "c:1:10: profile must be one word"},
           Case{"profile: core\nprofile: all\n", "c:2:1: key \"profile\" is written twice"},
           Case{"fail-on: 3\n",
                "c:1:10: fail-on: \"3\" is no severity (info, low, medium, high, critical, none, "
                "priority:N)"},
           Case{"kube-version: 1\n",
                "c:1:15: kube-version: \"1\" is no version of Kubernetes (1.0 to 1.37, latest)"},
           Case{"include: privileged-container\n", "c:1:10: include must be a list"},
           Case{"exclude:\n  - no-such-thing\n",
                "c:2:5: exclude: unknown rule \"no-such-thing\"; `kaudit rules` lists them"},
           Case{"rules:\n  privileged: {action: warn}\n",
                "c:2:3: rules: unknown rule \"privileged\"; did you mean "
                "\"privileged-container\"?"},
           Case{"rules:\n  KA1001: {acton: warn}\n",
                "c:2:12: unknown key \"acton\"; did you mean \"action\"?"},
           Case{"rules:\n  KA1001: {action: block}\n",
                "c:2:20: rules.KA1001.action: \"block\" is no action (off, audit, warn, deny)"},
           Case{"rules:\n  KA1001: off\n", "c:2:11: rules.KA1001 must be a mapping"},
           Case{"pod-templates:\n  - {kind: Task}\n",
                "c:2:5: an entry of pod-templates needs group, kind and path"},
           Case{"pod-templates:\n  - {group: g, kind: k, path: p, bare-spec: yes}\n",
                "c:2:45: pod-templates.bare-spec must be true or false"},
           Case{"images:\n  trusted: [a/b]\n", "c:2:3: unknown key \"trusted\""},
           Case{"images: [a/b]\n", "c:1:9: images must be a mapping"},
           Case{"images:\n  verified: a/b\n", "c:2:13: images.verified must be a list"},
           Case{"images:\n  verified: [a/b, \"*\"]\n",
                "c:2:19: images.verified: \"*\" does not say of which registry; write it, as in "
                "docker.io/library/*, or ** for every image"},
           Case{"- profile\n", "c:1:1: the configuration must be a mapping"},
           Case{"profile: core\n---\nprofile: all\n", "c: holds more than one document"},
           Case{std::string("profile: core\0x\n", 16), "c: holds a NUL byte"},
           Case{"profile: [core\n", "c:2:1: end of sequence flow not found"},
           Case{",", "c: holds more than one document"},
           Case{"profile: core\xff\n", "c: holds bytes that are not UTF-8"},
           Case{"\xff\xfep\n", "c: holds bytes that are not UTF-8"},
           Case{"{fail-on: \"é\", profile: core}\n",
                "c:1:11: fail-on: \"é\" is no severity (info, low, medium, high, critical, none, "
                "priority:N)"},
           Case{"{kube-version: '1.30+é', profile: cor}\n",
                "c:1:35: profile: \"cor\" is no profile (core, baseline, restricted, all); did you "
                "mean \"core\"?"},
       }) {
    const auto policy = parse_config(c.text, "c");
    EXPECT_EQ(policy ? "accepted" : to_string(policy.error()), c.expect) << c.text;
  }
}

std::string repeated(const std::string& text, std::size_t count) {
  std::string out;
  for (std::size_t n = 0; n < count; ++n) out += text;
  return out;
}

// The file lies in the repository that is audited: anyone may have written it.
TEST(Config, WhatGrowsWhenReadIsRefused) {
  const std::string names = "&a [" + repeated("x,", 1000) + "]";
  struct Case {
    std::string name, text, expect;
  };
  for (const Case& c : {
           Case{"as deep as it may be", "include: " + repeated("[", 15) + repeated("]", 15),
                "c:1:11: include must be one word"},
           Case{"deeper", "include: " + repeated("[", 16) + repeated("]", 16),
                "c:1:25: nested deeper than 16"},
           Case{"deeper than a stack", repeated("[", 900'000), "c:1:9: nested deeper than 16"},
           Case{"deeper than a stack, in blocks", repeated("- ", 500'000),
                "c:1:33: nested deeper than 16"},
           Case{"keys in keys", repeated("? ", 500'000), "c:1:33: nested deeper than 16"},
           Case{"an alias", "include: &a [KA1001]\nexclude: *a\n", "accepted"},
           Case{"many aliases",
                "namespaces:\n- names: " + names + "\n" + repeated("- names: *a\n", 200),
                "c:201:10: more than 200000 values, aliases written out"},
           Case{"aliases of aliases",
                "a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
                "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
                "e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\n",
                "c:6:5: more than 200000 values, aliases written out"},
           Case{"many values", "include: [" + repeated("x,", 200'000) + "]",
                "c:1:400005: more than 200000 values, aliases written out"},
           Case{"an alias of what it is in", "include: &a [*a]\n",
                "c:1:14: an alias of what it stands in"},
           Case{"an alias of nothing", "include: *a\n",
                "c:1:10: the referenced anchor is not defined"},
       }) {
    const auto policy = parse_config(c.text, "c");
    EXPECT_EQ(policy ? "accepted" : to_string(policy.error()), c.expect) << c.name;
  }
}

TEST(Config, IsFoundUpward) {
  const testing::TemporaryDirectory dir;
  dir.make("a/b/c");
  dir.write(".kaudit.yaml", "");
  EXPECT_EQ(find_config(dir / "a/b/c"), fs::canonical(dir.path()) / ".kaudit.yaml");
  dir.write("a/b/.kaudit.yaml", "");
  EXPECT_EQ(find_config(dir / "a/b/c"), fs::canonical(dir.path()) / "a/b/.kaudit.yaml");
  EXPECT_EQ(find_config(dir / "a/b"), dir / "a/b/.kaudit.yaml");
}

TEST(Policy, TheLaterOneWinsWhereItSpeaks) {
  Policy base = *parse_config(
      "profile: core\nfail-on: low\nrules: {KA1001: {severity: low}}\n"
      "images: {verified: [a/b]}\n",
      "x");
  Policy over = *parse_config("images: {verified: [c/d]}\n", "y");
  over.fail_on = FailOn{.set = false, .severity = Severity::critical};
  base.overlay(over);
  EXPECT_EQ(base.profile, "core");
  EXPECT_FALSE(base.fail_on->set);
  EXPECT_EQ(base.settings.size(), 1U);
  const PlanOptions options = base.plan_options();
  EXPECT_EQ(options.only, kCore);
  EXPECT_EQ(options.settings.size(), 1U);
  EXPECT_EQ(options.verified_images.size(), 2U);
}

TEST(Policy, VersionsAsPeopleAndClustersWriteThem) {
  struct Case {
    std::string text;
    int expect;  // -1: refused; 100: newer
  };
  for (const Case& c : {Case{"1.0", 0}, Case{"1.37", 37}, Case{"v1.30", 30}, Case{"latest", 37},
                        Case{"1.30.4", 30}, Case{"v1.30.4+k3s1", 30}, Case{"v1.30.4-gke.12", 30},
                        Case{"1.38", 100}, Case{"1.4000000000", 100}, Case{"1", -1}, Case{"", -1},
                        Case{"1.", -1}, Case{"1.x", -1}, Case{"2.1", -1}, Case{"1.30x", -1},
                        Case{"1.-3", -1}, Case{"vv1.3", -1}, Case{"1.99999999999999999999", -1}}) {
    const auto version = parse_kube_version(c.text);
    EXPECT_EQ(!version ? -1 : version->newer ? 100 : version->minor, c.expect) << c.text;
  }
}

TEST(Policy, NearestIsNearOrNothing) {
  const std::vector<std::string_view> names = {"format", "fail-on", "host-network", "quiet"};
  struct Case {
    std::string text, expect;
  };
  for (const Case& c : {Case{"fromat", "format"}, Case{"hostnetwork", "host-network"},
                        Case{"network", "host-network"}, Case{"q", ""}, Case{"", ""},
                        Case{"zzzzzz", ""}, Case{std::string(100'000, 'q'), ""}}) {
    EXPECT_EQ(nearest(c.text, names), c.expect) << c.text.substr(0, 20);
  }
}

}  // namespace
}  // namespace kaudit
