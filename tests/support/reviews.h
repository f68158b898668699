// AdmissionReviews for tests, as an API server writes them.
#pragma once

#include <string>
#include <string_view>

namespace kaudit::testing {

struct ReviewParts {
  std::string operation = "CREATE";
  std::string group = {}, version = "v1", kind = "Pod", resource = "pods", subresource = {};
  std::string resource_group = "=";  // as `group`, except of a subresource such as scale
  std::string ns = "prod", name = "shop";
  std::string user = R"({"username":"ann","groups":["developers"]})";
  std::string object = "null", old_object = "null";
  std::string uid = "705ab4f5-6393-11e8-b7cc-42010a800002";
  std::string review_version = "admission.k8s.io/v1";
  bool dry_run = false;
};

[[nodiscard]] inline std::string review_of(const ReviewParts& parts) {
  const auto quoted = [](std::string_view text) { return '"' + std::string(text) + '"'; };
  const std::string& group = parts.resource_group == "=" ? parts.group : parts.resource_group;
  std::string out = R"({"kind":"AdmissionReview","apiVersion":)" + quoted(parts.review_version);
  out += R"(,"request":{"uid":)" + quoted(parts.uid);
  out += R"(,"kind":{"group":)" + quoted(parts.group) + R"(,"version":)" + quoted(parts.version) +
         R"(,"kind":)" + quoted(parts.kind) + "}";
  out += R"(,"resource":{"group":)" + quoted(group) + R"(,"version":"v1","resource":)" +
         quoted(parts.resource) + "}";
  if (!parts.subresource.empty()) out += R"(,"subResource":)" + quoted(parts.subresource);
  out += R"(,"name":)" + quoted(parts.name) + R"(,"namespace":)" + quoted(parts.ns);
  out += R"(,"operation":)" + quoted(parts.operation) + R"(,"userInfo":)" + parts.user;
  out += R"(,"object":)" + parts.object + R"(,"oldObject":)" + parts.old_object;
  out += parts.dry_run ? R"(,"dryRun":true)" : R"(,"dryRun":false)";
  out += R"(,"options":null}})";
  return out;
}

// Kinds that make pods: where the template stands is told by `open` and `close` around it.
struct TemplateKind {
  std::string_view group, version, kind, resource, open, close;
};
inline constexpr TemplateKind kTemplateKinds[] = {
    {"apps", "v1", "Deployment", "deployments", R"("spec":{"template":)", "}"},
    {"apps", "v1", "ReplicaSet", "replicasets", R"("spec":{"template":)", "}"},
    {"apps", "v1", "StatefulSet", "statefulsets", R"("spec":{"template":)", "}"},
    {"apps", "v1", "DaemonSet", "daemonsets", R"("spec":{"template":)", "}"},
    {"batch", "v1", "Job", "jobs", R"("spec":{"template":)", "}"},
    {"batch", "v1", "CronJob", "cronjobs", R"("spec":{"jobTemplate":{"spec":{"template":)", "}}}"},
    {"", "v1", "ReplicationController", "replicationcontrollers", R"("spec":{"template":)", "}"},
    {"", "v1", "PodTemplate", "podtemplates", R"("template":)", ""},
};

[[nodiscard]] inline std::string api_version_of(std::string_view group, std::string_view version) {
  return group.empty() ? std::string(version) : std::string(group) + '/' + std::string(version);
}

// An object of that kind around `{"metadata":…,"spec":…}`.
[[nodiscard]] inline std::string wrapped(const TemplateKind& kind, std::string_view pod_template) {
  return R"({"apiVersion":")" + api_version_of(kind.group, kind.version) + R"(","kind":")" +
         std::string(kind.kind) + R"(","metadata":{"name":"shop","namespace":"prod"},)" +
         std::string(kind.open) + std::string(pod_template) + std::string(kind.close) + "}";
}

[[nodiscard]] inline std::string review_of(const TemplateKind& kind, std::string object) {
  ReviewParts parts;
  parts.group = kind.group;
  parts.version = kind.version;
  parts.kind = kind.kind;
  parts.resource = kind.resource;
  parts.object = std::move(object);
  return review_of(parts);
}

// A pod by what stands in its spec.
[[nodiscard]] inline std::string pod_of(std::string_view spec, std::string_view metadata = {}) {
  return R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"shop","namespace":"prod")" +
         std::string(metadata) + R"(},"spec":{)" + std::string(spec) + "}}";
}

}  // namespace kaudit::testing
