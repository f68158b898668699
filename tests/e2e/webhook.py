"""kaudit-webhook as a process, and what tells an API server of it."""
import base64
import http.client
import itertools
import os
import re
import signal
import socket
import ssl

from cluster import Process, free_ports, wait_for

# What is sent to a webhook: everything that carries a pod.
RULES = [
    {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE", "UPDATE"],
     "resources": ["pods", "pods/ephemeralcontainers", "pods/resize", "replicationcontrollers",
                   "podtemplates"]},
    {"apiGroups": ["apps"], "apiVersions": ["v1"], "operations": ["CREATE", "UPDATE"],
     "resources": ["deployments", "statefulsets", "daemonsets", "replicasets"]},
    {"apiGroups": ["batch"], "apiVersions": ["v1"], "operations": ["CREATE", "UPDATE"],
     "resources": ["jobs", "cronjobs"]},
]
_numbers = itertools.count(1)


class Webhook:
    """A kaudit-webhook that serves with this certificate; use with `with`."""

    def __init__(self, program, folder, pair, *options, policy=None):
        number = next(_numbers)
        self.port, self._health, self._metrics = free_ports(3)
        self._command = [
            program, f"--tls-cert-file={pair.certificate}", f"--tls-private-key-file={pair.key}",
            "--bind-address=127.0.0.1", f"--secure-port={self.port}",
            f"--health-probe-bind-address=127.0.0.1:{self._health}",
            f"--metrics-bind-address=127.0.0.1:{self._metrics}",
            *(["--shutdown-delay=0"] if "--shutdown-delay" not in str(options) else []), *options]
        if policy is not None:
            path = folder / f"policy-{number}.yaml"
            path.write_text(policy)
            self._command.append(f"--config={path}")
        self._log = folder / f"webhook-{number}.log"
        self.process = None
        self._killed = False

    def __enter__(self):
        environment = {name: value for name, value in os.environ.items()
                       if re.match(r"PATH$|LLVM_PROFILE_FILE$|.SAN_OPTIONS$", name)}
        self.process = Process(self._log, *self._command, env=environment)
        try:
            wait_for("kaudit-webhook to be ready", self._ready_at_last)
        except BaseException:
            self.process.kill()
            raise
        return self

    def __exit__(self, *_):
        if (code := self.process.stop(30)) and not self._killed:
            raise AssertionError(f"{self.process.name} ended with {code}:\n{self.log()[-5000:]}")

    def terminate(self):
        """Asks it to end as Kubernetes does, and does not wait."""
        self.process.send(signal.SIGTERM)

    def kill(self):
        """Ends it as the failure of a node does."""
        self._killed = True
        self.process.kill()

    def wait(self, seconds):
        """The exit code, as soon as it has ended."""
        return self.process.wait(seconds)

    def ready(self):
        try:
            return self._get(self._health, "/readyz")[0] == 200
        except OSError:
            return False

    def _ready_at_last(self):
        self.process.require_running()
        return self.ready()

    def metrics(self):
        """Every sample of a scrape: `name{labels}` to its value."""
        status, text = self._get(self._metrics, "/metrics")
        assert status == 200, text
        return {name: float(value) for name, value in
                (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))}

    def log(self):
        return self._log.read_text(errors="replace")

    def served(self):
        """The certificate that a new connection is shown, DER."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with socket.create_connection(("127.0.0.1", self.port), 10) as plain:
            with context.wrap_socket(plain) as connection:
                return connection.getpeercert(binary_form=True)

    @staticmethod
    def _get(port, path):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()


def bundle(*authorities):
    """The caBundle of these authorities."""
    return base64.b64encode(
        b"".join(one.certificate.read_bytes() for one in authorities)).decode()


def hook(name, client, selector, policy="Fail", timeout=10):
    """One entry of a configuration. `client`: its clientConfig; `selector`: of namespaces."""
    return {"name": name, "clientConfig": client, "rules": RULES, "failurePolicy": policy,
            "sideEffects": "None", "admissionReviewVersions": ["v1"], "timeoutSeconds": timeout,
            "namespaceSelector": selector}


def at_url(port, authority, path="/validate"):
    return {"url": f"https://127.0.0.1:{port}{path}", "caBundle": bundle(authority)}


class Configuration:
    """A ValidatingWebhookConfiguration; use with `with`, or call apply() again to change it."""

    def __init__(self, cluster, name, *hooks):
        self._cluster, self._name, self._hooks = cluster, name, hooks

    def __enter__(self):
        self.apply(*self._hooks)
        return self

    def __exit__(self, *_):
        self._cluster.must("DELETE", self._path())

    def _path(self):
        return ("/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/"
                + self._name)

    def apply(self, *hooks):
        self._cluster.must(
            "PATCH", self._path() + "?fieldManager=e2e&force=true", {
                "apiVersion": "admissionregistration.k8s.io/v1",
                "kind": "ValidatingWebhookConfiguration", "metadata": {"name": self._name},
                "webhooks": list(hooks)}, content_type="application/apply-patch+yaml")
