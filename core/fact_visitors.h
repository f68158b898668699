// For visitors that care about a few kinds of facts: they inherit from one of these, and name the
// rest with `using X::visit`.
//
// Thread-safety: none of their own.
#pragma once

#include "core/facts.h"

namespace kaudit {

class IgnoringVisitor : public FactVisitor {
 public:
  using FactVisitor::visit;
  void visit(const Workload&) override {}
  void visit(const Role&) override {}
  void visit(const Binding&) override {}
  void visit(const Service&) override {}
  void visit(const PersistentVolume&) override {}
  void visit(const Namespace&) override {}
  void visit(const ServiceAccount&) override {}
  void visit(const Config&) override {}
  void visit(const Build&) override {}
  void visit(const LayeredImage&) override {}
  void visit(const Object&) override {}
};

// Passes on what it is handed; the visitor behind it must outlive it.
class ForwardingVisitor : public FactVisitor {
 public:
  explicit ForwardingVisitor(FactVisitor& to) noexcept : to_(to) {}
  void visit(const Workload& fact) override { to_.visit(fact); }
  void visit(const Role& fact) override { to_.visit(fact); }
  void visit(const Binding& fact) override { to_.visit(fact); }
  void visit(const Service& fact) override { to_.visit(fact); }
  void visit(const PersistentVolume& fact) override { to_.visit(fact); }
  void visit(const Namespace& fact) override { to_.visit(fact); }
  void visit(const ServiceAccount& fact) override { to_.visit(fact); }
  void visit(const Config& fact) override { to_.visit(fact); }
  void visit(const Build& fact) override { to_.visit(fact); }
  void visit(const LayeredImage& fact) override { to_.visit(fact); }
  void visit(const Object& fact) override { to_.visit(fact); }
  void visit(const NetworkRoute& fact) override { to_.visit(fact); }
  void visit(const NetworkGateway& fact) override { to_.visit(fact); }
  void visit(const NetworkPolicy& fact) override { to_.visit(fact); }

 private:
  FactVisitor& to_;
};

}  // namespace kaudit
