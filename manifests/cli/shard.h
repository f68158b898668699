// One of several runs that share the work: `--shard 2/8` is the third of eight. The numbers are
// those of an Indexed Job (JOB_COMPLETION_INDEX); what is in which shard depends on names alone, so
// that runs on several machines agree, and the shards together are the whole.
//
// Thread-safety: values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/build.h"
#include "core/fact_visitors.h"
#include "core/image.h"
#include "core/result.h"

namespace kaudit {

struct Shard {
  std::uint32_t index = 0;
  std::uint32_t count = 1;

  [[nodiscard]] bool whole() const noexcept { return count == 1; }
  [[nodiscard]] bool takes(std::string_view name) const noexcept;
  friend bool operator==(const Shard&, const Shard&) = default;
};

// "2/8". The error is one sentence.
[[nodiscard]] Result<Shard> parse_shard(std::string_view text);

// Passes on the objects that are in the shard, by their kind, namespace and name.
class ShardFilter final : public ForwardingVisitor {
 public:
  ShardFilter(Shard shard, FactVisitor& to) noexcept : ForwardingVisitor(to), shard_(shard) {}

  void visit(const Workload& fact) override { pass(fact); }
  void visit(const Role& fact) override { pass(fact); }
  void visit(const Binding& fact) override { pass(fact); }
  void visit(const Service& fact) override { pass(fact); }
  void visit(const PersistentVolume& fact) override { pass(fact); }
  void visit(const Namespace& fact) override { pass(fact); }
  void visit(const ServiceAccount& fact) override { pass(fact); }
  void visit(const Config& fact) override { pass(fact); }
  void visit(const Build& fact) override { pass(fact); }
  void visit(const LayeredImage& fact) override { pass(fact); }
  void visit(const Object& fact) override { pass(fact); }
  void visit(const NetworkRoute& fact) override { pass(fact); }
  void visit(const NetworkGateway& fact) override { pass(fact); }
  void visit(const NetworkPolicy& fact) override { pass(fact); }

 private:
  template <class Fact>
  void pass(const Fact& fact) {
    name_.assign(fact.kind).append(1, '\0').append(fact.ns).append(1, '\0').append(fact.name);
    if (shard_.takes(name_)) ForwardingVisitor::visit(fact);
  }

  Shard shard_;
  std::string name_;
};

}  // namespace kaudit
