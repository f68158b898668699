// `kaudit facts`: what is written, what is kept secret, and that real files are understood as
// independent readers understood them.
#include "core/report/facts.h"

#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <string>

#include "manifests/adapt.h"
#include "manifests/load.h"
#include "tests/support/golden.h"
#include "tests/support/shared.h"

namespace kaudit::testing {
namespace {

class Writing final : public DocumentVisitor {
 public:
  explicit Writing(FactVisitor& facts) : facts_(facts) {}
  void document(const Document& document) override { adapter_.adapt(document, facts_); }
  void error(Error error) override { errors.push_back(std::move(error)); }
  std::vector<Error> errors;

 private:
  KubernetesAdapter adapter_;
  FactVisitor& facts_;
};

std::string facts_json(const std::string& name, std::string text) {
  StringOutput out;
  FactsWriter writer(out);
  writer.begin("1.2.3");
  writer.begin_file(name, Surface::kubernetes);
  Writing writing(writer);
  read_manifest(std::make_shared<const Source>(name, std::move(text)), Limits{}, writing);
  writer.end_file(writing.errors);
  writer.end();
  return out.text();
}

// The one document in a JSON text.
class Parsed final : public DocumentVisitor {
 public:
  explicit Parsed(std::string text, const std::function<void(Value)>& use) : use_(use) {
    read_json(std::make_shared<const Source>("json", std::move(text)), Limits{}, *this);
  }
  void document(const Document& document) override { use_(document.root()); }
  void error(Error error) override { ADD_FAILURE() << to_string(error); }

 private:
  const std::function<void(Value)>& use_;
};

std::string members(Value object) {
  std::string text;
  for (const Value member : object) {
    text.append(member.key()).append("=").append(member.text()).append(" ");
  }
  return text;
}

TEST(Facts, AreWrittenWithTheirPlaces) {
  expect_golden(source_dir() / "tests/golden/facts.json", facts_json("shop.yaml", R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
  namespace: prod
  annotations:
    container.apparmor.security.beta.kubernetes.io/app: unconfined
    shop.example/password: hunter2
spec:
  hostNetwork: "yes"
  securityContext: {runAsUser: 0}
  volumes:
    - {name: sock, hostPath: {path: /var/run/../run/docker.sock}}
  containers:
    - name: app
      image: shop:1
      command: [serve, --password, hunter2]
      env:
        - {name: PASSWORD, value: hunter2}
        - {name: TOKEN, valueFrom: {secretKeyRef: {name: s, key: k}}}
      securityContext: {privileged: true, capabilities: {add: [SYS_TIME]}}
      ports: [{containerPort: 80, hostPort: 8080}]
      volumeMounts: [{name: sock, mountPath: /sock}]
---
apiVersion: v1
kind: Secret
metadata: {name: s}
stringData: {k: hunter2}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
rules: [{verbs: [get], resources: [secrets], apiGroups: [""]}]
)"));
}

TEST(Facts, SayWhatCouldNotBeRead) {
  const Parsed parsed(facts_json("broken.yaml", "apiVersion: v1\nkind: Namespace\n---\nkind: [\n"),
                      [](Value root) {
                        const Value file = *root["files"].begin();
                        EXPECT_EQ(file["status"].text(), "parse_error");
                        EXPECT_EQ(file["objects"].size(), 1U);
                        ASSERT_EQ(file["errors"].size(), 1U);
                        EXPECT_EQ((*file["errors"].begin())["line"].as_int(), 4);
                      });
}

TEST(Facts, NeverShowASecretsValue) {
  const std::string text = facts_json("secrets.yaml", R"(apiVersion: v1
kind: Secret
metadata: {name: s, annotations: {a: hunter2}}
data: {k: hunter2}
stringData: {k: hunter2, l: [hunter2]}
---
apiVersion: v1
kind: ConfigMap
data: {k: hunter2}
---
apiVersion: v1
kind: Pod
spec:
  containers:
    - image: a
      command: hunter2
      args: [hunter2]
      env: {A: hunter2}
      livenessProbe: {exec: {command: [login, hunter2]}}
)");
  EXPECT_EQ(text.find("hunter2"), std::string::npos) << text;
}

TEST(Facts, OfRealFilesEqualWhatIndependentReadersFound) {
  const auto shared = shared_dir();
  if (!shared) GTEST_SKIP() << "no corpus beside the clone: real files were NOT read";
  const std::filesystem::path corpus = *shared / "corpus";
  std::ifstream expectations(corpus / "expected.jsonl");
  std::size_t compared = 0;
  for (std::string line; std::getline(expectations, line);) {
    std::string file, status, verdict, workloads;
    const Parsed expectation(line, [&](Value expected) {
      file = expected["file"].text();
      status = expected["status"].text();
      verdict = members(expected["verdict"]);
      workloads = expected["workloads"].text();
    });
    const Parsed parsed(facts_json(file, read_text(corpus / file)), [&](Value root) {
      const Value found = *root["files"].begin();
      EXPECT_EQ(found["status"].text(), status) << file;
      if (verdict.empty()) return;
      EXPECT_EQ(members(found["verdict"]), verdict) << file;
      EXPECT_EQ(found["workloads"].text(), workloads) << file;
      ++compared;
    });
  }
  EXPECT_EQ(compared, 1463U);
}

}  // namespace
}  // namespace kaudit::testing
