// Dockerfiles, as manifests/read/dockerfile.h hands them over, into facts.
#pragma once

#include "core/arena.h"
#include "core/build.h"

namespace kaudit {

// Ownership: keeps memory for reuse; facts live until the visitor's call returns. Thread-safety:
// one adapter per thread.
class BuildAdapter {
 public:
  // `context`: null where it is not known.
  void adapt(const Document& document, FactVisitor& visitor, const BuildContext* context = nullptr);

 private:
  Arena arena_;
};

}  // namespace kaudit
