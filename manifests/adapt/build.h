// Dockerfiles, as manifests/read/dockerfile.h hands them over, and images, as
// manifests/read/image_document.h does, into facts.
#pragma once

#include <span>
#include <string_view>

#include "core/arena.h"
#include "core/build.h"

namespace kaudit {

// Ownership: keeps memory for reuse; facts live until the visitor's call returns. Thread-safety:
// one adapter per thread.
class BuildAdapter {
 public:
  // What is said to a build from outside: build arguments, and the stage that is wanted; a name
  // that no stage has leaves all of them.
  struct Request {
    std::span<const EnvVar> args = {};
    std::string_view target = {};
  };
  // `context`: null where it is not known.
  void adapt(const Document& document, FactVisitor& visitor, const BuildContext* context,
             const Request& request);
  void adapt(const Document& document, FactVisitor& visitor,
             const BuildContext* context = nullptr) {
    adapt(document, visitor, context, {});
  }

  // One image of an archive.
  void adapt_image(const Document& document, FactVisitor& visitor);

 private:
  Arena arena_;
};

}  // namespace kaudit
