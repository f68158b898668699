// A pod as clusters have them: four containers, hardened, with probes, mounts and variables.
#pragma once

#include <string>

namespace kaudit::testing {

[[nodiscard]] inline std::string usual_pod() {
  std::string containers;
  for (const char* name : {"web", "api", "metrics", "logs"}) {
    if (!containers.empty()) containers += ',';
    containers.append(R"({"name": ")").append(name).append(R"(", "image": "registry.example/)");
    containers.append(name).append(
        R"(@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "command": ["/app"], "args": ["--port", "8080"],
        "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}],
        "env": [{"name": "LEVEL", "value": "info"}, {"name": "TOKEN", "valueFrom":
          {"secretKeyRef": {"name": "shop", "key": "token"}}}],
        "resources": {"limits": {"cpu": "500m", "memory": "128Mi"},
          "requests": {"cpu": "100m", "memory": "64Mi"}},
        "livenessProbe": {"httpGet": {"path": "/live", "port": "http"}, "periodSeconds": 10},
        "readinessProbe": {"httpGet": {"path": "/ready", "port": "http"}, "periodSeconds": 10},
        "securityContext": {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]},
          "readOnlyRootFilesystem": true, "runAsNonRoot": true, "runAsUser": 10001},
        "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"},
          {"name": "config", "mountPath": "/etc/shop", "readOnly": true}],
        "terminationMessagePath": "/dev/termination-log", "imagePullPolicy": "IfNotPresent"})");
  }
  return R"({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "shop", "namespace": "prod",
    "labels": {"app": "shop", "tier": "front"}, "annotations": {"shop.example/owner": "web"}},
    "spec": {"serviceAccountName": "shop", "automountServiceAccountToken": false,
    "securityContext": {"runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}},
    "volumes": [{"name": "tmp", "emptyDir": {}}, {"name": "config", "configMap": {"name": "shop"}}],
    "nodeSelector": {"kubernetes.io/os": "linux"}, "restartPolicy": "Always",
    "tolerations": [{"key": "a", "operator": "Exists"}], "containers": [)" +
         containers + "]}}";
}

}  // namespace kaudit::testing
