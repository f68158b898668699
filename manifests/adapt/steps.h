// Kinds that scatter a pod over fields of their own: Argo's WorkflowSpec, Tekton's TaskSpec.
//
// Not read, for it is text to be put together at run time: Argo's podSpecPatch and manifests of
// `resource` templates. Ownership and thread-safety as PodReader.
#pragma once

#include <vector>

#include "manifests/adapt/pod.h"

namespace kaudit {

// One Workload for each template that runs containers, appended to `out` as copies of `base`.
void read_argo_workflow(Value spec, const Workload& base, Reader& reader, PodReader& pods,
                        std::vector<Workload>& out);

// The pod of a task. `run`: the spec of the TaskRun or PipelineRun around it, absent otherwise.
void read_tekton_task(Value task, Value run, const Workload& base, Reader& reader, PodReader& pods,
                      std::vector<Workload>& out);
void read_tekton_step(Value step, const Workload& base, Reader& reader, PodReader& pods,
                      std::vector<Workload>& out);

}  // namespace kaudit
