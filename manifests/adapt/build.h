// Dockerfiles, as manifests/read/dockerfile.h hands them over, into facts.
#pragma once

#include "core/arena.h"
#include "core/build.h"

namespace kaudit {

// Ownership: keeps memory for reuse; facts live until the visitor's call returns. Thread-safety:
// one adapter per thread.
class BuildAdapter {
 public:
  void adapt(const Document& document, FactVisitor& visitor);

 private:
  Arena arena_;
};

}  // namespace kaudit
