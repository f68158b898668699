// Conditions that several controls of the Pod Security Standards share, as in Kubernetes' own
// table (k8s.io/pod-security-admission, policy/).
#pragma once

#include <string>
#include <string_view>

#include "core/facts.h"
#include "core/rule.h"
#include "core/rules/message.h"

namespace kaudit {

inline constexpr std::string_view kPodSecurityStandards =
    "https://kubernetes.io/docs/concepts/security/pod-security-standards/";

inline constexpr Profiles kBaselineUp = kBaseline | kRestricted;

// From 1.25 on the restricted controls about Linux alone are not asked of a pod that says it is for
// Windows: it could not set the fields.
[[nodiscard]] inline bool windows_exempt(const Workload& workload, const Sink& sink) noexcept {
  return sink.minor() >= 25 && workload.windows();
}

// From 1.35 on (KEP-127) a pod with a user namespace of its own may run as root inside it.
[[nodiscard]] inline bool user_namespace_relaxed(const Workload& workload,
                                                 const Sink& sink) noexcept {
  return sink.minor() >= 35 && workload.host_users.is(false);
}

// Nothing is written, and the place is known to be complete: a patch leaves out what it does not
// change, and a variable may stand for anything.
template <class T>
[[nodiscard]] bool missing(const Workload& workload, const Field<T>& field) noexcept {
  return !workload.patch && field.state == Field<T>::State::absent;
}

// Hands over the pod's security context (container null) and then each container's.
template <class Visit>
void for_each_security(const Workload& workload, const Visit& visit) {
  visit(workload.pod, static_cast<const Container*>(nullptr));
  for (const Container& container : workload.containers) visit(container.security, &container);
}

// Who sets a field: `pod`, `container "app"`.
[[nodiscard]] inline std::string setter(const Container* container) {
  return container == nullptr ? "pod" : subject(*container);
}

}  // namespace kaudit
