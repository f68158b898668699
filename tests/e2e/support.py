"""What the tests share: the API server of the run, and a webhook that it calls."""
import os
import pathlib
import threading
import time
import unittest

import objects
import pki
from cluster import wait_for
from webhook import Configuration, Webhook, at_url, hook

CLUSTER = None  # the cluster.Cluster that `run` started
PROGRAM = None  # the path of kaudit-webhook
HOOK = "pods.kaudit.dev"


def shared_data(*parts):
    """A folder of the shared data; the test is skipped where it is not there."""
    root = pathlib.Path(__file__).resolve().parents[2]
    folder = pathlib.Path(os.environ.get("KAUDIT_SHARED") or root.parent / "shared", *parts)
    if not folder.is_dir():
        raise unittest.SkipTest(f"SKIPPED: there is no {folder}")
    return folder


def denied_by(name=HOOK):
    return f'admission webhook "{name}" denied the request: '


class Case(unittest.TestCase):
    """A test class has a label of its own; its configurations select the namespaces with it."""

    maxDiff = None
    cluster = None

    @classmethod
    def setUpClass(cls):
        cls.cluster = CLUSTER
        cls.label = {"kaudit-e2e": cls.__name__.lower()}
        cls.selector = {"matchLabels": cls.label}
        cls.authority = pki.Authority(CLUSTER.folder, f"{cls.__name__}-ca")
        cls.pair = cls.authority.serving(f"{cls.__name__}-webhook", "IP:127.0.0.1")

    @classmethod
    def webhook(cls, *options, pair=None, policy=None):
        """A running webhook, until the class's tests end."""
        return cls.enterClassContext(
            Webhook(PROGRAM, CLUSTER.folder, pair or cls.pair, *options, policy=policy))

    @classmethod
    def configure(cls, *hooks):
        """Tells the API server of hooks, until the class's tests end."""
        name = f"{cls.__name__.lower()}-{len(hooks)}-{time.monotonic_ns()}"
        return cls.enterClassContext(Configuration(CLUSTER, name, *hooks))

    @classmethod
    def ours(cls, labels=None):
        """A new namespace that the class's configurations select."""
        return CLUSTER.namespace(cls.__name__.lower(), cls.label | (labels or {}))

    @classmethod
    def not_yet_ours(cls):
        """One that they do not select until adopt(); in the meantime anything can be made there."""
        return CLUSTER.namespace(cls.__name__.lower())

    @classmethod
    def adopt(cls, namespace):
        CLUSTER.must("PATCH", f"/api/v1/namespaces/{namespace}",
                     {"metadata": {"labels": cls.label}},
                     content_type="application/merge-patch+json")
        cls.until(namespace, 403)

    @classmethod
    def until(cls, namespace, status, spec=None):
        """Waits until a privileged pod, or one of `spec`, would be answered so: it takes the API
        server about a second to see a changed configuration or label."""
        probe = objects.pod("probe", spec or objects.privileged())
        wait_for(f"{status} in {namespace}",
                 lambda: CLUSTER.create_pod(namespace, probe, dry_run=True).status == status)

    def annotations(self, namespace, by=HOOK):
        """What we had the API server note in its audit log of each pod of that namespace."""
        return {event["objectRef"]["name"]: {
            key.removeprefix(f"{by}/"): value for key, value in event["annotations"].items()
            if key.startswith(f"{by}/")} for event in self.cluster.audited(namespace)
                if event["objectRef"]["resource"] == "pods"}

    def denied(self, message, *arguments, stdin=None, does='error when creating "STDIN": '):
        """Runs kubectl, which has to be denied with this message as a whole; warnings aside."""
        output, errors = self.cluster.kubectl(*arguments, stdin=stdin, code=1)
        errors = "".join(line for line in errors.splitlines(True)
                         if not line.startswith("Warning: "))
        self.assertEqual(
            (output, errors),
            ("", f"Error from server (Forbidden): {does}{denied_by()}{message}\n"))


class DefaultCase(Case):
    """With a webhook under its default policy."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = cls.webhook()
        cls.configure(hook(HOOK, at_url(cls.server.port, cls.authority), cls.selector))
        cls.until(cls.ours(), 403)


class Load:
    """Threads that create pods by dry run, each on a connection of its own; use with `with`.
    Every other pod is a privileged one, which has to be denied. Collects whatever else happens."""

    def __init__(self, cluster, namespace, threads=4):
        self._cluster, self._namespace, self.threads = cluster, namespace, threads
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run) for _ in range(threads)]
        self._counts = [0] * threads
        self.failures = []

    def __enter__(self):
        for number, thread in enumerate(self._threads):
            thread.index = number
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join()

    @property
    def calls(self):
        return sum(self._counts)

    def more(self, calls, seconds=60):
        """Waits for so many more calls."""
        target = self.calls + calls
        wait_for(f"{calls} calls under load", lambda: self.calls >= target, seconds)

    def _run(self):
        index = threading.current_thread().index
        pods = [(objects.pod("good"), 201), (objects.pod("bad", objects.privileged()), 403)]
        try:
            while not self._stop.is_set():
                for pod, status in pods:
                    answer = self._cluster.create_pod(self._namespace, pod, dry_run=True)
                    if answer.status != status:
                        self.failures.append(answer)
                    self._counts[index] += 1
        except OSError as error:
            self.failures.append(error)
        finally:
            self._cluster.disconnect()
