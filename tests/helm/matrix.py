"""Combinations of values: each is rendered, audited, and shown to a real API server."""
from chart import DIGEST, merged

CA = """-----BEGIN CERTIFICATE-----
MIIBdzCCAR2gAwIBAgIUBu/8I5sJOC7YaqfzPkTjOBA7SbQwCgYIKoZIzj0EAwIw
-----END CERTIFICATE-----
"""
# By digest, as everyone should, and as kaudit says who audits it in full.
DIGESTS = {"image": {"digest": DIGEST}, "tests": {"image": {"digest": DIGEST}},
           "audit": {"image": {"digest": DIGEST}, "kubectl": {"image": {"digest": DIGEST}}}}
EXISTING = {"certificates": {"mode": "existing", "existing": {
    "secretName": "webhook-pair", "caBundle": CA}}}
MONITORING = {"serviceMonitor": {"enabled": True, "labels": {"release": "prometheus"}},
              "prometheusRule": {"enabled": True, "labels": {"release": "prometheus"}},
              "dashboard": {"enabled": True, "annotations": {"grafana_folder": "Security"}}}
AUDIT = {"audit": {"enabled": True}}
URL = {"webhook": {"url": "https://kaudit.example:9443"},
       "certificates": {"mode": "existing", "existing": {"caBundle": CA}}}
POLICY = {"policy": {
    "profile": "baseline", "kube-version": "1.31", "annotations": "allow",
    "rules": {"image-tag": {"action": "deny", "severity": "high"}},
    "namespaces": [{"names": ["shop", "shop-*"], "profile": "restricted"},
                   {"names": ["infra"], "exempt": True, "reason": 'the "provider" runs it'}],
    "exemptions": [{"rules": ["host-network"], "kinds": ["DaemonSet"], "namespaces": ["net"],
                    "names": ["agent-*"], "reason": "no: other way", "expires": "2037-12-31"}]}}

MATRIX = {
    "defaults": {},
    "everything": merged(MONITORING, AUDIT, {"autoscaling": {"enabled": True}}),
    "cert-manager with its own authority": merged({"certificates": {"mode": "certManager"}}, AUDIT),
    "cert-manager with an issuer": {"certificates": {"mode": "certManager", "certManager": {
        "issuerRef": {"name": "internal", "kind": "ClusterIssuer", "group": "cert-manager.io"}}}},
    "existing certificate": merged(EXISTING, MONITORING),
    "outside the cluster": URL,
    "outside the cluster, audited and monitored": merged(
        URL, MONITORING, AUDIT, POLICY, {"prometheusRule": {"selector": 'job="kaudit"'}}),
    "a policy": POLICY,
    "a policy elsewhere": {"policyConfigMap": "our-policy", "audit": {"enabled": True}},
    "as strict as can be": {
        "webhook": {"failurePolicy": "Fail", "timeoutSeconds": 1, "mirrorPods": True},
        "policy": {"profile": "restricted"}, "replicas": 3,
        "networkPolicy": {"apiServer": ["10.0.0.0/8", "fd00::/8"], "prometheus": []},
        "clientCA": {"configMap": "api-server-client", "names": ["kube-apiserver"]}},
    "as mild as can be": {
        "mode": "audit", "guard": {"enabled": False}, "replicas": 1, "priorityClassName": "",
        "webhook": {"workloads": False, "profiles": False, "timeoutSeconds": 30},
        "networkPolicy": {"enabled": False}, "podDisruptionBudget": {"enabled": False}},
    "selectors and conditions": {"webhook": {
        "excludedNamespaces": ["istio-system", "kube-node-lease"],
        "namespaceSelector": [{"key": "team", "operator": "Exists"},
                              {"key": "stage", "operator": "In", "values": ["prod", "test"]}],
        "breakGlassGroups": ["system:masters", "emergency:on-call"],
        "matchConditions": [{"name": "no-robots", "expression":
                             "!request.userInfo.username.startsWith('robot-')"}]}},
    "placed": {
        "nodeSelector": {"kubernetes.io/os": "linux"}, "priorityClassName": "ours",
        "tolerations": [{"key": "node-role.kubernetes.io/control-plane", "operator": "Exists"}],
        "affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [
            {"topologyKey": "kubernetes.io/hostname",
             "labelSelector": {"matchLabels": {"app.kubernetes.io/name": "kaudit"}}}]}},
        "podAnnotations": {"example.com/team": "platform"}, "podLabels": {"team": "platform"},
        "imagePullSecrets": ["registry-credentials"], "fullnameOverride": "guardian"},
    "flags": {"server": {
        "bindAddress": "::", "tlsMinVersion": "VersionTLS12", "logLevel": "warn",
        "logFormat": "text", "logAllowed": 0.01, "shutdownDelay": "30s", "drainTimeout": "20s",
        "extraArgs": ["--workers=4", "--max-queue=64"]}, "service": {"port": 8443}},
    "an audit in parts": {"audit": {"enabled": True, "claim": "reports", "shards": 4}},
    "an audit that is kept": {"audit": {
        "enabled": True, "claim": "reports", "format": "markdown", "profile": "restricted",
        "failOn": "high", "schedule": "@daily",
        "kinds": [{"apiGroup": "", "resources": ["pods"]}]}},
}
