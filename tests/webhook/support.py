"""Runs kaudit-webhook as a cluster does: TLS and JSON in, decisions, probes, metrics and logs out."""

import copy
import http.client
import json
import os
import shutil
import signal
import ssl
import subprocess
import tempfile
import threading
import time
import unittest

WEBHOOK = os.path.abspath(os.environ["KAUDIT_WEBHOOK"])
SOURCE = os.path.abspath(os.environ["KAUDIT_SOURCE"])
# Far more than anything here takes: a time limit ends a hang, it judges no speed.
PATIENCE = 60

GOOD_POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web", "namespace": "shop"},
    "spec": {
        "containers": [
            {
                "name": "web",
                "image": "registry.example/web:1.0",
                "securityContext": {"runAsNonRoot": True},
            }
        ]
    },
}


def bad_pod(**metadata):
    pod = copy.deepcopy(GOOD_POD)
    pod["metadata"].update(metadata)
    pod["spec"]["containers"][0]["securityContext"]["privileged"] = True
    return pod


def review(pod, operation="CREATE", **request):
    return {
        "kind": "AdmissionReview",
        "apiVersion": "admission.k8s.io/v1",
        "request": {
            "uid": "705ab4f5-6393-11e8-b7cc-42010a800002",
            "kind": {"group": "", "version": "v1", "kind": "Pod"},
            "resource": {"group": "", "version": "v1", "resource": "pods"},
            "requestKind": {"group": "", "version": "v1", "kind": "Pod"},
            "requestResource": {"group": "", "version": "v1", "resource": "pods"},
            "name": pod["metadata"]["name"],
            "namespace": pod["metadata"]["namespace"],
            "operation": operation,
            "userInfo": {"username": "alice", "groups": ["system:authenticated"]},
            "object": pod,
            "oldObject": None,
            "dryRun": False,
            "options": None,
            **request,
        },
    }


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    def review(self):
        return json.loads(self.body)["response"]


class Webhook:
    """The running program. `dir` holds its certificate; arguments come after those that make it
    listen on free ports of the loopback interface."""

    def __init__(self, dir, *arguments, self_signed=True, env=None, wrapper=()):
        self.dir = dir
        command = [
            *wrapper, WEBHOOK, "--bind-address=127.0.0.1", "--secure-port=0",
            "--metrics-bind-address=127.0.0.1:0", "--health-probe-bind-address=127.0.0.1:0",
        ]
        if self_signed:
            command.append(f"--self-signed-dir={dir}/tls")
        if not any(a.startswith("--shutdown-delay") for a in arguments):
            command.append("--shutdown-delay=0")
        self.process = subprocess.Popen(
            [*command, *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            env={**os.environ, **(env or {})},
        )
        self.lines = []
        self.ports = {}
        self.changed = threading.Condition()
        self.reading = threading.Event()  # cleared: nobody reads the log
        self.reading.set()
        self.reader = threading.Thread(target=self.read)
        self.reader.start()
        try:
            self.wait_for(lambda line: line.get("msg") == "serving")
        except BaseException:
            self.process.kill()
            raise

    def read(self):
        for line in self.process.stderr:
            self.reading.wait()
            with self.changed:
                self.lines.append(line)
                try:
                    parsed = json.loads(line)
                    if parsed["msg"] == "listening":
                        self.ports[parsed["for"]] = int(parsed["address"].rpartition(":")[2])
                except (ValueError, KeyError, TypeError):
                    pass
                self.changed.notify_all()
        with self.changed:
            self.changed.notify_all()

    def log(self):
        with self.changed:
            return [json.loads(line) for line in self.lines]

    def wait_for(self, condition, count=1):
        """Until that many log lines fulfil the condition; gives them."""
        deadline = time.monotonic() + PATIENCE
        with self.changed:
            while True:
                found = [
                    parsed for parsed in map(parse, self.lines) if parsed and condition(parsed)
                ]
                if len(found) >= count:
                    return found
                if not self.reader.is_alive() or time.monotonic() > deadline:
                    raise AssertionError(f"not in the log: {b''.join(self.lines).decode()}")
                self.changed.wait(1)

    def tls(self, ca=None):
        return ssl.create_default_context(cafile=ca or f"{self.dir}/tls/ca.crt")

    def connection(self, context=None):
        return http.client.HTTPSConnection(
            "localhost", self.ports["admission"], context=context or self.tls(), timeout=PATIENCE
        )

    def post(self, body, path="/validate?timeout=10s", connection=None, headers=None, method="POST"):
        use = connection or self.connection()
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        use.request(method, path, data, {"Content-Type": "application/json", **(headers or {})})
        answer = Answer(use.getresponse())
        if connection is None:
            use.close()
        return answer

    def get(self, listener, path, method="GET"):
        use = http.client.HTTPConnection("127.0.0.1", self.ports[listener], timeout=PATIENCE)
        use.request(method, path)
        answer = Answer(use.getresponse())
        use.close()
        return answer

    def metrics(self):
        return self.get("metrics", "/metrics").body.decode()

    def metric(self, name):
        """The value of one series, written as in the text."""
        for line in self.metrics().splitlines():
            if line.startswith(name + " "):
                return float(line.rpartition(" ")[2])
        raise AssertionError(f"no series {name}")

    def until(self, condition):
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"never: {b''.join(self.lines).decode()}")
            time.sleep(0.02)

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self):
        code = self.process.wait(PATIENCE)
        self.reader.join(PATIENCE)
        return code

    def stop(self):
        if self.process.poll() is None:
            self.signal(signal.SIGTERM)
            try:
                return self.wait()
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise
        return self.process.returncode


def parse(line):
    try:
        return json.loads(line)
    except ValueError:
        return None


def refused_start(*arguments, env=None):
    """Exit code and standard error of a start that must not succeed."""
    done = subprocess.run(
        [WEBHOOK, *arguments], stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE,
        env={**os.environ, **(env or {})}, check=False,
    )
    return done.returncode, done.stderr.decode()


class Case(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="kaudit-webhook-")
        self.addCleanup(shutil.rmtree, self.dir)

    def path(self, name):
        return os.path.join(self.dir, name)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    def start(self, *arguments, **options):
        webhook = Webhook(self.dir, *arguments, **options)

        def stop():
            code = webhook.stop()
            webhook.process.stderr.close()
            log = b"".join(webhook.lines).decode(errors="replace")
            self.assertIn(code, (0, 128 + signal.SIGTERM, 128 + signal.SIGINT), log)

        self.addCleanup(stop)
        return webhook

    def denied(self, answer):
        self.assertEqual(answer.status, 200)
        response = answer.review()
        self.assertFalse(response["allowed"], response)
        return response["status"]

    def allowed(self, answer):
        self.assertEqual(answer.status, 200)
        self.assertTrue(answer.review()["allowed"], answer.body)
