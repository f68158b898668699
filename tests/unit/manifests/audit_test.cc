#include "manifests/cli/audit.h"

#include <gtest/gtest.h>

#include "manifests/cli/audit_command.h"

namespace kaudit {
namespace {

constexpr std::string_view kPod = R"(apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers:
    - name: app
      image: a:1
      securityContext: {privileged: true}
)";

class AuditTest : public ::testing::Test {
 protected:
  FileReport examine(std::string_view text, bool asked = false) {
    return Examiner(plan_, {}, inputs_, built_, std::size_t{1} << 20)
        .examine("f.yaml", std::string(text), asked);
  }

  static Plan core_plan() {
    PlanOptions options;
    options.only = kCore;
    return Plan(options);
  }

  const Plan plan_ = core_plan();
  const Inputs inputs_;
  BuiltImages built_;
};

TEST_F(AuditTest, StatusSaysWhatWasDone) {
  const std::string pod(kPod);
  std::string two = pod;
  two.append("---\n").append(pod);
  struct Case {
    std::string name, text;
    bool asked;
    FileStatus status;
    std::string reason;
    std::size_t objects, workloads, findings, errors;
  };
  constexpr auto kExamined = FileStatus::examined;
  constexpr auto kNothing = FileStatus::nothing_to_judge;
  constexpr auto kNot = FileStatus::not_examined;
  for (const Case& c : {
           Case{"a pod", pod, false, kExamined, "", 1, 1, 1, 0},
           Case{"two of them", two, false, kExamined, "", 2, 2, 2, 0},
           Case{"a role",
                "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\n"
                "metadata: {name: r}\nrules: []\n",
                false, kExamined, "", 1, 0, 0, 0},
           Case{"empty", "", false, kNothing, "the file is empty", 0, 0, 0, 0},
           Case{"empty, by name", "", true, kNot, "the file is empty", 0, 0, 0, 0},
           Case{"blank", "\n \n", false, kNothing, "the file is empty", 0, 0, 0, 0},
           Case{"comments", "# x\n---\n# y\n", false, kNothing, "the file holds only comments", 0,
                0, 0, 0},
           Case{"comments, by name", "# x\n", true, kNot, "the file holds only comments", 0, 0, 0,
                0},
           Case{"values", "image: {tag: 1}\n", true, kNothing, "no Kubernetes object", 0, 0, 0, 0},
           Case{"JSON", "{\"name\": \"x\"}", true, kNothing, "no Kubernetes object", 0, 0, 0, 0},
           Case{"a custom resource", "apiVersion: example.org/v1\nkind: Thing\n", true, kNothing,
                "no pod spec", 1, 0, 0, 0},
       }) {
    const FileReport report = examine(c.text, c.asked);
    EXPECT_EQ(report.status, c.status) << c.name;
    EXPECT_EQ(report.reason, c.reason) << c.name;
    EXPECT_EQ(report.objects, c.objects) << c.name;
    EXPECT_EQ(report.workloads, c.workloads) << c.name;
    EXPECT_EQ(report.findings.size(), c.findings) << c.name;
    EXPECT_EQ(report.errors.size(), c.errors) << c.name;
  }
}

TEST_F(AuditTest, FindingsStandBesideErrors) {
  for (const std::string& broken : {std::string("a: [1\n"), std::string("a: b: c\n")}) {
    const FileReport report = examine(std::string(kPod) + "---\n" + broken);
    EXPECT_EQ(report.status, FileStatus::not_examined);
    ASSERT_EQ(report.errors.size(), 1U);
    EXPECT_EQ(report.reason, report.errors[0].message);
    EXPECT_EQ(report.errors[0].where.source, "f.yaml");
    EXPECT_GT(report.errors[0].where.begin.line, 9U);
    ASSERT_EQ(report.findings.size(), 1U);
    EXPECT_EQ(report.findings[0].where.source, "f.yaml");
  }
}

TEST_F(AuditTest, AnExaminerKeepsNothingOfTheFileBefore) {
  Examiner examiner(plan_, {}, inputs_, built_, std::size_t{1} << 20);
  const FileReport first = examiner.examine("a.yaml", std::string(kPod), false);
  (void)examiner.examine("b.yaml", "a: [", false);
  const FileReport again = examiner.examine("a.yaml", std::string(kPod), false);
  EXPECT_EQ(again.status, FileStatus::examined);
  EXPECT_EQ(again.objects, first.objects);
  EXPECT_TRUE(again.errors.empty());
  ASSERT_EQ(again.findings.size(), 1U);
  EXPECT_EQ(again.findings[0].fingerprint, first.findings[0].fingerprint);
}

TEST_F(AuditTest, WhatCannotBeReadIsInTheReport) {
  Examiner examiner(plan_, {}, inputs_, built_, 100);
  Input input;
  input.path = "/nonexistent/x.yaml";
  const FileReport missing = examiner.examine(input);
  EXPECT_EQ(missing.status, FileStatus::not_examined);
  EXPECT_EQ(missing.reason, "no such file or directory");
  ASSERT_EQ(missing.errors.size(), 1U);
  EXPECT_EQ(to_string(missing.errors[0]), "/nonexistent/x.yaml: no such file or directory");
  input.how = Input::How::set_aside;
  input.reason = "symbolic link, not followed";
  const FileReport aside = examiner.examine(input);
  EXPECT_EQ(aside.status, FileStatus::nothing_to_judge);
  EXPECT_EQ(aside.reason, input.reason);
  EXPECT_TRUE(aside.errors.empty());
}

TEST(SummaryLine, CountsInWords) {
  Summary summary;
  summary.files = 2;
  summary.examined = 1;
  summary.not_examined = 1;
  summary.objects = 1;
  summary.by_severity = {0, 1, 0, 0, 2};
  EXPECT_EQ(summary_line(summary),
            "2 files: 1 examined, 0 with nothing to judge, 1 not examined; 1 object, 0 workloads, "
            "0 containers; 3 findings: 2 critical, 1 low");
  EXPECT_EQ(summary_line({}),
            "0 files: 0 examined, 0 with nothing to judge, 0 not examined; 0 objects, 0 workloads, "
            "0 containers; 0 findings");
}

}  // namespace
}  // namespace kaudit
