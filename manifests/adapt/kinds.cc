#include "manifests/adapt/kinds.h"

#include <algorithm>

namespace kaudit {
namespace {

using What = BuiltinKind::What;

constexpr std::string_view kRbac =
    "rbac.authorization.k8s.io/v1 rbac.authorization.k8s.io/v1beta1 "
    "rbac.authorization.k8s.io/v1alpha1 authorization.openshift.io/v1";

// Sorted by kind. Versions: the API groups' own history, k8s.io/api.
constexpr BuiltinKind kBuiltin[] = {
    {"ClusterRole", What::role, kRbac, ""},
    {"ClusterRoleBinding", What::binding, kRbac, ""},
    {"ConfigMap", What::config_map, "v1", ""},
    {"CronJob", What::workload, "batch/v1 batch/v1beta1 batch/v2alpha1",
     "spec.jobTemplate.spec.template.spec"},
    {"DaemonSet", What::workload, "apps/v1 apps/v1beta2 extensions/v1beta1", "spec.template.spec"},
    {"Deployment", What::workload, "apps/v1 apps/v1beta2 apps/v1beta1 extensions/v1beta1",
     "spec.template.spec"},
    {"Job", What::workload, "batch/v1 extensions/v1beta1", "spec.template.spec"},
    {"Namespace", What::name_space, "v1", ""},
    {"PersistentVolume", What::persistent_volume, "v1", ""},
    {"Pod", What::workload, "v1", "spec"},
    {"PodTemplate", What::workload, "v1", "template.spec"},
    {"ReplicaSet", What::workload, "apps/v1 apps/v1beta2 extensions/v1beta1", "spec.template.spec"},
    {"ReplicationController", What::workload, "v1 extensions/v1beta1", "spec.template.spec"},
    {"Role", What::role, kRbac, ""},
    {"RoleBinding", What::binding, kRbac, ""},
    {"ScheduledJob", What::workload, "batch/v2alpha1", "spec.jobTemplate.spec.template.spec"},
    {"Secret", What::secret, "v1", ""},
    {"Service", What::service, "v1", ""},
    {"ServiceAccount", What::service_account, "v1", ""},
    {"StatefulSet", What::workload, "apps/v1 apps/v1beta2 apps/v1beta1", "spec.template.spec"},
};
static_assert(std::ranges::is_sorted(kBuiltin, {}, &BuiltinKind::kind));

constexpr std::string_view kArgo = "argoproj.io";
constexpr std::string_view kArgoVariable = "{{";
constexpr std::string_view kTekton = "tekton.dev";
constexpr std::string_view kTektonVariable = "$(";
constexpr std::string_view kTrialParameter = "${trialParameters";
constexpr std::string_view kTemplateParameter = "${";

// Sorted by kind. Paths: the projects' own CustomResourceDefinitions.
constexpr CustomKind kCustom[] = {
    {"apps.kruise.io", "AdvancedCronJob", Shape::pod_template,
     "spec.template.broadcastJobTemplate.spec.template"},
    {"apps.kruise.io", "AdvancedCronJob", Shape::pod_template,
     "spec.template.jobTemplate.spec.template"},
    {"agent.k8s.elastic.co", "Agent", Shape::pod_template, "spec.daemonSet.podTemplate"},
    {"agent.k8s.elastic.co", "Agent", Shape::pod_template, "spec.deployment.podTemplate"},
    {"agent.k8s.elastic.co", "Agent", Shape::pod_template, "spec.statefulSet.podTemplate"},
    {"monitoring.coreos.com", "Alertmanager", Shape::pod_spec, "spec"},
    {kArgo, "AnalysisRun", Shape::pod_template, "spec.metrics.*.provider.job.spec.template",
     kArgoVariable},
    {kArgo, "AnalysisTemplate", Shape::pod_template, "spec.metrics.*.provider.job.spec.template",
     kArgoVariable},
    {"apm.k8s.elastic.co", "ApmServer", Shape::pod_template, "spec.podTemplate"},
    {"workload.codeflare.dev", "AppWrapper", Shape::objects, "spec.components.*.template"},
    {"actions.github.com", "AutoscalingListener", Shape::pod_template, "spec.template"},
    {"actions.github.com", "AutoscalingRunnerSet", Shape::pod_template, "spec.template"},
    {"beat.k8s.elastic.co", "Beat", Shape::pod_template, "spec.daemonSet.podTemplate"},
    {"beat.k8s.elastic.co", "Beat", Shape::pod_template, "spec.deployment.podTemplate"},
    {"apps.kruise.io", "BroadcastJob", Shape::pod_template, "spec.template"},
    {"cassandra.datastax.com", "CassandraDatacenter", Shape::pod_template, "spec.podTemplateSpec"},
    {"clickhouse.altinity.com", "ClickHouseInstallation", Shape::pod_template,
     "spec.templates.podTemplates.*"},
    {"clickhouse.altinity.com", "ClickHouseInstallationTemplate", Shape::pod_template,
     "spec.templates.podTemplates.*"},
    {"clickhouse-keeper.altinity.com", "ClickHouseKeeperInstallation", Shape::pod_template,
     "spec.templates.podTemplates.*"},
    {"apps.kruise.io", "CloneSet", Shape::pod_template, "spec.template"},
    {kArgo, "ClusterAnalysisTemplate", Shape::pod_template,
     "spec.metrics.*.provider.job.spec.template", kArgoVariable},
    {"operators.coreos.com", "ClusterServiceVersion", Shape::pod_template,
     "spec.install.spec.deployments.*.spec.template"},
    {"serving.kserve.io", "ClusterServingRuntime", Shape::pod_spec, "spec"},
    {kTekton, "ClusterTask", Shape::tekton_task, "spec", kTektonVariable},
    {"trainer.kubeflow.org", "ClusterTrainingRuntime", Shape::pod_template,
     "spec.template.spec.replicatedJobs.*.template.spec.template"},
    {kArgo, "ClusterWorkflowTemplate", Shape::argo_workflow, "spec", kArgoVariable},
    {"serving.knative.dev", "Configuration", Shape::pod_template, "spec.template"},
    {"sources.knative.dev", "ContainerSource", Shape::pod_template, "spec.template"},
    {kArgo, "CronWorkflow", Shape::argo_workflow, "spec.workflowSpec", kArgoVariable},
    {"apps.kruise.io", "DaemonSet", Shape::pod_template, "spec.template"},
    {"kubernetes.dask.org", "DaskCluster", Shape::pod_spec, "spec.scheduler.spec"},
    {"kubernetes.dask.org", "DaskCluster", Shape::pod_spec, "spec.worker.spec"},
    {"kubernetes.dask.org", "DaskJob", Shape::pod_spec, "spec.cluster.spec.scheduler.spec"},
    {"kubernetes.dask.org", "DaskJob", Shape::pod_spec, "spec.cluster.spec.worker.spec"},
    {"kubernetes.dask.org", "DaskJob", Shape::pod_spec, "spec.job.spec"},
    {"kubernetes.dask.org", "DaskWorkerGroup", Shape::pod_spec, "spec.worker.spec"},
    {"apps.openshift.io", "DeploymentConfig", Shape::pod_template, "spec.template"},
    {"", "DeploymentConfig", Shape::pod_template, "spec.template"},
    {"maps.k8s.elastic.co", "ElasticMapsServer", Shape::pod_template, "spec.podTemplate"},
    {"elasticsearch.k8s.elastic.co", "Elasticsearch", Shape::pod_template,
     "spec.nodeSets.*.podTemplate"},
    {"enterprisesearch.k8s.elastic.co", "EnterpriseSearch", Shape::pod_template,
     "spec.podTemplate"},
    {"fission.io", "Environment", Shape::pod_spec, "spec.builder.podspec"},
    {"fission.io", "Environment", Shape::pod_spec, "spec.runtime.podspec"},
    {"actions.github.com", "EphemeralRunner", Shape::pod_template, "spec"},
    {"actions.github.com", "EphemeralRunnerSet", Shape::pod_template, "spec.ephemeralRunnerSpec"},
    {"triggers.tekton.dev", "EventListener", Shape::pod_template,
     "spec.resources.kubernetesResource.spec.template"},
    {kArgo, "Experiment", Shape::pod_template, "spec.templates.*.template"},
    {"kubeflow.org", "Experiment", Shape::objects, "spec.trialTemplate.trialSpec", kTrialParameter},
    {"agones.dev", "Fleet", Shape::pod_template, "spec.template.spec.template"},
    {"flink.apache.org", "FlinkDeployment", Shape::pod_template, "spec.jobManager.podTemplate"},
    {"flink.apache.org", "FlinkDeployment", Shape::pod_template, "spec.podTemplate"},
    {"flink.apache.org", "FlinkDeployment", Shape::pod_template, "spec.taskManager.podTemplate"},
    {"agones.dev", "GameServer", Shape::pod_template, "spec.template"},
    {"agones.dev", "GameServerSet", Shape::pod_template, "spec.template.spec.template"},
    {"serving.kserve.io", "InferenceService", Shape::pod_spec, "spec.explainer"},
    {"serving.kserve.io", "InferenceService", Shape::pod_spec, "spec.predictor"},
    {"serving.kserve.io", "InferenceService", Shape::pod_spec, "spec.transformer"},
    {"kubeflow.org", "JAXJob", Shape::pod_template, "spec.jaxReplicaSpecs.*.template"},
    {"jenkins.io", "Jenkins", Shape::pod_spec, "spec.master"},
    {"batch.volcano.sh", "Job", Shape::pod_template, "spec.tasks.*.template"},
    {"jobset.x-k8s.io", "JobSet", Shape::pod_template,
     "spec.replicatedJobs.*.template.spec.template"},
    {"flow.volcano.sh", "JobTemplate", Shape::pod_template, "spec.tasks.*.template"},
    {"kibana.k8s.elastic.co", "Kibana", Shape::pod_template, "spec.podTemplate"},
    {"leaderworkerset.x-k8s.io", "LeaderWorkerSet", Shape::pod_template,
     "spec.leaderWorkerTemplate.leaderTemplate"},
    {"leaderworkerset.x-k8s.io", "LeaderWorkerSet", Shape::pod_template,
     "spec.leaderWorkerTemplate.workerTemplate"},
    {"logstash.k8s.elastic.co", "Logstash", Shape::pod_template, "spec.podTemplate"},
    {"kubeflow.org", "MPIJob", Shape::pod_template, "spec.mpiReplicaSpecs.*.template"},
    {"kubeflow.org", "MXJob", Shape::pod_template, "spec.mxReplicaSpecs.*.template"},
    {"work.open-cluster-management.io", "ManifestWork", Shape::objects,
     "spec.workload.manifests.*"},
    {"work.open-cluster-management.io", "ManifestWorkReplicaSet", Shape::objects,
     "spec.manifestWorkTemplate.workload.manifests.*"},
    {"mongodb.com", "MongoDB", Shape::pod_template, "spec.podSpec.podTemplate"},
    {"mongodbcommunity.mongodb.com", "MongoDBCommunity", Shape::pod_template,
     "spec.statefulSet.spec.template"},
    {"kubeflow.org", "Notebook", Shape::pod_template, "spec.template"},
    {"kubernetes.crossplane.io", "Object", Shape::objects, "spec.forProvider.manifest"},
    {"kubeflow.org", "PaddleJob", Shape::pod_template, "spec.paddleReplicaSpecs.*.template"},
    {kTekton, "Pipeline", Shape::tekton_task, "spec.finally.*.taskSpec", kTektonVariable},
    {kTekton, "Pipeline", Shape::tekton_task, "spec.tasks.*.taskSpec", kTektonVariable},
    {kTekton, "PipelineRun", Shape::tekton_task, "spec.pipelineSpec.finally.*.taskSpec",
     kTektonVariable},
    {kTekton, "PipelineRun", Shape::tekton_task, "spec.pipelineSpec.tasks.*.taskSpec",
     kTektonVariable},
    {"monitoring.coreos.com", "Prometheus", Shape::pod_spec, "spec"},
    {"monitoring.coreos.com", "PrometheusAgent", Shape::pod_spec, "spec"},
    {"kubeflow.org", "PyTorchJob", Shape::pod_template, "spec.pytorchReplicaSpecs.*.template"},
    {"rabbitmq.com", "RabbitmqCluster", Shape::pod_template,
     "spec.override.statefulSet.spec.template"},
    {"ray.io", "RayCluster", Shape::pod_template, "spec.headGroupSpec.template"},
    {"ray.io", "RayCluster", Shape::pod_template, "spec.workerGroupSpecs.*.template"},
    {"ray.io", "RayJob", Shape::pod_template, "spec.rayClusterSpec.headGroupSpec.template"},
    {"ray.io", "RayJob", Shape::pod_template, "spec.rayClusterSpec.workerGroupSpecs.*.template"},
    {"ray.io", "RayJob", Shape::pod_template, "spec.submitterPodTemplate"},
    {"ray.io", "RayService", Shape::pod_template, "spec.rayClusterConfig.headGroupSpec.template"},
    {"ray.io", "RayService", Shape::pod_template,
     "spec.rayClusterConfig.workerGroupSpecs.*.template"},
    {"kro.run", "ResourceGraphDefinition", Shape::objects, "spec.resources.*.template",
     kTemplateParameter},
    {"serving.knative.dev", "Revision", Shape::pod_spec, "spec"},
    {kArgo, "Rollout", Shape::pod_template, "spec.template"},
    {"actions.summerwind.dev", "Runner", Shape::pod_spec, "spec"},
    {"actions.summerwind.dev", "RunnerDeployment", Shape::pod_spec, "spec.template.spec"},
    {"actions.summerwind.dev", "RunnerReplicaSet", Shape::pod_spec, "spec.template.spec"},
    {"actions.summerwind.dev", "RunnerSet", Shape::pod_template, "spec.template"},
    {"agents.x-k8s.io", "Sandbox", Shape::pod_template, "spec.podTemplate"},
    {"extensions.agents.x-k8s.io", "SandboxTemplate", Shape::pod_template, "spec.podTemplate"},
    {"keda.sh", "ScaledJob", Shape::pod_template, "spec.jobTargetRef.template"},
    {"sparkoperator.k8s.io", "ScheduledSparkApplication", Shape::pod_template,
     "spec.template.driver.template"},
    {"sparkoperator.k8s.io", "ScheduledSparkApplication", Shape::pod_template,
     "spec.template.executor.template"},
    {"machinelearning.seldon.io", "SeldonDeployment", Shape::pod_template,
     "spec.predictors.*.componentSpecs.*"},
    {"serving.knative.dev", "Service", Shape::pod_template, "spec.template"},
    {"serving.kserve.io", "ServingRuntime", Shape::pod_spec, "spec"},
    {"apps.kruise.io", "SidecarSet", Shape::pod_spec, "spec"},
    {"spark.apache.org", "SparkApplication", Shape::pod_template,
     "spec.driverSpec.podTemplateSpec"},
    {"spark.apache.org", "SparkApplication", Shape::pod_template,
     "spec.executorSpec.podTemplateSpec"},
    {"sparkoperator.k8s.io", "SparkApplication", Shape::pod_template, "spec.driver.template"},
    {"sparkoperator.k8s.io", "SparkApplication", Shape::pod_template, "spec.executor.template"},
    {"apps.kruise.io", "StatefulSet", Shape::pod_template, "spec.template"},
    {kTekton, "StepAction", Shape::tekton_step, "spec", kTektonVariable},
    {"kubeflow.org", "TFJob", Shape::pod_template, "spec.tfReplicaSpecs.*.template"},
    {kTekton, "Task", Shape::tekton_task, "spec", kTektonVariable},
    {kTekton, "TaskRun", Shape::tekton_task, "spec.taskSpec", kTektonVariable},
    {"", "Template", Shape::objects, "objects.*", kTemplateParameter},
    {"template.openshift.io", "Template", Shape::objects, "objects.*", kTemplateParameter},
    {"monitoring.coreos.com", "ThanosRuler", Shape::pod_spec, "spec"},
    {"trainer.kubeflow.org", "TrainingRuntime", Shape::pod_template,
     "spec.template.spec.replicatedJobs.*.template.spec.template"},
    {"triggers.tekton.dev", "TriggerTemplate", Shape::objects, "spec.resourcetemplates.*", "$(tt."},
    {"apps.kruise.io", "UnitedDeployment", Shape::pod_template,
     "spec.template.advancedStatefulSetTemplate.spec.template"},
    {"apps.kruise.io", "UnitedDeployment", Shape::pod_template,
     "spec.template.cloneSetTemplate.spec.template"},
    {"apps.kruise.io", "UnitedDeployment", Shape::pod_template,
     "spec.template.deploymentTemplate.spec.template"},
    {"apps.kruise.io", "UnitedDeployment", Shape::pod_template,
     "spec.template.statefulSetTemplate.spec.template"},
    {"work.karmada.io", "Work", Shape::objects, "spec.workload.manifests.*"},
    {kArgo, "Workflow", Shape::argo_workflow, "spec", kArgoVariable},
    {kArgo, "WorkflowTemplate", Shape::argo_workflow, "spec", kArgoVariable},
    {"kueue.x-k8s.io", "Workload", Shape::pod_template, "spec.podSets.*.template"},
    {"kubeflow.org", "XGBoostJob", Shape::pod_template, "spec.xgbReplicaSpecs.*.template"},
};
static_assert(std::ranges::is_sorted(kCustom, {}, &CustomKind::kind));

}  // namespace

const BuiltinKind* find_builtin(std::string_view kind) noexcept {
  const auto* row = std::ranges::lower_bound(kBuiltin, kind, {}, &BuiltinKind::kind);
  return row != std::end(kBuiltin) && row->kind == kind ? row : nullptr;
}

bool knows(const BuiltinKind& kind, std::string_view api_version) noexcept {
  std::string_view rest = kind.api_versions;
  while (!rest.empty()) {
    const std::size_t space = std::min(rest.find(' '), rest.size());
    if (rest.substr(0, space) == api_version) return true;
    rest.remove_prefix(std::min(space + 1, rest.size()));
  }
  return false;
}

std::span<const CustomKind> custom_kinds() noexcept { return kCustom; }

bool is_kubernetes_group(std::string_view group) noexcept {
  return group.find('.') == std::string_view::npos || group.ends_with(".k8s.io");
}

bool is_policy_group(std::string_view group) noexcept {
  constexpr std::string_view kGroups[] = {"admissionregistration.k8s.io",
                                          "apiextensions.k8s.io",
                                          "gatekeeper.sh",
                                          "kubewarden.io",
                                          "kustomize.config.k8s.io",
                                          "kyverno.io"};
  return std::ranges::any_of(kGroups, [&](std::string_view policy) {
    return group.ends_with(policy) &&
           (group.size() == policy.size() || group[group.size() - policy.size() - 1] == '.');
  });
}

}  // namespace kaudit
