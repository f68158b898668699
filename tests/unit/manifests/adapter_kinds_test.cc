// Which objects the adapter finds, and what in them.
#include <gtest/gtest.h>

#include "manifests/adapt/kinds.h"
#include "tests/support/facts_text.h"

namespace kaudit::testing {
namespace {

// `spec.tasks.*.template` around `inner`, as JSON.
std::string nested(std::string_view path, const std::string& inner) {
  std::string before, after;
  while (!path.empty()) {
    const std::size_t dot = std::min(path.find('.'), path.size());
    const std::string_view segment = path.substr(0, dot);
    path.remove_prefix(std::min(dot + 1, path.size()));
    if (segment == "*") {
      before += '[';
      after.insert(0, "]");
    } else {
      before.append("{\"").append(segment).append("\": ");
      after.insert(0, "}");
    }
  }
  return before + inner + after;
}

// An object of the kind that carries `inner` at the path, on one line.
std::string object_of(std::string_view api_version, std::string_view kind, std::string_view path,
                      const std::string& inner) {
  const std::string body = nested(path, inner);
  return "{\"apiVersion\": \"" + std::string(api_version) + "\", \"kind\": \"" + std::string(kind) +
         "\", \"metadata\": {\"name\": \"x\"}, " + body.substr(1);
}

constexpr std::string_view kPodSpec =
    R"({"containers": [{"name": "app", "image": "a:1", "securityContext": {"privileged": true}}]})";

TEST(AdapterKinds, FindsThePodOfEveryKindAndVersionOfKubernetes) {
  constexpr std::string_view kKinds[][3] = {
      {"v1", "Pod", "spec"},
      {"v1", "PodTemplate", "template.spec"},
      {"v1", "ReplicationController", "spec.template.spec"},
      {"apps/v1", "Deployment", "spec.template.spec"},
      {"apps/v1beta2", "Deployment", "spec.template.spec"},
      {"apps/v1beta1", "Deployment", "spec.template.spec"},
      {"extensions/v1beta1", "Deployment", "spec.template.spec"},
      {"apps/v1", "ReplicaSet", "spec.template.spec"},
      {"extensions/v1beta1", "ReplicaSet", "spec.template.spec"},
      {"apps/v1", "StatefulSet", "spec.template.spec"},
      {"apps/v1", "DaemonSet", "spec.template.spec"},
      {"extensions/v1beta1", "DaemonSet", "spec.template.spec"},
      {"batch/v1", "Job", "spec.template.spec"},
      {"batch/v1", "CronJob", "spec.jobTemplate.spec.template.spec"},
      {"batch/v1beta1", "CronJob", "spec.jobTemplate.spec.template.spec"},
      {"batch/v2alpha1", "CronJob", "spec.jobTemplate.spec.template.spec"},
  };
  for (const auto& [version, kind, path] : kKinds) {
    EXPECT_EQ(facts_text(object_of(version, kind, path, std::string(kPodSpec))),
              "\nworkload " + std::string(kind) +
                  "@1 name=x\n  pod@1\n  container@1 name=app@1 image=a:1@1 privileged=true@1\n")
        << version << ' ' << kind;
    for (const std::string_view bad : {"null", "[]", "7"}) {
      EXPECT_EQ(
          facts_text(object_of(version, kind, path, std::string(bad))),
          "\nobject " + std::string(kind) + "@1 name=x\n  ! unreadable@1 expected=a mapping\n")
          << version << ' ' << kind << ' ' << bad;
    }
    for (const auto& [bad, type] :
         {std::pair(R"({"containers": {}})", "a list of containers"),
          std::pair(R"({"containers": null})", "a list of containers"),
          std::pair(R"({"containers": "app"})", "a list of containers")}) {
      EXPECT_EQ(facts_text(object_of(version, kind, path, bad)),
                "\nworkload " + std::string(kind) + "@1 name=x\n  ! unreadable@1 expected=" + type +
                    "\n  patch\n  pod@1\n")
          << version << ' ' << kind << ' ' << bad;
    }
  }
}

TEST(AdapterKinds, FindsThePodsOfEveryCustomResourceInTheTable) {
  for (const CustomKind& row : custom_kinds()) {
    const std::string version = std::string(row.group) + (row.group.empty() ? "v1" : "/v1");
    std::string inner(kPodSpec);
    std::string object_line;
    switch (row.shape) {
      case Shape::pod_template: inner = "{\"spec\": " + inner + "}"; break;
      case Shape::pod_spec: break;
      case Shape::objects:
        inner = object_of("v1", "Pod", "spec", inner);
        object_line = "\nobject " + std::string(row.kind) + "@1 name=x";
        break;
      case Shape::argo_workflow:
        inner = R"({"templates": [{"name": "t", "container":
            {"name": "app", "image": "a:1", "securityContext": {"privileged": true}}}]})";
        break;
      case Shape::tekton_task:
        inner = R"({"steps": [{"name": "app", "image": "a:1",
            "securityContext": {"privileged": true}}]})";
        break;
      case Shape::tekton_step:
        inner = R"({"name": "app", "image": "a:1", "securityContext": {"privileged": true}})";
        break;
    }
    const std::string text = facts_text(object_of(version, row.kind, row.path, inner));
    EXPECT_TRUE(text.starts_with(object_line + "\nworkload ")) << text << row.kind;
    EXPECT_NE(text.find("\n  container@"), std::string::npos) << text << row.kind;
    EXPECT_NE(text.find(" name=app@"), std::string::npos) << text << row.kind;
    EXPECT_NE(text.find(" privileged=true@"), std::string::npos) << text << row.kind;
    EXPECT_EQ(text.find('!'), std::string::npos) << text << row.kind;

    // Another group may call its kinds the same, and carry nothing.
    EXPECT_EQ(facts_text("apiVersion: shop.example/v1\nkind: " + std::string(row.kind) +
                         "\nspec: {a: b}\n"),
              "\nobject " + std::string(row.kind) + "@1\n");
  }
}

struct Case {
  const char* name;
  const char* manifest;
  const char* expected;
};

void expect_all(std::span<const Case> cases) {
  for (const Case& test : cases) EXPECT_EQ(facts_text(test.manifest), test.expected) << test.name;
}

TEST(AdapterKinds, TakesListsApart) {
  constexpr Case kCases[] = {
      {"list", R"(apiVersion: v1
kind: List
items:
  - {apiVersion: v1, kind: Namespace, metadata: {name: a}}
  - apiVersion: v1
    kind: List
    items:
      - {apiVersion: v1, kind: Namespace, metadata: {name: b}}
  - {apiVersion: v1, kind: Namespace, metadata: {name: c}}
)",
       "\nnamespace Namespace@4 name=a\nnamespace Namespace@8 name=b\nnamespace Namespace@9 "
       "name=c\n"},
      {"typed list: items say neither version nor kind", R"(apiVersion: apps/v1
kind: DeploymentList
items:
  - metadata: {name: a}
    spec: {template: {spec: {containers: [{name: x, image: z}]}}}
  - null
)",
       "\nworkload Deployment@4 name=a\n  pod@5\n  container@5 name=x@5 image=z@5\n"},
      {"list without items", "apiVersion: v1\nkind: List\nitems: []\n", "\n"},
      {"list with null items", "apiVersion: v1\nkind: List\nitems: null\n", "\nobject List@1\n"},
      {"items of another type", "apiVersion: v1\nkind: List\nitems: {a: b}\n",
       "\nobject List@1\n  ! unreadable@3 expected=a list\n"},
      {"a kind that lists something else",
       "apiVersion: shop.example/v1\nkind: AllowList\nitems: [10.0.0.0/8]\n",
       "\nobject AllowList@1\n"},
      {"a kind that only ends so", "apiVersion: shop.example/v1\nkind: AllowList\nspec: {a: b}\n",
       "\nobject AllowList@1\n"},
      {"objects in a bare list",
       "- {apiVersion: v1, kind: Namespace, metadata: {name: a}}\n"
       "- {apiVersion: v1, kind: Namespace, metadata: {name: b}}\n",
       "\nnamespace Namespace@1 name=a\nnamespace Namespace@2 name=b\n"},
      {"another bare list", "- a\n- b\n", "\nobject @1\n"},
      {"a scalar", "hello\n", "\nobject @1\n"},
      {"nothing", "# nothing\n", "\n"},
      {"null", "null\n", "\n"},
      {"values of a chart", "image: a\nkind: Deployment\nreplicas: 2\n", "\nobject @1\n"},
  };
  expect_all(kCases);
}

TEST(AdapterKinds, FollowsListsHoweverDeepTheyNest) {
  constexpr int kDepth = 120;
  std::string text;
  for (int i = 0; i < kDepth; ++i) text += R"({"apiVersion": "v1", "kind": "List", "items": [)";
  text += R"({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "deep"}})";
  for (int i = 0; i < kDepth; ++i) text += "]}";
  EXPECT_EQ(facts_text(text), "\nnamespace Namespace@1 name=deep\n");
}

TEST(AdapterKinds, JudgesByShapeWhatKubernetesDoesNotKnow) {
  constexpr Case kCases[] = {
      {"wrong group", R"(apiVersion: v1
kind: Deployment
spec: {template: {spec: {containers: [{name: a, image: b}]}}}
)",
       "\nworkload Deployment@1\n  ! unknown_version@1 expected=apps/v1\n  pod@3\n"
       "  container@3 name=a@3 image=b@3\n"},
      {"wrong version", "apiVersion: apps/v7\nkind: Deployment\nspec: {replicas: 1}\n",
       "\nobject Deployment@1\n  ! unknown_version@1 expected=apps/v1\n"},
      {"no version", "kind: Pod\nspec: {containers: [{name: a, image: b}]}\n",
       "\nworkload Pod@1\n  ! unknown_version@1 expected=v1\n  pod@2\n"
       "  container@2 name=a@2 image=b@2\n"},
      {"a version that is no string",
       "apiVersion: 1\nkind: Pod\nspec: {containers: [{name: a, image: b}]}\n",
       "\nworkload Pod@1\n  ! unknown_version@1 expected=v1\n  pod@3\n"
       "  container@3 name=a@3 image=b@3\n"},
      {"a role of a wrong version", "apiVersion: v1\nkind: Role\nrules: [{verbs: ['*']}]\n",
       "\nrole Role@1\n  ! unknown_version@1 expected=rbac.authorization.k8s.io/v1\n"
       "  rule@3 verbs=[*@3]\n"},
      {"somebody's role", "apiVersion: iam.example.org/v1\nkind: Role\nrules: [{verbs: ['*']}]\n",
       "\nobject Role@1\n"},
      {"somebody's cron job", R"(apiVersion: batch.tutorial.kubebuilder.io/v1
kind: CronJob
spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: a, image: b}]}}}}}
)",
       "\nworkload CronJob@1\n  pod@3\n  container@3 name=a@3 image=b@3\n"},
      {"a kind of nobody", R"(apiVersion: shop.example/v1
kind: Till
spec:
  parts:
    - podTemplate:
        metadata: {labels: {a: b}}
        spec: {containers: [{name: a, image: b}]}
    - podSpec: {containers: [{name: c, image: d}]}
)",
       "\nworkload Till@1\n  pod@7 label.a=b@6\n  container@7 name=a@7 image=b@7\n"
       "workload Till@1 part=1\n  pod@8\n  container@8 name=c@8 image=d@8\n"},
      {"containers of another sort", R"(apiVersion: auto.gke.io/v1
kind: WorkloadAllowlist
matchingCriteria: {containers: [{name: a, image: b}]}
)",
       "\nobject WorkloadAllowlist@1\n"},
      {"a pattern", R"(apiVersion: kyverno.io/v1
kind: ClusterPolicy
spec: {rules: [{validate: {pattern: {spec: {containers: [{name: '*'}]}}}}]}
)",
       "\nobject ClusterPolicy@1\n"},
      {"a schema", R"(apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
spec: {containers: [{name: a}]}
)",
       "\nobject CustomResourceDefinition@1\n"},
  };
  expect_all(kCases);
}

TEST(AdapterKinds, JudgesPatches) {
  constexpr Case kCases[] = {
      {"strategic merge", R"(apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {template: {spec: {containers: [{name: app, securityContext: {privileged: true}}]}}}
)",
       "\nworkload Deployment@1 name=web\n  patch\n  pod@4\n"
       "  container@4 name=app@4 privileged=true@4\n"},
      {"only metadata", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n",
       "\nobject Deployment@1 name=web\n"},
      {"only replicas", "apiVersion: apps/v1\nkind: Deployment\nspec: {replicas: 3}\n",
       "\nobject Deployment@1\n"},
  };
  expect_all(kCases);
}

TEST(AdapterKinds, LeavesWhatATemplateFillsInUnresolved) {
  constexpr Case kCases[] = {
      {"OpenShift", R"(apiVersion: template.openshift.io/v1
kind: Template
metadata: {name: t}
parameters: [{name: NET}]
objects:
  - apiVersion: v1
    kind: Pod
    spec:
      hostNetwork: ${{NET}}
      securityContext: {runAsUser: "${UID}"}
      containers: [{name: a, image: "${IMAGE}:1"}]
  - {apiVersion: v1, kind: Namespace, metadata: {name: n}}
)",
       "\nobject Template@1 name=t\nworkload Pod@6\n  pod@9 host_network?false@9 user?0@10\n"
       "  container@11 name=a@11 image?${IMAGE}:1@11\nnamespace Namespace@12 name=n\n"},
      {"plain Kubernetes fills nothing in",
       "apiVersion: v1\nkind: Pod\nspec: {hostNetwork: '${NET}', containers: []}\n",
       "\nworkload Pod@1\n  ! invalid_type@3 expected=a boolean\n  patch\n"
       "  pod@3 host_network=true@3\n"},
      {"Argo", R"(apiVersion: argoproj.io/v1alpha1
kind: Workflow
spec:
  templates: [{container: {image: "{{inputs.parameters.image}}"}}]
)",
       "\nworkload Workflow@1\n  pod@4\n  container@4 image?{{inputs.parameters.image}}@4\n"},
  };
  expect_all(kCases);
}

TEST(AdapterKinds, ReadsWorkflowsOfArgo) {
  EXPECT_EQ(facts_text(R"(apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: w}
spec:
  hostNetwork: true
  serviceAccountName: runner
  securityContext: {runAsUser: 0, runAsNonRoot: false}
  volumes: [{name: sock, hostPath: {path: /run/docker.sock}}]
  templates:
    - name: one
      metadata: {labels: {a: b}}
      initContainers: [{name: init, image: i}]
      container: {image: c, securityContext: {privileged: true}}
      sidecars: [{name: side, image: s}]
    - name: two
      securityContext: {runAsUser: 5}
      script: {image: p, command: [sh], source: echo}
    - name: three
      containerSet: {containers: [{name: x, image: v}]}
    - name: steps
      steps: [[{name: in, inline: {container: {image: z, hostNetwork: true}}}]]
    - name: dag
      dag: {tasks: [{name: t, inline: {container: {image: q}}}]}
    - name: other
      http: {url: "http://x"}
)"),
            R"(
workload Workflow@1 name=w
  ! misplaced@21 expected=spec.hostNetwork
  pod@10 label.a=b@11 host_network=true@5 service_account=runner@6 non_root=false@7 user=0@7
  volume hostPath@8 name=sock@8 path=/run/docker.sock@8
  init container@12 name=init@12 image=i@12
  container@13 image=c@13 privileged=true@13
  container@14 name=side@14 image=s@14
workload Workflow@1 name=w part=1
  pod@15 service_account=runner@6 user=5@16
  container@17 image=p@17 command=[sh@17] args=[echo@17]
workload Workflow@1 name=w part=2
  pod@18 service_account=runner@6 non_root=false@7 user=0@7
  container@19 name=x@19 image=v@19
workload Workflow@1 name=w part=3
  pod@21 service_account=runner@6 non_root=false@7 user=0@7
  container@21 image=z@21
workload Workflow@1 name=w part=4
  pod@23 service_account=runner@6 non_root=false@7 user=0@7
  container@23 image=q@23
)");
}

TEST(AdapterKinds, ReadsTasksOfTekton) {
  EXPECT_EQ(facts_text(R"(apiVersion: tekton.dev/v1
kind: TaskRun
metadata: {name: r}
spec:
  serviceAccountName: builder
  podTemplate: {hostNetwork: true, securityContext: {runAsNonRoot: true}}
  taskSpec:
    volumes: [{name: v, emptyDir: {}}]
    stepTemplate: {image: base, securityContext: {privileged: true, runAsUser: 0}}
    steps:
      - {name: a, script: make}
      - {name: b, image: other, securityContext: {privileged: false}}
    sidecars: [{name: s, image: docker}]
)"),
            R"(
workload TaskRun@1 name=r
  pod@8 host_network=true@6 service_account=builder@5 non_root=true@6
  volume emptyDir@8 name=v@8
  container@11 name=a@11 image=base@9 privileged=true@9 user=0@9 args=[make@11]
  container@12 name=b@12 image=other@12 privileged=false@12 user=0@9
  container@13 name=s@13 image=docker@13
)");
}

TEST(AdapterKinds, TellsOfACommonFieldOfTasksOnce) {
  EXPECT_EQ(facts_text(R"(apiVersion: tekton.dev/v1
kind: PipelineRun
spec:
  taskRunTemplate:
    serviceAccountName: builder
    podTemplate: {hostNetwork: "yes", securityContext: {runAsUser: "0"}}
  pipelineSpec:
    tasks:
      - {name: a, taskSpec: {steps: [{name: a, image: i}]}}
      - {name: b, taskSpec: {steps: [{name: b, image: i}]}}
)"),
            R"(
workload PipelineRun@1
  ! invalid_type@6 expected=an integer
  ! invalid_type@6 expected=a boolean
  pod@9 host_network=true@6 service_account=builder@5 user=0@6
  container@9 name=a@9 image=i@9
workload PipelineRun@1 part=1
  pod@10 service_account=builder@5 user=0@6
  container@10 name=b@10 image=i@10
)");
}

TEST(AdapterKinds, ReadsOtherObjects) {
  constexpr Case kCases[] = {
      {"cluster role", R"(apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: r}
rules:
  - {apiGroups: [""], resources: [pods/exec], resourceNames: [a], verbs: [create, get]}
  - {nonResourceURLs: ["*"], verbs: "*"}
  - all
)",
       "\nrole ClusterRole@1 name=r\n  ! invalid_type@6 expected=a list of strings\n"
       "  ! invalid_type@7 expected=a mapping\n"
       "  rule@5 verbs=[create@5 get@5] groups=[@5] resources=[pods/exec@5] names=[a@5]\n"
       "  rule@6 verbs=[*@6] urls=[*@6]\n"},
      {"binding", R"(apiVersion: rbac.authorization.k8s.io/v1beta1
kind: RoleBinding
roleRef: {kind: ClusterRole, name: cluster-admin, apiGroup: rbac.authorization.k8s.io}
subjects:
  - {kind: Group, name: system:unauthenticated}
  - {kind: ServiceAccount, name: a, namespace: b}
)",
       "\nbinding RoleBinding@1 role_kind=ClusterRole@3 role_name=cluster-admin@3\n"
       "  subject@5 kind=Group@5 name=system:unauthenticated@5\n"
       "  subject@6 kind=ServiceAccount@6 name=a@6 ns=b@6\n"},
      {"service", R"(apiVersion: v1
kind: Service
spec:
  type: NodePort
  externalIPs: [1.2.3.4]
  ports:
    - {name: db, port: 80, targetPort: 5432, nodePort: 30000, protocol: TCP}
    - {port: 6379, targetPort: redis}
)",
       "\nservice Service@1 type=NodePort@4 external_ips=[1.2.3.4@5]\n"
       "  port name=db@7 container=5432@7 node=30000@7 protocol=TCP@7\n  port container=6379@8\n"},
      {"volumes of the node",
       "apiVersion: v1\nkind: PersistentVolume\nspec: {hostPath: {path: /a}}\n---\n"
       "apiVersion: v1\nkind: PersistentVolume\nspec: {local: {path: /b}}\n---\n"
       "apiVersion: v1\nkind: PersistentVolume\nspec: {nfs: {path: /c}}\n",
       "\npersistent_volume PersistentVolume@1 type=hostPath path=/a@3\n"
       "persistent_volume PersistentVolume@5 type=local path=/b@7\n"
       "persistent_volume PersistentVolume@9 type=nfs\n"},
      {"namespace", R"(apiVersion: v1
kind: Namespace
metadata: {name: n, labels: {pod-security.kubernetes.io/enforce: baseline}}
)",
       "\nnamespace Namespace@1 name=n label.pod-security.kubernetes.io/enforce=baseline@3\n"},
      {"service account",
       "apiVersion: v1\nkind: ServiceAccount\nautomountServiceAccountToken: false\n",
       "\nservice_account ServiceAccount@1 automount_token=false@3\n"},
      {"config map", "apiVersion: v1\nkind: ConfigMap\ndata: {a: b, c: 1}\n",
       "\nconfig_map ConfigMap@1 data.a=b@3 data.c=1@3\n"},
      {"secret",
       "apiVersion: v1\nkind: Secret\ntype: Opaque\ndata: {a: Yg==}\nstringData: {c: d}\n",
       "\nsecret Secret@1 type=Opaque@3 data.a=Yg==@4 string_data.c=d@5\n"},
      {"generated name", "apiVersion: v1\nkind: ServiceAccount\nmetadata: {generateName: robot-}\n",
       "\nservice_account ServiceAccount@1 name=robot-\n"},
      {"anything else", "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i}\n",
       "\nobject Ingress@1 name=i\n"},
  };
  expect_all(kCases);
}

TEST(AdapterKinds, TellsDuplicateKeysWithTheObjectThatHoldsThem) {
  constexpr Case kCases[] = {
      {"in each object its own", R"(apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Namespace
    metadata: {name: a}
  - apiVersion: v1
    kind: Namespace
    metadata:
      name: b
      name: c
)",
       "\nnamespace Namespace@4 name=a\nnamespace Namespace@7 name=c\n"
       "  ! duplicate_key@11 other@10\n"},
      {"of the list itself", R"(apiVersion: v1
kind: List
items:
  - {apiVersion: v1, kind: Namespace, metadata: {name: hidden}}
items:
  - {apiVersion: v1, kind: Namespace, metadata: {name: a}}
)",
       "\nnamespace Namespace@6 name=a\nobject List@1\n  ! duplicate_key@6 other@4\n"},
  };
  expect_all(kCases);
}

TEST(AdapterKinds, FollowsTheUsersTable) {
  const std::vector<PodTemplatePath> table = {
      {.group = "shop.example", .kind = "Till", .path = "spec.drawers.*.pod"},
      {.group = "shop.example", .kind = "Till", .path = "spec.belt", .bare_spec = true}};
  KubernetesAdapter adapter(table);
  const std::string manifest = R"(apiVersion: shop.example/v2
kind: Till
spec:
  drawers:
    - pod: {spec: {containers: [{name: a, image: b}]}}
    - pod: {spec: {containers: [{name: c, image: d}]}}
  belt: {containers: [{name: e, image: f}]}
)";
  EXPECT_EQ(facts_text(adapter, manifest),
            "\nworkload Till@1\n  pod@5\n  container@5 name=a@5 image=b@5\n"
            "workload Till@1 part=1\n  pod@6\n  container@6 name=c@6 image=d@6\n"
            "workload Till@1 part=2\n  pod@7\n  container@7 name=e@7 image=f@7\n");
  // Without it only what looks like a pod is found.
  EXPECT_EQ(facts_text(manifest),
            "\nworkload Till@1\n  pod@5\n  container@5 name=a@5 image=b@5\n"
            "workload Till@1 part=1\n  pod@6\n  container@6 name=c@6 image=d@6\n");
}

}  // namespace
}  // namespace kaudit::testing
