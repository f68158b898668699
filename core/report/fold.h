// The same finding in several places is one thing to fix: on a Deployment, its ReplicaSets and its
// pods, or on one object written in several files.
//
// Thread-safety: one thread.
#pragma once

#include <string>
#include <vector>

#include "core/report/report.h"

namespace kaudit {

// What a finding is about, the same for all replicas of a controller and in all files: an object of
// Kubernetes by its name, a Compose service by its directory too. Empty where it has no name.
[[nodiscard]] std::string owner_of(const Finding& finding);

// Sets Finding::folded and `also`, once findings are ranked. What stands for the others is the
// finding of the owner itself where it was examined, else the first in the order of `files`.
// Exempted ones are left alone.
void fold(std::vector<FileReport>& files);

}  // namespace kaudit
