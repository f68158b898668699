// What was understood, as JSON (schema kaudit-facts/1): for people who ask why, and for scripts
// that compare. Every value stands with the line and column where it was written; a field that is
// not written is left out.
//
// Never printed: values of environment variables, ConfigMaps, Secrets and annotations (but those
// that carry AppArmor and seccomp settings), words of commands. A note takes their place.
//
// Ownership: the Output must outlive it. Thread-safety: one thread.
#pragma once

#include <span>
#include <string_view>

#include "core/facts.h"
#include "core/report/json_writer.h"

namespace kaudit {

// Between begin_file() and end_file() show it the facts of the file.
class FactsWriter final : public FactVisitor {
 public:
  explicit FactsWriter(Output& out) : json_(out) {}

  void begin(std::string_view version);
  void begin_file(std::string_view file, Surface surface);
  // `errors`: of reading; those about the shape of an object are known from its problems.
  void end_file(std::span<const Error> errors);
  void end();

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

 private:
  // What the four rules that are denied by default look at.
  struct Verdict {
    bool privileged = false;
    bool runtime_socket_file = false;
    bool runtime_socket_directory = false;
    bool run_as_root = false;
    bool host_network = false;
  };
  [[nodiscard]] static Verdict verdict_of(const Workload& workload);

  enum class Values : std::uint8_t { all, settings, none };

  void begin_object(const Object& object, std::string_view fact);
  void write(const Verdict& verdict);
  void write(const Security& security);
  void write(const Workload& workload, const Container& container);
  void write(const BuildRequest& build);
  void write(const BuiltImage& image);
  void write_variables(std::string_view name, std::span<const EnvVar> variables);
  void write_volumes(std::span<const Volume> volumes);
  void write_pairs(std::string_view name, std::span<const Pair> pairs, Values shown);
  void write_problems(const Object& object);

  void place(NodeId at);
  template <class T>
  void field(std::string_view name, const Field<T>& field);
  void values(std::string_view name, std::span<const Text> texts);
  void redacted(std::string_view name, std::span<const Text> texts);
  template <class Items, class Write>
  void list(std::string_view name, const Items& items, const Write& write_item);

  JsonWriter json_;
  const Document* document_ = nullptr;
  Surface surface_ = Surface::kubernetes;
  Verdict file_verdict_;
  std::size_t objects_ = 0, workloads_ = 0, custom_workloads_ = 0;
};

template <class T>
void FactsWriter::field(std::string_view name, const Field<T>& field) {
  if (field.state == Field<T>::State::absent) return;
  json_.key(name);
  json_.begin_object(JsonWriter::Layout::line);
  json_.member("value", field.value);
  if (!field.written()) json_.member("unresolved", true);
  place(field.at);
  json_.end_object();
}

template <class Items, class Write>
void FactsWriter::list(std::string_view name, const Items& items, const Write& write_item) {
  if (items.empty()) return;
  json_.key(name);
  json_.begin_array();
  for (const auto& item : items) {
    json_.begin_object(JsonWriter::Layout::line);
    write_item(item);
    json_.end_object();
  }
  json_.end_array();
}

}  // namespace kaudit
