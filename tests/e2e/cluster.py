"""A kube-apiserver with its etcd, and kubectl to drive it: on loopback, in a folder of its own.

No controller runs: a Deployment makes no pods, and a deleted namespace stays Terminating. So every
test takes namespaces of its own, and nothing is cleaned up but the processes and the folder.
"""
import collections
import ctypes
import http.client
import itertools
import json
import os
import pathlib
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import urllib.parse

import pki

START_SECONDS = 90  # far more than needed: 3 to 8 s where nothing else runs
Response = collections.namedtuple("Response", "status body warnings")


def wait_for(what, condition, seconds=30.0, pause=0.05):
    """What `condition` gives as soon as that is true."""
    deadline = time.monotonic() + seconds
    while True:
        if got := condition():
            return got
        if time.monotonic() >= deadline:
            raise TimeoutError(f"waited {seconds:g} s for {what}")
        time.sleep(pause)


def free_ports(count):
    """Ports that nobody listens on. Another process may take one before its user does."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


class Process:
    """A program in the background; its output goes to a file."""

    def __init__(self, log, *command, env=None):
        self.log = pathlib.Path(log)
        self.name = pathlib.Path(command[0]).name
        prctl = ctypes.CDLL(None).prctl
        with open(self.log, "ab") as output:
            # The kernel ends it when this process ends without having done so.
            # pylint: disable-next=consider-using-with,subprocess-popen-preexec-fn
            self._process = subprocess.Popen(
                [os.fspath(part) for part in command], stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, env=env, preexec_fn=lambda: prctl(1, signal.SIGKILL))
        self.pid = self._process.pid

    def text(self):
        return self.log.read_text(errors="replace")

    def running(self):
        return self._process.poll() is None

    def send(self, number):
        self._process.send_signal(number)

    def wait(self, seconds):
        """The exit code."""
        return self._process.wait(seconds)

    def stop(self, seconds=15):
        """Asks it to end and, if it does not in time, ends it; gives the exit code."""
        if self.running():
            self._process.terminate()
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def kill(self):
        self._process.kill()
        self._process.wait()

    def require_running(self):
        if not self.running():
            raise RuntimeError(f"{self.name} ended by itself:\n{self.text()[-3000:]}")


class Connection:
    """One kept-alive connection to the API server, as its administrator."""

    def __init__(self, cluster):
        self._cluster = cluster
        self._http = http.client.HTTPSConnection(
            "127.0.0.1", cluster.port, timeout=60, context=cluster.tls)

    def request(self, method, path, body=None, content_type="application/json"):
        """Gives a Response; its body is decoded, and each warning is given as its text."""
        data = json.dumps(body) if body is not None else None
        self._http.request(method, path, data, {
            "Authorization": f"Bearer {self._cluster.token}", "Content-Type": content_type,
            "Accept": "application/json"})
        answer = self._http.getresponse()
        text = answer.read()
        warnings = [header.removeprefix('299 - "').removesuffix('"').replace('\\"', '"')
                    for header in answer.headers.get_all("Warning", [])]
        return Response(answer.status, json.loads(text) if text[:1] == b"{" else text, warnings)

    def close(self):
        self._http.close()


class Cluster:
    """Use with `with`. `programs`: the folder that tests/e2e/build names."""

    SERVICE_NETWORK = "127.96.0.0/24"  # loopback too: so a Service of ours can be answered here

    def __init__(self, programs):
        self.programs = pathlib.Path(programs)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="kaudit-e2e-"))
        self.token = secrets.token_hex(16)
        self.port = None
        self.audit_log = self.folder / "audit.log"
        self._etcd = self._server = None
        self._names = itertools.count(1)
        self._local = threading.local()

    def __enter__(self):
        try:
            self._prepare()
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.disconnect()
        # In this order: an API server without its etcd does not end.
        for process in (self._server, self._etcd):
            if process:
                process.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _prepare(self):
        self.authority = pki.Authority(self.folder, "cluster-ca")
        self._serving = self.authority.serving(
            "apiserver", "IP:127.0.0.1", "DNS:localhost", "DNS:kubernetes.default.svc")
        # How the API server introduces itself to webhooks that ask.
        self.client_authority = pki.Authority(self.folder, "webhook-client-ca")
        self.client = self.client_authority.client("kube-apiserver")
        self.tls = ssl.create_default_context(cafile=self.authority.certificate)
        account = self.folder / "service-account.key"
        pki.openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", account)
        self._write("tokens.csv", f'{self.token},admin,admin-uid,"system:masters"\n')
        self._write("audit.yaml", json.dumps({
            "apiVersion": "audit.k8s.io/v1", "kind": "Policy", "omitStages": ["RequestReceived"],
            "rules": [{"level": "Metadata"}]}))
        self._write("webhook-client.yaml", json.dumps({
            "apiVersion": "v1", "kind": "Config", "users": [{"name": "*", "user": {
                "client-certificate": str(self.client.certificate),
                "client-key": str(self.client.key)}}]}))
        self._write("admission.yaml", json.dumps({
            "apiVersion": "apiserver.config.k8s.io/v1", "kind": "AdmissionConfiguration",
            "plugins": [{"name": "ValidatingAdmissionWebhook", "configuration": {
                "apiVersion": "apiserver.config.k8s.io/v1", "kind": "WebhookAdmissionConfiguration",
                "kubeConfigFile": str(self.folder / "webhook-client.yaml")}}]}))

    def _write(self, name, text):
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_text(text)
        return path

    def _start(self):
        etcd, peer, self.port = free_ports(3)
        etcd, peer = f"http://127.0.0.1:{etcd}", f"http://127.0.0.1:{peer}"
        self._etcd = Process(
            self.folder / "etcd.log", self.programs / "etcd", f"--data-dir={self.folder / 'etcd'}",
            f"--listen-client-urls={etcd}", f"--advertise-client-urls={etcd}",
            f"--listen-peer-urls={peer}", f"--initial-advertise-peer-urls={peer}",
            f"--initial-cluster=default={peer}", "--unsafe-no-fsync", "--log-level=warn")
        file = self.folder.joinpath
        self._server = Process(
            file("apiserver.log"), self.programs / "kube-apiserver", f"--etcd-servers={etcd}",
            "--bind-address=127.0.0.1", f"--secure-port={self.port}",
            "--advertise-address=127.0.0.1", "--endpoint-reconciler-type=none",
            f"--service-cluster-ip-range={self.SERVICE_NETWORK}",
            f"--tls-cert-file={self._serving.certificate}",
            f"--tls-private-key-file={self._serving.key}",
            f"--client-ca-file={self.authority.certificate}",
            f"--token-auth-file={file('tokens.csv')}",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={file('service-account.key')}",
            f"--service-account-signing-key-file={file('service-account.key')}",
            "--authorization-mode=RBAC", "--allow-privileged=true", f"--cert-dir={file('certs')}",
            "--profiling=false", f"--admission-control-config-file={file('admission.yaml')}",
            f"--audit-policy-file={file('audit.yaml')}", f"--audit-log-path={self.audit_log}",
            "--audit-log-mode=blocking-strict")
        self._write("kubeconfig", json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "e2e",
            "clusters": [{"name": "e2e", "cluster": {
                "server": f"https://127.0.0.1:{self.port}",
                "certificate-authority": str(self.authority.certificate)}}],
            "users": [{"name": "admin", "user": {"token": self.token}}],
            "contexts": [{"name": "e2e", "context": {"cluster": "e2e", "user": "admin"}}]}))
        wait_for("the API server", self._ready, START_SECONDS, 0.1)

    def _ready(self):
        self._etcd.require_running()
        self._server.require_running()
        try:
            return (self.request("GET", "/readyz").status == 200 and
                    self.request("GET", "/api/v1/namespaces/kube-system").status == 200)
        except OSError:
            self.disconnect()
            return False

    def request(self, method, path, body=None, **options):
        """A request on this thread's own connection."""
        connection = getattr(self._local, "connection", None)
        if not connection:
            connection = self._local.connection = Connection(self)
        return connection.request(method, path, body, **options)

    def disconnect(self):
        """Closes this thread's connection."""
        if connection := getattr(self._local, "connection", None):
            connection.close()
            self._local.connection = None

    def kubectl(self, *arguments, stdin=None, code=0):
        """Runs kubectl, wants this exit code, and gives what it printed: output and errors."""
        if isinstance(stdin, dict):
            stdin = json.dumps(stdin)
        environment = {"HOME": str(self.folder), "PATH": os.environ["PATH"],
                       "KUBECONFIG": str(self.folder / "kubeconfig")}
        done = subprocess.run(
            [self.programs / "kubectl", *arguments], input=stdin or "", env=environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, check=False)
        if done.returncode != code:
            raise AssertionError(f"kubectl {' '.join(arguments)}: exit code {done.returncode}, "
                                 f"wanted {code}\n{done.stdout}{done.stderr}")
        return done.stdout, done.stderr

    def namespace(self, name="ns", labels=None):
        """A new namespace with the service account that a controller would make; gives its name."""
        name = f"{name}-{next(self._names)}"
        self.must("POST", "/api/v1/namespaces", {
            "apiVersion": "v1", "kind": "Namespace",
            "metadata": {"name": name, "labels": labels or {}}})
        self.must("POST", f"/api/v1/namespaces/{name}/serviceaccounts",
                  {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default"}})
        return name

    def must(self, method, path, body=None, **options):
        """A request that has to succeed; gives its body."""
        answer = self.request(method, path, body, **options)
        if answer.status // 100 != 2:
            raise AssertionError(f"{method} {path}: {answer}")
        return answer.body

    def create_pod(self, namespace, pod, dry_run=False, **query):
        """Gives the Response."""
        if dry_run:
            query["dryRun"] = "All"
        return self.request("POST", f"/api/v1/namespaces/{namespace}/pods?"
                            + urllib.parse.urlencode(query), pod)

    def audited(self, namespace):
        """The audit events of that namespace so far, oldest first."""
        events = map(json.loads, self.audit_log.read_text().splitlines())
        return [event for event in events
                if event.get("objectRef", {}).get("namespace") == namespace]
