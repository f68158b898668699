// A visitor for those who want workloads only.
#pragma once

#include <functional>
#include <utility>

#include "core/facts.h"

namespace kaudit::testing {

class Workloads final : public FactVisitor {
 public:
  using FactVisitor::visit;
  explicit Workloads(std::function<void(const Workload&)> use) : use_(std::move(use)) {}
  void visit(const Workload& fact) override { use_(fact); }
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

 private:
  std::function<void(const Workload&)> use_;
};

}  // namespace kaudit::testing
