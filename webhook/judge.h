// One object of a request: what the rules find in it, and whether it can be judged at all.
//
// Ownership: findings own their text; `at` and other places are of the document, which must live as
// long as they are used. Thread-safety: one thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/engine.h"
#include "core/facts.h"
#include "manifests/adapt.h"
#include "webhook/request.h"

namespace kaudit {

// False for what carries no pod, or does not start or change one, or is being deleted: allowed
// unjudged. A subresource of pods that nobody here knows is judged.
[[nodiscard]] bool is_judged(const Request& request) noexcept;

// A place that keeps the object from being judged.
struct Trouble {
  std::string field;
  std::string message;
  friend bool operator==(const Trouble&, const Trouble&) = default;
};

struct Judgement {
  std::vector<Finding> findings;
  std::vector<Trouble> troubles;   // the first of them
  std::size_t more_troubles = 0;   // not kept
  std::vector<std::string> notes;  // for the user, whatever the verdict
  bool carries_pod = false;
};

// Judges `object` of the request's kind. An object of Kubernetes' own kinds must have the types
// that Kubernetes' own code writes: anything else is trouble.
[[nodiscard]] Judgement judge(Value object, const Request& request, KubernetesAdapter& adapter,
                              Evaluation& evaluation);

}  // namespace kaudit
