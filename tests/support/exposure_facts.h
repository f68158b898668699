// Large inputs of the exposure graph, without files: for benchmarks and growth tests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "core/exposure/records.h"

namespace kaudit::testing {

enum class Shape : std::uint8_t {
  ordinary,      // namespaces of 50 workloads, 25 Services and 25 policies, an Ingress each
  one_label,     // all pods look alike, and everything selects all of them
  no_two_alike,  // one namespace; every pod has a label of its own, every selector finds one
};

// `workloads` of them, half as many Services and policies, a tenth as many routes.
[[nodiscard]] inline ExposureFacts large_facts(std::size_t workloads, Shape shape) {
  ExposureFacts facts;
  const auto place = [&](ObjectRecord& record, std::size_t n, const char* kind) {
    static std::uint64_t documents = 0;
    record.key = {++documents, 0};
    record.kind = kind;
    record.ns = shape == Shape::ordinary ? "team-" + std::to_string(n / 50) : "shop";
    record.name = "app-" + std::to_string(n);
    record.where.source = "deploy/app-" + std::to_string(n) + ".yaml";
    record.where.begin = {1, 1};
  };
  const auto labels = [&](std::size_t n) {
    return Labels{{"app", shape == Shape::one_label ? "app" : "app-" + std::to_string(n)}};
  };
  for (std::size_t n = 0; n < workloads; ++n) {
    WorkloadRecord& workload = facts.workloads.emplace_back();
    place(workload, n, "Deployment");
    workload.labels = labels(n);
    workload.labels.emplace_back("part-of", "shop");
    PortRecord& port = workload.ports.emplace_back();
    port.name = "http";
    port.number = 8080;
  }
  for (std::size_t n = 0; n < workloads; n += 2) {
    ServiceRecord& service = facts.services.emplace_back();
    place(service, n, "Service");
    service.type = n % 20 == 0 ? "NodePort" : "ClusterIP";
    service.selector = labels(n);
    service.ports.push_back({"web", "http", 80, 0});
    PolicyRecord& policy = facts.policies.emplace_back();
    place(policy, n, "NetworkPolicy");
    policy.pods.written = true;
    policy.pods.terms.push_back({"app", LabelSelector::Op::in, {labels(n).front().second}});
    policy.rules.emplace_back().ports.push_back({"", 8080, 8080});
  }
  for (std::size_t n = 0; n < workloads; n += 10) {
    RouteRecord& route = facts.routes.emplace_back();
    place(route, n, "Ingress");
    route.backends.push_back({"", "app-" + std::to_string(n), "80"});
  }
  return facts;
}

}  // namespace kaudit::testing
