#include "core/checklist_subject.h"

#include <algorithm>
#include <string>
#include <unordered_set>
#include <utility>

#include "core/build.h"
#include "core/redact.h"
#include "core/servers.h"
#include "core/shown.h"

namespace kaudit {

ChecklistSubject& ChecklistCollector::add(const Object& object) {
  if (object.part != 0 && !subjects_.empty()) return subjects_.back();
  ChecklistSubject& subject = subjects_.emplace_back();
  subject.surface = object.surface;
  subject.kind = shown(object.kind);
  subject.ns = shown(object.ns);
  subject.name = shown(object.name);
  for (std::string* name : {&subject.kind, &subject.ns, &subject.name}) redact_shapes(*name);
  subject.where = object.document->locate_key(object.at);
  return subject;
}

void ChecklistCollector::visit(const Workload& fact) {
  if (!fact.patch) {
    ChecklistSubject& subject = add(fact);
    std::unordered_set<std::string> known(subject.images.begin(), subject.images.end());
    for (const Container& container : fact.containers) {
      const Image& image = container.image;
      if (!image.written()) continue;
      subject.serves_data = subject.serves_data || server_of_image(image.value) != nullptr;
      std::string name = shown(image.value);
      redact_shapes(name);
      if (known.insert(name).second) subject.images.push_back(std::move(name));
    }
  }
  ForwardingVisitor::visit(fact);
}

void ChecklistCollector::visit(const Build& fact) {
  ChecklistSubject& subject = add(fact);
  subject.context_known = fact.context != nullptr;
  for (const Stage& stage : fact.stages) {
    subject.takes_context = subject.takes_context ||
                            std::ranges::any_of(stage.instructions, &Instruction::takes_context);
  }
  ForwardingVisitor::visit(fact);
}

}  // namespace kaudit
