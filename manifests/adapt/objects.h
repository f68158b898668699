// Objects of Kubernetes without a pod that rules look at.
//
// Ownership: what is filled lives in the Reader's arena until Reader::begin(). Thread-safety: one
// thread.
#pragma once

#include <vector>

#include "manifests/adapt/reader.h"

namespace kaudit {

class ObjectReader {
 public:
  explicit ObjectReader(Reader& reader) : reader_(reader) {}

  // All but the envelope.
  void read(Value object, Role& out);
  void read(Value object, Binding& out);
  void read(Value object, Service& out);
  void read(Value object, PersistentVolume& out);
  void read(Value object, ServiceAccount& out);
  void read(Value object, Config& out);

 private:
  Reader& reader_;
  std::vector<PolicyRule> rules_;
  std::vector<Subject> subjects_;
  std::vector<Port> ports_;
};

}  // namespace kaudit
