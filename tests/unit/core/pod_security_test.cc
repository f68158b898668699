// The controls of the Pod Security Standards, rule by rule: whole messages, the profiles that each
// finding breaks, and both sides of every edge between versions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/audit.h"

namespace kaudit {
namespace {

// `c`ore, `b`aseline, `r`estricted.
std::string letters(Profiles profiles) {
  std::string out;
  if (profiles.has(kCore)) out += 'c';
  if (profiles.has(kBaseline)) out += 'b';
  if (profiles.has(kRestricted)) out += 'r';
  return out;
}

struct Case {
  std::string name;
  std::string rule;
  std::uint8_t minor;
  std::string spec;                 // of a pod, between its braces
  std::vector<std::string> expect;  // `[profiles] field: message`
  std::string annotations = {};
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class PodSecurityRule : public ::testing::TestWithParam<Case> {};

TEST_P(PodSecurityRule, Says) {
  const Case& c = GetParam();
  PlanOptions options;
  options.minor = c.minor;
  options.include = {find_rule(c.rule)};
  ASSERT_NE(options.include.front(), nullptr);
  const testing::Audit audit =
      testing::audit(Plan(options), "pod.yaml",
                     "{apiVersion: v1, kind: Pod, metadata: {name: shop, annotations: {" +
                         c.annotations + "}}, spec: {" + c.spec + "}}\n");
  ASSERT_TRUE(audit.errors.empty()) << to_string(audit.errors.front());
  std::vector<std::string> said;
  said.reserve(audit.findings.size());
  for (const Finding& f : audit.findings) {
    said.push_back('[' + letters(f.profiles) + "] " + f.field + ": " + f.message);
  }
  EXPECT_EQ(said, c.expect);
}

// A pod of one container with this securityContext.
std::string app(const std::string& security) {
  return "containers: [{name: app, image: 'registry.example/shop:1', securityContext: {" +
         security + "}}]";
}
// The same with something at the pod's level.
std::string app(const std::string& security, const std::string& pod) {
  return pod + ", " + app(security);
}

constexpr std::string_view kSecurity = "spec.containers[0].securityContext";
std::string at(std::string_view profiles, std::string_view field, std::string_view message) {
  std::string out = "[";
  out.append(profiles).append("] ").append(kSecurity).append(field).append(": container \"app\" ");
  return out.append(message);
}

std::string escalation(bool written) {
  return written ? at("r", ".allowPrivilegeEscalation",
                      "sets securityContext.allowPrivilegeEscalation to true; it must be false")
                 : at("r", "",
                      "does not set securityContext.allowPrivilegeEscalation, which is then true; "
                      "it must be false");
}
std::string no_drop(std::string_view profiles) {
  return at(profiles, "",
            "does not drop capabilities; securityContext.capabilities.drop must contain ALL");
}
std::string sys_time(std::string_view profiles) {
  return at(profiles, ".capabilities.add[0]",
            "adds \"SYS_TIME\" in securityContext.capabilities.add, which lets it set the node's "
            "clock; only the runtime's default capabilities may be added");
}
std::string unconfined(std::string_view profiles) {
  return at(profiles, ".seccompProfile.type",
            "sets securityContext.seccompProfile.type to \"Unconfined\"; it must be "
            "\"RuntimeDefault\" or \"Localhost\"");
}
std::string no_seccomp() {
  return at("r", "",
            "runs without a seccomp profile: neither it nor the pod sets "
            "securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\"");
}
std::string uid_zero(std::string_view profiles) {
  return at(profiles, ".runAsUser",
            "sets securityContext.runAsUser to 0; it must be a uid above 0");
}
std::string may_be_root() {
  return at("r", "",
            "may run as root: neither it nor the pod sets securityContext.runAsNonRoot to true");
}
std::string unmasked(std::string_view profiles) {
  return at(profiles, ".procMount",
            "sets securityContext.procMount to \"Unmasked\"; it must be unset or \"Default\"");
}
std::string unsafe(std::string_view name, std::string_view why) {
  std::string out = "[br] spec.securityContext.sysctls[0].name: pod sets the sysctl \"";
  out.append(name).append("\" in securityContext.sysctls, which ").append(why);
  return out + "; only safe sysctls may be set";
}

constexpr std::uint8_t kNew = kNewestMinor;
const std::string kWindows = "os: {name: windows}";
const std::string kUserNamespace = "hostUsers: false";

std::string sysctl(std::string_view name) {
  return app("", "securityContext: {sysctls: [{name: " + std::string(name) + ", value: '1'}]}");
}

INSTANTIATE_TEST_SUITE_P(
    PrivilegeEscalation, PodSecurityRule,
    ::testing::Values(
        Case{"not yet", "privilege-escalation", 7, app("allowPrivilegeEscalation: true"), {}},
        Case{"since",
             "privilege-escalation",
             8,
             app("allowPrivilegeEscalation: true"),
             {escalation(true)}},
        Case{"unset", "privilege-escalation", 8, app(""), {escalation(false)}},
        Case{"null",
             "privilege-escalation",
             8,
             app("allowPrivilegeEscalation: null"),
             {escalation(false)}},
        Case{"false", "privilege-escalation", kNew, app("allowPrivilegeEscalation: false"), {}},
        Case{"windows too", "privilege-escalation", 24, app("", kWindows), {escalation(false)}},
        Case{"windows exempt", "privilege-escalation", 25, app("", kWindows), {}}));

INSTANTIATE_TEST_SUITE_P(
    Capabilities, PodSecurityRule,
    ::testing::Values(
        Case{"drop not yet", "capabilities-not-dropped", 21, app(""), {}},
        Case{"drop since", "capabilities-not-dropped", 22, app(""), {no_drop("r")}},
        Case{
            "drop, windows too", "capabilities-not-dropped", 24, app("", kWindows), {no_drop("r")}},
        Case{"drop, windows exempt", "capabilities-not-dropped", 25, app("", kWindows), {}},
        Case{"some",
             "capabilities-not-dropped",
             kNew,
             app("capabilities: {drop: [NET_RAW]}"),
             {at("r", ".capabilities.drop[0]",
                 "drops only some capabilities; securityContext.capabilities.drop must contain "
                 "ALL")}},
        Case{"spelling",
             "capabilities-not-dropped",
             kNew,
             app("capabilities: {drop: [all]}"),
             {at("r", ".capabilities.drop[0]",
                 "drops \"all\" in securityContext.capabilities.drop; it must be spelled ALL")}},
        Case{"default added",
             "capabilities-not-dropped",
             kNew,
             app("capabilities: {drop: [ALL], add: [NET_BIND_SERVICE, CHOWN]}"),
             {at("r", ".capabilities.add[1]",
                 "adds \"CHOWN\" in securityContext.capabilities.add; only NET_BIND_SERVICE may be "
                 "added")}},
        Case{"added, 1.0",
             "dangerous-capability",
             0,
             app("capabilities: {add: [SYS_TIME]}"),
             {sys_time("br")}},
        Case{"added, 1.22",
             "dangerous-capability",
             22,
             app("capabilities: {add: [SYS_TIME]}"),
             {sys_time("br")}},
        Case{"added, windows 1.24",
             "dangerous-capability",
             24,
             app("capabilities: {add: [SYS_TIME]}", kWindows),
             {sys_time("br")}},
        // Restricted's own control overrides baseline's and is then not asked of Windows pods.
        Case{"added, windows 1.25",
             "dangerous-capability",
             25,
             app("capabilities: {add: [SYS_TIME]}", kWindows),
             {sys_time("b")}},
        Case{"prefix",
             "dangerous-capability",
             kNew,
             app("capabilities: {add: [CAP_CHOWN]}"),
             {at("br", ".capabilities.add[0]",
                 "adds \"CAP_CHOWN\" in securityContext.capabilities.add, which Kubernetes spells "
                 "CHOWN; only the runtime's default capabilities may be added")}},
        Case{"unknown",
             "dangerous-capability",
             kNew,
             app("capabilities: {add: [MAGIC]}"),
             {at("br", ".capabilities.add[0]",
                 "adds \"MAGIC\" in securityContext.capabilities.add, a capability that is not "
                 "known; only the runtime's default capabilities may be added")}},
        Case{"default",
             "dangerous-capability",
             kNew,
             app("capabilities: {add: [CHOWN, KILL]}"),
             {}}));

INSTANTIATE_TEST_SUITE_P(
    Seccomp, PodSecurityRule,
    ::testing::Values(
        Case{"field not yet",
             "seccomp-unconfined",
             18,
             app("seccompProfile: {type: Unconfined}"),
             {}},
        Case{"field",
             "seccomp-unconfined",
             19,
             app("seccompProfile: {type: Unconfined}"),
             {unconfined("br")}},
        Case{"field, windows 1.24",
             "seccomp-unconfined",
             24,
             app("seccompProfile: {type: Unconfined}", kWindows),
             {unconfined("br")}},
        Case{"field, windows 1.25",
             "seccomp-unconfined",
             25,
             app("seccompProfile: {type: Unconfined}", kWindows),
             {unconfined("b")}},
        Case{"annotation of the pod",
             "seccomp-unconfined",
             18,
             app(""),
             {"[br] metadata.annotations[\"seccomp.security.alpha.kubernetes.io/pod\"]: pod's "
              "annotation seccomp.security.alpha.kubernetes.io/pod is \"unconfined\"; it must be "
              "\"runtime/default\" or begin with \"localhost/\""},
             "seccomp.security.alpha.kubernetes.io/pod: unconfined"},
        Case{"annotation no more",
             "seccomp-unconfined",
             19,
             app(""),
             {},
             "seccomp.security.alpha.kubernetes.io/pod: unconfined"},
        Case{
            "annotation of a container",
            "seccomp-unconfined",
            18,
            app(""),
            {"[br] metadata.annotations[\"container.seccomp.security.alpha.kubernetes.io/app\"]: "
             "pod's annotation container.seccomp.security.alpha.kubernetes.io/app is \"\"; it must "
             "be \"runtime/default\" or begin with \"localhost/\""},
            "container.seccomp.security.alpha.kubernetes.io/app: ''"},
        Case{"annotation of no container",
             "seccomp-unconfined",
             18,
             app(""),
             {},
             "container.seccomp.security.alpha.kubernetes.io/web: unconfined"},
        Case{"allowed annotations",
             "seccomp-unconfined",
             18,
             app(""),
             {},
             "seccomp.security.alpha.kubernetes.io/pod: docker/default, "
             "container.seccomp.security.alpha.kubernetes.io/app: localhost/x"},
        Case{"unset, not yet", "seccomp-not-set", 18, app(""), {}},
        Case{"unset", "seccomp-not-set", 19, app(""), {no_seccomp()}},
        Case{"unset, windows 1.24", "seccomp-not-set", 24, app("", kWindows), {no_seccomp()}},
        Case{"unset, windows 1.25", "seccomp-not-set", 25, app("", kWindows), {}},
        Case{"set by the pod",
             "seccomp-not-set",
             kNew,
             app("", "securityContext: {seccompProfile: {type: RuntimeDefault}}"),
             {}}));

INSTANTIATE_TEST_SUITE_P(
    Users, PodSecurityRule,
    ::testing::Values(
        Case{"core before the control", "run-as-root", 22, app("runAsUser: 0"), {uid_zero("c")}},
        Case{"core and restricted", "run-as-root", 23, app("runAsUser: 0"), {uid_zero("cr")}},
        Case{"user namespace 1.34",
             "run-as-root",
             34,
             app("runAsUser: 0", kUserNamespace),
             {uid_zero("cr")}},
        Case{"user namespace 1.35",
             "run-as-root",
             35,
             app("runAsUser: 0", kUserNamespace),
             {uid_zero("c")}},
        Case{"hostUsers true",
             "run-as-root",
             35,
             app("runAsUser: 0", "hostUsers: true"),
             {uid_zero("cr")}},
        Case{"windows", "run-as-root", kNew, app("runAsUser: 0", kWindows), {uid_zero("cr")}},
        Case{"inherited",
             "run-as-root",
             kNew,
             app("", "securityContext: {runAsUser: 0}"),
             {"[cr] spec.securityContext.runAsUser: pod sets securityContext.runAsUser to 0, which "
              "container \"app\" inherits; it must be a uid above 0"}},
        Case{"overridden",
             "run-as-root",
             kNew,
             app("runAsUser: 1", "securityContext: {runAsUser: 0}"),
             {}},
        Case{"field of the pod, not yet",
             "pod-default-root",
             22,
             app("runAsUser: 1", "securityContext: {runAsUser: 0}"),
             {}},
        Case{"field of the pod",
             "pod-default-root",
             23,
             app("runAsUser: 1", "securityContext: {runAsUser: 0}"),
             {"[r] spec.securityContext.runAsUser: pod sets securityContext.runAsUser to 0, the "
              "default of every container added later; it must be a uid above 0"}},
        Case{"field of the pod, user namespace",
             "pod-default-root",
             35,
             app("runAsUser: 1", kUserNamespace + ", securityContext: {runAsUser: 0}"),
             {}},
        Case{"nothing said", "may-run-as-root", 0, app(""), {may_be_root()}},
        Case{"root before 1.23", "may-run-as-root", 22, app("runAsUser: 0"), {may_be_root()}},
        Case{"root from 1.23 on", "may-run-as-root", 23, app("runAsUser: 0"), {}},
        Case{"another user",
             "may-run-as-root",
             kNew,
             app("runAsUser: 1000"),
             {at("r", "",
                 "runs as uid 1000, but neither it nor the pod sets securityContext.runAsNonRoot "
                 "to true")}},
        Case{"false",
             "may-run-as-root",
             kNew,
             app("runAsNonRoot: false"),
             {at("r", ".runAsNonRoot",
                 "sets securityContext.runAsNonRoot to false; it must be true")}},
        Case{"false at the pod, true at each container",
             "may-run-as-root",
             kNew,
             app("runAsNonRoot: true", "securityContext: {runAsNonRoot: false}"),
             {"[r] spec.securityContext.runAsNonRoot: pod sets securityContext.runAsNonRoot to "
              "false; it must be true"}},
        Case{"user namespace 1.34, nothing said",
             "may-run-as-root",
             34,
             app("", kUserNamespace),
             {may_be_root()}},
        Case{"user namespace 1.35, nothing said",
             "may-run-as-root",
             35,
             app("", kUserNamespace),
             {}},
        Case{
            "windows, nothing said", "may-run-as-root", kNew, app("", kWindows), {may_be_root()}}));

INSTANTIATE_TEST_SUITE_P(
    ProcMount, PodSecurityRule,
    ::testing::Values(Case{"user namespace 1.34",
                           "proc-mount",
                           34,
                           app("procMount: Unmasked", kUserNamespace),
                           {unmasked("br")}},
                      Case{"user namespace 1.35",
                           "proc-mount",
                           35,
                           app("procMount: Unmasked", kUserNamespace),
                           {unmasked("r")}},
                      Case{"host's namespace 1.35",
                           "proc-mount",
                           35,
                           app("procMount: Unmasked"),
                           {unmasked("br")}},
                      Case{"default", "proc-mount", 0, app("procMount: Default"), {}}));

INSTANTIATE_TEST_SUITE_P(
    SELinux, PodSecurityRule,
    ::testing::Values(
        Case{"engine 1.30",
             "selinux-options",
             30,
             app("seLinuxOptions: {type: container_engine_t}"),
             {at("br", ".seLinuxOptions.type",
                 "sets securityContext.seLinuxOptions.type to \"container_engine_t\"; it must be "
                 "unset, \"container_t\", \"container_init_t\" or \"container_kvm_t\"")}},
        Case{"engine 1.31",
             "selinux-options",
             31,
             app("seLinuxOptions: {type: container_engine_t}"),
             {}},
        Case{"type 1.31",
             "selinux-options",
             31,
             app("seLinuxOptions: {type: spc_t}"),
             {at("br", ".seLinuxOptions.type",
                 "sets securityContext.seLinuxOptions.type to \"spc_t\"; it must be unset, "
                 "\"container_t\", \"container_init_t\", \"container_kvm_t\" or "
                 "\"container_engine_t\"")}},
        Case{"user and role",
             "selinux-options",
             0,
             app("", "securityContext: {seLinuxOptions: {user: u, role: r, level: s0}}"),
             {"[br] spec.securityContext.seLinuxOptions.user: pod sets "
              "securityContext.seLinuxOptions.user to \"u\"; it must be unset",
              "[br] spec.securityContext.seLinuxOptions.role: pod sets "
              "securityContext.seLinuxOptions.role to \"r\"; it must be unset"}}));

const std::string kNotSafe = "does not count as safe";
INSTANTIATE_TEST_SUITE_P(
    Sysctls, PodSecurityRule,
    ::testing::Values(
        Case{"1.0", "unsafe-sysctl", 0, sysctl("net.ipv4.tcp_syncookies"), {}},
        Case{"1.26",
             "unsafe-sysctl",
             26,
             sysctl("net.ipv4.ip_local_reserved_ports"),
             {unsafe("net.ipv4.ip_local_reserved_ports",
                     "counts as safe from Kubernetes 1.27 on, not in 1.26")}},
        Case{"1.27", "unsafe-sysctl", 27, sysctl("net.ipv4.ip_local_reserved_ports"), {}},
        Case{"1.28",
             "unsafe-sysctl",
             28,
             sysctl("net.ipv4.tcp_fin_timeout"),
             {unsafe("net.ipv4.tcp_fin_timeout",
                     "counts as safe from Kubernetes 1.29 on, not in 1.28")}},
        Case{"1.29", "unsafe-sysctl", 29, sysctl("net.ipv4.tcp_fin_timeout"), {}},
        Case{"1.31",
             "unsafe-sysctl",
             31,
             sysctl("net.ipv4.tcp_wmem"),
             {unsafe("net.ipv4.tcp_wmem", "counts as safe from Kubernetes 1.32 on, not in 1.31")}},
        Case{"1.32", "unsafe-sysctl", 32, sysctl("net.ipv4.tcp_wmem"), {}},
        Case{"1.36",
             "unsafe-sysctl",
             36,
             sysctl("net.ipv4.tcp_notsent_lowat"),
             {unsafe("net.ipv4.tcp_notsent_lowat",
                     "counts as safe from Kubernetes 1.37 on, not in 1.36")}},
        Case{"1.37", "unsafe-sysctl", 37, sysctl("net.ipv4.tcp_notsent_lowat"), {}},
        Case{"never",
             "unsafe-sysctl",
             kNew,
             sysctl("kernel.msgmax"),
             {unsafe("kernel.msgmax", kNotSafe)}},
        Case{"slashes",
             "unsafe-sysctl",
             kNew,
             sysctl("net/ipv4/tcp_syncookies"),
             {unsafe("net/ipv4/tcp_syncookies",
                     "Kubernetes compares in its spelling with dots only")}}));

INSTANTIATE_TEST_SUITE_P(
    Rest, PodSecurityRule,
    ::testing::Values(
        Case{"probe 1.33",
             "host-probe",
             33,
             "containers: [{name: app, image: a, livenessProbe: {httpGet: {host: h, port: 1}}}]",
             {}},
        Case{"probe 1.34",
             "host-probe",
             34,
             "containers: [{name: app, image: a, livenessProbe: {httpGet: {host: h, port: 1}}}]",
             {"[br] spec.containers[0].livenessProbe.httpGet.host: container \"app\" sets "
              "livenessProbe.httpGet.host to \"h\"; it must be unset"}},
        Case{"hook",
             "host-probe",
             34,
             "containers: [{name: app, image: a, lifecycle: {preStop: {tcpSocket: {host: h}}}}]",
             {"[br] spec.containers[0].lifecycle.preStop.tcpSocket.host: container \"app\" sets "
              "lifecycle.preStop.tcpSocket.host to \"h\"; it must be unset"}},
        Case{"hostPort",
             "host-port",
             0,
             "initContainers: [{name: setup, image: a, ports: [{containerPort: 1, hostPort: 80}]}]",
             {"[br] spec.initContainers[0].ports[0].hostPort: init container \"setup\" uses "
              "hostPort 80; it must be unset"}},
        Case{"hostNetwork",
             "host-network",
             0,
             app("", "hostNetwork: true"),
             {"[cbr] spec.hostNetwork: pod sets hostNetwork to true; it must be false or unset"}},
        Case{"hostPID",
             "host-pid",
             0,
             app("", "hostPID: true"),
             {"[br] spec.hostPID: pod sets hostPID to true; it must be false or unset"}},
        Case{"hostIPC",
             "host-ipc",
             0,
             app("", "hostIPC: true"),
             {"[br] spec.hostIPC: pod sets hostIPC to true; it must be false or unset"}},
        Case{"hostPath",
             "host-path",
             0,
             app("", "volumes: [{name: v, hostPath: {path: /srv}}]"),
             {"[br] spec.volumes[0].hostPath.path: volume \"v\" is a hostPath of \"/srv\"; it must "
              "not be taken from the node"}},
        Case{"nfs",
             "restricted-volume-type",
             0,
             app("", "volumes: [{name: v, nfs: {}}]"),
             {"[r] spec.volumes[0]: volume \"v\" is of type \"nfs\"; it must be configMap, csi, "
              "downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, projected or "
              "secret"}},
        Case{"hostProcess",
             "windows-host-process",
             0,
             app("windowsOptions: {hostProcess: true}",
                 "securityContext: {windowsOptions: {hostProcess: true}}"),
             {"[br] spec.securityContext.windowsOptions.hostProcess: pod sets "
              "securityContext.windowsOptions.hostProcess to true; it must be false or unset",
              at("br", ".windowsOptions.hostProcess",
                 "sets securityContext.windowsOptions.hostProcess to true; it must be false or "
                 "unset")}},
        Case{"AppArmor",
             "apparmor-unconfined",
             0,
             app("appArmorProfile: {type: Unconfined}"),
             {at("br", ".appArmorProfile.type",
                 "sets securityContext.appArmorProfile.type to \"Unconfined\"; it must be unset, "
                 "\"RuntimeDefault\" or \"Localhost\"")}},
        Case{"AppArmor's annotation",
             "apparmor-unconfined",
             0,
             app(""),
             {"[br] metadata.annotations[\"container.apparmor.security.beta.kubernetes.io/x\"]: "
              "pod's annotation container.apparmor.security.beta.kubernetes.io/x is "
              "\"unconfined\"; it must be unset, \"runtime/default\" or begin with "
              "\"localhost/\""},
             "container.apparmor.security.beta.kubernetes.io/x: unconfined"}));

// What privileged-container says to grant instead.
struct Need {
  std::string name;
  std::string spec;  // of the pod beside its container
  std::string container;
  std::string says;  // after the sentence that every such message begins with
  std::string fix;
};

TEST(PrivilegedContainer, NamesWhatToGrantInstead) {
  const std::string plain = "privileged: false";
  const auto device = [](const std::string& path) {
    return "volumes: [{name: d, hostPath: {path: " + path + "}}], ";
  };
  const std::string mount = ", volumeMounts: [{name: d, mountPath: /d}]";
  for (const Need& n : {
           Need{"nothing shows", "", "", "", plain},
           Need{"a device", device("/dev/fuse"), mount,
                "; it mounts /dev/fuse, file systems in user space (FUSE): request the device "
                "through a device plugin",
                plain},
           Need{"a device with a plugin", device("/dev//nvidia0"), mount,
                "; it mounts /dev/nvidia0, an NVIDIA graphics card: request the device through a "
                "device plugin",
                "privileged: false, resources: {limits: {nvidia.com/gpu: 1}}"},
           Need{"a device that it does not mount", device("/dev/fuse"), "", "", plain},
           Need{"a disk", device("/dev/sdb1"), mount,
                "; it mounts /dev/sdb1, a disk: use a volumeMode: Block claim as a volumeDevice",
                plain},
           Need{"all devices", device("/dev/"), mount,
                "; it mounts all of /dev: request the one device it uses through a device plugin",
                plain},
           Need{"a TUN device", device("/dev/net/tun"), mount,
                "; it mounts /dev/net/tun, TUN and TAP network interfaces, as a VPN needs: request "
                "the device through a device plugin",
                "privileged: false, capabilities: {drop: [ALL], add: [NET_ADMIN]}, resources: "
                "{limits: {devices.kubevirt.io/tun: 1}}"},
           Need{"a GPU", "", ", resources: {limits: {nvidia.com/gpu: 1}}",
                "; it requests nvidia.com/gpu: its device plugin hands it in without "
                "privileged",
                plain},
           Need{"iptables in a script", "",
                ", command: [sh, -c, 'set -e; /sbin/iptables -A FORWARD -j ACCEPT && exec proxy']",
                "; it runs iptables: grant NET_ADMIN and NET_RAW alone",
                "privileged: false, capabilities: {drop: [ALL], add: [NET_ADMIN, NET_RAW]}"},
           Need{"a word that only looks like a program", "",
                ", command: [serve, mount, --iptables]", "", plain},
           Need{"a node's sysctl", "", ", command: [sysctl, -w, vm.max_map_count=262144]",
                "; it sets the sysctl vm.max_map_count of the whole node: set it on the node, from "
                "/etc/sysctl.d",
                plain},
           Need{"a pod's sysctl", "", ", args: [sh, -c, 'sysctl -w net.core.somaxconn=1024']",
                "; it sets the sysctl net.core.somaxconn: write it under the pod's "
                "securityContext.sysctls",
                plain},
           Need{"docker in docker", "", "DIND",
                "; it runs the image docker:dind: build images with a rootless builder, such as "
                "BuildKit's rootless image, Buildah or Kaniko",
                plain},
           Need{"the node's network", "hostNetwork: true, ", "",
                "; it works on the node's network: grant NET_ADMIN or NET_RAW where it changes or "
                "listens to it",
                plain},
       }) {
    PlanOptions options;
    options.include = {find_rule("privileged-container")};
    const bool dind = n.container == "DIND";
    const std::string text =
        "{apiVersion: v1, kind: Pod, metadata: {name: shop}, spec: {" + n.spec +
        "containers: [{name: app, image: " +
        (dind ? "'docker:24-dind'" : "'registry.example/shop:1'" + n.container) +
        ", securityContext: {privileged: true}}]}}\n";
    const testing::Audit audit = testing::audit(Plan(options), "pod.yaml", text);
    ASSERT_EQ(audit.findings.size(), 1U) << n.name;
    EXPECT_EQ(audit.findings[0].message,
              "container \"app\" sets securityContext.privileged to true; it must be false or "
              "unset" +
                  n.says)
        << n.name;
    EXPECT_EQ(audit.findings[0].fix, n.fix) << n.name;
  }
}

// The socket of a runtime is also a hostPath: one finding, that breaks what either does.
TEST(Superseding, TheMoreSpecificRuleTakesOverTheProfiles) {
  const std::string text =
      "{apiVersion: v1, kind: Pod, metadata: {name: shop}, spec: {volumes: [{name: s, hostPath: "
      "{path: /var/run/docker.sock}}, {name: d, hostPath: {path: /srv}}], containers: [{name: app, "
      "image: a, securityContext: {privileged: false}}]}}\n";
  const auto said = [&](const PlanOptions& options) {
    std::vector<std::string> out;
    for (const Finding& f : testing::audit(Plan(options), "pod.yaml", text).findings) {
      out.push_back(std::string(f.rule->slug) + ' ' + letters(f.profiles) + ' ' +
                    std::string(name_of(f.action)) + ' ' + f.field);
    }
    return out;
  };
  const Rule* socket = find_rule("runtime-socket");
  const Rule* host_path = find_rule("host-path");
  PlanOptions both;
  both.include = {socket, host_path};
  EXPECT_THAT(said(both),
              ::testing::ElementsAre("runtime-socket cbr deny spec.volumes[0].hostPath.path",
                                     "host-path br warn spec.volumes[1].hostPath.path"));

  PlanOptions audited = both;
  audited.settings = {{socket, {.has_action = true, .action = Action::audit}}};
  EXPECT_THAT(said(audited),
              ::testing::ElementsAre("runtime-socket cbr warn spec.volumes[0].hostPath.path",
                                     "host-path br warn spec.volumes[1].hostPath.path"))
      << "the stricter action of both";

  PlanOptions alone;
  alone.include = {host_path};
  EXPECT_THAT(said(alone),
              ::testing::ElementsAre("host-path br warn spec.volumes[0].hostPath.path",
                                     "host-path br warn spec.volumes[1].hostPath.path"));
}

}  // namespace
}  // namespace kaudit
