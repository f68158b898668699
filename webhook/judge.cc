#include "webhook/judge.h"

#include <algorithm>
#include <utility>

#include "manifests/adapt/kinds.h"

namespace kaudit {
namespace {

constexpr std::size_t kMostTroubles = 8;

constexpr std::string_view kUnjudgedOfPods[] = {"attach", "binding",     "eviction", "exec",
                                                "log",    "portforward", "proxy",    "status"};

bool is_pods(const Request& request) noexcept {
  return request.resource_group.empty() && request.resource == "pods";
}

// The row of Kubernetes' own kind, in whatever version.
const BuiltinKind* builtin_of(const Request& request) noexcept {
  return is_kubernetes_group(request.group) ? find_builtin(request.kind) : nullptr;
}

// Hands pods on to the rules, and hears of what stands in the way.
class Witness final : public FactVisitor {
 public:
  using FactVisitor::visit;
  Witness(Evaluation& evaluation, bool is_builtin, Judgement& out)
      : evaluation_(evaluation), is_builtin_(is_builtin), out_(out) {}

  void visit(const Workload& fact) override {
    out_.carries_pod = true;
    hear(fact);
    if (!fact.patch) {
      evaluation_.visit(fact);
      return;
    }
    Workload whole = fact;  // an object in a cluster is not a patch, whatever it looks like
    whole.patch = false;
    evaluation_.visit(whole);
  }
  void visit(const Role& fact) override { hear(fact); }
  void visit(const Binding& fact) override { hear(fact); }
  void visit(const Service& fact) override { hear(fact); }
  void visit(const PersistentVolume& fact) override { hear(fact); }
  void visit(const Namespace& fact) override { hear(fact); }
  void visit(const ServiceAccount& fact) override { hear(fact); }
  void visit(const Config& fact) override { hear(fact); }
  void visit(const Build&) override {}  // no object of a cluster
  void visit(const LayeredImage&) override {}
  void visit(const Object& fact) override { hear(fact); }

 private:
  void hear(const Object& object) {
    if (object.part != 0) return;
    for (const Problem& problem : object.problems) {
      switch (problem.what) {
        case Problem::What::invalid_type:
          // A custom resource may have other types where a pod has these: the rules take the worse
          // reading.
          if (is_builtin_) add(object, problem);
          break;
        case Problem::What::unreadable: add(object, problem); break;
        case Problem::What::unknown_version:
          out_.notes.push_back(std::string(object.kind) + " of " + std::string(object.api_version) +
                               " was judged as one of " + std::string(problem.expected));
          break;
        case Problem::What::duplicate_key:
        case Problem::What::misplaced: break;
      }
    }
  }

  void add(const Object& object, const Problem& problem) {
    if (out_.troubles.size() == kMostTroubles) {
      ++out_.more_troubles;
      return;
    }
    const Document& document = *object.document;
    Trouble& trouble = out_.troubles.emplace_back();
    trouble.field = document.field_path(problem.at, object.at);
    trouble.message.append("it is ").append(name_of(document.at(problem.at).kind()));
    trouble.message.append("; it must be ").append(problem.expected);
  }

  Evaluation& evaluation_;
  bool is_builtin_;
  Judgement& out_;
};

// The API server writes both; a caller that lets them differ wants one thing judged and another
// done.
bool is_of_request(Value object, const Request& request) {
  const std::string_view api_version = object["apiVersion"].as_string().value_or("");
  const std::size_t slash = api_version.find('/');
  const std::string_view version =
      slash == std::string_view::npos ? api_version : api_version.substr(slash + 1);
  return object["kind"].as_string() == request.kind && group_of(api_version) == request.group &&
         version == request.version;
}

}  // namespace

bool is_judged(const Request& request) noexcept {
  if (request.operation == Operation::remove || request.operation == Operation::connect ||
      !request.object.set()) {
    return false;
  }
  // The API server sets it, once and for all; no client can.
  const auto is_leaving = [](Value object) {
    return object["metadata"]["deletionTimestamp"].set();
  };
  if (request.operation == Operation::update && is_leaving(request.object) &&
      is_leaving(request.old_object)) {
    return false;
  }
  if (is_pods(request)) {
    return std::ranges::find(kUnjudgedOfPods, request.subresource) == std::end(kUnjudgedOfPods);
  }
  if (!request.subresource.empty()) return false;
  const BuiltinKind* builtin = builtin_of(request);
  return builtin == nullptr || builtin->what == BuiltinKind::What::workload;
}

Judgement judge(Value object, const Request& request, KubernetesAdapter& adapter,
                Evaluation& evaluation) {
  Judgement out;
  if (!is_of_request(object, request)) {
    out.troubles.push_back({"", "its kind and apiVersion are not those of the request"});
    return out;
  }
  const bool is_builtin = is_pods(request) || builtin_of(request) != nullptr;
  Witness witness(evaluation, is_builtin, out);
  adapter.adapt(object, witness);
  out.findings = std::move(evaluation.findings());
  evaluation.findings().clear();
  evaluation.errors().clear();
  if (is_builtin && !out.carries_pod && out.troubles.empty()) {
    out.troubles.push_back({"", "it holds no pod specification"});
  }
  return out;
}

}  // namespace kaudit
