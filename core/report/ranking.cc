#include "core/report/ranking.h"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <tuple>
#include <utility>

#include "core/exposure/chains.h"
#include "core/exposure/run_rules.h"
#include "core/report/fold.h"

namespace kaudit {
namespace {

std::shared_ptr<const Exposure> not_known(const Weights& weights) {
  Exposure out;
  out.lifetime = Lifetime::unknown;
  out.note = "what was examined does not say";
  out.score = weights.score(out);
  return std::make_shared<const Exposure>(std::move(out));
}

unsigned score_of(const Finding& finding, const ExposureGraph& graph) {
  const Exposure& exposure = *finding.exposure;
  Lifetime most = Lifetime::always;
  if (finding.role == Container::Role::init && !finding.container.empty()) most = Lifetime::once;
  if (finding.surface == Surface::dockerfile &&
      graph.is_aside(finding.where.source, finding.where.begin.line)) {
    most = Lifetime::build;
  }
  return most == Lifetime::always
             ? exposure.score
             : graph.weights().score(exposure, std::min(exposure.lifetime, most));
}

bool is_listed(const Finding& finding) noexcept {
  return finding.exemption == nullptr && !finding.folded;
}

bool is_chain(const Finding& finding) noexcept { return find_chain(*finding.rule) != nullptr; }

bool is_place_of(const Finding& a, const Finding& b) noexcept {
  return a.where.begin == b.where.begin && a.where.source == b.where.source &&
         a.document == b.document && a.object == b.object && a.priority == b.priority;
}

}  // namespace

void rank(FileReport& file, const ExposureGraph& graph) {
  std::shared_ptr<const Exposure> unknown;
  for (Finding& finding : file.findings) {
    finding.exposure = graph.of({finding.document, finding.object});
    if (finding.exposure == nullptr && finding.surface == Surface::dockerfile) {
      finding.exposure = graph.of_dockerfile(finding.where.source);
    }
    if (finding.exposure == nullptr) {
      if (unknown == nullptr) unknown = not_known(graph.weights());
      finding.exposure = unknown;
    }
  }
  settle_run_rules(file.findings);
  for (Finding& finding : file.findings) {
    finding.priority = graph.weights().priority(finding.severity, score_of(finding, graph));
  }
}

void list_only(std::vector<FileReport>& files, std::size_t most) {
  std::vector<unsigned> priorities;
  for (const FileReport& file : files) {
    for (const Finding& finding : file.findings) {
      if (is_listed(finding)) priorities.push_back(finding.priority);
    }
  }
  if (priorities.size() <= most) return;
  const auto last = priorities.begin() + static_cast<std::ptrdiff_t>(most - 1);
  std::ranges::nth_element(priorities, last, std::greater{});
  const unsigned least = *last;
  auto room = static_cast<std::size_t>(1 + std::count(priorities.begin(), last, least));
  for (FileReport& file : files) {
    for (const Finding& finding : file.findings) {
      const bool last_of_them = is_listed(finding) && finding.priority == least && room > 0;
      if (last_of_them) --room;
      const bool fits = last_of_them || (is_listed(finding) && finding.priority > least);
      file.left_out.push_back(finding.exemption == nullptr && !fits);
    }
  }
}

unsigned top_priority(const FileReport& file) noexcept {
  unsigned top = 0;
  for (const Finding& finding : file.findings) {
    if (finding.exemption == nullptr) top = std::max(top, finding.priority);
  }
  return top;
}

void FixFirst::add(const FileReport& file) {
  using Owner = std::tuple<const Rule*, std::uint64_t, NodeId>;
  std::map<Owner, std::pair<const Finding*, std::size_t>> owners;
  std::vector<Owner> order;
  for (const Finding& finding : file.findings) {
    if (!is_listed(finding) || finding.priority == 0) continue;
    const Owner owner{finding.rule, finding.document, finding.object};
    const auto [entry, is_new] = owners.try_emplace(owner, &finding, 0);
    auto& [best, alike] = entry->second;
    alike += 1 + finding.also.size();
    if (finding.priority > best->priority) best = &finding;
    if (is_new) order.push_back(owner);
  }
  for (const Owner& owner : order) {
    const auto& [finding, alike] = owners.at(owner);
    std::string name = owner_of(*finding);
    const auto known = std::ranges::find_if(items_, [&](const Item& item) {
      return !name.empty() && item.finding.rule == finding->rule && item.owner == name;
    });
    if (known != items_.end()) {
      known->alike += alike;
      continue;
    }
    const auto same = std::ranges::find_if(
        items_, [&](const Item& item) { return is_place_of(item.finding, *finding); });
    if (same != items_.end() && is_chain(same->finding)) continue;
    if (same != items_.end() && is_chain(*finding)) items_.erase(same);
    if (items_.size() == most_ &&
        (most_ == 0 || items_.back().finding.priority >= finding->priority)) {
      continue;
    }
    const auto before =
        std::ranges::upper_bound(items_, finding->priority, std::greater{},
                                 [](const Item& item) { return item.finding.priority; });
    items_.insert(before, {file.file, *finding, alike, std::move(name)});
    if (items_.size() > most_) items_.pop_back();
  }
}

}  // namespace kaudit
