// Which rules a run evaluates, and what their findings cause; the words of severities and actions.
#include <algorithm>
#include <utility>

#include "core/engine.h"
#include "core/exposure/chains.h"

namespace kaudit {

std::string_view name_of(Surface surface) noexcept {
  switch (surface) {
    case Surface::kubernetes: return "kubernetes";
    case Surface::compose: return "compose";
    case Surface::dockerfile: return "dockerfile";
    case Surface::image: return "image";
  }
  return "";
}

std::string_view name_of(Container::Role role) noexcept {
  switch (role) {
    case Container::Role::init: return "init container";
    case Container::Role::app: return "container";
    case Container::Role::ephemeral: return "ephemeral container";
    case Container::Role::service: return "service";
  }
  return "";
}

std::string_view name_of(Severity severity) noexcept {
  constexpr std::string_view kNames[] = {"info", "low", "medium", "high", "critical"};
  return kNames[static_cast<std::size_t>(severity)];
}

bool parse(std::string_view text, Severity& out) noexcept {
  for (const Severity s :
       {Severity::info, Severity::low, Severity::medium, Severity::high, Severity::critical}) {
    if (name_of(s) == text) {
      out = s;
      return true;
    }
  }
  return false;
}

std::string_view name_of(Action action) noexcept {
  constexpr std::string_view kNames[] = {"off", "audit", "warn", "deny"};
  return kNames[static_cast<std::size_t>(action)];
}

bool parse(std::string_view text, Action& out) noexcept {
  for (const Action a : {Action::off, Action::audit, Action::warn, Action::deny}) {
    if (name_of(a) == text) {
      out = a;
      return true;
    }
  }
  return false;
}

Plan::Plan(PlanOptions options)
    : terms_{.minor = std::min(options.minor, kNewestMinor),
             .annotations_allowed = options.annotations_allowed,
             .today = options.today,
             .verified_images = std::move(options.verified_images)},
      only_(options.only),
      deny_(options.deny),
      warn_(options.warn),
      at_least_(options.at_least),
      templates_(options.templates),
      namespaces_(std::move(options.namespaces)),
      exemptions_(std::make_shared<const Exemptions>(std::move(options.exemptions),
                                                     options.annotations_allowed, options.today)) {
  std::vector<RuleSetting> settings(all_rules().size());
  for (const auto& [rule, setting] : options.settings) settings[index_of(*rule)] = setting;
  const auto listed = [](const std::vector<const Rule*>& rules, const Rule* rule) {
    return std::find(rules.begin(), rules.end(), rule) != rules.end();
  };
  std::vector<bool> parts(all_rules().size());
  for (const Rule* rule : all_rules()) {
    const RuleSetting& setting = settings[index_of(*rule)];
    if (terms_.minor < rule->since_minor || listed(options.exclude, rule) ||
        (!options.include.empty() && !listed(options.include, rule)) ||
        (setting.has_action && setting.action == Action::off) || (rule->of_run && !options.ranks)) {
      continue;
    }
    rules_.push_back(rule);
    const Chain* chain = find_chain(*rule);
    if (chain == nullptr || (only_.any() && !rule->profiles.has(only_))) continue;
    chains_.push_back({rule, setting, chain});
    for (const std::string_view slug : chain->first) {
      if (!slug.empty()) parts[index_of(*find_rule(slug))] = true;
    }
    for (const std::string_view slug : chain->second) {
      if (!slug.empty()) parts[index_of(*find_rule(slug))] = true;
    }
  }
  for (const Rule* rule : all_rules()) {
    const bool asked = listed(rules_, rule);
    const bool part = parts[index_of(*rule)] && terms_.minor >= rule->since_minor;
    if (!asked && !part) continue;
    const Checks& checks = rule->checks;
    const auto add = [&](auto& list, auto check) {
      if (check) list.push_back({rule, settings[index_of(*rule)], check, asked, part});
    };
    add(workload_, checks.workload);
    add(role_, checks.role);
    add(binding_, checks.binding);
    add(service_, checks.service);
    add(persistent_volume_, checks.persistent_volume);
    add(namespace_, checks.name_space);
    add(service_account_, checks.service_account);
    add(config_, checks.config);
    add(build_, checks.build);
    if (rule->covers(Surface::image)) add(image_build_, checks.build);
    add(image_, checks.image);
    add(object_, checks.object);
    add(compose_, checks.compose);
    add(compose_config_, checks.compose_config);
  }
}

bool Plan::reports(const Rule& rule) const noexcept {
  return std::find(rules_.begin(), rules_.end(), &rule) != rules_.end() &&
         rule.severity >= at_least_ && (!only_.any() || rule.profiles.has(only_));
}

}  // namespace kaudit
