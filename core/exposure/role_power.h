// What a Role or ClusterRole gives. Private to core/exposure.
#pragma once

#include "core/exposure/exposure.h"
#include "core/facts.h"

namespace kaudit {

// As if it were bound in the whole cluster. Source of what is powerful:
// https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks
[[nodiscard]] AccountPower power_of(const Role& role) noexcept;
// Of a ClusterRole that Kubernetes itself has; none where it has none of that name.
[[nodiscard]] AccountPower power_of_builtin(std::string_view role) noexcept;

}  // namespace kaudit
