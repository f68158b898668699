"""Manifests that tests apply."""
import copy

GOOD = {  # clean under every profile
    "securityContext": {"runAsNonRoot": True, "runAsUser": 10001,
                        "seccompProfile": {"type": "RuntimeDefault"}},
    "automountServiceAccountToken": False,
    "containers": [{
        "name": "app", "image": "registry.example/app:1.0@sha256:" + "0" * 64,
        "securityContext": {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
                            "capabilities": {"drop": ["ALL"]}},
        "resources": {"requests": {"cpu": "10m", "memory": "16Mi"},
                      "limits": {"cpu": "1", "memory": "64Mi"}},
    }],
}


def pod(name, spec=None, **metadata):
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, **metadata},
            "spec": copy.deepcopy(spec or GOOD)}


def deployment(name, spec=None):
    labels = {"app": name}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": {
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": copy.deepcopy(spec or GOOD)}}}


def good():
    return copy.deepcopy(GOOD)


def privileged():
    spec = good()
    spec["containers"][0]["securityContext"] = {"privileged": True}
    return spec


def docker_socket():
    spec = good()
    path = "/var/run/docker.sock"
    spec["volumes"] = [{"name": "docker", "hostPath": {"path": path}}]
    spec["containers"][0]["volumeMounts"] = [{"name": "docker", "mountPath": path}]
    return spec


def root():
    spec = good()
    spec["securityContext"] = {"seccompProfile": {"type": "RuntimeDefault"}}
    spec["containers"][0]["securityContext"]["runAsUser"] = 0
    return spec


def host_network():
    return good() | {"hostNetwork": True}
