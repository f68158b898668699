// Adapters: Documents of one surface into facts.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "core/facts.h"

namespace kaudit {

// Where a custom resource carries pod templates: `apps.kruise.io`, `CloneSet`, `spec.template`.
// A path's segment `*` means every item of a list or every member of a mapping. The path leads to a
// pod template (metadata and spec), or with `bare_spec` to a pod spec itself.
struct PodTemplatePath {
  std::string group;  // of any version
  std::string kind;
  std::string path;
  bool bare_spec = false;
};

// Ownership: keeps the table and scratch memory; facts live until the visitor's call returns.
// Thread-safety: one adapter per thread.
class KubernetesAdapter {
 public:
  explicit KubernetesAdapter(std::span<const PodTemplatePath> additional = {});
  ~KubernetesAdapter();
  KubernetesAdapter(KubernetesAdapter&&) noexcept;
  KubernetesAdapter& operator=(KubernetesAdapter&&) noexcept;

  // Every object of the document; a List's items one by one, however deep they nest.
  void adapt(const Document& document, FactVisitor& visitor);
  // One object: what an AdmissionReview carries.
  void adapt(Value object, FactVisitor& visitor);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kaudit
