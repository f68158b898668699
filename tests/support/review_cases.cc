// Reviews by the thousand and our answers to them, for the API server's own check of answers
// (tests/e2e/responses): a line of JSON each, both as texts. The product of operations, kinds,
// subresources, objects, old objects and policies; names are as hostile as JSON allows.
#include <array>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "core/report/json_writer.h"
#include "manifests/policy/config.h"
#include "tests/support/reviews.h"
#include "webhook/admission.h"

namespace kaudit::testing {
namespace {

// Not only the default: every part of an answer has to occur.
constexpr std::string_view kPolicies[] = {
    "",
    "workload-templates: warn\n",
    "profile: restricted\nannotations: allow\nrules: {image-tag: {action: deny}}\n",
    "exemptions:\n"
    "  - {rules: [privileged-container], names: [\"*\"], reason: \"a \\\"b\\\"\\tc \\u202e\"}\n",
};

struct Resource {
  std::string group, version, kind, resource, subresource;
  std::string open, close;  // around `"metadata":…,"spec":…`
};

std::vector<Resource> resources() {
  std::vector<Resource> out;
  for (const std::string_view subresource :
       {"", "ephemeralcontainers", "resize", "status", "exec", "attach", "portforward", "log",
        "proxy", "eviction", "binding", "unheard-of"}) {
    out.push_back({"", "v1", "Pod", "pods", std::string(subresource),
                   R"({"apiVersion":"v1","kind":"Pod",)", "}"});
  }
  for (const TemplateKind& kind : kTemplateKinds) {
    for (const std::string_view subresource : {"", "scale", "status"}) {
      out.push_back({std::string(kind.group), std::string(kind.version), std::string(kind.kind),
                     std::string(kind.resource), std::string(subresource),
                     R"({"apiVersion":")" + api_version_of(kind.group, kind.version) +
                         R"(","kind":")" + std::string(kind.kind) +
                         R"(","metadata":{"name":"n"},)" + std::string(kind.open) + "{",
                     "}" + std::string(kind.close) + "}"});
    }
  }
  // No pods in them, whatever they look like.
  for (const std::string_view kind : {"ConfigMap", "Till"}) {
    out.push_back({"shop.example", "v1", std::string(kind), "things", "",
                   R"({"apiVersion":"shop.example/v1","kind":")" + std::string(kind) + "\",", "}"});
  }
  return out;
}

std::string containers(std::size_t count, std::string_view name, std::string_view context,
                       std::string_view list = "containers") {
  std::string out = '"' + std::string(list) + "\":[";
  for (std::size_t n = 0; n < count; ++n) {
    out += n == 0 ? "" : ",";
    out.append(R"({"name":")").append(name).append(std::to_string(n));
    out.append(R"(","image":"r.example/app","securityContext":{)").append(context).append("}}");
  }
  return out + ']';
}

// What stands between the braces of an object: metadata and spec.
std::vector<std::string> bodies() {
  constexpr std::string_view kPrivileged = R"("privileged":true)";
  constexpr std::string_view kHostile =
      R"(\u0000\u001b[31m\r\n\t\"\\\u0085\u2028\u202e\ud83d\ude00)";
  constexpr std::size_t kLong = 400;
  constexpr std::size_t kMany = 60;
  const std::string name(kLong, 'x');
  std::vector<std::string> out;
  for (const std::string& spec :
       {containers(1, "app", ""), containers(1, "app", kPrivileged),
        containers(kMany, "app", kPrivileged), containers(2, kHostile, kPrivileged),
        containers(kMany, name, R"("runAsUser":0)"),
        containers(1, "app", kPrivileged) + R"(,"hostNetwork":true,"volumes":[{"name":")" +
            std::string(kHostile) + R"(","hostPath":{"path":"/var/run/docker.sock"}}])",
        containers(1, "app", R"("privileged":"yes","runAsUser":1.5)") + R"(,"hostNetwork":[])",
        containers(1, "app", "") + ',' + containers(2, "dbg", kPrivileged, "ephemeralContainers"),
        containers(2, "init", R"("capabilities":{"add":["ALL","\u0001"]})", "initContainers"),
        containers(1, "app", R"("procMount":"\u202e","seLinuxOptions":{"type":"\n"})") +
            R"(,"securityContext":{"sysctls":[{"name":"a\nb","value":"c"}]})",
        std::string(R"("containers":null,"hostPID":true)"), std::string()}) {
    out.push_back(R"("metadata":{"name":")" + std::string(kHostile) + R"("},"spec":{)" + spec +
                  '}');
  }
  out.push_back(R"("metadata":{"name":"n","deletionTimestamp":"2026-01-01T00:00:00Z"},"spec":{)" +
                containers(1, "app", kPrivileged) + '}');
  out.push_back(
      R"("metadata":{"name":"n","annotations":{"kaudit.dev/exempt":"privileged-container"}},)"
      R"("spec":{)" +
      containers(1, "app", kPrivileged) + '}');
  out.push_back(R"("metadata":[],"spec":"")");
  return out;
}

class Writer {
 public:
  void write(std::string_view review, std::string_view answer) {
    line_ = "{\"review\":";
    append_json_string(line_, review);
    line_ += ",\"answer\":";
    append_json_string(line_, answer);
    std::cout << line_ << "}\n";
  }

 private:
  std::string line_;
};

class Cases {
 public:
  explicit Cases(Writer& writer) : writer_(writer) {}

  // False where the policy, which is ours, is not right.
  bool add_policy(std::string_view text) {
    const auto policy = parse_config(std::string(text), "policy.yaml");
    if (!policy) {
      std::cerr << to_string(policy.error()) << '\n';
      return false;
    }
    for (const Mode mode : {Mode::enforce, Mode::audit}) {
      admissions_.emplace_back(*policy, AdmissionOptions{.mode = mode});
    }
    return true;
  }

  // Every Admission gets its share of the cases in turn.
  void answer(ReviewParts parts) {
    parts.uid = "case-" + std::to_string(++count_);
    const Admission& admission = admissions_[count_ % admissions_.size()];
    const auto route = static_cast<Route>(count_ / admissions_.size() % kRoutes);
    const std::string review = review_of(parts);
    writer_.write(review, reviewer_.review(admission, route, review, nullptr).body);
  }

  // A body that was too large to be read to its end.
  void refuse(ReviewParts parts) {
    parts.uid = "case-" + std::to_string(++count_);
    const std::string review = review_of(parts);
    constexpr std::size_t kRead = 256;
    writer_.write(review, reviewer_
                              .refuse(admissions_[count_ % admissions_.size()],
                                      review.substr(0, kRead), Refusal::too_large, nullptr)
                              .body);
  }

 private:
  Writer& writer_;
  Reviewer reviewer_;
  std::vector<Admission> admissions_;
  std::size_t count_ = 0;
};

int write_cases() {
  Writer writer;
  Cases cases(writer);
  for (const std::string_view policy : kPolicies) {
    if (!cases.add_policy(policy)) return 1;
  }
  const std::vector<std::string> all = bodies();
  for (const Resource& resource : resources()) {
    const auto object = [&](std::string_view body) {
      return resource.open + std::string(body) + resource.close;
    };
    std::vector<std::string> objects{"null", "{}"};
    for (const std::string& body : all) objects.push_back(object(body));
    const std::array<std::string, 4> olds{"null", object(all[0]), object(all[1]), objects.back()};
    for (const std::string_view operation : {"CREATE", "UPDATE", "DELETE", "CONNECT"}) {
      for (std::size_t n = 0; n < objects.size(); ++n) {
        for (std::size_t old = 0; old < olds.size(); ++old) {
          ReviewParts parts;
          parts.operation = operation;
          parts.group = resource.group;
          parts.version = resource.version;
          parts.kind = resource.kind;
          parts.resource = resource.resource;
          parts.subresource = resource.subresource;
          parts.object = objects[n];
          parts.old_object = olds[old];
          parts.dry_run = old % 2 == 1;
          if (n % 3 == 2) parts.review_version = "admission.k8s.io/v1beta1";
          cases.answer(parts);
          if (n == 0 && old == 0) cases.refuse(parts);
        }
      }
    }
  }
  return std::cout.flush() ? 0 : 1;
}

}  // namespace
}  // namespace kaudit::testing

int main() { return kaudit::testing::write_cases(); }
