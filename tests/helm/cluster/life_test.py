"""One release from install to uninstall."""
import base64
import json
import os
import pathlib
import re
import signal
import ssl
import subprocess
import threading

import objects
from cluster import wait_for
from release import PORT, WEAK, ChartCase
from support import Load


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
        # Conditions of the API server compare whole specifications: large ones too.
        large = objects.good()
        large["containers"][0]["env"] = [{"name": f"N{number}", "value": "x" * 100}
                                         for number in range(8000)]
        path = f"/api/v1/namespaces/{namespaces['core']}/pods"
        self.cluster.must("POST", path, objects.pod("large", large))
        for name, spec, status in (("good", objects.good(), 200), ("bad", objects.privileged(), 403)):
            container = spec["containers"][0] | {"name": name}
            del container["resources"]
            answer = self.cluster.request(
                "PATCH", f"{path}/large/ephemeralcontainers",
                {"spec": {"ephemeralContainers": [container]}},
                content_type="application/strategic-merge-patch+json")
            self.assertEqual(answer.status, status, answer.body)
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
        peaks = [re.search(r"VmHWM:\s+(\d+)", pathlib.Path(
            f"/proc/{replica.process.pid}/status").read_text())[1] for replica in node.replicas]
        limit = release.get("deployments", api="/apis/apps/v1")["spec"]["template"]["spec"][
            "containers"][0]["resources"]["limits"]["memory"]
        self.assertEqual(limit, "256Mi")
        self.assertLess(max(map(int, peaks)), 256 << 10)
        print(f"rotation: {load.calls} calls, none failed; at most {max(map(int, peaks)) >> 10} MiB")

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
