#include "tests/support/exposure.h"

#include <gtest/gtest.h>

#include <array>
#include <memory>

#include "core/engine.h"
#include "core/exposure/collector.h"
#include "core/exposure/exposure.h"
#include "core/fact_visitors.h"
#include "manifests/adapt.h"
#include "manifests/adapt/build.h"
#include "manifests/load.h"
#include "manifests/read/dockerfile.h"
#include "tests/support/memory_files.h"

namespace kaudit::testing {
namespace {

class Adapting final : public DocumentVisitor {
 public:
  Adapting(FactVisitor& to, bool dockerfile) : to_(to), dockerfile_(dockerfile) {}
  void document(const Document& document) override {
    if (dockerfile_) {
      build_.adapt(document, to_, nullptr);
    } else {
      kubernetes_.adapt(document, to_);
    }
  }
  void error(Error error) override { ADD_FAILURE() << to_string(error); }

 private:
  FactVisitor& to_;
  bool dockerfile_;
  KubernetesAdapter kubernetes_;
  BuildAdapter build_;
};

std::string name_of_workload(const WorkloadRecord& workload) {
  return workload.kind + ' ' + (workload.ns.empty() ? "" : workload.ns + '/') + workload.name;
}

template <class Value>
std::map<std::string, Value> collect(const ExposureGraph& graph, Value (*value)(const Exposure&)) {
  std::map<std::string, Value> out;
  for (const WorkloadRecord& workload : graph.facts().workloads) {
    out.emplace(name_of_workload(workload), value(*graph.of(workload.key)));
  }
  return out;
}

}  // namespace

ExposureFacts exposure_facts(const Texts& files) {
  ExposureFacts facts;
  for (const auto& [name, text] : files) {
    IgnoringVisitor nothing;
    ExposureCollector collector(nothing);
    const auto source = std::make_shared<const Source>(name, text);
    if (name.ends_with(".compose.yaml")) {
      MemoryFiles beside;
      for (const Error& error :
           ComposeAdapter().adapt(std::array{source}, &beside, Limits{}, collector).errors) {
        ADD_FAILURE() << to_string(error);
      }
    } else {
      const bool dockerfile = name.ends_with("Dockerfile");
      Adapting adapting(collector, dockerfile);
      (dockerfile ? read_dockerfile : read_manifest)(source, Limits{}, adapting);
    }
    append(facts, std::move(collector.facts()));
  }
  return facts;
}

ExposureGraph exposure_graph(const Texts& files, ExposureOptions options) {
  return {exposure_facts(files), std::move(options)};
}

std::map<std::string, ExposureLevel> levels_of(const ExposureGraph& graph) {
  return collect<ExposureLevel>(graph, [](const Exposure& exposure) { return exposure.level; });
}

std::map<std::string, std::string> reasons_of(const ExposureGraph& graph) {
  return collect<std::string>(graph, reason_of);
}

}  // namespace kaudit::testing
