// What a review costs in process: body in, answer out. The floor beside it: the copy of the body
// alone, and the parser alone.
#include <benchmark/benchmark.h>

#include <filesystem>

#include "manifests/load.h"
#include "tests/support/allocations.h"
#include "tests/support/reviews.h"
#include "tests/support/shared.h"
#include "webhook/admission.h"

namespace kaudit::testing {
namespace {

// What an API server keeps about who wrote which field: half of many a review.
std::string managed_fields(int containers) {
  std::string fields;
  for (int n = 0; n < containers; ++n) {
    fields +=
        R"("k:{\"name\":\"c)" + std::to_string(n) +
        R"(\"}":{".":{},"f:image":{},"f:imagePullPolicy":{},"f:name":{},"f:resources":{".":{},)"
        R"("f:limits":{".":{},"f:cpu":{},"f:memory":{}}},"f:securityContext":{".":{},)"
        R"("f:runAsNonRoot":{}},"f:terminationMessagePath":{}},)";
  }
  return R"(,"managedFields":[{"manager":"kubectl","operation":"Update","apiVersion":"v1",)"
         R"("time":"2026-01-01T00:00:00Z","fieldsType":"FieldsV1","fieldsV1":{"f:spec":{"f:containers":{)" +
         fields + R"("x":{}}}}}])";
}

enum class Shape { hardened, usual, privileged };

// `hardened` breaks nothing, `usual` says nothing about security, as most pods do.
std::string pod(int containers, Shape shape) {
  constexpr std::string_view kContexts[] = {
      R"("securityContext":{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]},"readOnlyRootFilesystem":true,"runAsNonRoot":true})",
      R"("securityContext":{})", R"("securityContext":{"privileged":true})"};
  std::string list;
  for (int n = 0; n < containers; ++n) {
    list +=
        (n == 0 ? "" : ",") + std::string(R"({"name":"c)") + std::to_string(n) +
        R"(","image":"registry.example/shop/service:1.4.2","args":["--port","8080"],)"
        R"("ports":[{"name":"http","containerPort":8080,"protocol":"TCP"}],)"
        R"("env":[{"name":"LEVEL","value":"info"},{"name":"TOKEN","valueFrom":{"secretKeyRef":{"name":"shop","key":"token"}}}],)"
        R"("resources":{"limits":{"cpu":"500m","memory":"128Mi"},"requests":{"cpu":"100m","memory":"64Mi"}},)"
        R"("livenessProbe":{"httpGet":{"path":"/live","port":"http","scheme":"HTTP"},"timeoutSeconds":1,"periodSeconds":10,"successThreshold":1,"failureThreshold":3},)"
        R"("volumeMounts":[{"name":"tmp","mountPath":"/tmp"},{"name":"kube-api-access-x5h62","readOnly":true,"mountPath":"/var/run/secrets/kubernetes.io/serviceaccount"}],)"
        R"("terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File","imagePullPolicy":"IfNotPresent",)" +
        std::string(kContexts[static_cast<int>(shape)]) + "}";
  }
  return pod_of(
      R"("securityContext":{"seccompProfile":{"type":"RuntimeDefault"}},"serviceAccountName":"shop",)"
      R"("restartPolicy":"Always","dnsPolicy":"ClusterFirst","schedulerName":"default-scheduler",)"
      R"("terminationGracePeriodSeconds":30,"enableServiceLinks":true,"priority":0,)"
      R"("volumes":[{"name":"tmp","emptyDir":{}},{"name":"kube-api-access-x5h62","projected":{"sources":[{"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}}],"defaultMode":420}}],)"
      R"("tolerations":[{"key":"node.kubernetes.io/not-ready","operator":"Exists","effect":"NoExecute","tolerationSeconds":300}],"containers":[)" +
          list + "]",
      managed_fields(containers));
}

std::string body_of(std::int64_t containers, Shape shape) {
  return review_of({.object = pod(static_cast<int>(containers), shape)});
}

class LastOutcome final : public Recorder {
 public:
  void decided(const Decision& decision) override { outcome = decision.outcome; }
  Outcome outcome = Outcome::malformed;
};

// Runs it again and again, with the body's size and the allocations of each run.
template <class Run>
void repeat(benchmark::State& state, const std::string& body, Run run) {
  run();
  const std::size_t before = allocations();
  for (auto _ : state) run();
  state.counters["allocations"] = benchmark::Counter(static_cast<double>(allocations() - before),
                                                     benchmark::Counter::kAvgIterations);
  state.counters["bytes"] = static_cast<double>(body.size());
}

void review(benchmark::State& state, Shape shape, Outcome expected) {
  const std::string body = body_of(state.range(0), shape);
  const Admission admission(Policy{}, {});
  Reviewer reviewer;
  LastOutcome last;
  repeat(state, body, [&] {
    benchmark::DoNotOptimize(reviewer.review(admission, Route::policy, body, &last).body.data());
  });
  if (last.outcome != expected) state.SkipWithError("another outcome than the input is made for");
}
// About 2, 5 and 18 KB.
void sizes(benchmark::internal::Benchmark* benchmark) { benchmark->Arg(1)->Arg(3)->Arg(13); }
BENCHMARK_CAPTURE(review, hardened, Shape::hardened, Outcome::allowed)->Apply(sizes);
BENCHMARK_CAPTURE(review, usual, Shape::usual, Outcome::allowed)->Apply(sizes);
BENCHMARK_CAPTURE(review, denied, Shape::privileged, Outcome::denied)->Apply(sizes);

void copy(benchmark::State& state) {
  const std::string body = body_of(state.range(0), Shape::hardened);
  repeat(state, body, [&] { benchmark::DoNotOptimize(std::string(body).data()); });
}
BENCHMARK(copy)->Apply(sizes);

void parse(benchmark::State& state) {
  const std::string body = body_of(state.range(0), Shape::hardened);
  const auto source = std::make_shared<const Source>("body", body);
  JsonParser parser;
  repeat(state, body, [&] {
    const auto document = parser.parse(source, Limits{});
    benchmark::DoNotOptimize((*document)->node_count());
  });
}
BENCHMARK(parse)->Apply(sizes);

// One each of the requests that a real API server sent, where they are at hand.
void recorded(benchmark::State& state) {
  const auto shared = shared_dir();
  if (!shared) {
    state.SetLabel("skipped: no ../shared beside this clone");
    for (auto _ : state) benchmark::DoNotOptimize(state.iterations());
    return;
  }
  std::vector<std::string> bodies;
  std::size_t bytes = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(*shared / "conformance/admissionreviews")) {
    bodies.push_back(read_text(entry.path()));
    bytes += bodies.back().size();
  }
  const Admission admission(Policy{}, {});
  Reviewer reviewer;
  for (auto _ : state) {
    for (const std::string& body : bodies) {
      benchmark::DoNotOptimize(
          reviewer.review(admission, Route::policy, body, nullptr).body.data());
    }
  }
  state.counters["reviews"] = static_cast<double>(bodies.size());
  state.counters["bytes"] = static_cast<double>(bytes);
}
BENCHMARK(recorded);

}  // namespace
}  // namespace kaudit::testing
