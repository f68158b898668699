#include "webhook/ratchet.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/reviews.h"
#include "webhook/admission.h"

namespace kaudit {
namespace {

using testing::pod_of;
using testing::review_of;
using testing::ReviewParts;

// The violations that deny, as `rule field`.
class Added final : public Recorder {
 public:
  void decided(const Decision& decision) override {
    outcome = decision.outcome;
    for (const Finding& finding : decision.findings) {
      if (finding.action != Action::deny) continue;
      if (!text.empty()) text += ", ";
      text.append(finding.rule->slug).append(" ").append(finding.field);
    }
  }
  Outcome outcome = Outcome::malformed;
  std::string text;
};

struct Change {
  const char* name;
  std::string old_spec, spec;
  const char* added;  // empty: allowed
  // A container more breaks the restricted profile by what it leaves out.
  Route route = Route::restricted;
};

// One container named app: what stands beside name and image.
std::string app(std::string_view rest, std::string_view image = "a:1") {
  return R"("containers":[{"name":"app","image":")" + std::string(image) + '"' +
         (rest.empty() ? "" : ",") + std::string(rest) + "}]";
}
std::string secured(std::string_view context) {
  return app(R"("securityContext":{)" + std::string(context) + "}");
}
std::string two(std::string_view first, std::string_view second) {
  return R"("containers":[)" + std::string(first) + "," + std::string(second) + "]";
}
std::string container(std::string_view name, std::string_view context) {
  return R"({"name":")" + std::string(name) + R"(","image":"a:1","securityContext":{)" +
         std::string(context) + "}}";
}
std::string volumes(std::string_view list) {
  return app("") + R"(,"volumes":[)" + std::string(list) + "]";
}
std::string host_volume(std::string_view name, std::string_view path) {
  return R"({"name":")" + std::string(name) + R"(","hostPath":{"path":")" + std::string(path) +
         R"("}})";
}

const std::string kPrivileged = R"("privileged":true)";
const std::string kPlain = secured("");

const std::vector<Change>& changes() {
  static const std::vector<Change> kTable = {
      // Nothing changes, or something that no rule is about.
      {"nothing", secured(kPrivileged), secured(kPrivileged), ""},
      {"image", app(R"("securityContext":{"privileged":true})", "a:1"),
       app(R"("securityContext":{"privileged":true})", "b:2"), ""},
      {"an environment variable", secured(kPrivileged),
       app(R"("securityContext":{"privileged":true},"env":[{"name":"A","value":"b"}])"), ""},
      {"resources", secured(kPrivileged),
       app(R"("securityContext":{"privileged":true},"resources":{"limits":{"cpu":"1"}})"), ""},
      {"a good container more", two(container("a", kPrivileged), container("b", "")),
       two(container("a", kPrivileged), container("b", R"("readOnlyRootFilesystem":true)")), "",
       Route::baseline},
      {"order of containers", two(container("a", kPrivileged), container("b", "")),
       two(container("b", ""), container("a", kPrivileged)), ""},
      {"a container in front", R"("containers":[)" + container("b", kPrivileged) + "]",
       two(container("a", ""), container("b", kPrivileged)), "", Route::baseline},
      {"an init container besides", secured(kPrivileged),
       R"("initContainers":[{"name":"i","image":"a:1"}],)" + secured(kPrivileged), "",
       Route::baseline},
      // A container breaks a rule anew.
      {"privileged", kPlain, secured(kPrivileged),
       "privileged-container spec.containers[0].securityContext.privileged"},
      {"privileged, no security context before", app(""), secured(kPrivileged),
       "privileged-container spec.containers[0].securityContext.privileged"},
      {"privileged written as false before", secured(R"("privileged":false)"), secured(kPrivileged),
       "privileged-container spec.containers[0].securityContext.privileged"},
      {"another container", two(container("a", kPrivileged), container("b", "")),
       two(container("a", kPrivileged), container("b", kPrivileged)),
       "privileged-container spec.containers[1].securityContext.privileged"},
      {"moved to another container", two(container("a", kPrivileged), container("b", "")),
       two(container("a", ""), container("b", kPrivileged)),
       "privileged-container spec.containers[1].securityContext.privileged"},
      {"a new container with it", R"("containers":[)" + container("a", kPrivileged) + "]",
       two(container("a", kPrivileged), container("c", kPrivileged)),
       "privileged-container spec.containers[1].securityContext.privileged", Route::baseline},
      {"renamed container", R"("containers":[)" + container("a", kPrivileged) + "]",
       R"("containers":[)" + container("c", kPrivileged) + "]",
       "privileged-container spec.containers[0].securityContext.privileged", Route::baseline},
      {"an init container of the same name",
       R"("containers":[)" + container("a", kPrivileged) + "]",
       R"("containers":[)" + container("x", "") + R"(],"initContainers":[)" +
           container("a", kPrivileged) + "]",
       "privileged-container spec.initContainers[0].securityContext.privileged", Route::baseline},
      {"an ephemeral container", kPlain,
       kPlain + R"(,"ephemeralContainers":[)" + container("dbg", kPrivileged) + "]",
       "privileged-container spec.ephemeralContainers[0].securityContext.privileged",
       Route::baseline},
      {"a good ephemeral container in a bad pod", secured(kPrivileged),
       secured(kPrivileged) + R"(,"ephemeralContainers":[)" + container("dbg", "") + "]", "",
       Route::baseline},
      {"one more ephemeral container",
       kPlain + R"(,"ephemeralContainers":[)" + container("dbg", kPrivileged) + "]",
       kPlain + R"(,"ephemeralContainers":[)" + container("dbg", kPrivileged) + "," +
           container("dbg2", kPrivileged) + "]",
       "privileged-container spec.ephemeralContainers[1].securityContext.privileged",
       Route::baseline},
      // Mended.
      {"mended", secured(kPrivileged), kPlain, ""},
      {"one of two mended", two(container("a", kPrivileged), container("b", kPrivileged)),
       two(container("a", ""), container("b", kPrivileged)), ""},
      {"one mended, one added", secured(kPrivileged), R"("hostNetwork":true,)" + kPlain,
       "host-network spec.hostNetwork"},
      // The pod.
      {"hostNetwork", kPlain, R"("hostNetwork":true,)" + kPlain, "host-network spec.hostNetwork"},
      {"hostNetwork stays", R"("hostNetwork":true,)" + kPlain, R"("hostNetwork":true,)" + kPlain,
       ""},
      {"hostPID beside hostNetwork", R"("hostNetwork":true,)" + kPlain,
       R"("hostNetwork":true,"hostPID":true,)" + kPlain, "host-pid spec.hostPID"},
      {"hostIPC instead of hostPID", R"("hostPID":true,)" + kPlain, R"("hostIPC":true,)" + kPlain,
       "host-ipc spec.hostIPC"},
      {"the pod's user", kPlain, R"("securityContext":{"runAsUser":0},)" + kPlain,
       "run-as-root spec.securityContext.runAsUser"},
      {"root, from the pod to its container", R"("securityContext":{"runAsUser":0},)" + app(""),
       secured(R"("runAsUser":0)"), "run-as-root spec.containers[0].securityContext.runAsUser"},
      // Capabilities: items of a list without names.
      {"a capability", kPlain, secured(R"("capabilities":{"add":["NET_RAW"]})"),
       "dangerous-capability spec.containers[0].securityContext.capabilities.add[0]"},
      {"a second capability", secured(R"("capabilities":{"add":["NET_RAW"]})"),
       secured(R"("capabilities":{"add":["NET_RAW","SYS_ADMIN"]})"),
       "dangerous-capability spec.containers[0].securityContext.capabilities.add[1]"},
      {"a second one in front", secured(R"("capabilities":{"add":["NET_RAW"]})"),
       secured(R"("capabilities":{"add":["SYS_ADMIN","NET_RAW"]})"),
       "dangerous-capability spec.containers[0].securityContext.capabilities.add[0]"},
      {"another capability", secured(R"("capabilities":{"add":["NET_RAW"]})"),
       secured(R"("capabilities":{"add":["SYS_ADMIN"]})"),
       "dangerous-capability spec.containers[0].securityContext.capabilities.add[0]"},
      {"order of capabilities", secured(R"("capabilities":{"add":["NET_RAW","SYS_ADMIN"]})"),
       secured(R"("capabilities":{"add":["SYS_ADMIN","NET_RAW"]})"), ""},
      {"one capability less", secured(R"("capabilities":{"add":["NET_RAW","SYS_ADMIN"]})"),
       secured(R"("capabilities":{"add":["SYS_ADMIN"]})"), ""},
      {"the same capability twice", secured(R"("capabilities":{"add":["NET_RAW"]})"),
       secured(R"("capabilities":{"add":["NET_RAW","NET_RAW"]})"),
       "dangerous-capability spec.containers[0].securityContext.capabilities.add[1]"},
      // Ports.
      {"a host port", app(R"("ports":[{"containerPort":80}])"),
       app(R"("ports":[{"containerPort":80,"hostPort":80}])"),
       "host-port spec.containers[0].ports[0].hostPort"},
      {"another number of the same port", app(R"("ports":[{"containerPort":80,"hostPort":80}])"),
       app(R"("ports":[{"containerPort":80,"hostPort":8080}])"), ""},
      {"a second host port", app(R"("ports":[{"containerPort":80,"hostPort":80}])"),
       app(R"("ports":[{"containerPort":443,"hostPort":443},{"containerPort":80,"hostPort":80}])"),
       "host-port spec.containers[0].ports[0].hostPort"},
      {"order of ports",
       app(R"("ports":[{"containerPort":80,"hostPort":80},{"containerPort":81,"hostPort":81}])"),
       app(R"("ports":[{"containerPort":81,"hostPort":81},{"containerPort":80,"hostPort":80}])"),
       ""},
      {"a port without host port in front", app(R"("ports":[{"containerPort":80,"hostPort":80}])"),
       app(R"("ports":[{"containerPort":9},{"containerPort":80,"hostPort":80}])"), ""},
      {"the same port by another protocol", app(R"("ports":[{"containerPort":80,"hostPort":80}])"),
       app(R"("ports":[{"containerPort":80,"hostPort":80},)"
           R"({"containerPort":80,"hostPort":80,"protocol":"UDP"}])"),
       "host-port spec.containers[0].ports[1].hostPort"},
      // Volumes.
      {"a volume of the host", volumes(""), volumes(host_volume("v", "/srv")),
       "host-path spec.volumes[0].hostPath.path"},
      {"it stays", volumes(host_volume("v", "/srv")), volumes(host_volume("v", "/srv")), ""},
      {"another path as bad", volumes(host_volume("v", "/srv")), volumes(host_volume("v", "/opt")),
       ""},
      {"a worse path", volumes(host_volume("v", "/srv")), volumes(host_volume("v", "/")),
       "runtime-socket spec.volumes[0].hostPath.path"},
      {"a less bad path", volumes(host_volume("v", "/")), volumes(host_volume("v", "/srv")), ""},
      {"a second volume", volumes(host_volume("v", "/srv")),
       volumes(host_volume("w", "/srv") + "," + host_volume("v", "/srv")),
       "host-path spec.volumes[0].hostPath.path"},
      {"order of volumes", volumes(host_volume("v", "/srv") + "," + host_volume("w", "/srv")),
       volumes(host_volume("w", "/srv") + "," + host_volume("v", "/srv")), ""},
      {"a good volume in front", volumes(host_volume("v", "/srv")),
       volumes(R"({"name":"t","emptyDir":{}},)" + host_volume("v", "/srv")), ""},
      {"a second volume of the same name", volumes(host_volume("v", "/srv")),
       volumes(host_volume("v", "/srv") + "," + host_volume("v", "/opt")),
       "host-path spec.volumes[1].hostPath.path"},
      // Sysctls, SELinux, seccomp, probes.
      {"a sysctl", kPlain,
       R"("securityContext":{"sysctls":[{"name":"kernel.msgmax","value":"1"}]},)" + kPlain,
       "unsafe-sysctl spec.securityContext.sysctls[0].name"},
      {"another value of a sysctl",
       R"("securityContext":{"sysctls":[{"name":"kernel.msgmax","value":"1"}]},)" + kPlain,
       R"("securityContext":{"sysctls":[{"name":"kernel.msgmax","value":"2"}]},)" + kPlain, ""},
      {"another sysctl",
       R"("securityContext":{"sysctls":[{"name":"kernel.msgmax","value":"1"}]},)" + kPlain,
       R"("securityContext":{"sysctls":[{"name":"kernel.msgmnb","value":"1"}]},)" + kPlain,
       "unsafe-sysctl spec.securityContext.sysctls[0].name"},
      {"an SELinux user beside a type", secured(R"("seLinuxOptions":{"type":"spc_t"})"),
       secured(R"("seLinuxOptions":{"type":"spc_t","user":"root"})"),
       "selinux-options spec.containers[0].securityContext.seLinuxOptions.user"},
      {"an SELinux user instead of a type", secured(R"("seLinuxOptions":{"type":"spc_t"})"),
       secured(R"("seLinuxOptions":{"user":"root"})"),
       "selinux-options spec.containers[0].securityContext.seLinuxOptions.user"},
      {"another SELinux type", secured(R"("seLinuxOptions":{"type":"spc_t"})"),
       secured(R"("seLinuxOptions":{"type":"other_t"})"), ""},
      {"seccomp switched off", kPlain, secured(R"("seccompProfile":{"type":"Unconfined"})"),
       "seccomp-unconfined spec.containers[0].securityContext.seccompProfile.type"},
      {"procMount", kPlain, secured(R"("procMount":"Unmasked")"),
       "proc-mount spec.containers[0].securityContext.procMount"},
      // What is missing has its place where it should be, and that moves.
      {"a security context where none was", app(""), secured(R"("readOnlyRootFilesystem":true)"),
       ""},
      {"no security context where one was", secured(R"("readOnlyRootFilesystem":true)"), app(""),
       ""},
      {"left out instead of false", secured(R"("runAsNonRoot":false)"), kPlain, ""},
      {"false instead of left out", kPlain, secured(R"("runAsNonRoot":false)"), ""},
      {"the pod's answer taken back", R"("securityContext":{"runAsNonRoot":true},)" + app(""),
       app(""), "may-run-as-root spec.containers[0]"},
      {"escalation allowed in words", kPlain, secured(R"("allowPrivilegeEscalation":true)"), ""},
      {"escalation no longer forbidden", secured(R"("allowPrivilegeEscalation":false)"), kPlain,
       "privilege-escalation spec.containers[0].securityContext"},
  };
  return kTable;
}

TEST(Ratchet, AnUpdateIsDeniedForWhatItAdds) {
  // Every finding of a profile denies.
  const Admission admission(Policy{}, {});
  Reviewer reviewer;
  for (const Change& change : changes()) {
    SCOPED_TRACE(change.name);
    ReviewParts parts{.operation = "UPDATE"};
    parts.old_object = pod_of(change.old_spec);
    parts.object = pod_of(change.spec);
    Added added;
    const Answer answer = reviewer.review(admission, change.route, review_of(parts), &added);
    EXPECT_EQ(added.text, change.added);
    EXPECT_EQ(nlohmann::json::parse(answer.body).at("response").at("allowed"),
              std::string_view(change.added).empty());
  }
  EXPECT_GE(changes().size(), 60U);
}

TEST(Ratchet, WhoLeavesAnExemptionAddsWhatItCovered) {
  Policy policy;
  Exemption exemption;
  exemption.rules = {find_rule("privileged-container")};
  exemption.images = {"agent:1"};
  exemption.reason = "the storage driver";
  policy.exemptions.push_back(exemption);
  const Admission admission(policy, {});
  Reviewer reviewer;
  const std::string context = R"("securityContext":{"privileged":true})";
  for (const auto& [old_image, image, added] :
       {std::tuple{"agent:1", "agent:1", ""},
        std::tuple{"agent:1", "evil:1",
                   "privileged-container spec.containers[0].securityContext.privileged"},
        std::tuple{"evil:1", "agent:1", ""}, std::tuple{"evil:1", "evil:2", ""}}) {
    ReviewParts parts{.operation = "UPDATE"};
    parts.old_object = pod_of(app(context, old_image));
    parts.object = pod_of(app(context, image));
    Added decision;
    (void)reviewer.review(admission, Route::core, review_of(parts), &decision);
    EXPECT_EQ(decision.text, added) << old_image << " -> " << image;
  }
}

TEST(Ratchet, TheLabelsOfAnOldViolatorCanBeChanged) {
  const Admission admission(Policy{}, {});
  for (const char* metadata : {R"(,"labels":{"a":"b"})", R"(,"annotations":{"a":"b"})",
                               R"(,"finalizers":[])", R"(,"ownerReferences":[{"name":"x"}])"}) {
    ReviewParts parts{.operation = "UPDATE"};
    parts.old_object = pod_of(R"("hostNetwork":true,)" + secured(kPrivileged));
    parts.object = pod_of(R"("hostNetwork":true,)" + secured(kPrivileged), metadata);
    Added decision;
    (void)Reviewer().review(admission, Route::restricted, review_of(parts), &decision);
    EXPECT_EQ(decision.outcome, Outcome::allowed) << metadata;
    EXPECT_EQ(decision.text, "");
  }
}

TEST(Ratchet, OfMoreViolationsThanAreListedAllCountAsAdded) {
  const auto with_ports = [](std::size_t count) {
    std::string ports;
    for (std::size_t n = 0; n < count; ++n) {
      ports += (n == 0 ? "" : ",") + std::string(R"({"hostPort":1})");
    }
    return pod_of(app(R"("ports":[)" + ports + "]"));
  };
  const Admission admission(Policy{}, {});
  for (const auto& [old_count, count, outcome] :
       {std::tuple{kMostAlike - 1, kMostAlike - 1, Outcome::allowed},
        std::tuple{kMostAlike - 2, kMostAlike - 1, Outcome::denied},
        std::tuple{kMostAlike, kMostAlike, Outcome::denied},
        std::tuple{20 * kMostAlike, 20 * kMostAlike + 1, Outcome::denied}}) {
    ReviewParts parts{.operation = "UPDATE"};
    parts.old_object = with_ports(old_count);
    parts.object = with_ports(count);
    Added decision;
    (void)Reviewer().review(admission, Route::baseline, review_of(parts), &decision);
    EXPECT_EQ(name_of(decision.outcome), name_of(outcome)) << old_count << " -> " << count;
  }
}

}  // namespace
}  // namespace kaudit
