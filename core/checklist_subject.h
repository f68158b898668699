// What a checklist is kept of: a workload, a service, or the image that a Dockerfile builds.
//
// Ownership: owns its text. Thread-safety: values; one thread for a collector.
#pragma once

#include <string>
#include <vector>

#include "core/fact_visitors.h"
#include "core/facts.h"

namespace kaudit {

struct ChecklistSubject {
  Surface surface = Surface::kubernetes;
  std::string kind, ns, name;       // as in the findings about it
  Location where;                   // of its beginning
  std::vector<std::string> images;  // that it runs, each once
  bool serves_data = false;         // one of them is a database, cache, queue or console
  bool takes_context = false;       // a Dockerfile that copies from its build context
  bool context_known = false;
};

// Notes the subjects among the facts that it passes on. Of a pod template that an object has
// several of, all count as that object.
class ChecklistCollector final : public ForwardingVisitor {
 public:
  using ForwardingVisitor::ForwardingVisitor;
  using ForwardingVisitor::visit;
  void visit(const Workload& fact) override;
  void visit(const Build& fact) override;

  [[nodiscard]] std::vector<ChecklistSubject>& subjects() noexcept { return subjects_; }

 private:
  ChecklistSubject& add(const Object& object);

  std::vector<ChecklistSubject> subjects_;
};

}  // namespace kaudit
