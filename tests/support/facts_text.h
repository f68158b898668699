// Facts as lines of text, for tests: one line for each fact, with those fields that are written,
// `field=value@line`.
#pragma once

#include <string>

#include "core/build.h"
#include "manifests/adapt.h"

namespace kaudit::testing {

class FactsText final : public FactVisitor {
 public:
  using FactVisitor::visit;
  void visit(const Workload& fact) override;
  void visit(const Role& fact) override;
  void visit(const Binding& fact) override;
  void visit(const Service& fact) override;
  void visit(const PersistentVolume& fact) override;
  void visit(const Namespace& fact) override;
  void visit(const ServiceAccount& fact) override;
  void visit(const Config& fact) override;
  void visit(const Build& fact) override;
  void visit(const LayeredImage& fact) override;
  void visit(const Object& fact) override;

  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  void envelope(const char* what, const Object& object);
  void security(const Security& security);
  void container(const Container& container);
  void build_pair(const BuildPair& pair);
  void build_instruction(const Instruction& instruction);
  void place(NodeId at);
  void word(std::string_view name, std::string_view value);
  void field(std::string_view name, const Text& text);
  void field(std::string_view name, const Flag& flag);
  void field(std::string_view name, const Number& number);
  void texts(std::string_view name, std::span<const Text> texts);
  void pairs(std::string_view name, std::span<const Pair> pairs);
  void line(std::string_view text) { text_ += '\n', text_ += text; }

  const Document* document_ = nullptr;
  std::string text_;
};

// Reads YAML or JSON and adapts it; errors of reading are lines too.
[[nodiscard]] std::string facts_text(KubernetesAdapter& adapter, const std::string& manifest);
[[nodiscard]] std::string facts_text(const std::string& manifest);
// Shows the facts to a visitor; what reading says is wrong, as lines.
std::string show_facts(KubernetesAdapter& adapter, const std::string& manifest,
                       FactVisitor& visitor);

}  // namespace kaudit::testing
