#include "core/engine.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "core/build.h"
#include "core/fnv1a.h"
#include "core/glob.h"
#include "core/image.h"
#include "core/shown.h"

namespace kaudit {
namespace {

// Long enough for any line that a person wrote; a minified JSON document is one line.
constexpr std::size_t kSourceLineBytes = 400;

// What stays the same when lines move: neither line numbers nor the object's place in the file.
std::string fingerprint_of(const Finding& finding) {
  Fnv1a hash;
  hash.add(finding.rule->id);
  hash.add(finding.where.source);
  hash.add(finding.kind);
  hash.add(finding.ns);
  hash.add(finding.name);
  hash.add(finding.container);
  hash.add(finding.field);
  return hash.hex();
}

}  // namespace

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
  for (const Rule* rule : all_rules()) {
    const RuleSetting& setting = settings[index_of(*rule)];
    if (terms_.minor < rule->since_minor || listed(options.exclude, rule) ||
        (!options.include.empty() && !listed(options.include, rule)) ||
        (setting.has_action && setting.action == Action::off)) {
      continue;
    }
    rules_.push_back(rule);
    const Checks& checks = rule->checks;
    if (checks.workload) workload_.push_back({rule, setting, checks.workload});
    if (checks.role) role_.push_back({rule, setting, checks.role});
    if (checks.binding) binding_.push_back({rule, setting, checks.binding});
    if (checks.service) service_.push_back({rule, setting, checks.service});
    if (checks.persistent_volume)
      persistent_volume_.push_back({rule, setting, checks.persistent_volume});
    if (checks.name_space) namespace_.push_back({rule, setting, checks.name_space});
    if (checks.service_account) service_account_.push_back({rule, setting, checks.service_account});
    if (checks.config) config_.push_back({rule, setting, checks.config});
    if (checks.build) build_.push_back({rule, setting, checks.build});
    if (checks.build && rule->covers(Surface::image)) {
      image_build_.push_back({rule, setting, checks.build});
    }
    if (checks.image) image_.push_back({rule, setting, checks.image});
    if (checks.object) object_.push_back({rule, setting, checks.object});
    if (checks.compose) compose_.push_back({rule, setting, checks.compose});
    if (checks.compose_config) compose_config_.push_back({rule, setting, checks.compose_config});
  }
}

bool Plan::reports(const Rule& rule) const noexcept {
  return std::find(rules_.begin(), rules_.end(), &rule) != rules_.end() &&
         rule.severity >= at_least_ && (!only_.any() || rule.profiles.has(only_));
}

namespace {

// Turns the notes of one rule about one object into findings.
class Collector final : public Sink {
 public:
  Collector(const Object& object, const Plan& plan) noexcept
      : Sink(plan.terms()), object_(object) {}

  void report(Note note) override { report(std::move(note), rule->severity, rule->profiles); }
  void report(Note note, Severity severity, Profiles profiles) override {
    if (only.any() && !profiles.has(only)) return;
    if (setting->has_severity) severity = setting->severity;
    if (severity < at_least) return;
    const Document& document = *object_.document;
    const NodeId at = note.at == kNoNode ? object_.at : note.at;
    const Exemption* exemption = exemption_of(note.container);
    const Action action = action_of(profiles, exemption);
    if (detail == Detail::report) {
      redactor->learn(document);
    } else if (detail == Detail::answer) {
      redactor->learn(document, object_.at);
    }
    if (note.secret && detail != Detail::comparison) redactor->add(at);
    if (!lists({severity, profiles, action, exemption})) return;
    Finding& finding = out->emplace_back();
    finding.rule = rule;
    finding.severity = severity;
    finding.profiles = profiles;
    finding.action = action;
    finding.exemption = exemption;
    finding.surface = object_.surface;
    finding.at = at;
    finding.document = document.serial();
    finding.object = object_.at;
    if (note.container != nullptr) {
      finding.container_at = note.container->at;
      finding.role = note.container->role;
    }
    if (detail == Detail::comparison) return;
    write(note, finding);
    if (detail == Detail::report) place(note, finding);
  }

  bool only_counts() override {
    if (only.any() && !rule->profiles.has(only)) return true;
    const Severity severity = setting->has_severity ? setting->severity : rule->severity;
    if (severity < at_least) return true;
    const Exemption* exemption = exemption_of(nullptr);
    const Alike key{severity, rule->profiles, action_of(rule->profiles, exemption), exemption};
    const auto alike = find(key);
    return alike != alike_.end() && alike->listed >= kMostAlike && !lists(key);
  }

  void begin_rule(const Rule& next, const RuleSetting& its_setting) noexcept {
    rule = &next;
    setting = &its_setting;
    alike_.clear();
  }
  void end_rule() {
    if (!alike_.empty()) say_how_many_more();
  }

  const Rule* rule = nullptr;
  const RuleSetting* setting = nullptr;
  std::vector<Finding>* out = nullptr;
  Redactor* redactor = nullptr;
  Detail detail = Detail::report;
  ExemptionMatcher* matcher = nullptr;  // null: nothing is exempted
  const Exemption* by_annotation = nullptr;
  Profiles only, deny, warn;
  Severity at_least = Severity::info;
  Action at_most = Action::deny;

 private:
  // How many findings were only counted, with the last one of their kind.
  void say_how_many_more() {
    for (const Alike& alike : alike_) {
      if (alike.more == 0) continue;
      (*out)[alike.last].message +=
          "; " + std::to_string(alike.more) + " more like it in this object are not listed";
    }
  }

  // What it says.
  void write(Note& note, Finding& finding) const {
    const Document& document = *object_.document;
    if (finding.exemption != nullptr && finding.exemption == by_annotation) {
      finding.annotation_reason = shown(matcher->annotation_reason());
      redactor->text(finding.annotation_reason);
    }
    finding.kind = shown(object_.kind);
    finding.ns = shown(object_.ns);
    finding.name = shown(object_.name);
    if (note.container != nullptr) finding.container = shown(note.container->name.value);
    // A Compose file is one object to those who write it: `services.web.privileged`.
    const bool whole_path = object_.surface == Surface::compose;
    finding.field = document.field_path(finding.at, whole_path ? 0 : object_.at);
    for (std::string* name :
         {&finding.field, &finding.kind, &finding.ns, &finding.name, &finding.container}) {
      redactor->name(*name);
    }
    finding.message = std::move(note.message);
    redactor->text(finding.message);
    const bool own_fix = !note.fix.empty();  // the row's quotes nothing of the document
    finding.fix = own_fix ? std::move(note.fix) : std::string(rule->remedy(object_.surface));
    if (own_fix) redactor->text(finding.fix);
  }

  // Where it stands in the source.
  void place(const Note& note, Finding& finding) const {
    const Document& document = *object_.document;
    finding.where = note.at_key ? document.locate_key(finding.at) : document.locate(finding.at);
    if (note.elsewhere != nullptr) {
      finding.related = *note.elsewhere;
    } else if (note.related != kNoNode) {
      finding.related = document.locate(note.related);
    }
    finding.template_name = shown(document.template_name());
    const Source& source = document.source_of(finding.at);
    const Mark begin = source.own(finding.where.begin);
    const Mark end = source.own(finding.where.end);
    const Source::Excerpt excerpt = source.excerpt(begin, kSourceLineBytes);
    constexpr std::uint32_t kToTheEnd = ~std::uint32_t{0};
    Redactor::Span value{begin.column, end.line == begin.line ? end.column : kToTheEnd};
    finding.source_line = redactor->line(source, begin.line, excerpt, value);
    // That of the file, so that it goes with the place.
    finding.source_column = excerpt.column + finding.where.begin.column - begin.column;
    finding.source_begin = value.begin;
    finding.source_end = value.end;
    for (std::string* name :
         {&finding.where.pointer, &finding.related.pointer, &finding.template_name}) {
      redactor->name(*name);
    }
    finding.fingerprint = fingerprint_of(finding);
  }

  // Findings of the rule with the same consequence.
  struct Alike {
    Severity severity;
    Profiles profiles;
    Action action;
    const Exemption* exemption;
    std::size_t listed = 0, more = 0;
    std::size_t last = 0;  // its finding

    [[nodiscard]] bool same(const Alike& other) const noexcept {
      return severity == other.severity && profiles == other.profiles && action == other.action &&
             exemption == other.exemption;
    }
  };

  [[nodiscard]] const Exemption* exemption_of(const Container* container) {
    return matcher == nullptr ? nullptr : matcher->find(*rule, container);
  }
  [[nodiscard]] Action action_of(Profiles profiles, const Exemption* exemption) const noexcept {
    if (exemption != nullptr) return Action::audit;
    const Action action = setting->has_action  ? setting->action
                          : profiles.has(deny) ? Action::deny
                          : profiles.has(warn) ? Action::warn
                                               : Action::audit;
    return std::min(action, at_most);
  }
  [[nodiscard]] std::vector<Alike>::iterator find(const Alike& key) noexcept {
    return std::ranges::find_if(alike_, [&](const Alike& alike) { return alike.same(key); });
  }
  // Whether the next such finding, the out->size()-th, is listed; counts it.
  [[nodiscard]] bool lists(const Alike& key) {
    auto alike = find(key);
    if (alike == alike_.end()) alike = alike_.insert(alike, key);
    if (alike->listed >= kMostAlike) {
      ++alike->more;
      return false;
    }
    ++alike->listed;
    alike->last = out->size();
    return true;
  }

  const Object& object_;
  std::vector<Alike> alike_;  // few: a rule has few severities and profiles
};

Error error_of(const Object& object, const Problem& problem) {
  const Document& document = *object.document;
  std::string message = shown(object.kind);
  if (!object.name.empty()) message.append(" \"").append(shown(object.name)).append("\"");
  if (problem.what == Problem::What::unknown_version) {
    message
        .append(object.api_version.empty() ? " has no apiVersion"
                                           : " has an apiVersion that Kubernetes does not know")
        .append("; it was judged as ")
        .append(problem.expected);
  } else {
    message.append(": ")
        .append(document.field_path(problem.at, object.at))
        .append(" is ")
        .append(name_of(document.at(problem.at).kind()))
        .append("; it must be ")
        .append(problem.expected)
        .append(", so nothing below it was judged");
  }
  return {ErrorCode::malformed, std::move(message), document.locate(problem.at)};
}

}  // namespace

void Evaluation::merge_superseded(std::size_t first) {
  // By place, so that the work stays linear however many findings an object has.
  std::unordered_map<NodeId, std::vector<std::size_t>> specific;
  for (std::size_t n = first; n < findings_.size(); ++n) {
    if (!findings_[n].rule->supersedes.empty()) specific[findings_[n].at].push_back(n);
  }
  if (specific.empty()) return;
  std::vector<bool> dropped(findings_.size() - first);
  for (std::size_t n = first; n < findings_.size(); ++n) {
    const Finding& broad = findings_[n];
    const auto same_place = specific.find(findings_[n].at);
    if (same_place == specific.end()) continue;
    for (const std::size_t m : same_place->second) {
      Finding& better = findings_[m];
      const auto& slugs = better.rule->supersedes;
      if (std::find(slugs.begin(), slugs.end(), broad.rule->slug) == slugs.end()) continue;
      better.profiles = better.profiles | broad.profiles;
      // Who accepts the more specific finding accepts what it says besides.
      if (better.exemption == nullptr) better.action = std::max(better.action, broad.action);
      dropped[n - first] = true;
    }
  }
  std::size_t kept = first;
  for (std::size_t n = first; n < findings_.size(); ++n) {
    if (dropped[n - first]) continue;
    if (kept != n) findings_[kept] = std::move(findings_[n]);
    ++kept;
  }
  findings_.resize(kept);
}

template <class Fact>
void Evaluation::run(const std::vector<Plan::Step<Fact>>& steps, const Fact& fact) {
  const std::size_t first = findings_.size();
  Collector sink(fact, plan_);
  sink.out = &findings_;
  sink.redactor = &redactor_;
  sink.detail = detail_;
  sink.only = plan_.only_;
  sink.deny = plan_.deny_;
  sink.warn = plan_.warn_;
  sink.at_least = plan_.at_least_;
  if (!plan_.namespaces_.empty()) {
    const std::string_view ns = namespace_of(fact, requester_);
    for (const NamespaceProfile& profile : plan_.namespaces_) {
      if (!matches_any(profile.names, ns)) continue;
      sink.deny = profile.deny;
      sink.warn = profile.warn;
      break;
    }
  }
  const Workload* workload = nullptr;
  if constexpr (std::is_same_v<Fact, Workload>) {
    workload = &fact;
    if (fact.surface == Surface::kubernetes && fact.kind != "Pod") sink.at_most = plan_.templates_;
  }
  if (!plan_.exemptions().none()) {
    matcher_.begin(fact, workload, requester_);
    sink.matcher = &matcher_;
    sink.by_annotation = &plan_.exemptions().by_annotation();
  }
  const auto step_all = [&](const auto& list) {
    for (const auto& step : list) {
      sink.begin_rule(*step.rule, step.setting);
      step.check(fact, sink);
      sink.end_rule();
    }
  };
  step_all(steps);
  if (findings_.size() > first + 1) merge_superseded(first);
  if (fact.part != 0) return;
  if constexpr (!std::is_same_v<Fact, Object>) {
    step_all(plan_.object_);
    ++counts_.judged;
  }
  for (const Problem& problem : fact.problems) {
    if (problem.what == Problem::What::unreadable ||
        problem.what == Problem::What::unknown_version) {
      errors_.push_back(error_of(fact, problem));
    }
  }
  if (!fact.kind.empty()) ++counts_.objects;
}

void Evaluation::visit(const Workload& fact) {
  run(fact.surface == Surface::compose ? plan_.compose_ : plan_.workload_, fact);
  ++counts_.workloads;
  counts_.containers += fact.containers.size();
}

void Evaluation::visit(const Role& fact) {
  run(plan_.role_, fact);
  ++counts_.no_pod_spec;
}
void Evaluation::visit(const Binding& fact) {
  run(plan_.binding_, fact);
  ++counts_.no_pod_spec;
}
void Evaluation::visit(const Service& fact) {
  run(plan_.service_, fact);
  ++counts_.no_pod_spec;
}
void Evaluation::visit(const PersistentVolume& fact) {
  run(plan_.persistent_volume_, fact);
  ++counts_.no_pod_spec;
}
void Evaluation::visit(const Namespace& fact) {
  run(plan_.namespace_, fact);
  ++counts_.no_pod_spec;
}
void Evaluation::visit(const ServiceAccount& fact) {
  run(plan_.service_account_, fact);
  ++counts_.no_pod_spec;
}
void Evaluation::visit(const Config& fact) {
  run(fact.surface == Surface::compose ? plan_.compose_config_ : plan_.config_, fact);
  ++counts_.no_pod_spec;
}
void Evaluation::visit(const Build& fact) { run(plan_.build_, fact); }
void Evaluation::visit(const LayeredImage& fact) {
  run(plan_.image_, fact);
  Build history = fact.history;
  history.part = 1;  // of the image, which is counted above
  run(plan_.image_build_, history);
}
void Evaluation::visit(const Object& fact) {
  run(plan_.object_, fact);
  if (!fact.kind.empty()) ++counts_.no_pod_spec;
}

}  // namespace kaudit
