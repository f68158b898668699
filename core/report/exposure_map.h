// The ways to the objects of a run as a graph in layers, to be drawn: from where they are reached,
// through what, to the objects themselves. Private to core/report.
//
// Ownership: shares the exposures. Thread-safety: one thread. Growth: linear in the steps of all
// ways, times the layers.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/exposure/graph.h"
#include "core/report/report.h"

namespace kaudit {

class ExposureMap {
 public:
  struct Node {
    std::string title;
    Location where;       // empty of an origin
    bool origin = false;  // a level, not an object
    bool found = false;   // there are findings: their highest priority and severity
    unsigned priority = 0;
    Severity severity = Severity::info;
    std::size_t layer = 0;
  };

  void add(const ExposureGraph& graph);  // all its workloads, with and without findings
  void add(const FileReport& file);      // what its findings are about
  [[nodiscard]] bool empty() const noexcept { return ways_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return ways_.size(); }

  // Works out nodes and edges of the `most` objects with the highest priorities. Nodes of a layer
  // are next to each other as they are to be drawn; the objects stand in the last layer.
  void arrange(std::size_t most);
  [[nodiscard]] const std::vector<Node>& nodes() const noexcept { return nodes_; }
  [[nodiscard]] const std::set<std::pair<std::size_t, std::size_t>>& edges() const noexcept {
    return edges_;
  }
  [[nodiscard]] std::size_t layers() const noexcept { return layers_; }
  // The reasons of what was arranged, in words.
  [[nodiscard]] const std::vector<std::string>& reasons() const noexcept { return reasons_; }

 private:
  struct Way {
    std::shared_ptr<const Exposure> exposure;
    bool found = false;
    unsigned priority = 0;
    Severity severity = Severity::info;
  };
  Way* way_of(const std::shared_ptr<const Exposure>& exposure);
  std::size_t node_of(const std::string& title, const Location& where, bool origin);
  void add_way(const Way& way);
  void set_layers();
  void sort_nodes();

  std::vector<Way> ways_;
  std::map<const Exposure*, std::size_t> numbers_;
  std::map<std::pair<std::string, std::string>, std::size_t> node_numbers_;
  std::vector<Node> nodes_;
  std::set<std::pair<std::size_t, std::size_t>> edges_;
  std::vector<std::string> reasons_;
  std::size_t layers_ = 0;
};

}  // namespace kaudit
