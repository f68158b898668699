#include "core/engine.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "core/build.h"
#include "core/exposure/chains.h"
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

// Turns the notes of one rule about one object into findings.
class Collector final : public Sink {
 public:
  Collector(const Object& object, const Plan& plan) noexcept
      : Sink(plan.terms()), object_(object) {}

  void report(Note note) override { report(std::move(note), rule->severity, rule->profiles); }
  void report(Note note, Severity severity, Profiles profiles) override {
    if (setting->has_severity) severity = setting->severity;
    const bool shown = shows(severity, profiles);
    if (!shown && !part) return;
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
    if (!lists({severity, profiles, action, exemption, shown})) return;
    Finding& finding = (shown ? out : parts)->emplace_back();
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
    const Severity severity = setting->has_severity ? setting->severity : rule->severity;
    const bool shown = shows(severity, rule->profiles);
    if (!shown) return !part;
    const Exemption* exemption = exemption_of(nullptr);
    const Alike key{severity, rule->profiles, action_of(rule->profiles, exemption), exemption,
                    shown};
    const auto alike = find(key);
    return alike != alike_.end() && alike->listed >= kMostAlike && !lists(key);
  }

  void begin_rule(const Rule& next, const RuleSetting& its_setting, bool its_listed,
                  bool its_part) noexcept {
    rule = &next;
    setting = &its_setting;
    listed = its_listed;
    part = its_part;
    alike_.clear();
  }
  void end_rule() {
    if (!alike_.empty()) say_how_many_more();
  }

  // The finding of the rule at hand, a chain, where its parts are among the findings from `from` on
  // and `parts`. Whether its object is exposed, and how, is not known yet.
  void add_chain(const Chain& chain, std::size_t from, const Workload* workload) {
    const Severity severity = setting->has_severity ? setting->severity : rule->severity;
    if (severity < at_least) return;
    const std::vector<const Finding*> firsts = parts_of(chain, chain.first, from);
    const std::vector<const Finding*> seconds = parts_of(chain, chain.second, from);
    if (firsts.empty() || (seconds.empty() && !chain.second[0].empty())) return;
    const Finding* first = firsts.front();
    const Exemption* exemption = nullptr;
    if (matcher != nullptr) {  // what lets one container pass says nothing of another
      for (const Finding* other : firsts) {
        const Exemption* its = exemption_of(container_of(*other, workload));
        if (other == first) exemption = its;
        if (its != nullptr) continue;
        first = other;
        exemption = nullptr;
        break;
      }
    }
    Finding finding = *first;
    finding.rule = rule;
    finding.severity = severity;
    if (!seconds.empty()) {
      finding.profiles = finding.profiles | seconds.front()->profiles;
      finding.related = seconds.front()->where;
    }
    finding.exemption = exemption;
    finding.action = action_of(finding.profiles, exemption);
    explain_annotation(finding);
    finding.message = chain.says;
    finding.fix = rule->remedy(finding.surface);
    Fnv1a hash;
    hash.add(rule->id);
    hash.add(first->fingerprint);
    finding.fingerprint = hash.hex();
    out->push_back(std::move(finding));
  }

  const Rule* rule = nullptr;
  const RuleSetting* setting = nullptr;
  bool listed = true;  // what it finds, as far as `only` and `at_least` let it
  bool part = false;   // of a chain: what is not listed goes to `parts`
  std::vector<Finding>* out = nullptr;
  std::vector<Finding>* parts = nullptr;
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
      if (alike.more == 0 || !alike.shown) continue;
      (*out)[alike.last].message +=
          "; " + std::to_string(alike.more) + " more like it in this object are not listed";
    }
  }

  [[nodiscard]] bool shows(Severity severity, Profiles profiles) const noexcept {
    return listed && severity >= at_least && (!only.any() || profiles.has(only));
  }

  // What these rules found, in their order, and nobody accepts.
  [[nodiscard]] std::vector<const Finding*> parts_of(const Chain& chain,
                                                     std::span<const std::string_view> slugs,
                                                     std::size_t from) const {
    std::vector<const Finding*> found;
    for (const std::string_view slug : slugs) {
      const auto add = [&](const Finding& finding) {
        if (finding.rule->slug == slug && finding.exemption == nullptr &&
            counts_for(chain, finding)) {
          found.push_back(&finding);
        }
      };
      std::for_each(out->begin() + static_cast<std::ptrdiff_t>(from), out->end(), add);
      std::ranges::for_each(*parts, add);
    }
    return found;
  }

  [[nodiscard]] static const Container* container_of(const Finding& finding,
                                                     const Workload* workload) noexcept {
    if (workload == nullptr || finding.container_at == kNoNode) return nullptr;
    const auto found =
        std::ranges::find(workload->containers, finding.container_at, &Container::at);
    return found == workload->containers.end() ? nullptr : &*found;
  }

  void explain_annotation(Finding& finding) const {
    if (finding.exemption == nullptr || finding.exemption != by_annotation) return;
    finding.annotation_reason = shown(matcher->annotation_reason());
    redactor->text(finding.annotation_reason);
  }

  // What it says.
  void write(Note& note, Finding& finding) const {
    const Document& document = *object_.document;
    explain_annotation(finding);
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
    bool shown;
    std::size_t listed = 0, more = 0;
    std::size_t last = 0;  // its finding

    [[nodiscard]] bool same(const Alike& other) const noexcept {
      return severity == other.severity && profiles == other.profiles && action == other.action &&
             exemption == other.exemption && shown == other.shown;
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
  sink.parts = &parts_;
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
      sink.begin_rule(*step.rule, step.setting, step.listed, step.part);
      step.check(fact, sink);
      sink.end_rule();
    }
  };
  step_all(steps);
  if (findings_.size() > first + 1) merge_superseded(first);
  for (const Plan::ChainStep& chain : plan_.chains_) {
    sink.begin_rule(*chain.rule, chain.setting, true, false);
    sink.add_chain(*chain.chain, first, workload);
  }
  parts_.clear();
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
