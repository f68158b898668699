"""The alerts and the dashboard: promtool reads them, every alert fires when it should and only
then, and nothing asks for a metric that kaudit-webhook does not export."""
import http.client
import json
import os
import pathlib
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import unittest

import yaml

import chart
from matrix import MATRIX
from chart import CHART, NAMESPACE, ROOT, of_kind, rendered

sys.path.insert(0, str(ROOT / "tests/e2e"))
# pylint: disable=wrong-import-position
import pki
from webhook import Webhook

DAY = 86400
EXPIRY = "kaudit_tls_certificate_expiry_timestamp_seconds"
REQUESTS = "kaudit_admission_requests_total"
FAIL_OPEN = "apiserver_admission_webhook_fail_open_count"
REJECTED = "apiserver_admission_webhook_rejection_count"


def ours(name, values, /, **labels):
    """A series of the webhook, as its ServiceMonitor makes it; values as promtool writes them."""
    return series(name, values, namespace=NAMESPACE, service="kaudit", **labels)


def series(name, values, /, **labels):
    inner = ",".join(f'{key}="{value}"' for key, value in labels.items())
    return {"series": f"{name}{{{inner}}}", "values": values}


def buckets(*counts):
    """A histogram that grows by so many a minute, up to 5 ms, 100 ms, 1 s and in all."""
    return [ours("kaudit_admission_duration_seconds_bucket", f"0+{count}x60", le=le)
            for le, count in zip(("0.005", "0.1", "1", "+Inf"), counts)]


def alert(minutes, firing, quiet, summary=None, **labels):
    """After so many minutes it fires for each list of series in `firing`, with this summary, and
    for none of those in `quiet`."""
    return {"minutes": minutes, "firing": firing, "quiet": quiet, "summary": summary,
            "labels": labels}


ALERTS = {
    "KauditDown": alert(5, [
        [ours("kaudit_ready", "0x10", pod="a"), ours("kaudit_ready", "0x10", pod="b")],
        [],  # nothing is scraped at all
        [series("kaudit_ready", "1x10", namespace="other", service="kaudit")],
    ], [
        [ours("kaudit_ready", "0x10", pod="a"), ours("kaudit_ready", "1x10", pod="b")],
        [ours("kaudit_ready", "1x4 0 1x5", pod="a")],  # for a moment
    ]),
    "KauditReplicasMissing": alert(20, [
        [ours("kaudit_ready", "1x30", pod="a"), ours("kaudit_ready", "0x30", pod="b")],
        [ours("kaudit_ready", "1x30", pod="a")],
    ], [
        [ours("kaudit_ready", "1x30", pod="a"), ours("kaudit_ready", "1x30", pod="b")],
        [ours("kaudit_ready", "1x30", pod="a"), ours("kaudit_ready", "1x10 0x5 1x15", pod="b")],
    ], "1 of 2 replicas of kaudit-webhook are ready"),
    "KauditCallsFail": alert(12, [
        [series(FAIL_OPEN, "0+1x20", name="pods.kaudit.dev", type="validating")],
        [series(REJECTED, "0+1x20", name="pods.kaudit.dev", error_type="calling_webhook_error")],
    ], [
        [series(FAIL_OPEN, "0+1x20", name="pods.other.dev", type="validating")],
        [series(REJECTED, "0+1x20", name="pods.kaudit.dev", error_type="no_error")],  # denials
        [series(FAIL_OPEN, "7x20", name="pods.kaudit.dev", type="validating")],  # long ago
    ], "The API server cannot call pods.kaudit.dev", name="pods.kaudit.dev"),
    "KauditConnectionsFail": alert(25, [
        [ours("kaudit_tls_errors_total", "0+5x40"), ours("kaudit_connections_total", "0+10x40")],
    ], [
        [ours("kaudit_tls_errors_total", "0+1x40"), ours("kaudit_connections_total", "0+20x40")],
        [ours("kaudit_tls_errors_total", "0x40"), ours("kaudit_connections_total", "0x40")],
    ]),
    "KauditSheds": alert(15, [
        [ours("kaudit_requests_shed_total", "0+1x20", pod="a")],
    ], [
        [ours("kaudit_requests_shed_total", "0x4 3x16", pod="a")],  # once, for a moment
    ]),
    "KauditSlow": alert(30, [
        buckets(0, 0, 100, 100),
        buckets(90, 95, 100, 100),
    ], [
        buckets(99, 100, 100, 100),
        buckets(0, 0, 0, 0),  # nobody asks
    ]),
    "KauditDenialSpike": alert(1450, [
        [ours(REQUESTS, "0x1439 0+10x20", outcome="denied", dry_run="false")],
    ], [
        [ours(REQUESTS, "0+10x1460", outcome="denied", dry_run="false")],  # as always
        [ours(REQUESTS, "0x1439 0+1x20", outcome="denied", dry_run="false")],  # few
        [ours(REQUESTS, "0x1439 0+10x20", outcome="denied", dry_run="true")],
        [ours(REQUESTS, "0x1439 0+10x20", outcome="allowed", dry_run="false")],
    ], "100 requests denied in ten minutes, three times the usual"),
    "KauditUnjudgeable": alert(25, [
        [ours(REQUESTS, "0+1x40", outcome="unjudgeable", dry_run="false")],
        [ours(REQUESTS, "0+1x40", outcome="malformed", dry_run="false")],
    ], [
        [ours(REQUESTS, "0+9x40", outcome="denied", dry_run="false"),
         ours(REQUESTS, "2x40", outcome="malformed", dry_run="false")],
    ]),
    "KauditPolicyRefused": alert(10, [
        [ours("kaudit_policy_reload_success", "0x20", pod="a"),
         ours("kaudit_policy_reload_success", "1x20", pod="b")],
    ], [
        [ours("kaudit_policy_reload_success", "1x20", pod="a")],
        [ours("kaudit_policy_reload_success", "1x6 0x2 1x10", pod="a")],  # mended at once
    ]),
    "KauditCertificateRefused": alert(10, [
        [ours("kaudit_tls_reload_success", "0x20", pod="a")],
    ], [
        [ours("kaudit_tls_reload_success", "1x20", pod="a")],
    ]),
    "KauditCertificateExpires": alert(20, [
        [ours(EXPIRY, f"{10 * DAY}x30", certificate="serving", pod="a"),
         ours(EXPIRY, f"{90 * DAY}x30", certificate="serving", pod="b")],
    ], [
        [ours(EXPIRY, f"{15 * DAY}x30", certificate="serving"),
         ours(EXPIRY, f"{10 * DAY}x30", certificate="ca")],
    ], "The certificate of kaudit-webhook ends in 9d 23h 40m 0s"),
    "KauditAuthorityExpires": alert(20, [
        [ours(EXPIRY, f"{29 * DAY}x30", certificate="ca")],
    ], [
        [ours(EXPIRY, f"{29 * DAY}x30", certificate="serving"),
         ours(EXPIRY, f"{31 * DAY}x30", certificate="ca")],
    ], "The authority of kaudit-webhook's certificate ends in 28d 23h 40m 0s"),
    "KauditExemptionsExpired": alert(70, [
        [ours("kaudit_exemptions", "3x80", state="expired")],
    ], [
        [ours("kaudit_exemptions", "0x80", state="expired"),
         ours("kaudit_exemptions", "3x80", state="active")],
    ], "3 exemptions of the policy have expired"),
}


def promtool(folder, *arguments):
    done = subprocess.run(["promtool", *arguments], cwd=folder, text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


def dashboard_queries():
    board = json.loads((CHART / "files/dashboard.json").read_text(encoding="utf-8"))
    return [(panel["title"], target["expr"])
            for panel in board["panels"] for target in panel["targets"]]


def post(server, authority, body):
    tls = ssl.create_default_context(cafile=authority.certificate)
    connection = http.client.HTTPSConnection("127.0.0.1", server.port, timeout=30, context=tls)
    connection.request("POST", "/validate", body, {"Content-Type": "application/json"})
    connection.getresponse().read()
    connection.close()


class Case(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        [one] = of_kind(rendered(MATRIX["everything"]), "PrometheusRule")
        self.groups = one["spec"]
        [self.rules] = [group["rules"] for group in self.groups["groups"]]

    def write(self, name, content):
        (self.folder / name).write_text(yaml.safe_dump(content), encoding="utf-8")


class Alerts(Case):
    def test_promtool_reads_them_for_all_values(self):
        for name, values in MATRIX.items():
            for one in of_kind(rendered(values), "PrometheusRule"):
                with self.subTest(values=name):
                    self.write("rules.yaml", one["spec"])
                    code, output = promtool(self.folder, "check", "rules", "--lint-fatal",
                                            "rules.yaml")
                    self.assertEqual(code, 0, output)

    def test_every_alert_has_a_test(self):
        self.assertEqual({rule["alert"] for rule in self.rules}, set(ALERTS))
        for name, case in ALERTS.items():
            self.assertTrue(case["firing"] and case["quiet"], name)

    def test_each_fires_when_it_should_and_only_then(self):
        rules = {rule["alert"]: rule for rule in self.rules}
        tests = []
        for name, case in ALERTS.items():
            annotations = rules[name]["annotations"]
            expected = {
                "exp_labels": case["labels"] | rules[name]["labels"],
                "exp_annotations": annotations | (
                    {"summary": case["summary"]} if case["summary"] else {})}
            for fires, inputs in ([(True, one) for one in case["firing"]]
                                  + [(False, one) for one in case["quiet"]]):
                if name == "KauditSlow" and fires:
                    # What the histogram gives is between two buckets; the text says it.
                    expected["exp_annotations"]["summary"] = (
                        "One in a hundred reviews takes 991ms or longer"
                        if inputs[0]["values"] == "0+0x60"
                        else "One in a hundred reviews takes 820ms or longer")
                tests.append({
                    "interval": "1m", "input_series": inputs, "alert_rule_test": [{
                        "eval_time": f"{case['minutes']}m", "alertname": name,
                        "exp_alerts": [json.loads(json.dumps(expected))] if fires else []}]})
        self.write("rules.yaml", self.groups)
        self.write("tests.yaml", {"rule_files": ["rules.yaml"], "evaluation_interval": "1m",
                                  "tests": tests})
        code, output = promtool(self.folder, "test", "rules", "tests.yaml")
        self.assertEqual(code, 0, output)

    def test_thresholds_are_values(self):
        values = {"prometheusRule": {
            "enabled": True, "selector": 'job="ours"', "p99Seconds": 0.5, "denials": 7,
            "certificateDays": 3, "authorityDays": 4}, "replicas": 5}
        [one] = of_kind(rendered(values), "PrometheusRule")
        text = {rule["alert"]: rule["expr"] for rule in one["spec"]["groups"][0]["rules"]}
        self.assertTrue(text["KauditReplicasMissing"].endswith('{job="ours"}) or vector(0)) < 5'))
        self.assertTrue(text["KauditSlow"].endswith("> 0.5"))
        self.assertIn("> 7\n", text["KauditDenialSpike"])
        self.assertTrue(text["KauditCertificateExpires"].endswith("< 3 * 86400"))
        self.assertTrue(text["KauditAuthorityExpires"].endswith("< 4 * 86400"))


class Metrics(Case):
    def test_the_dashboard_parses(self):
        rules = []
        for number, (title, query) in enumerate(dashboard_queries()):
            query = query.replace("$__rate_interval", "5m").replace("$namespace", "ns")
            query = query.replace("$service", "kaudit")
            self.assertNotIn("$", query, title)
            rules.append({"record": f"query:{number}", "expr": query})
        self.write("rules.yaml", {"groups": [{"name": "dashboard", "rules": rules}]})
        code, output = promtool(self.folder, "check", "rules", "rules.yaml")
        self.assertEqual(code, 0, output)

    def test_only_what_is_exported_is_asked_for(self):
        authority = pki.Authority(self.folder, "ca")
        pair = authority.serving("webhook", "IP:127.0.0.1")
        with Webhook(os.path.abspath(os.environ["KAUDIT_WEBHOOK"]), self.folder, pair,
                     f"--tls-ca-file={authority.certificate}") as server:
            post(server, authority, b"nothing")  # what is counted by outcome is there once it is
            samples = server.metrics()
        labels = {}
        for sample in samples:
            name, _, rest = sample.partition("{")
            labels.setdefault(name, set()).update(re.findall(r'(\w+)="', rest))
        asked = ([(rule["alert"], rule["expr"]) for rule in self.rules] + dashboard_queries())
        names = {}
        for where, query in asked:
            for name, matchers in re.findall(r"\b((?:kaudit|process)_\w+)\{([^}]*)\}", query):
                with self.subTest(where=where, metric=name):
                    self.assertIn(name, labels)
                    names.setdefault(name, set()).update(re.findall(r"(\w+)[=!]", matchers))
        for name, used in names.items():
            # Prometheus itself adds the first two.
            self.assertLessEqual(used - {"namespace", "service"}, labels[name], name)
        self.assertGreater(len(names), 15)
        # Every value of a label that is compared with is one that there is.
        text = "\n".join(samples)
        for value in ('certificate="serving"', 'certificate="ca"', 'state="expired"',
                      'state="active"'):
            self.assertIn(value, text)


if __name__ == "__main__":
    chart.programs()
    if shutil.which("promtool") is None and not os.environ.get("KAUDIT_REQUIRE_TOOLS"):
        print("SKIPPED: promtool is not installed (Debian: package prometheus)")
        sys.exit(77)
    unittest.main()
