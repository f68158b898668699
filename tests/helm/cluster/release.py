"""A release of the chart under the API server of the run, and what its tests share."""
import base64
import re

import chart
import modules
import objects
import support
from chart import CHART
from cluster import wait_for
from node import Node
from service import Service
from support import Case

KAUDIT = None  # the path of kaudit; `run` sets it
PORT = 8443  # of Services: one that everyone may listen on
HOOKS = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/"
WEAK = objects.good()
del WEAK["containers"][0]["securityContext"]["allowPrivilegeEscalation"]


class Release:
    """A release of the chart in a namespace of its own; use with `with`: it is uninstalled."""

    def __init__(self, cluster, name, namespace, values):
        self.cluster, self.name, self._values = cluster, name, values
        self.namespace = namespace or cluster.namespace(name)
        self.path = f"/api/v1/namespaces/{self.namespace}"

    def __enter__(self):
        self.run("install", self.name, CHART, values=self._values)
        return self

    def __exit__(self, *_):
        if self.name in self.run("list", "--short").split():
            self.run("uninstall", self.name)

    def run(self, *arguments, values=None):
        done = chart.helm(*arguments, f"--namespace={self.namespace}", values=values,
                          kubeconfig=self.cluster.folder / "kubeconfig")
        if done.returncode != 0:
            raise AssertionError(f"helm {arguments}: {done.stdout}{done.stderr}")
        return done.stdout

    def upgrade(self, *settings):
        """With these values changed, as in `--set`."""
        self.run("upgrade", self.name, CHART, "--reset-then-reuse-values",
                 *(f"--set={one}" for one in settings))

    def get(self, kind, suffix="", api="/api/v1"):
        return self.cluster.must(
            "GET", f"{api}/namespaces/{self.namespace}/{kind}/{self.name}{suffix}")

    def configuration(self):
        return self.cluster.must("GET", HOOKS + self.name)

    def bundle(self):
        """The certificates that the API server trusts, PEM."""
        [one] = {hook["clientConfig"]["caBundle"] for hook in self.configuration()["webhooks"]}
        return re.findall("-----BEGIN.*?-----END CERTIFICATE-----", base64.b64decode(one).decode(),
                          re.DOTALL)


class ChartCase(Case):
    def define(self):
        """The kinds of the Prometheus operator and of cert-manager."""
        for path in modules.definitions():
            self.cluster.kubectl("apply", "--server-side", "-f", str(path))
        self.cluster.kubectl("wait", "--for=condition=Established", "crd", "--all")

    @classmethod
    def make(cls, profile=None):
        """A namespace that says which profile it wants."""
        return cls.cluster.namespace("judged", {"kaudit.dev/profile": profile} if profile else {})

    def release(self, name, namespace=None, **values):
        return self.enterContext(Release(self.cluster, name, namespace, {
            "fullnameOverride": name, "service": {"port": PORT}, "server": {"shutdownDelay": "1s"}} | values))

    def run_it(self, release):
        """Runs the release's Deployment behind its Service; gives (Node, Service)."""
        node = self.enterContext(Node(self.cluster, support.PROGRAM, release.namespace,
                                      release.name))
        address = release.get("services")["spec"]["clusterIP"]
        service = self.enterContext(Service(address, PORT))
        service.backends = node.replicas
        return node, service

    def answer(self, namespace, spec, **metadata):
        """(status, message) for a pod of that specification."""
        answer = self.cluster.create_pod(namespace, objects.pod("probe", spec, **metadata), True)
        return answer.status, answer.body.get("message", "")

    def as_user(self, user, *arguments, group=None, stdin=None):
        """What kubectl says to somebody else: "" where it was allowed, else the error."""
        try:
            self.cluster.kubectl(f"--as={user}", *([f"--as-group={group}"] if group else []),
                                 *arguments, stdin=stdin)
            return ""
        except AssertionError as error:
            return str(error)
