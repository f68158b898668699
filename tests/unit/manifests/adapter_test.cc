// What the adapter makes of pods: fields, wrong types, misplaced fields. Kinds and lists:
// adapter_kinds_test.cc.
#include <gtest/gtest.h>

#include <memory>

#include "manifests/load.h"
#include "tests/support/allocations.h"
#include "tests/support/facts_text.h"
#include "tests/support/pod.h"
#include "tests/support/workloads.h"

namespace kaudit::testing {
namespace {

TEST(Adapter, ReadsEveryFieldOfAPod) {
  EXPECT_EQ(facts_text(R"(apiVersion: v1
kind: Pod
metadata:
  name: shop
  namespace: prod
  labels: {app: shop, tier: "1"}
  annotations: {container.apparmor.security.beta.kubernetes.io/app: unconfined}
spec:
  hostNetwork: true
  hostPID: false
  hostIPC: true
  hostUsers: false
  shareProcessNamespace: true
  automountServiceAccountToken: false
  serviceAccountName: seller
  serviceAccount: ignored
  os: {name: linux}
  runtimeClassName: gvisor
  restartPolicy: Never
  hostAliases: [{ip: 10.0.0.1, hostnames: [db]}]
  securityContext:
    runAsUser: 1000
    runAsGroup: 2000
    runAsNonRoot: true
    fsGroup: 0
    supplementalGroups: [0, 5]
    sysctls: [{name: kernel.msgmax, value: "65536"}]
    seccompProfile: {type: RuntimeDefault}
    appArmorProfile: {type: Unconfined}
    seLinuxOptions: {type: spc_t, user: u, role: r, level: s0}
    windowsOptions: {hostProcess: true, runAsUserName: ContainerUser}
  volumes:
    - {name: sock, hostPath: {path: /run/docker.sock, type: Socket}}
    - {name: data, persistentVolumeClaim: {claimName: shop-data}}
    - {name: tools, image: {reference: "tools:1"}}
    - {name: tmp, emptyDir: {}}
    - {name: both, emptyDir: {}, nfs: {server: s, path: /}, hostPath: {path: /}}
    - {name: none, secret: null}
    - {name: strange, gold: {}}
  containers:
    - name: app
      image: shop:1
)"),
            R"(
workload Pod@1 ns=prod name=shop label.app=shop@6 label.tier=1@6 annotation.container.apparmor.security.beta.kubernetes.io/app=unconfined@7
  pod@9 label.app=shop@6 label.tier=1@6 annotation.container.apparmor.security.beta.kubernetes.io/app=unconfined@7 host_network=true@9 host_pid=false@10 host_ipc=true@11 host_users=false@12 share_process_namespace=true@13 automount_token=false@14 service_account=seller@15 os=linux@17 runtime_class=gvisor@18 restart_policy=Never@19 fs_group=0@25 supplemental=0@26 supplemental=5@26 sysctl=kernel.msgmax@27 to=65536@27 host_aliases@20 non_root=true@24 user=1000@22 group=2000@23 user_name=ContainerUser@31 seccomp=RuntimeDefault@28 apparmor=Unconfined@29 selinux_type=spc_t@30 selinux_user=u@30 selinux_role=r@30 host_process=true@31
  volume hostPath@33 name=sock@33 path=/run/docker.sock@33 type=Socket@33
  volume persistentVolumeClaim@34 name=data@34 claim=shop-data@34
  volume image@35 name=tools@35 image=tools:1@35
  volume emptyDir@36 name=tmp@36
  volume hostPath@37 name=both@37 path=/@37
  volume @38 name=none@38
  volume @39 name=strange@39
  container@41 name=app@41 image=shop:1@42
)");
}

TEST(Adapter, ReadsEveryFieldOfAContainer) {
  EXPECT_EQ(facts_text(R"(apiVersion: v1
kind: Pod
metadata: {name: shop}
spec:
  ephemeralContainers:
    - {name: debug, image: busybox, securityContext: {privileged: true}}
  containers:
    - name: app
      image: shop:1
      imagePullPolicy: Always
      command: [sh, -c]
      args: [run]
      securityContext:
        privileged: false
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        runAsUser: 0
        runAsGroup: 0
        runAsNonRoot: false
        procMount: Unmasked
        capabilities:
          add: [NET_ADMIN, SYS_TIME]
          drop: [ALL]
        seccompProfile: {}
        windowsOptions: {hostProcess: false}
      resources:
        limits: {cpu: 1, memory: 1Gi, nvidia.com/gpu: 1}
        requests: {cpu: 100m, memory: 512}
      ports:
        - {name: http, containerPort: 80, hostPort: 8080, hostIP: 0.0.0.0, protocol: TCP}
        - {containerPort: 81}
      env:
        - {name: A, value: b}
        - {name: B, valueFrom: {secretKeyRef: {name: s, key: k}}}
      envFrom:
        - secretRef: {name: s}
        - configMapRef: {name: c}
      volumeMounts:
        - {name: sock, mountPath: /sock, subPath: a/b, readOnly: true}
        - {name: data, mountPath: /data, subPathExpr: $(POD)/x, mountPropagation: Bidirectional}
      volumeDevices:
        - {name: disk, devicePath: /dev/xvda}
      livenessProbe: {httpGet: {host: 10.0.0.1, port: 80}}
      readinessProbe: {tcpSocket: {host: 10.0.0.2, port: 80}}
      startupProbe: {httpGet: {host: "", port: 80}}
      lifecycle:
        postStart: {exec: {command: [touch, /ready]}}
        preStop: {httpGet: {host: 10.0.0.3, port: 80}}
  initContainers:
    - {name: setup, image: "busybox:1", restartPolicy: Always}
)"),
            R"(
workload Pod@1 name=shop
  pod@5
  uses secret=s@34
  uses secret=s@36
  uses config=c@37
  init container@50 name=setup@50 image=busybox:1@50 restart=Always@50
  container@8 name=app@8 image=shop:1@9 pull=Always@10 privileged=false@14 escalation=false@15 read_only_root=true@16 non_root=false@19 user=0@17 group=0@18 seccomp=@24 proc_mount=Unmasked@20 host_process=false@25 add=[NET_ADMIN@22 SYS_TIME@22] drop=[ALL@23] cpu_request=100m@28 cpu_limit=1@27 memory_request=512@28 memory_limit=1Gi@27 command=[sh@11 -c@11] args=[run@12] port=80@30 port_name=http@30 host_port=8080@30 host_ip=0.0.0.0@30 protocol=TCP@30 port=81@31 env=A@33 value=b@33 env=B@34 from_ref env_from_secret=s@36 env_from_config=c@37 mount=sock@39 at=/sock@39 sub_path=a/b@39 read_only=true@39 mount=data@40 at=/data@40 sub_path?$(POD)/x@40 propagation=Bidirectional@40 device=nvidia.com/gpu@27 device=disk@42 at=/dev/xvda@42 livenessProbe.httpGet=10.0.0.1@43 readinessProbe.tcpSocket=10.0.0.2@44 lifecycle.preStop.httpGet=10.0.0.3@48 handler=[touch@47 /ready@47]
  ephemeral container@6 name=debug@6 image=busybox@6 privileged=true@6
)");
}

struct Case {
  const char* name;
  const char* fields;    // of the pod's spec, or of its container, from line 5 or 7 on
  const char* problems;  // the lines with `!`
  const char* reading;   // what is read, after the place
};

std::string lines_starting(const std::string& text, std::string_view start) {
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    if (line.starts_with(start)) out += line.substr(start.size()) + '\n';
    at = end + 1;
  }
  return out;
}

// Wrong types: noted, and read as the worse.
constexpr Case kPodTypes[] = {
    {"right", "hostNetwork: true", "", " host_network=true@5"},
    {"string true", "hostNetwork: 'true'", "invalid_type@5 expected=a boolean\n",
     " host_network=true@5"},
    {"string false", "hostNetwork: 'false'", "invalid_type@5 expected=a boolean\n",
     " host_network=true@5"},
    {"number", "hostPID: 0", "invalid_type@5 expected=a boolean\n", " host_pid=true@5"},
    {"list", "hostIPC: []", "invalid_type@5 expected=a boolean\n", " host_ipc=true@5"},
    {"hostUsers", "hostUsers: 'false'", "invalid_type@5 expected=a boolean\n",
     " host_users=true@5"},
    {"null", "hostNetwork: null", "", ""},
    {"share", "shareProcessNamespace: 1", "invalid_type@5 expected=a boolean\n",
     " share_process_namespace=true@5"},
    {"token", "automountServiceAccountToken: 'no'", "invalid_type@5 expected=a boolean\n",
     " automount_token=true@5"},
    {"account", "serviceAccountName: 7", "invalid_type@5 expected=a string\n",
     " service_account=7@5"},
    {"old account", "serviceAccount: seller", "", " service_account=seller@5"},
    {"os", "os: windows", "invalid_type@5 expected=a mapping\n", ""},
    {"context", "securityContext: none", "invalid_type@5 expected=a mapping\n", ""},
    {"user", "securityContext: {runAsUser: 1000}", "", " user=1000@5"},
    {"user as string", "securityContext: {runAsUser: '1000'}",
     "invalid_type@5 expected=an integer\n", " user=0@5"},
    {"user as whole real", "securityContext: {runAsUser: 1000.0}", "", " user=1000@5"},
    {"user as real", "securityContext: {runAsUser: 1000.5}", "invalid_type@5 expected=an integer\n",
     " user=0@5"},
    {"user too large", "securityContext: {runAsUser: 99999999999999999999}",
     "invalid_type@5 expected=an integer\n", " user=0@5"},
    {"group", "securityContext: {runAsGroup: '5'}", "invalid_type@5 expected=an integer\n",
     " group=0@5"},
    {"fsGroup", "securityContext: {fsGroup: true}", "invalid_type@5 expected=an integer\n",
     " fs_group=0@5"},
    {"supplemental", "securityContext: {supplementalGroups: [7, '8']}",
     "invalid_type@5 expected=an integer\n", " supplemental=7@5 supplemental=0@5"},
    {"supplemental scalar", "securityContext: {supplementalGroups: 7}",
     "invalid_type@5 expected=a list\n", ""},
    {"nonroot", "securityContext: {runAsNonRoot: 'true'}", "invalid_type@5 expected=a boolean\n",
     " non_root=false@5"},
    {"seccomp", "securityContext: {seccompProfile: RuntimeDefault}",
     "invalid_type@5 expected=a mapping\n", " seccomp=@5"},
    {"apparmor", "securityContext: {appArmorProfile: [x]}", "invalid_type@5 expected=a mapping\n",
     " apparmor=@5"},
    {"selinux", "securityContext: {seLinuxOptions: spc_t}", "invalid_type@5 expected=a mapping\n",
     " selinux_type=spc_t@5"},
    {"selinux type", "securityContext: {seLinuxOptions: {type: []}}",
     "invalid_type@5 expected=a string\n", " selinux_type=a list@5"},
    {"windows", "securityContext: {windowsOptions: hostProcess}",
     "invalid_type@5 expected=a mapping\n", " host_process=true@5"},
    {"sysctls", "securityContext: {sysctls: {a: b}}", "invalid_type@5 expected=a list\n", ""},
    {"sysctl", "securityContext: {sysctls: [kernel.msgmax, {name: a, value: 1}]}",
     "invalid_type@5 expected=a mapping\ninvalid_type@5 expected=a string\n", " sysctl=a@5 to=1@5"},
    {"aliases", "hostAliases: []", "", ""},
};

TEST(Adapter, ReadsAWrongTypeOfAPodAsTheWorse) {
  for (const Case& test : kPodTypes) {
    const std::string text =
        facts_text(std::string("apiVersion: v1\nkind: Pod\nmetadata: {}\nspec:\n  ") + test.fields +
                   "\n  containers: [{name: a, image: b}]\n");
    EXPECT_EQ(lines_starting(text, "  ! "), test.problems) << test.name;
    EXPECT_EQ(lines_starting(text, "  pod@5"), std::string(test.reading) + '\n') << test.name;
  }
}

constexpr Case kContainerTypes[] = {
    {"right", "securityContext: {privileged: true}", "", " privileged=true@7"},
    {"privileged", "securityContext: {privileged: 'false'}", "invalid_type@7 expected=a boolean\n",
     " privileged=true@7"},
    {"escalation", "securityContext: {allowPrivilegeEscalation: 'false'}",
     "invalid_type@7 expected=a boolean\n", " escalation=true@7"},
    {"read only", "securityContext: {readOnlyRootFilesystem: 'true'}",
     "invalid_type@7 expected=a boolean\n", " read_only_root=false@7"},
    {"proc mount", "securityContext: {procMount: {}}", "invalid_type@7 expected=a string\n",
     " proc_mount=a mapping@7"},
    {"capabilities list", "securityContext: {capabilities: [SYS_ADMIN]}",
     "invalid_type@7 expected=a mapping\n", " add=[SYS_ADMIN@7]"},
    {"capabilities string", "securityContext: {capabilities: SYS_ADMIN}",
     "invalid_type@7 expected=a mapping\n", " add=[SYS_ADMIN@7]"},
    {"add string", "securityContext: {capabilities: {add: SYS_ADMIN}}",
     "invalid_type@7 expected=a list of strings\n", " add=[SYS_ADMIN@7]"},
    {"drop string", "securityContext: {capabilities: {drop: ALL}}",
     "invalid_type@7 expected=a list of strings\n", ""},
    {"drop number", "securityContext: {capabilities: {drop: [7]}}",
     "invalid_type@7 expected=a string\n", " drop=[7@7]"},
    {"context", "securityContext: []", "invalid_type@7 expected=a mapping\n", ""},
    {"image number", "imagePullPolicy: 1", "invalid_type@7 expected=a string\n", " pull=1@7"},
    {"host port", "ports: [{containerPort: 80, hostPort: '80'}]",
     "invalid_type@7 expected=an integer\n", " port=80@7 host_port=80@7"},
    {"host port name", "ports: [{hostPort: http}]", "invalid_type@7 expected=an integer\n",
     " host_port=-1@7"},
    {"ports mapping", "ports: {http: 80}", "invalid_type@7 expected=a list\n", ""},
    {"port number", "ports: [80]", "invalid_type@7 expected=a mapping\n", ""},
    {"env number", "env: [{name: A, value: 1}]", "invalid_type@7 expected=a string\n",
     " env=A@7 value=1@7"},
    {"env mapping", "env: {A: b}", "invalid_type@7 expected=a list\n", " env=A@7 value=b@7"},
    {"command string", "command: sleep 1", "invalid_type@7 expected=a list of strings\n",
     " command=[sleep 1@7]"},
    {"args number", "args: [--port, 80]", "invalid_type@7 expected=a string\n",
     " args=[--port@7 80@7]"},
    {"mount", "volumeMounts: [{name: a, mountPath: /a, readOnly: 'true'}]",
     "invalid_type@7 expected=a boolean\n", " mount=a@7 at=/a@7 read_only=false@7"},
    {"limits", "resources: {limits: none}", "invalid_type@7 expected=a mapping\n", ""},
    {"probe", "livenessProbe: {httpGet: /}", "invalid_type@7 expected=a mapping\n", ""},
    {"probe host", "livenessProbe: {httpGet: {host: 1}}", "invalid_type@7 expected=a string\n",
     " livenessProbe.httpGet=1@7"},
};

TEST(Adapter, ReadsAWrongTypeOfAContainerAsTheWorse) {
  for (const Case& test : kContainerTypes) {
    const std::string text =
        facts_text(std::string("apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - name: a\n   "
                               "   image: b\n      ") +
                   test.fields + "\n");
    EXPECT_EQ(lines_starting(text, "  ! "), test.problems) << test.name;
    EXPECT_EQ(lines_starting(text, "  container@5 name=a@5 image=b@6"),
              std::string(test.reading) + '\n')
        << test.name;
  }
}

struct VolumeCase {
  const char* name;
  const char* volume;
  const char* expected;
};

TEST(Adapter, ReadsAWrongTypeOfAVolumeAsTheWorse) {
  constexpr VolumeCase kCases[] = {
      {"right", "{name: v, hostPath: {path: /a}}", "  volume hostPath@4 name=v@4 path=/a@4\n"},
      {"string", "{name: v, hostPath: /run/docker.sock}",
       "  ! invalid_type@4 expected=a mapping\n  volume hostPath@4 name=v@4 "
       "path=/run/docker.sock@4\n"},
      {"list", "{name: v, hostPath: [/a]}",
       "  ! invalid_type@4 expected=a mapping\n  volume hostPath@4 name=v@4 path=/@4\n"},
      {"path list", "{name: v, hostPath: {path: [/a]}}",
       "  ! invalid_type@4 expected=a string\n  volume hostPath@4 name=v@4 path=/@4\n"},
      {"empty", "{name: v, hostPath: {}}", "  volume hostPath@4 name=v@4\n"},
      {"null", "{name: v, hostPath: null}", "  volume @4 name=v@4\n"},
      {"claim", "{name: v, persistentVolumeClaim: data}",
       "  ! invalid_type@4 expected=a mapping\n  volume persistentVolumeClaim@4 name=v@4\n"},
      {"scalar", "v", "  ! invalid_type@4 expected=a mapping\n"},
  };
  for (const VolumeCase& test : kCases) {
    const std::string text =
        facts_text(std::string("apiVersion: v1\nkind: Pod\nspec:\n  volumes: [") + test.volume +
                   "]\n  containers: [{name: a, image: b}]\n");
    const std::string rest = "\nworkload Pod@1\n" + std::string(test.expected);
    std::string got = text;
    for (const char* line : {"  pod@4\n", "  container@5 name=a@5 image=b@5\n"}) {
      got.erase(got.find(line), std::string_view(line).size());
    }
    EXPECT_EQ(got, rest) << test.name;
  }
}

struct MisplacedCase {
  const char* name;
  const char* manifest;
  const char* expected;  // lines after `!`
};

constexpr MisplacedCase kMisplaced[] = {
    {"in its place", "apiVersion: v1\nkind: Pod\nspec:\n  hostNetwork: true\n  containers: []\n",
     ""},
    {"pod: metadata",
     "apiVersion: v1\nkind: Pod\nmetadata:\n  hostNetwork: true\nspec: {containers: []}\n",
     "misplaced@4 expected=spec.hostNetwork\n"},
    {"pod: root",
     "apiVersion: v1\nkind: Pod\nspec: {containers: []}\nhostPID: true\nprivileged: true\n",
     "misplaced@4 expected=spec.hostPID\n"
     "misplaced@5 expected=spec.containers[*].securityContext.privileged\n"},
    {"pod: null is nothing", "apiVersion: v1\nkind: Pod\nspec: {containers: []}\nhostPID: null\n",
     ""},
    {"deployment: spec",
     "apiVersion: apps/v1\nkind: Deployment\nspec:\n  hostNetwork: true\n  securityContext: {}\n"
     "  template: {spec: {containers: []}}\n",
     "misplaced@4 expected=spec.template.spec.hostNetwork\n"
     "misplaced@5 expected=spec.template.spec.securityContext\n"},
    {"deployment: template",
     "apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    runAsUser: 0\n"
     "    metadata: {fsGroup: 1}\n    spec: {containers: []}\n",
     "misplaced@5 expected=spec.template.spec.securityContext.runAsUser\n"
     "misplaced@6 expected=spec.template.spec.securityContext.fsGroup\n"},
    {"cronjob: job",
     "apiVersion: batch/v1\nkind: CronJob\nspec:\n  jobTemplate:\n    spec:\n      hostIPC: true\n"
     "      template: {spec: {containers: []}}\n",
     "misplaced@6 expected=spec.jobTemplate.spec.template.spec.hostIPC\n"},
    {"pod level: container's fields",
     "apiVersion: v1\nkind: Pod\nspec:\n  containers: []\n  privileged: true\n  runAsNonRoot: "
     "true\n"
     "  securityContext:\n    privileged: true\n    capabilities: {drop: [ALL]}\n"
     "    allowPrivilegeEscalation: false\n    readOnlyRootFilesystem: true\n    hostNetwork: "
     "true\n",
     "misplaced@5 expected=spec.containers[*].securityContext.privileged\n"
     "misplaced@6 expected=spec.securityContext.runAsNonRoot\n"
     "misplaced@8 expected=spec.containers[*].securityContext.privileged\n"
     "misplaced@9 expected=spec.containers[*].securityContext.capabilities\n"
     "misplaced@10 expected=spec.containers[*].securityContext.allowPrivilegeEscalation\n"
     "misplaced@11 expected=spec.containers[*].securityContext.readOnlyRootFilesystem\n"
     "misplaced@12 expected=spec.hostNetwork\n"},
    {"container level",
     "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - name: a\n    - name: b\n"
     "      hostNetwork: true\n      fsGroup: 1\n      runAsUser: 5\n      privileged: true\n"
     "      securityContext:\n        hostPID: true\n        fsGroup: 1\n        drop: [ALL]\n"
     "        runasuser: 5\n",
     "misplaced@7 expected=spec.hostNetwork\n"
     "misplaced@8 expected=spec.securityContext.fsGroup\n"
     "misplaced@9 expected=spec.containers[1].securityContext.runAsUser\n"
     "misplaced@10 expected=spec.containers[1].securityContext.privileged\n"
     "misplaced@12 expected=spec.hostPID\n"
     "misplaced@13 expected=spec.securityContext.fsGroup\n"
     "misplaced@14 expected=spec.containers[1].securityContext.capabilities.drop\n"
     "misplaced@15 expected=spec.containers[1].securityContext.runAsUser\n"},
    {"another case",
     "apiVersion: v1\nkind: Pod\nspec:\n  hostnetwork: true\n  InitContainers: []\n  containers:\n"
     "    - securitycontext: {}\n",
     "misplaced@4 expected=spec.hostNetwork\n"
     "misplaced@5 expected=spec.initContainers\n"
     "misplaced@7 expected=spec.containers[0].securityContext\n"},
    {"a context of its own",
     "apiVersion: v1\nkind: Pod\nspec:\n  initContainers:\n    - name: a\n"
     "    - securityContext:\n        privileged: true\n",
     "misplaced@7 expected=spec.initContainers[0].securityContext\n"},
    {"custom resources have fields of their own",
     "apiVersion: monitoring.coreos.com/v1\nkind: Prometheus\nspec:\n  privileged: true\n"
     "  containers: [{name: a}]\n",
     ""},
    {"but a pod template is one",
     "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nspec:\n  template:\n    spec:\n"
     "      privileged: true\n      containers: []\n",
     "misplaced@6 expected=spec.template.spec.containers[*].securityContext.privileged\n"},
};

TEST(Adapter, NotesSecurityFieldsThatKubernetesIgnores) {
  for (const MisplacedCase& test : kMisplaced) {
    EXPECT_EQ(lines_starting(facts_text(test.manifest), "  ! "), test.expected) << test.name;
  }
}

TEST(Adapter, GivesAnAbsentFieldTheNearestEnclosingPlace) {
  int visits = 0;
  Workloads places([&](const Workload& fact) {
    const Document& document = *fact.document;
    EXPECT_EQ(document.mark(fact.containers[0].security.privileged.at).line, 6U);
    EXPECT_EQ(document.mark(fact.containers[0].image.at).line, 5U);
    EXPECT_EQ(document.mark(fact.host_network.at).line, 4U);
    EXPECT_EQ(document.mark(fact.pod.run_as_user.at).line, 4U);
    EXPECT_EQ(document.mark(fact.containers[1].security.run_as_user.at).line, 7U);
    ++visits;
  });
  KubernetesAdapter adapter;
  EXPECT_EQ(show_facts(adapter, R"(apiVersion: v1
kind: Pod
spec:
  containers:
    - name: a
      securityContext: {runAsUser: 1}
    - name: b
)",
                       places),
            "");
  EXPECT_EQ(visits, 1);
}

TEST(Adapter, TakesNothingFromTheHeapOnceItIsWarm) {
  if (!counts_allocations()) GTEST_SKIP() << "the sanitizers keep the heap themselves";
  class Twice final : public DocumentVisitor {
   public:
    void document(const Document& document) override {
      adapter.adapt(document, counting);
      const std::size_t before = allocations();
      adapter.adapt(document, counting);
      taken = allocations() - before;
    }
    void error(Error error) override { ADD_FAILURE() << to_string(error); }
    KubernetesAdapter adapter;
    std::size_t containers = 0;
    Workloads counting{[this](const Workload& fact) { containers += fact.containers.size(); }};
    std::size_t taken = 1;
  };
  Twice twice;
  read_json(std::make_shared<const Source>("pod.json", usual_pod()), Limits{}, twice);
  EXPECT_EQ(twice.containers, 8U);
  EXPECT_EQ(twice.taken, 0U);
}

}  // namespace
}  // namespace kaudit::testing
