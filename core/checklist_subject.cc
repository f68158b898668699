#include "core/checklist_subject.h"

#include <algorithm>

#include "core/build.h"
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
  subject.where = object.document->locate_key(object.at);
  return subject;
}

void ChecklistCollector::visit(const Workload& fact) {
  if (!fact.patch) {
    ChecklistSubject& subject = add(fact);
    for (const Container& container : fact.containers) {
      const Image& image = container.image;
      if (!image.written()) continue;
      subject.serves_data = subject.serves_data || server_of_image(image.value) != nullptr;
      const std::string name = shown(image.value);
      const auto known = std::find(subject.images.begin(), subject.images.end(), name);
      if (known == subject.images.end()) subject.images.push_back(name);
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
