// Typed reading of one object's values. Null counts as unset, as for Kubernetes. A value of a type
// that Kubernetes rejects becomes a Problem, and the worse reading stands in for it:
//
//   what                                              read as
//   privileged, allowPrivilegeEscalation, hostNetwork,
//   hostPID, hostIPC, hostUsers, shareProcessNamespace,
//   automountServiceAccountToken, hostProcess         true
//   runAsNonRoot, readOnlyRootFilesystem, readOnly    false
//   runAsUser, runAsGroup, fsGroup,
//   supplementalGroups[*]                             0 (root), even for "1000"
//   hostPort, containerPort                           the digits of a string, else -1
//   a number or boolean instead of a string           its text
//   a list or mapping instead of a string             "a list", "a mapping": in no list of what is
//                                                     allowed; hostPath.path: "/"
//   hostPath as a string                              the path
//   seccompProfile, appArmorProfile not a mapping     a profile with an empty type
//   seLinuxOptions not a mapping                      its type is the text, or "a list"
//   windowsOptions not a mapping                      hostProcess: true
//   capabilities as a list or a string                all of it added
//   capabilities.add as a string                      that one added
//   capabilities.drop as a string                     nothing dropped
//   env as a mapping                                  its members are the variables
//   a string instead of a list of strings             a list of that one
//
// A whole number written as a real (1e3, 1000.0) is that number.
//
// Ownership: problems and texts live until begin(). Thread-safety: one thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/arena.h"
#include "core/facts.h"

namespace kaudit {

class Reader {
 public:
  // Forgets the last object. `placeholder` opens what is filled in later: "${" in an OpenShift
  // Template, "{{" in an Argo Workflow; a string that holds it is unresolved. Empty: none does.
  void begin(const Document& document, NodeId object, std::string_view placeholder);

  [[nodiscard]] const Document& document() const noexcept { return *document_; }
  [[nodiscard]] NodeId object() const noexcept { return object_; }
  [[nodiscard]] Arena& arena() noexcept { return arena_; }
  [[nodiscard]] std::vector<Problem>& problems() noexcept { return problems_; }

  void read(Flag& field, Value value, bool worse);
  void read(Number& field, Value value, std::int64_t worse);
  void read(Text& field, Value value);
  void read(Image& image, Value value);
  // As read, where a number is as good as a string: a quantity, a port.
  void read_scalar(Text& field, Value value);
  void read_port(Number& field, Value value);
  [[nodiscard]] std::span<const Text> texts(Value value);
  [[nodiscard]] std::span<const Text> texts_with(std::span<const Text> before, Value last);
  // Labels and annotations, data: whatever the type of the values.
  [[nodiscard]] std::span<const Pair> pairs(Value value);

  // Whether it is one; a problem when it is set to something else.
  [[nodiscard]] bool mapping(Value value) { return expect(value, Kind::object, "a mapping"); }
  [[nodiscard]] bool list(Value value) { return expect(value, Kind::array, "a list"); }
  void note(Problem::What what, NodeId at, std::string_view expected);
  void invalid(Value value, std::string_view expected);
  void misplaced(Value value, const std::string& right_path);

  template <class T>
  [[nodiscard]] static Field<T> absent(NodeId enclosing) noexcept {
    return {.value = {}, .at = enclosing, .state = Field<T>::State::absent};
  }

 private:
  bool expect(Value value, Kind kind, std::string_view expected) {
    if (value.kind() == kind) return true;
    if (value.set()) invalid(value, expected);
    return false;
  }
  void read_text(Text& field, Value value);
  [[nodiscard]] bool is_placeholder(std::string_view text) const noexcept {
    return !placeholder_.empty() && text.find(placeholder_) != std::string_view::npos;
  }

  const Document* document_ = nullptr;
  NodeId object_ = kNoNode;
  std::string_view placeholder_;
  Arena arena_{64 << 10};  // what a large pod needs
  std::vector<Problem> problems_;
  std::vector<Text> texts_;
  std::vector<Pair> pairs_;
};

}  // namespace kaudit
