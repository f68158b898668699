"""What the API server makes of everything that the chart renders."""
import re

import chart
from chart import rendered
from matrix import MATRIX
from release import ChartCase


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
