"""The chart under a real kube-apiserver, from install to uninstall."""
import base64
import json
import os
import pathlib
import re
import signal
import ssl
import subprocess
import sys
import threading
import unittest

import chart
import modules
from chart import CHART, ROOT, rendered
from matrix import MATRIX

sys.path.insert(0, str(ROOT / "tests/e2e"))
# pylint: disable=wrong-import-position
import objects
import pki
import support
from cluster import Cluster, wait_for
from node import Node
from service import Service
from support import Case, Load
from webhook import Webhook, bundle

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

    def get(self, kind, suffix=""):
        return self.cluster.must("GET", f"{self.path}/{kind}/{self.name}{suffix}")

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


class Accepted(ChartCase):
    def test_the_api_server_accepts_every_combination(self):
        self.define()
        self.cluster.must("POST", "/api/v1/namespaces", {
            "apiVersion": "v1", "kind": "Namespace", "metadata": {
                "name": chart.NAMESPACE, "labels": {
                    f"pod-security.kubernetes.io/{mode}": "restricted"
                    for mode in ("enforce", "warn")}}})
        self.cluster.must("POST", f"/api/v1/namespaces/{chart.NAMESPACE}/serviceaccounts", {
            "apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default"}})
        for name, values in MATRIX.items():
            with self.subTest(values=name):
                # The account of the test's pod would be made before it; a dry run makes nothing.
                text = re.sub("serviceAccountName: .*", "serviceAccountName: default",
                              rendered(values))
                output, warnings = self.cluster.kubectl(
                    "create", "--dry-run=server", "--validate=strict", "-f", "-", stdin=text)
                self.assertEqual(warnings, "")
                self.assertEqual(len(output.splitlines()), len(chart.objects(text)))


class Life(ChartCase):
    """One release, as its operator knows it."""

    def test_from_install_to_uninstall(self):
        self.cluster.kubectl("create", "serviceaccount", "default", "-n", "kube-system")
        before = self.everything()
        release = self.release("kaudit")
        node, service = self.run_it(release)
        namespaces = {profile: self.make(profile)
                      for profile in (None, "core", "baseline", "restricted", "none-such")}
        self.until(namespaces["restricted"], 403)
        with self.subTest("profiles"):
            self.profiles(namespaces)
        with self.subTest("what is not judged"):
            for namespace in ("kube-system", release.namespace):
                self.assertEqual(self.answer(namespace, objects.privileged()), (201, ""))
        with self.subTest("helm test"):
            self.helm_test(release)
        with self.subTest("policy"):
            self.policy(release, node, namespaces[None])
        with self.subTest("rotation"):
            self.rotation(release, node, namespaces["core"])
        with self.subTest("no key in what helm keeps of the values"):
            self.assertNotIn("PRIVATE", release.run("get", "values", "--all", release.name))
        with self.subTest("outage"):
            self.outage(release, node, service, namespaces["core"])
        with self.subTest("uninstall"):
            self.uninstall(release, before)

    def profiles(self, namespaces):
        pods = {"privileged": objects.privileged(), "root": objects.root(),
                "host-pid": objects.good() | {"hostPID": True}, "weak": WEAK, "good": objects.good()}
        for profile, denied in ((None, {"privileged", "root"}), ("core", {"privileged", "root"}),
                                ("baseline", {"privileged", "host-pid"}),
                                ("restricted", {"privileged", "root", "host-pid", "weak"}),
                                ("none-such", {"privileged", "root"})):
            answers = {name: self.answer(namespaces[profile], spec) for name, spec in pods.items()}
            self.assertEqual({name for name, (status, _) in answers.items() if status == 403},
                             denied, (profile, answers))
            prefix = f"{profile}." if profile in ("core", "baseline", "restricted") else ""
            self.assertTrue(answers["privileged"][1].startswith(
                f'admission webhook "{prefix}pods.kaudit.dev" denied the request: Pod "probe" '),
                answers["privileged"][1])
        output = self.as_user("admin", "create", "--dry-run=server", "-n", namespaces["restricted"],
                              "-f", "-", group="system:masters",
                              stdin=objects.deployment("web", WEAK))
        self.assertIn('admission webhook "restricted.workloads.kaudit.dev" denied', output)

    def helm_test(self, release):
        """helm makes the pod and waits; what it runs is run here, against the same Service."""
        path = f"{release.path}/pods/{release.name}-test"
        tested = []
        thread = threading.Thread(target=lambda: tested.append(release.run("test", release.name)))
        thread.start()
        try:
            pod = wait_for("the pod of helm test", lambda: self.body(path))
            [container] = pod["spec"]["containers"]
            service = release.get("services")["spec"]["clusterIP"]
            folder = pathlib.Path(self.cluster.folder, "helm-test")
            folder.mkdir()
            name = f"{release.name}.{release.namespace}.svc:{PORT}"
            curl = folder / "curl"
            curl.write_text(f'#!/bin/sh\nexec /usr/bin/curl --resolve {name}:{service} "$@"\n')
            curl.chmod(0o700)
            authority = base64.b64decode(release.get("secrets", "-tls")["data"]["ca.crt"])
            (folder / "ca.crt").write_bytes(authority)
            script = container["args"][0].replace("/etc/kaudit/", f"{folder}/")
            done = subprocess.run([*container["command"], script], text=True, check=False,
                                  env={"PATH": f"{folder}:{os.environ['PATH']}"},
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            self.cluster.must(
                "PATCH", f"{path}/status",
                {"status": {"phase": "Failed" if done.returncode else "Succeeded"}},
                content_type="application/merge-patch+json")
        finally:
            thread.join()
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertRegex(tested[0], r"Phase: +Succeeded")

    def body(self, path):
        answer = self.cluster.request("GET", path)
        return answer.body if answer.status == 200 else None

    def policy(self, release, node, namespace):
        pids = [replica.process.pid for replica in node.replicas]
        self.until(namespace, 201, WEAK)
        release.upgrade("policy.profile=restricted")
        self.until(namespace, 403, WEAK)
        # A broken one is refused, and changes nothing.
        release.upgrade("policy.profile=none-such")
        for replica in node.replicas:
            wait_for("the refusal", lambda r=replica: "none-such" in r.process.text())
        self.assertEqual(self.answer(namespace, WEAK)[0], 403)
        release.upgrade("policy.profile=core")
        self.until(namespace, 201, WEAK)
        self.assertEqual([replica.process.pid for replica in node.replicas], pids)
        self.assertTrue(all(replica.process.running() for replica in node.replicas))

    def served(self, replica):
        """The certificate that a new connection is shown, PEM."""
        return ssl.get_server_certificate(("127.0.0.1", replica.port)).strip()

    def rotation(self, release, node, namespace):
        first = release.get("secrets", "-tls")["data"]
        release.upgrade("replicas=2")
        self.assertEqual(release.get("secrets", "-tls")["data"], first)
        self.assertEqual(len(release.bundle()), 2)
        with Load(self.cluster, namespace) as load:
            load.more(100)
            for generation in (2, 3):
                trusted = release.bundle()
                release.upgrade(f"certificates.selfSigned.generation={generation}")
                now = {name: base64.b64decode(value).decode().strip() for name, value
                       in release.get("secrets", "-tls")["data"].items()}
                # What signs now was trusted before, and what signed before still is.
                self.assertIn(now["signer.crt"], trusted[1:])
                self.assertIn(trusted[0], release.bundle())
                self.assertEqual(len(release.bundle()), 3)
                load.more(100)
                for replica in node.replicas:
                    wait_for("the new certificate",
                             lambda r=replica, n=now: self.served(r) == n["tls.crt"])
                    self.assertTrue(replica.ready())
                load.more(200)
        self.assertEqual(load.failures[:3], [], f"{len(load.failures)} failed")
        print(f"rotation: {load.calls} calls, none failed")

    def outage(self, release, node, service, namespace):
        """What still goes while nobody answers and failurePolicy is Fail."""
        path = f"/api/v1/namespaces/{namespace}/pods"
        self.cluster.must("POST", path, objects.pod("here", objects.good(), finalizers=["a.b/c"]))
        release.upgrade("webhook.failurePolicy=Fail")
        for replica in node.replicas:  # as a node that hangs: the connections stand, no answer comes
            replica.process.send(signal.SIGSTOP)
        try:
            self.until(namespace, 500, objects.good())
            patches = {"labels": {"metadata": {"labels": {"a": "b"}}},
                       "finalizers": {"metadata": {"finalizers": None}}}
            for name, patch in patches.items():
                with self.subTest(patch=name):
                    answer = self.cluster.request("PATCH", f"{path}/here", patch,
                                                  content_type="application/merge-patch+json")
                    self.assertEqual(answer.status, 200, answer.body)
            # An annotation that changes how a container is confined, the API server itself refuses.
            answer = self.cluster.request("PATCH", f"{path}/here", {"metadata": {"annotations": {
                "container.apparmor.security.beta.kubernetes.io/app": "unconfined"}}},
                content_type="application/merge-patch+json")
            self.assertEqual(answer.status, 422, answer.body)
            for verb, where, body, status in (
                    ("POST", f"/apis/apps/v1/namespaces/{namespace}/deployments",
                     objects.deployment("web"), 201),  # Ignore: its pods are judged
                    ("POST", path, objects.pod("next", objects.good()), 500),
                    ("POST", "/api/v1/namespaces/kube-system/pods",
                     objects.pod("cni", objects.privileged()), 201),
                    ("POST", f"{release.path}/pods", objects.pod("self", objects.good()), 201)):
                answer = self.cluster.request(verb, f"{where}?dryRun=All", body)
                self.assertEqual(answer.status, status, answer.body)
            metrics = self.cluster.request("GET", "/metrics").body.decode()
            self.assertRegex(metrics, r'(?m)^apiserver_admission_webhook_rejection_count\{'
                             r'error_type="calling_webhook_error",name="core[.]pods[.]kaudit[.]dev"')
            self.assertRegex(metrics, r'(?m)^apiserver_admission_webhook_fail_open_count\{'
                             r'name="core[.]workloads[.]kaudit[.]dev"')
            # The glass is broken.
            release.upgrade("webhook.breakGlassGroups={system:masters}")
            self.until(namespace, 201, objects.good())
        finally:
            for replica in node.replicas:
                replica.process.send(signal.SIGCONT)
        release.upgrade("webhook.breakGlassGroups=null", "webhook.failurePolicy=Ignore")
        self.until(namespace, 403)

    def everything(self):
        """All objects that a release may leave behind: resource, namespace and name."""
        found = set()
        names, _ = self.cluster.kubectl("api-resources", "--verbs=list,delete", "-o", "name")
        output, _ = self.cluster.kubectl("get", ",".join(
            name for name in names.split() if not re.match(r"events|leases|pods$|namespaces$|"
                                                           "serviceaccounts$", name)),
            "-A", "-o", "json", "--ignore-not-found")
        for item in json.loads(output or '{"items": []}')["items"]:
            metadata = item["metadata"]
            found.add((item["kind"], metadata.get("namespace"), metadata["name"]))
        return found

    def uninstall(self, release, before):
        self.assertGreater(len(self.everything() - before), 10)
        release.run("uninstall", release.name)
        self.assertEqual({one for one in self.everything() - before
                          if one[0] not in ("APIService", "FlowSchema")}, set())
        answer = self.cluster.must("GET", f"{release.path}/serviceaccounts")
        self.assertEqual([one["metadata"]["name"] for one in answer["items"]], ["default"])
        events = map(json.loads, self.cluster.audit_log.read_text().splitlines())
        deleted = [event["objectRef"]["resource"] for event in events if event["verb"] == "delete"
                   and event["objectRef"].get("name", "").startswith(release.name)
                   and "helm" in event["userAgent"].lower()
                   and event["objectRef"]["resource"] != "pods"]
        self.assertEqual(deleted[0], "validatingwebhookconfigurations")
        self.assertIn("deployments", deleted)


class Guard(ChartCase):
    """Nobody exempts a namespace from what it is held to who may merely edit it."""

    def test_labels_are_kept(self):
        self.release("guarded", webhook={"namespaceSelector": [
            {"key": "stage", "operator": "NotIn", "values": ["lab"]}]})
        everything = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "rules": [
            {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]}
        editor = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
                  "metadata": {"name": "namespace-editor"}, "rules": [
                      {"apiGroups": [""], "verbs": ["get", "create", "update", "patch"],
                       "resources": ["namespaces", "namespaces/status", "namespaces/finalize"]}]}
        self.cluster.kubectl("create", "-f", "-", stdin=editor)
        for user in ("editor", "assigner"):
            self.cluster.kubectl("create", "clusterrolebinding", f"{user}-edits",
                                 "--clusterrole=namespace-editor", f"--user={user}")
        self.cluster.kubectl("create", "clusterrolebinding", "assigner-assigns",
                             "--clusterrole=guarded-profiles", "--user=assigner")
        namespace = self.make("restricted")
        # The owner of a namespace, as many clusters make one.
        self.cluster.kubectl("create", "-n", namespace, "-f", "-",
                             stdin=everything | {"metadata": {"name": "owner"}})
        self.cluster.kubectl("create", "rolebinding", "owner", "-n", namespace, "--role=owner",
                             "--user=editor")
        key = "kaudit.dev/profile"

        def label(user, value, *options, of=key):
            patch = json.dumps({"metadata": {"labels": {of: value}}})
            return self.as_user(user, "patch", "namespace", namespace, "--type=merge", f"-p={patch}",
                                *options)
        wait_for("the guard", lambda: label("editor", "core", "--dry-run=server"))
        refusal = (f"the label {key} decides how kaudit judges the namespace: to change it takes the "
                   'right to "assign" "profiles" of the group kaudit.dev, as the ClusterRole '
                   "guarded-profiles gives it")
        for value in ("core", "baseline", "none-such", None):
            self.assertIn(refusal, label("editor", value), value)
        for subresource in ("status",):
            self.assertIn(refusal, label("editor", "core", f"--subresource={subresource}"))
        self.assertIn("the label stage decides", label("editor", "lab", of="stage"))
        self.assertEqual(label("editor", "shop", of="team"), "")
        self.assertEqual(label("editor", "restricted"), "")
        self.assertEqual(label("assigner", "core"), "")
        self.assertIn(refusal, label("editor", "baseline"))
        self.assertEqual(label("editor", "restricted"), "")
        for name, labels, refused in (("new-1", {key: "core"}, True), ("new-2", {}, False),
                                      ("new-3", {key: "restricted"}, False),
                                      ("new-4", {"stage": "lab"}, True)):
            answer = self.as_user("editor", "create", "--dry-run=server", "-f", "-", stdin={
                "apiVersion": "v1", "kind": "Namespace",
                "metadata": {"name": name, "labels": labels}})
            self.assertEqual("decides how kaudit judges" in answer, refused, (name, answer))

    def test_mirror_pods_only_of_nodes(self):
        release = self.release("mirrored")
        self.run_it(release)
        namespace = self.make()
        self.until(namespace, 403)
        self.cluster.kubectl("create", "clusterrole", "pod-maker", "--verb=create",
                             "--resource=pods")
        self.cluster.kubectl("create", "clusterrolebinding", "pod-makers",
                             "--clusterrole=pod-maker", "--user=alice", "--group=system:nodes")
        mirror = objects.pod("mirror", objects.privileged() | {"nodeName": "a"}, annotations={
            "kubernetes.io/config.mirror": "x"}, namespace=namespace)
        arguments = ("create", "--dry-run=server", "-f", "-")
        self.assertEqual(self.as_user("system:node:a", *arguments, group="system:nodes",
                                      stdin=mirror), "")
        self.assertIn('"pods.kaudit.dev" denied', self.as_user("alice", *arguments, stdin=mirror))
        del mirror["metadata"]["annotations"]
        self.assertIn('"pods.kaudit.dev" denied', self.as_user(
            "system:node:a", *arguments, group="system:nodes", stdin=mirror))


class Certificates(ChartCase):
    def test_an_existing_pair_is_used_and_checked(self):
        namespace = self.cluster.namespace("existing")
        pair = self.authority.serving("existing", f"DNS:existing.{namespace}.svc")
        self.cluster.kubectl("create", "secret", "tls", "pair", "-n", namespace,
                             f"--cert={pair.certificate}", f"--key={pair.key}")
        other = pki.Authority(self.cluster.folder, "existing-next-ca")
        # Old and new at a time, as during a rotation.
        both = other.certificate.read_text() + self.authority.certificate.read_text()
        release = self.release("existing", namespace, certificates={
            "mode": "existing", "existing": {"secretName": "pair", "caBundle": both}})
        node, _ = self.run_it(release)
        judged = self.make()
        self.until(judged, 403)
        # A bundle that does not fit is noticed: the alert KauditCertificateRefused is of this.
        release.upgrade("certificates.existing.caBundle=" + other.certificate.read_text())
        for replica in node.replicas:
            wait_for("the refusal", lambda r=replica: "is not used: the certificate does not chain"
                     in r.process.text())

    def test_what_cert_manager_injects_is_kept(self):
        """cert-manager's part is played here: it fills the Secret, and writes caBundle."""
        self.define()
        release = self.release("managed", certificates={"mode": "certManager"})
        [annotation] = release.configuration()["metadata"]["annotations"].keys() & {
            "cert-manager.io/inject-ca-from"}
        wanted = release.configuration()["metadata"]["annotations"][annotation].split("/")
        certificate = self.cluster.must(
            "GET", "/apis/cert-manager.io/v1/namespaces/{}/certificates/{}".format(*wanted))["spec"]
        pair = self.authority.serving("managed", *(f"DNS:{name}"
                                                   for name in certificate["dnsNames"]))
        self.cluster.kubectl(
            "create", "secret", "generic", certificate["secretName"], "-n", release.namespace,
            f"--from-file=tls.crt={pair.certificate}", f"--from-file=tls.key={pair.key}",
            f"--from-file=ca.crt={self.authority.certificate}")
        self.cluster.kubectl("patch", "validatingwebhookconfiguration", "managed", "--type=json",
                             "--field-manager=cainjector", "-p", json.dumps([
                                 {"op": "add", "path": f"/webhooks/{number}/clientConfig/caBundle",
                                  "value": bundle(self.authority)}
                                 for number in range(len(release.configuration()["webhooks"]))]))
        self.run_it(release)
        judged = self.make()
        self.until(judged, 403)
        release.upgrade("policy.profile=restricted")
        self.until(judged, 403, WEAK)
        self.assertEqual(len(release.bundle()), 1)


class OutsideTheCluster(ChartCase):
    def test_by_url(self):
        with Webhook(support.PROGRAM, self.cluster.folder, self.pair) as server:
            release = self.release("outside", certificates={"mode": "existing", "existing": {
                "caBundle": self.authority.certificate.read_text()}},
                webhook={"url": f"https://127.0.0.1:{server.port}/"})
            namespace = self.make("restricted")
            self.until(namespace, 403)
            self.assertEqual(self.answer(namespace, WEAK)[0], 403)
            self.assertEqual(self.answer(namespace, objects.good())[0], 201)
            # Nothing of ours runs in the release's namespace, so it is judged too.
            self.until(release.namespace, 403)


def main():
    support.PROGRAM = os.path.abspath(os.environ["KAUDIT_WEBHOOK"])
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with Cluster(chart.programs()) as support.CLUSTER:
        program = unittest.main(exit=False, verbosity=2)
    sys.exit(not program.result.wasSuccessful())


if __name__ == "__main__":
    main()
