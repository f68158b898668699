"""The API server keeps the PolicyReports that kaudit writes, under the working group's definitions."""
import json
import subprocess

import modules
import objects
import release as releases
from release import ChartCase

REPORTS = "/apis/wgpolicyk8s.io/v1alpha2"
MANY = 1500  # pods: more findings than one object holds


class Reports(ChartCase):
    def report_of(self, *pods):
        listed = json.dumps({"apiVersion": "v1", "kind": "List", "items": pods})
        done = subprocess.run([releases.KAUDIT, "--format", "policyreport", "--quiet", "-"],
                              input=listed, text=True, check=False, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE)
        self.assertEqual((done.returncode, done.stderr), (1, ""))
        return done.stdout

    def kept(self, namespace):
        items = self.cluster.must("GET", f"{REPORTS}/namespaces/{namespace}/policyreports")["items"]
        for item in items:
            self.assertEqual(item["metadata"]["labels"], {"app.kubernetes.io/managed-by": "kaudit"})
        return items

    def test_they_are_kept_as_they_were_written(self):
        for path in modules.report_definitions():
            self.cluster.kubectl("apply", "--server-side", "-f", str(path))
        self.cluster.kubectl("wait", "--for=condition=Established", "crd", "--all")
        namespace = self.make()

        def pod(name, spec, where):
            made = objects.pod(name, spec)
            made["metadata"]["namespace"] = where
            return made
        for count, ways in ((2, ((), ("--server-side", "--force-conflicts"))), (MANY, ((),))):
            text = self.report_of(*(pod(f"bad-{n}", objects.privileged(), namespace)
                                    for n in range(count)))
            written = json.loads(text)["items"]
            for way in ways:
                with self.subTest(pods=count, way=way):
                    _, warnings = self.cluster.kubectl("apply", "--validate=strict", *way,
                                                       "-f", "-", stdin=text)
                    self.assertEqual(warnings, "")
                    kept = {item["metadata"]["name"]: item for item in self.kept(namespace)}
                    self.assertEqual(set(kept), {one["metadata"]["name"] for one in written})
                    for one in written:
                        ours = kept[one["metadata"]["name"]]
                        self.assertEqual((ours["summary"], ours["results"]),
                                         (one["summary"], one["results"]))
            self.assertEqual(len(written) > 1, count == MANY)
            denied = [result for one in written for result in one["results"]
                      if result["policy"] == "privileged-container"]
            self.assertEqual(len(denied), count)
        # What is in no namespace: a report of the cluster.
        text = self.report_of({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
                               "metadata": {"name": "all"}, "rules": [
                                   {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]})
        self.cluster.kubectl("apply", "--validate=strict", "-f", "-", stdin=text)
        [one] = json.loads(text)["items"]
        kept = self.cluster.must("GET", f"{REPORTS}/clusterpolicyreports/kaudit")
        self.assertEqual(kept["results"], one["results"])
