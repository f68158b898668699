"""The audit in the background, run as its CronJob says."""
import json
import os
import pathlib
import subprocess
import tempfile

import objects
import release as releases
from release import ChartCase


class Audit(ChartCase):
    def setUp(self):
        self.release_ = self.release("auditor", audit={"enabled": True, "failOn": "high"},
                                     policy={"rules": {"image-tag": {"action": "off"}}})
        job = self.cluster.must("GET", f"/apis/batch/v1/namespaces/{self.release_.namespace}"
                                "/cronjobs/auditor-audit")
        self.pod = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=self.cluster.folder))
        for name in ("scratch", "policy"):
            (self.folder / name).mkdir()
        self.environment = {"PATH": f"{self.cluster.programs}:{os.environ['PATH']}",
                            "HOME": str(self.folder), "KUBECONFIG": str(self.kubeconfig())}

    def kubeconfig(self):
        """What the token of the job's account gives, and nothing else."""
        token = self.cluster.must(
            "POST", f"{self.release_.path}/serviceaccounts/{self.pod['serviceAccountName']}/token",
            {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}})
        config = json.loads((self.cluster.folder / "kubeconfig").read_text())
        config["users"][0]["user"] = {"token": token["status"]["token"]}
        path = self.folder / "kubeconfig"
        path.write_text(json.dumps(config))
        return path

    def local(self, argument):
        return argument.replace("/scratch/", f"{self.folder}/scratch/").replace(
            "/etc/kaudit/policy/", f"{self.folder}/policy/")

    def run_it(self, *command):
        return subprocess.run(command, env=self.environment, text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def test_what_is_there_is_found(self):
        namespace = self.make()
        for name, spec in (("good", objects.good()), ("bad", objects.privileged())):
            answer = self.cluster.create_pod(namespace, objects.pod(name, spec))
            self.assertEqual(answer.status, 201, answer.body)
        [reader] = self.pod["initContainers"]
        done = self.run_it(*reader["command"], *map(self.local, reader["args"]))
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        policy = self.cluster.must("GET", f"{self.release_.path}/configmaps/auditor-policy")
        (self.folder / "policy/policy.yaml").write_text(policy["data"]["policy.yaml"])
        [auditor] = self.pod["containers"]
        done = self.run_it(releases.KAUDIT, *map(self.local, auditor["args"]))
        self.assertEqual(done.returncode, 1, done.stderr)
        report = json.loads(done.stdout)
        ours = [finding for finding in report["findings"]
                if f'"namespace": "{namespace}"' in json.dumps(finding)
                and "privileged-container" in json.dumps(finding)]
        self.assertEqual(len(ours), 1, report["findings"])
        self.assertNotIn("image-tag", done.stdout)

    def test_it_may_list_that_and_no_more(self):
        for arguments, allowed in (
                (("get", "pods", "-A"), True), (("get", "clusterroles"), True),
                (("get", "secrets", "-A"), False), (("get", "configmaps", "-A"), False),
                (("get", "pod", "x", "-n", "default"), False),
                (("create", "namespace", "x"), False)):
            with self.subTest(command=arguments):
                done = self.run_it("kubectl", *arguments)
                self.assertEqual("Forbidden" not in done.stderr, allowed, done.stderr)
