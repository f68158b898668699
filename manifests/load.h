// Readers: bytes of a file into Documents, one at a time.
//
// Ownership: the Document handed to a DocumentVisitor ends with the call (its memory is reused for
// the next one); the visitor may keep the Source. Thread-safety: functions keep no state between
// calls; one visitor per thread. Errors: never thrown. Each carries file, line and column, and the
// other documents of the same file are still read.
#pragma once

#include <memory>

#include "core/document.h"
#include "core/result.h"

namespace kaudit {

class DocumentVisitor {
 public:
  virtual ~DocumentVisitor() = default;
  virtual void document(const Document& document) = 0;
  virtual void error(Error error) = 0;
};

// YAML 1.1 as Kubernetes reads it (sigs.k8s.io/yaml), through libyaml's events.
void read_yaml(const std::shared_ptr<const Source>& source, const Limits& limits,
               DocumentVisitor& visitor);

// The same, but that members keep the names that are written: `on` and `1.0` are "true" and "1" to
// Kubernetes only.
void read_compose_yaml(const std::shared_ptr<const Source>& source, const Limits& limits,
                       DocumentVisitor& visitor);

// JSON, one or more values in a file, through simdjson.
void read_json(const std::shared_ptr<const Source>& source, const Limits& limits,
               DocumentVisitor& visitor);

// JSON texts of one value each, read one after the other with the same memory.
//
// Ownership: keeps the Document, which ends with the next call. Thread-safety: one thread.
class JsonParser {
 public:
  JsonParser();
  ~JsonParser();
  // The last of two members of the same name counts; see Document::duplicates().
  [[nodiscard]] Result<const Document*> parse(const std::shared_ptr<const Source>& source,
                                              const Limits& limits);
  // Gives the memory back: after a text so large that the next ones will not need as much.
  void release();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// A manifest in either format, told by its content as kubectl does.
void read_manifest(const std::shared_ptr<const Source>& source, const Limits& limits,
                   DocumentVisitor& visitor);

}  // namespace kaudit
