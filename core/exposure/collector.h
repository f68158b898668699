// Notes what facts say of who reaches whom, as records that outlive their documents.
//
// Ownership: owns its records; `to` must outlive it. Thread-safety: one thread. Memory: some
// hundred bytes an object, and what its labels and names have.
#pragma once

#include "core/exposure/records.h"
#include "core/fact_visitors.h"

namespace kaudit {

// States how exposed an object is, in place of what is worked out: one of parse_exposure()'s words.
inline constexpr std::string_view kExposureAnnotation = "kaudit.dev/exposure";

class ExposureCollector final : public ForwardingVisitor {
 public:
  using ForwardingVisitor::ForwardingVisitor;
  using ForwardingVisitor::visit;
  void visit(const Object& fact) override;
  void visit(const Workload& fact) override;
  void visit(const Role& fact) override;
  void visit(const Binding& fact) override;
  void visit(const Service& fact) override;
  void visit(const Namespace& fact) override;
  void visit(const ServiceAccount& fact) override;
  void visit(const Config& fact) override;
  void visit(const Build& fact) override;
  void visit(const NetworkRoute& fact) override;
  void visit(const NetworkGateway& fact) override;
  void visit(const NetworkPolicy& fact) override;

  [[nodiscard]] ExposureFacts& facts() noexcept { return facts_; }

 private:
  ExposureFacts facts_;
};

}  // namespace kaudit
