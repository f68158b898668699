// Kinds that scatter a pod over fields of their own: Argo's WorkflowSpec, Tekton's TaskSpec.
//
// Not read, for it is text to be put together at run time: Argo's podSpecPatch and manifests of
// `resource` templates. Ownership and thread-safety as PodReader.
#pragma once

#include <vector>

#include "manifests/adapt/pod.h"

namespace kaudit {

// What the pods of one object have in common. A finding about a field of the pod itself is told of
// the first one only; what containers inherit, all have.
struct CommonPod {
  Workload first;
  Workload rest;
};

// One Workload for each template that runs containers, appended to `out` as copies of `base`.
void read_argo_workflow(Value spec, const Workload& base, Reader& reader, PodReader& pods,
                        std::vector<Workload>& out);

// What a TaskRun's or PipelineRun's spec says of the pods of its tasks; nothing where `run` is the
// spec of another kind.
[[nodiscard]] CommonPod read_tekton_run(Value run, const Workload& base, Reader& reader,
                                        PodReader& pods);
// The pod of a task.
void read_tekton_task(Value task, const CommonPod& common, Reader& reader, PodReader& pods,
                      std::vector<Workload>& out);
void read_tekton_step(Value step, const Workload& base, Reader& reader, PodReader& pods,
                      std::vector<Workload>& out);

}  // namespace kaudit
