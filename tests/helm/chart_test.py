"""The chart as helm renders it: what it accepts, what it refuses, what becomes of it."""
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import yaml

import chart
from matrix import CA, DIGESTS, MATRIX
from chart import CHART, NAMESPACE, ROOT, merged, objects, of_kind, rendered

SCHEMA = ("Error: values don't meet the specifications of the schema(s) in the following chart(s):\n"
          "kaudit:\n")


def kaudit(*arguments, stdin=None):
    return subprocess.run([os.environ["KAUDIT"], *arguments], input=stdin, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)


class Files(unittest.TestCase):
    def test_lint_has_nothing_to_object(self):
        for name, values in MATRIX.items():
            with self.subTest(values=name):
                done = chart.helm("lint", "--strict", "--quiet", CHART, f"--namespace={NAMESPACE}",
                                    values=values)
                self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))

    def test_it_can_be_packed(self):
        with tempfile.TemporaryDirectory() as folder:
            done = chart.helm("package", CHART, f"--destination={folder}")
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            [archive] = os.listdir(folder)
            done = chart.helm("template", "kaudit", f"{folder}/{archive}", values={})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([one["kind"] for one in objects(done.stdout)],
                         [one["kind"] for one in objects(rendered())])

    def test_the_readme_has_the_values(self):
        done = subprocess.run([ROOT / "scripts/chart-readme", "--check"], text=True, check=False,
                              stderr=subprocess.PIPE)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_the_schema_knows_every_value_and_nothing_else(self):
        schema = json.loads((CHART / "values.schema.json").read_text())

        def compare(values, part, path):
            if "$ref" in part:
                part = schema["$defs"][part["$ref"].rsplit("/", 1)[1]]
            if "properties" not in part:
                return
            self.assertIs(part["additionalProperties"], False, path)
            if values:
                self.assertEqual(set(values), set(part["properties"]) - {"global"}, path)
            for key, value in values.items():
                if isinstance(value, dict):
                    compare(value, part["properties"][key], f"{path}.{key}")
        compare(yaml.safe_load((CHART / "values.yaml").read_text()), schema, "values")

    def test_it_is_of_the_version_that_is_built(self):
        metadata = yaml.safe_load((CHART / "Chart.yaml").read_text())
        self.assertRegex(kaudit("--version").stdout, rf"^kaudit {re.escape(metadata['appVersion'])}\b")


class Refused(unittest.TestCase):
    maxDiff = None

    def refused(self, values, message):
        done = chart.helm("template", "kaudit", CHART, values=values)
        self.assertEqual((done.returncode, done.stdout), (1, ""), values)
        self.assertEqual(done.stderr.replace(f"{CHART}/", ""), message)

    def test_by_the_schema(self):
        for values, message in (
                ({"replica": 3}, "at '': additional properties 'replica' not allowed"),
                ({"replicas": 0}, "at '/replicas': minimum: got 0, want 1"),
                ({"replicas": "2"}, "at '/replicas': got string, want integer"),
                ({"mode": "enfroce"}, "at '/mode': value must be one of 'enforce', 'audit'"),
                ({"mode": None}, "at '': missing property 'mode'"),
                ({"image": {"digest": "latest"}},
                 "at '/image/digest': 'latest' does not match pattern '^(sha256:[0-9a-f]{64})?$'"),
                ({"image": "kaudit:1"}, "at '/image': got string, want object"),
                ({"policy": "profile: core"}, "at '/policy': got string, want object"),
                ({"webhook": {"timeoutSeconds": 31}},
                 "at '/webhook/timeoutSeconds': maximum: got 31, want 30"),
                ({"webhook": {"failurePolicy": "ignore"}},
                 "at '/webhook/failurePolicy': value must be one of 'Ignore', 'Fail'"),
                ({"webhook": {"url": "http://kaudit.example"}},
                 "at '/webhook/url': 'http://kaudit.example' does not match pattern "
                 "'^(https://[^/?#@]+(/[^?#]*)?)?$'"),
                ({"webhook": {"excludedNamespaces": ["Shop"]}},
                 "at '/webhook/excludedNamespaces/0': 'Shop' does not match pattern "
                 "'^[a-z0-9]([-a-z0-9]*[a-z0-9])?$'"),
                ({"webhook": {"namespaceSelector": [{"key": "team", "operator": "Is"}]}},
                 "at '/webhook/namespaceSelector/0/operator': value must be one of 'In', 'NotIn', "
                 "'Exists', 'DoesNotExist'"),
                ({"webhook": {"breakGlassGroups": ['a"b']}},
                 "at '/webhook/breakGlassGroups/0': 'a\"b' does not match pattern "
                 "'^[A-Za-z0-9@.:/_-]+$'"),
                ({"certificates": {"mode": "none"}}, "at '/certificates/mode': value must be one of "
                 "'selfSigned', 'certManager', 'existing'"),
                ({"server": {"extraArgs": ["-x"]}},
                 "at '/server/extraArgs/0': '-x' does not match pattern '^--[a-z]'"),
                ({"server": {"shutdownDelay": "10"}},
                 "at '/server/shutdownDelay': '10' does not match pattern '^([0-9]+(h|m|s|ms))+$'"),
                ({"networkPolicy": {"apiServer": ["10.0.0.1"]}},
                 "at '/networkPolicy/apiServer/0': '10.0.0.1' does not match pattern "
                 "'^[0-9a-f.:]+/[0-9]{1,3}$'"),
                ({"audit": {"kinds": [{"apiGroup": "", "resources": ["*"]}]}},
                 "at '/audit/kinds/0/resources/0': '*' does not match pattern '^[a-z]+$'"),
                ({"audit": {"failOn": "worst"}}, "at '/audit/failOn': value must be one of 'info', "
                 "'low', 'medium', 'high', 'critical', 'none'"),
        ):
            with self.subTest(values=values):
                self.refused(values, f"{SCHEMA}- {message}\n\n")

    def test_by_the_chart(self):
        url = {"url": "https://kaudit.example"}
        for values, message in (
                ({"webhook": url},
                 "webhook.url needs certificates.mode=existing: the chart makes no certificate for a "
                 "process that it does not run"),
                ({"webhook": url, "certificates": {"mode": "existing", "existing": {
                    "secretName": "pair", "caBundle": CA}}},
                 "webhook.url and certificates.existing.secretName exclude each other: nothing in "
                 "the cluster would use the Secret"),
                ({"certificates": {"mode": "existing"}},
                 "certificates.mode=existing needs certificates.existing.secretName"),
                ({"certificates": {"mode": "existing", "existing": {
                    "secretName": "pair", "caBundle": "TUlJ"}}},
                 "certificates.mode=existing needs certificates.existing.caBundle, PEM"),
                ({"webhook": url, "prometheusRule": {"enabled": True}, "certificates": {
                    "mode": "existing", "existing": {"caBundle": CA}}},
                 "webhook.url and prometheusRule.enabled need prometheusRule.selector: only you know "
                 "the labels of what runs elsewhere"),
                ({"policy": {"profile": "core"}, "policyConfigMap": "other"},
                 "policy and policyConfigMap exclude each other"),
        ):
            with self.subTest(values=values):
                self.refused(values, "Error: execution error at "
                             f"(kaudit/templates/certificates.yaml:1:4): {message}\n\n"
                             "Use --debug flag to render out invalid YAML\n")

    def test_a_guard_that_an_old_cluster_cannot_have(self):
        with self.assertRaisesRegex(AssertionError, "guard.enabled needs Kubernetes 1.30; with "
                                    "guard.enabled=false whoever may edit a namespace chooses its "
                                    "profile, unless webhook.profiles=false"):
            rendered({}, "kaudit", "--kube-version=1.29.0")
        for values in ({"guard": {"enabled": False}}, {"webhook": {"profiles": False}}):
            text = rendered(values, "kaudit", "--kube-version=1.29.0")
            self.assertEqual(of_kind(text, "ValidatingAdmissionPolicy"), [])


class Rendered(unittest.TestCase):
    maxDiff = None

    def test_our_own_strictest_profile_finds_nothing(self):
        for name, values in MATRIX.items():
            with self.subTest(values=name):
                done = kaudit("--no-config", "--profile", "restricted", "--fail-on", "low", "-",
                              stdin=rendered(values))
                self.assertEqual(done.returncode, 0, done.stdout)

    def test_nor_does_the_whole_catalogue(self):
        """With images by digest. That keys of certificates stand in what is rendered lies in the
        nature of certificates that a chart makes; it is no file in a repository. Whoever does
        without the NetworkPolicy is told so."""
        for name, values in MATRIX.items():
            with self.subTest(values=name):
                text = rendered(merged(values, DIGESTS))
                done = kaudit("--no-config", "--fail-on", "info", "--exclude", "secret-in-repository",
                              "--format", "csv", "-q", "-", stdin=text)
                found = {row.split(",")[1] for row in done.stdout.splitlines()[1:]}
                guarded = values.get("networkPolicy", {}).get("enabled", True)
                self.assertEqual(found, set() if guarded else {"no-network-policy"}, done.stdout)

    def test_kaudit_reads_every_policy(self):
        for name, values in MATRIX.items():
            for one in of_kind(rendered(values), "ConfigMap"):
                if "policy.yaml" not in one["data"]:
                    continue
                with self.subTest(values=name), tempfile.NamedTemporaryFile("w+") as policy:
                    policy.write(one["data"]["policy.yaml"])
                    policy.flush()
                    done = kaudit("--config", policy.name, "-", stdin="")
                    self.assertNotIn(policy.name, done.stdout)
                    self.assertEqual(yaml.safe_load(one["data"]["policy.yaml"]),
                                     values.get("policy", {}))

    def test_hooks(self):
        def entries(values):
            [configuration] = of_kind(rendered(values), "ValidatingWebhookConfiguration")
            return {one["name"]: one for one in configuration["webhooks"]}
        for name, values in MATRIX.items():
            with self.subTest(values=name):
                wanted = values.get("webhook", {})
                hooks = entries(values)
                prefixes = ["", "core.", "baseline.", "restricted."]
                whats = ["pods", "workloads"]
                self.assertEqual(set(hooks), {
                    f"{prefix}{what}.kaudit.dev"
                    for prefix in (prefixes if wanted.get("profiles", True) else [""])
                    for what in (whats if wanted.get("workloads", True) else ["pods"])})
                for hook in hooks.values():
                    self.assertEqual(
                        [hook[key] for key in ("matchPolicy", "sideEffects", "timeoutSeconds")],
                        ["Equivalent", "None", wanted.get("timeoutSeconds", 3)])
                    names = hook["namespaceSelector"]["matchExpressions"][0]
                    own = [] if "url" in wanted else [NAMESPACE]
                    self.assertEqual(names, {
                        "key": "kubernetes.io/metadata.name", "operator": "NotIn",
                        "values": ["kube-system", *own, *wanted.get("excludedNamespaces", [])]})
                    judged = {resource for rule in hook["rules"] for resource in rule["resources"]}
                    # Nothing that keeps a control plane alive: no lease, no node, no CSR, no *.
                    self.assertLessEqual(judged, {
                        "pods", "pods/ephemeralcontainers", "pods/resize", "podtemplates",
                        "replicationcontrollers", "daemonsets", "deployments", "replicasets",
                        "statefulsets", "cronjobs", "jobs"})
                    pods = "pods.kaudit.dev" in hook["name"]
                    self.assertEqual(hook["failurePolicy"], wanted.get("failurePolicy", "Ignore")
                                     if pods else "Ignore")

    def test_a_url_leads_to_every_path(self):
        [configuration] = of_kind(rendered(MATRIX["outside the cluster"]),
                                  "ValidatingWebhookConfiguration")
        self.assertEqual({one["clientConfig"]["url"] for one in configuration["webhooks"]}, {
            f"https://kaudit.example:9443/validate{profile}"
            for profile in ("", "/core", "/baseline", "/restricted")})
        # And nothing runs in the cluster that nobody would call.
        kinds = {one["kind"] for one in objects(rendered(MATRIX["outside the cluster"]))}
        self.assertEqual(kinds, {"ConfigMap", "ClusterRole", "ValidatingWebhookConfiguration",
                                 "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"})

    def test_pods_hold_what_is_promised(self):
        for name, values in MATRIX.items():
            for one in objects(rendered(values)):
                spec = {"Pod": lambda o: o["spec"],
                        "Deployment": lambda o: o["spec"]["template"]["spec"],
                        "CronJob": lambda o: o["spec"]["jobTemplate"]["spec"]["template"]["spec"],
                        }.get(one["kind"], lambda o: None)(one)
                if not spec:
                    continue
                with self.subTest(values=name, kind=one["kind"]):
                    self.assertIs(spec["automountServiceAccountToken"], False)
                    self.assertEqual(spec["securityContext"], {
                        "runAsNonRoot": True, "runAsUser": 65532, "runAsGroup": 65532,
                        "fsGroup": 65532, "seccompProfile": {"type": "RuntimeDefault"}})
                    for container in spec["containers"] + spec.get("initContainers", []):
                        self.assertEqual(container["securityContext"], {
                            "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
                            "capabilities": {"drop": ["ALL"]}})
                        self.assertEqual(set(container["resources"]["limits"]), {"cpu", "memory"})

    def test_only_kubectl_has_a_token_and_may_only_list(self):
        text = rendered(MATRIX["everything"])
        [job] = of_kind(text, "CronJob")
        spec = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
        with_token = [container["name"] for container in spec["containers"] + spec["initContainers"]
                      if any(mount["name"] == "token" for mount in container["volumeMounts"])]
        self.assertEqual(with_token, ["kubectl"])
        [role] = [one for one in of_kind(text, "ClusterRole") if one["metadata"]["name"]
                  == "kaudit-audit"]
        self.assertEqual({verb for rule in role["rules"] for verb in rule["verbs"]}, {"list"})
        self.assertNotIn("secrets", {name for rule in role["rules"] for name in rule["resources"]})

    def test_notes_say_what_is_next(self):
        for values, namespace, said, unsaid in (
                ({}, NAMESPACE, ["rollout status deployment/kaudit", "kaudit.dev/profile=restricted",
                                 "webhook.failurePolicy=Fail"], ["WARNING", "mode=enforce"]),
                ({}, "default", ["WARNING: the namespace default is now not judged"], []),
                ({"mode": "audit"}, NAMESPACE, ["--set mode=enforce"], ["failurePolicy=Fail"]),
                ({"webhook": {"failurePolicy": "Fail", "profiles": False}}, NAMESPACE, [],
                 ["--set", "kaudit.dev/profile"]),
                (MATRIX["outside the cluster"], "default",
                 ["is called at https://kaudit.example:9443"], ["WARNING", "helm test"])):
            with self.subTest(values=values, namespace=namespace):
                done = chart.helm("install", "kaudit", CHART, "--dry-run=client",
                                  f"--namespace={namespace}", values=values)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                notes = done.stdout.partition("\nNOTES:\n")[2]
                self.assertIn("kubectl delete validatingwebhookconfiguration kaudit", notes)
                for one in said:
                    self.assertIn(one, notes)
                for one in unsaid:
                    self.assertNotIn(one, notes)

    def test_the_audit_keeps_its_reports(self):
        [job] = of_kind(rendered(MATRIX["an audit that is kept"]), "CronJob")
        [container] = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
        with tempfile.TemporaryDirectory() as folder:
            files = {"scratch/cluster.json": json.dumps({"apiVersion": "v1", "kind": "List", "items": [
                {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": {
                    "containers": [{"name": "web", "image": "a/b:1", "securityContext": {
                        "privileged": True}}]}}]}), "etc/kaudit/policy/policy.yaml": "{}\n"}
            for name, text in files.items():
                path = pathlib.Path(folder, name)
                path.parent.mkdir(parents=True)
                path.write_text(text, encoding="utf-8")
            pathlib.Path(folder, "report").mkdir()
            done = kaudit(*(re.sub("(^|=)/", rf"\1{folder}/", one) for one in container["args"]))
            self.assertEqual(done.returncode, 1, done.stdout)  # failOn is high
            self.assertIn("| critical |", done.stdout)
            reports = pathlib.Path(folder, "report")
            self.assertEqual(sorted(one.name for one in reports.iterdir()),
                             ["report.csv", "report.json", "report.policyreport.json",
                              "report.prom", "report.sarif"])
            for one in reports.iterdir():
                self.assertIn("privileged-container", one.read_text(encoding="utf-8"))

    def test_the_audit_is_shared_by_an_indexed_job(self):
        [cronjob] = of_kind(rendered(MATRIX["an audit in parts"]), "CronJob")
        job = cronjob["spec"]["jobTemplate"]["spec"]
        self.assertEqual([job["completionMode"], job["completions"], job["parallelism"]],
                         ["Indexed", 4, 4])
        arguments = job["template"]["spec"]["containers"][0]["args"]
        self.assertIn("--shard=$(JOB_COMPLETION_INDEX)/4", arguments)
        self.assertIn("--output=/report/report-$(JOB_COMPLETION_INDEX).json", arguments)

    def test_names_follow_the_release(self):
        for release, expected in (("kaudit", "kaudit"), ("prod", "prod-kaudit"),
                                  ("my-kaudit-2", "my-kaudit-2")):
            [deployment] = of_kind(rendered({}, release), "Deployment")
            self.assertEqual(deployment["metadata"]["name"], expected)
            arguments = deployment["spec"]["template"]["spec"]["containers"][0]["args"]
            self.assertIn(f"--service-name={expected}.{NAMESPACE}.svc", arguments)


if __name__ == "__main__":
    chart.programs()
    unittest.main()
