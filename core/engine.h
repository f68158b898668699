// Rules over facts: a Plan picks the rules once, evaluates facts as often as needed.
//
// Ownership: findings own their text, so documents can end before them. Thread-safety: a Plan is
// immutable and shared; each thread has its own Evaluation.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/exemption.h"
#include "core/facts.h"
#include "core/redact.h"
#include "core/result.h"
#include "core/rule.h"

namespace kaudit {

struct Exposure;  // core/exposure/exposure.h
struct Chain;     // core/exposure/chains.h

// What is done about a finding. `off`: the rule is not run.
enum class Action : std::uint8_t { off, audit, warn, deny };
[[nodiscard]] std::string_view name_of(Action action) noexcept;
[[nodiscard]] bool parse(std::string_view text, Action& out) noexcept;

// Where else a finding stands.
struct AlsoPlace {
  std::string file;
  Mark at;
  std::string object;  // "Pod shop/web-5d4f-x2x9k"
};

// No member holds a secret of the document: see core/redact.h.
struct Finding {
  const Rule* rule = nullptr;
  Severity severity = Severity::medium;
  Profiles profiles;
  Action action = Action::audit;
  // What lets it pass, if anything does: the finding then denies and warns of nothing (audit).
  // Owned by the Plan and its copies.
  const Exemption* exemption = nullptr;
  std::string annotation_reason;  // of an exemption by annotation: what the object says
  Surface surface = Surface::kubernetes;
  Location where;                               // pointer, begin, end; source: the file
  Location related;                             // a second place; line 0 when there is none
  std::string kind, ns, name;                   // of the object
  std::string container;                        // empty: not of one container
  Container::Role role = Container::Role::app;  // of that container
  // The same places as nodes, for callers that still hold the document; kNoNode: of no container.
  NodeId at = kNoNode;
  NodeId container_at = kNoNode;
  std::string template_name;  // `# Source:` of a rendered chart, else empty
  std::string field;          // `spec.containers[0].image`, below the object
  std::string message;
  std::string fix;
  // The line of `where.begin` without line break, or 400 bytes of it around that place; the column
  // of its first character.
  std::string source_line;
  std::uint32_t source_column = 1;
  // Characters of source_line before the value, and up to its end.
  std::uint32_t source_begin = 0, source_end = 0;
  std::string fingerprint;  // 16 hex digits: the same finding after lines moved
  // Which object it is about: ObjectKey of core/exposure/records.h.
  std::uint64_t document = 0;
  NodeId object = kNoNode;
  // Of a run that ranks (core/report/ranking.h), else null and 0: how exposed the object is, and 1
  // to 1000, what to fix first having the most.
  std::shared_ptr<const Exposure> exposure;
  unsigned priority = 0;
  // Likewise (core/report/fold.h): it is listed with the same finding of its owner or of another
  // file, which has its place here.
  bool folded = false;
  std::vector<AlsoPlace> also;
};

// From the policy: what a rule's findings cause, when not the default. The default is deny for the
// profile that is enforced, warn for those that warn, audit for the rest.
struct RuleSetting {
  bool has_action = false;
  Action action = Action::audit;
  bool has_severity = false;
  Severity severity = Severity::medium;
};

// What is enforced in some namespaces instead of PlanOptions::deny and warn.
struct NamespaceProfile {
  std::vector<std::string> names;  // with wildcards, as in Exemption
  Profiles deny, warn;
  Location where;  // in the policy file
};

struct PlanOptions {
  std::uint8_t minor = kNewestMinor;
  // Only findings that break one of these profiles; empty: all findings, advice too.
  Profiles only;
  Profiles deny = kCore;
  Profiles warn = kBaseline | kRestricted;
  Severity at_least = Severity::info;
  std::vector<const Rule*> include;  // only these; empty: all
  std::vector<const Rule*> exclude;
  std::vector<std::pair<const Rule*, RuleSetting>> settings;
  std::vector<NamespaceProfile> namespaces;   // the first that names the namespace counts
  std::vector<Exemption> exemptions;          // the first that matches counts
  std::vector<ImagePattern> verified_images;  // whose publishers are trusted
  bool annotations_allowed = false;           // objects may exempt themselves: core/exemption.h
  // Rules of the run count too (Rule::of_run): only for who hands the findings to rank().
  bool ranks = false;
  // What a denial of a pod template (a Deployment, a CronJob) becomes: its pods are denied anyway.
  Action templates = Action::deny;
  // A plan is of one day: a program that runs longer makes a new one each day (UTC).
  Day today = kNoDay;
};

class Plan {
 public:
  explicit Plan(PlanOptions options);

  [[nodiscard]] const Terms& terms() const noexcept { return terms_; }
  [[nodiscard]] std::uint8_t minor() const noexcept { return terms_.minor; }
  [[nodiscard]] const std::vector<const Rule*>& rules() const noexcept { return rules_; }
  // Whether a finding with the severity and profiles of the rule's row would be reported.
  [[nodiscard]] bool reports(const Rule& rule) const noexcept;
  [[nodiscard]] const Exemptions& exemptions() const noexcept { return *exemptions_; }

 private:
  friend class Evaluation;
  template <class Fact>
  struct Step {
    const Rule* rule;
    RuleSetting setting;
    void (*check)(const Fact&, Sink&);
    bool listed = true;  // false: nobody asked for it but a chain
    bool part = false;   // of a chain: what it finds counts there, listed or not
  };
  struct ChainStep {
    const Rule* rule;
    RuleSetting setting;
    const Chain* chain;
  };

  Terms terms_;
  Profiles only_, deny_, warn_;
  Severity at_least_ = Severity::info;
  Action templates_ = Action::deny;
  std::vector<NamespaceProfile> namespaces_;
  // Shared, so that findings of a plan that was copied or moved still point at what they name.
  std::shared_ptr<const Exemptions> exemptions_;
  std::vector<const Rule*> rules_;
  std::vector<Step<Workload>> workload_;
  std::vector<Step<Role>> role_;
  std::vector<Step<Binding>> binding_;
  std::vector<Step<Service>> service_;
  std::vector<Step<PersistentVolume>> persistent_volume_;
  std::vector<Step<Namespace>> namespace_;
  std::vector<Step<ServiceAccount>> service_account_;
  std::vector<Step<Config>> config_;
  std::vector<Step<Build>> build_;
  std::vector<Step<Build>> image_build_;  // those of build_ that cover images
  std::vector<Step<LayeredImage>> image_;
  std::vector<Step<Object>> object_;
  std::vector<Step<Workload>> compose_;
  std::vector<Step<Config>> compose_config_;
  std::vector<ChainStep> chains_;
};

// How much of a finding is worked out.
enum class Detail : std::uint8_t {
  report,  // all of it
  answer,  // nothing of the source: neither places and lines in it nor the fingerprint
  // The rule, the consequence and the nodes, to be compared: no text.
  comparison,
};

// Evaluates what it is shown and collects the findings in the order of the rule table within each
// object. Visit one document's facts, take findings(), go on.
class Evaluation final : public FactVisitor {
 public:
  explicit Evaluation(const Plan& plan) : plan_(plan), matcher_(plan.exemptions()) {}

  // Of the findings of the next objects.
  void set_detail(Detail detail) noexcept { detail_ = detail; }

  // Whose request the next objects are; null (as it is at first): nobody's, an audit of files. It
  // must outlive their visits.
  void set_requester(const Requester* requester) noexcept { requester_ = requester; }

  using FactVisitor::visit;
  void visit(const Workload& fact) override;
  void visit(const Role& fact) override;
  void visit(const Binding& fact) override;
  void visit(const Service& fact) override;
  void visit(const PersistentVolume& fact) override;
  void visit(const Namespace& fact) override;
  void visit(const ServiceAccount& fact) override;
  void visit(const Config& fact) override;
  void visit(const Build& fact) override;
  void visit(const LayeredImage& fact) override;
  void visit(const Object& fact) override;

  [[nodiscard]] std::vector<Finding>& findings() noexcept { return findings_; }
  // Objects that could not be judged as they are written (Problem::unreadable, unknown_version):
  // a file with one is not_examined, its findings stand. The places are known.
  [[nodiscard]] std::vector<Error>& errors() noexcept { return errors_; }

  // Counts for the summary, since construction.
  struct Counts {
    std::size_t objects = 0, workloads = 0, containers = 0, no_pod_spec = 0;
    std::size_t judged = 0;  // objects of the kinds that have rules of their own
  };
  [[nodiscard]] const Counts& counts() const noexcept { return counts_; }

 private:
  template <class Fact>
  void run(const std::vector<Plan::Step<Fact>>& steps, const Fact& fact);
  // Drops what a more specific rule says of the same place, among the findings from `first` on.
  void merge_superseded(std::size_t first);

  const Plan& plan_;
  const Requester* requester_ = nullptr;
  ExemptionMatcher matcher_;
  Detail detail_ = Detail::report;
  Redactor redactor_;
  std::vector<Finding> findings_;
  std::vector<Finding> parts_;  // of chains, which nobody asked for, of the object at hand
  std::vector<Error> errors_;
  Counts counts_;
};

}  // namespace kaudit
