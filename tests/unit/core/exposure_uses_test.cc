// Secrets and ConfigMaps are as exposed as who uses them, whichever way that is written.
#include <gtest/gtest.h>

#include <algorithm>

#include "core/exposure/exposure.h"
#include "tests/support/exposure.h"

namespace kaudit {
namespace {

// "+" for each object that is as exposed as a workload, "-" for each that nothing uses, in the
// order of the files; "!" behind them where a workload is said to be given secrets.
std::string uses_in(const testing::Texts& files) {
  const ExposureGraph graph = testing::exposure_graph(files);
  std::string out;
  for (const ObjectRecord& object : graph.facts().others) {
    const Exposure& exposure = *graph.of(object.key);
    EXPECT_EQ(exposure.level == ExposureLevel::internet, exposure.path.size() > 1) << object.name;
    out += exposure.level == ExposureLevel::internet ? '+' : '-';
  }
  const auto given = [&](const WorkloadRecord& workload) {
    return graph.of(workload.key)->gains.secrets;
  };
  if (std::ranges::any_of(graph.facts().workloads, given)) out += '!';
  return out;
}

// Secret db and ConfigMap db of namespace shop, and a pod of it with that spec.
std::string pod(const std::string& spec) {
  return R"(apiVersion: v1
kind: Secret
metadata: {name: db, namespace: shop}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: db, namespace: shop}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, annotations: {kaudit.dev/exposure: internet}}
spec: {)" +
         spec + "}\n";
}

std::string container(const std::string& members) {
  return "containers: [{name: a, image: a, " + members + "}]";
}

TEST(ExposureUses, OfPods) {
  const struct {
    const char* name;
    std::string spec;
    const char* expect;  // the Secret, the ConfigMap
  } kCases[] = {
      {"nothing", container("env: [{name: A, value: db}]"), "--"},
      {"variable of a Secret",
       container("env: [{name: A, valueFrom: {secretKeyRef: {name: db, key: k}}}]"), "+-!"},
      {"variable of a ConfigMap",
       container("env: [{name: A, valueFrom: {configMapKeyRef: {name: db, key: k}}}]"), "-+"},
      {"variable of another Secret",
       container("env: [{name: A, valueFrom: {secretKeyRef: {name: other, key: db}}}]"), "--!"},
      {"variable of a field",
       container("env: [{name: A, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]"), "--"},
      {"the second of two variables",
       container("env: [{name: A, value: b}, {name: B, valueFrom: {secretKeyRef: {name: db, key: "
                 "k}}}]"),
       "+-!"},
      {"one that need not be there is used where it is",
       container("env: [{name: A, valueFrom: {secretKeyRef: {name: db, key: k, optional: true}}}]"),
       "+-!"},
      {"without the name, which once was optional",
       container("env: [{name: A, valueFrom: {secretKeyRef: {key: k}}}]"), "--"},
      {"empty name", container("envFrom: [{configMapRef: {name: \"\"}}]"), "--"},
      {"a name that is no string", container("envFrom: [{configMapRef: {name: [db]}}]"), "--"},
      {"envFrom a Secret", container("envFrom: [{secretRef: {name: db}}]"), "+-!"},
      {"envFrom a ConfigMap", container("envFrom: [{configMapRef: {name: db}}]"), "-+"},
      {"envFrom another", container("envFrom: [{configMapRef: {name: dbs}}]"), "--"},
      {"init container",
       "initContainers: [{name: i, image: a, envFrom: [{secretRef: {name: db}}]}], " +
           container("envFrom: []"),
       "+-!"},
      {"ephemeral container",
       "ephemeralContainers: [{name: e, image: a, envFrom: [{configMapRef: {name: db}}]}], " +
           container("envFrom: []"),
       "-+"},
      {"volume of a Secret", "volumes: [{name: v, secret: {secretName: db}}], " + container(""),
       "+-!"},
      {"volume of a ConfigMap", "volumes: [{name: v, configMap: {name: db}}], " + container(""),
       "-+"},
      {"volumes called so", "volumes: [{name: db, emptyDir: {}}], " + container(""), "--"},
      {"another name's field",
       "volumes: [{name: v, configMap: {secretName: db}}, {name: w, secret: {name: db}}], " +
           container(""),
       "--"},
      {"projected volume of both",
       "volumes: [{name: v, projected: {sources: [{secret: {name: db}}, {configMap: {name: "
       "db}}]}}], " +
           container(""),
       "++!"},
      {"projected volume of others",
       "volumes: [{name: v, projected: {sources: [{serviceAccountToken: {path: db}}, {configMap: "
       "{name: x}}]}}], " +
           container(""),
       "--"},
      {"what pulls the image is seen by no container",
       "imagePullSecrets: [{name: db}], " + container(""), "+-"},
      {"what pulls another", "imagePullSecrets: [{name: registry}], " + container(""), "--"},
  };
  for (const auto& c : kCases) EXPECT_EQ(uses_in({{"a.yaml", pod(c.spec)}}), c.expect) << c.name;
}

TEST(ExposureUses, OfTheSameNamespaceOnly) {
  const std::string spec = container("envFrom: [{secretRef: {name: db}}]");
  std::string there = pod(spec);
  there.replace(there.rfind("namespace: shop"), 15, "namespace: team");
  EXPECT_EQ(uses_in({{"a.yaml", there}}), "--!");
  // Without a namespace both are in `default`.
  std::string nowhere = pod(spec);
  for (std::size_t at; (at = nowhere.find(", namespace: shop")) != std::string::npos;) {
    nowhere.erase(at, 17);
  }
  EXPECT_EQ(uses_in({{"a.yaml", nowhere}}), "+-!");
}

TEST(ExposureUses, ANameThatAVariableDecidesIsNobodys) {
  const auto in_template = [](const std::string& name) {
    return R"(apiVersion: template.openshift.io/v1
kind: Template
metadata: {name: shop}
objects:
  - apiVersion: v1
    kind: Secret
    metadata: {name: ")" +
           name + R"("}
  - apiVersion: v1
    kind: Pod
    metadata: {name: web, annotations: {kaudit.dev/exposure: internet}}
    spec: {containers: [{name: a, image: a, envFrom: [{secretRef: {name: ")" +
           name + R"("}}]}]}
)";
  };
  EXPECT_EQ(uses_in({{"a.yaml", in_template("db")}}), "+!");
  EXPECT_EQ(uses_in({{"a.yaml", in_template("${NAME}")}}), "-!");
}

TEST(ExposureUses, OfKindsThatScatterTheirPods) {
  const std::string config = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: db}\n";
  const std::string uses = "envFrom: [{configMapRef: {name: db}}]";
  EXPECT_EQ(uses_in({{"a.yaml", R"(apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: w, annotations: {kaudit.dev/exposure: internet}}
spec:
  templates:
    - {name: one, container: {image: a}}
    - {name: two, script: {image: a, source: x, )" +
                                    uses + "}}\n" + config}}),
            "+");
  EXPECT_EQ(uses_in({{"a.yaml", R"(apiVersion: tekton.dev/v1
kind: Task
metadata: {name: t, annotations: {kaudit.dev/exposure: internet}}
spec:
  stepTemplate: {)" + uses + R"(}
  steps: [{name: s, image: a}]
)" + config}}),
            "+");
}

TEST(ExposureUses, PullSecretsOfAccounts) {
  const auto account = [](const std::string& name) {
    return "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: " + name +
           ", namespace: shop}\nimagePullSecrets: [{name: db}]\n";
  };
  const std::string web = pod("serviceAccountName: web, " + container(""));
  EXPECT_EQ(uses_in({{"a.yaml", web}, {"b.yaml", account("web")}}), "+-");
  EXPECT_EQ(uses_in({{"a.yaml", web}, {"b.yaml", account("default")}}), "--");
  EXPECT_EQ(uses_in({{"a.yaml", pod(container(""))}, {"b.yaml", account("default")}}), "+-");
}

TEST(ExposureUses, OfServicesOfOneProject) {
  const auto project = [](const std::string& members) {
    return "services:\n  web: {image: a, ports: [\"80:80\"], " + members +
           "}\nsecrets: {db: {file: db.txt}}\nconfigs: {db: {file: db.conf}}\n";
  };
  const struct {
    const char* name;
    const char* members;
    const char* expect;  // the secret, the config
  } kCases[] = {
      {"neither", "labels: [db]", "--"},
      {"secret", "secrets: [db]", "+-!"},
      {"secret as a mapping", "secrets: [{source: db, target: x}]", "+-!"},
      {"another secret", "secrets: [{source: other, target: db}]", "--!"},
      {"config", "configs: [db]", "-+"},
      {"config as a mapping", "configs: [{source: db, target: /x}]", "-+"},
      {"by a variable", "configs: [\"${WHICH}\"]", "--"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(uses_in({{"x.compose.yaml", project(c.members)}}), c.expect) << c.name;
  }
  EXPECT_EQ(uses_in({{"x.compose.yaml", project("configs: [db]")},
                     {"y.compose.yaml", project("secrets: [db]")}}),
            "-++-!");
}

TEST(ExposureUses, TheMostExposedUserCounts) {
  const auto graph =
      testing::exposure_graph({{"a.yaml", pod(container("envFrom: [{secretRef: {name: db}}]"))},
                               {"b.yaml", R"(apiVersion: v1
kind: Pod
metadata: {name: inner, namespace: shop, annotations: {kaudit.dev/exposure: isolated}}
spec: {volumes: [{name: v, secret: {secretName: db}}], containers: [{name: a, image: a}]}
)"}});
  EXPECT_EQ(reason_of(*graph.of(graph.facts().others[0].key)),
            "internet (stated by annotation kaudit.dev/exposure): Pod shop/web (always running) -> "
            "Secret shop/db");
  EXPECT_EQ(reason_of(*graph.of(graph.facts().others[1].key)),
            "unknown: no workload among what was examined uses it; ConfigMap shop/db");
}

}  // namespace
}  // namespace kaudit
