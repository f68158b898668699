#include "core/report/exposure_map.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "core/report/entries.h"

namespace kaudit {
namespace {

// Ways are a few steps long; a longer chain of layers is drawn as it is found.
constexpr std::size_t kMostLayers = 12;

}  // namespace

ExposureMap::Way* ExposureMap::way_of(const std::shared_ptr<const Exposure>& exposure) {
  if (exposure == nullptr || exposure->path.empty()) return nullptr;
  const auto [number, is_new] = numbers_.try_emplace(exposure.get(), ways_.size());
  if (is_new) ways_.push_back({exposure});
  return &ways_[number->second];
}

void ExposureMap::add(const ExposureGraph& graph) {
  for (const WorkloadRecord& workload : graph.facts().workloads) {
    static_cast<void>(way_of(graph.of(workload.key)));
  }
}

void ExposureMap::add(const FileReport& file) {
  for (const Finding& finding : file.findings) {
    if (finding.exemption != nullptr) continue;
    Way* way = way_of(finding.exposure);
    if (way == nullptr) continue;
    way->found = true;
    way->priority = std::max(way->priority, finding.priority);
    way->severity = std::max(way->severity, finding.severity);
  }
}

std::size_t ExposureMap::node_of(const std::string& title, const Location& where, bool origin) {
  const std::string place = origin ? std::string() : place_of(where.source, where.begin);
  const auto [number, is_new] = node_numbers_.try_emplace({title, place}, nodes_.size());
  if (is_new) {
    Node node;
    node.title = title;
    node.where = where;
    node.origin = origin;
    nodes_.push_back(std::move(node));
  }
  return number->second;
}

void ExposureMap::add_way(const Way& way) {
  const Exposure& exposure = *way.exposure;
  std::size_t from = node_of(std::string(name_of(exposure.level)), {}, true);
  for (const Hop& hop : exposure.path) {
    const std::size_t to = node_of(hop.what, hop.where, false);
    if (to != from) edges_.insert({from, to});
    from = to;
  }
  Node& object = nodes_[from];
  object.found = object.found || way.found;
  object.priority = std::max(object.priority, way.priority);
  object.severity = std::max(object.severity, way.severity);
  reasons_.push_back(reason_of(exposure));
}

// As far right as the longest way to it is; what nothing is reached through, in the last one.
void ExposureMap::set_layers() {
  bool changed = true;
  for (std::size_t round = 0; changed && round < kMostLayers; ++round) {
    changed = false;
    for (const auto& [from, to] : edges_) {
      if (nodes_[to].layer > nodes_[from].layer) continue;
      nodes_[to].layer = nodes_[from].layer + 1;
      changed = true;
    }
  }
  std::vector<bool> leads_on(nodes_.size());
  for (const auto& [from, to] : edges_) leads_on[from] = true;
  std::size_t last = 0;
  for (const Node& node : nodes_) last = std::max(last, node.layer);
  for (std::size_t n = 0; n < nodes_.size(); ++n) {
    if (!leads_on[n] && !nodes_[n].origin) nodes_[n].layer = last;
  }
  layers_ = nodes_.empty() ? 0 : last + 1;
}

// Each node near what it leads to: objects by priority, then layer by layer back to the origins.
void ExposureMap::sort_nodes() {
  std::vector<std::vector<std::size_t>> leads_to(nodes_.size());
  for (const auto& [from, to] : edges_) leads_to[from].push_back(to);
  std::vector<std::vector<std::size_t>> layers(layers_);
  for (std::size_t n = 0; n < nodes_.size(); ++n) layers[nodes_[n].layer].push_back(n);
  std::vector<double> height(nodes_.size());
  std::vector<std::size_t> order;
  for (std::size_t layer = layers.size(); layer-- > 0;) {
    for (const std::size_t n : layers[layer]) {
      double sum = 0;
      for (const std::size_t to : leads_to[n]) sum += height[to];
      if (!leads_to[n].empty()) height[n] = sum / static_cast<double>(leads_to[n].size());
    }
    const bool objects = layer + 1 == layers.size();
    std::ranges::stable_sort(layers[layer], [&](std::size_t a, std::size_t b) {
      return objects ? nodes_[a].priority > nodes_[b].priority : height[a] < height[b];
    });
    for (std::size_t row = 0; row < layers[layer].size(); ++row) {
      double& place = height[layers[layer][row]];
      place = objects ? static_cast<double>(row) : place;
    }
  }
  for (const std::vector<std::size_t>& layer : layers) {
    order.insert(order.end(), layer.begin(), layer.end());
  }
  std::vector<std::size_t> number(nodes_.size());
  std::vector<Node> sorted;
  for (std::size_t n = 0; n < order.size(); ++n) {
    number[order[n]] = n;
    sorted.push_back(std::move(nodes_[order[n]]));
  }
  nodes_ = std::move(sorted);
  std::set<std::pair<std::size_t, std::size_t>> edges;
  for (const auto& [from, to] : edges_) edges.insert({number[from], number[to]});
  edges_ = std::move(edges);
}

void ExposureMap::arrange(std::size_t most) {
  std::vector<const Way*> ways;
  ways.reserve(ways_.size());
  for (const Way& way : ways_) ways.push_back(&way);
  std::ranges::stable_sort(ways, [](const Way* a, const Way* b) {
    return std::tuple(a->priority, a->exposure->score) >
           std::tuple(b->priority, b->exposure->score);
  });
  if (ways.size() > most) ways.resize(most);
  for (const Way* way : ways) add_way(*way);
  set_layers();
  sort_nodes();
}

}  // namespace kaudit
