"""The policy's exemptions as people meet them: in reports, in exit codes, in a list."""

import json
import unittest

import support

POD = """apiVersion: v1
kind: Pod
metadata:
  name: agent
  namespace: infra
  annotations:
    kaudit.dev/exempt.agent: privileged-container
    kaudit.dev/exempt-reason: until the next release
spec:
  hostNetwork: true
  containers:
    - {name: agent, image: "reg.io/team/agent:1", securityContext: {privileged: true}}
"""

POLICY = """exemptions:
  - rules: [host-network]
    namespaces: [infra]
    images: ["reg.io/team/**"]
    reason: the agent sets up the node's network
    owner: net@example.org
    expires: 2026-12-31
  - {rules: [run-as-root], names: [legacy], reason: an old one, expires: 2026-03-31}
  - {rules: ["*"], kinds: [CronJob], reason: oh well}
  - rules: [privileged-container]
    users: ["system:serviceaccount:infra:*"]
    reason: the operator
"""

ONLY = ["--include", "host-network,privileged-container,exception-problem", "--today", "2026-06-01"]
FILES = "kaudit: 2 files: 2 examined, 0 with nothing to judge, 0 not examined; " \
        "1 object, 1 workload, 1 container; "


class Exemptions(support.Case):
    def setUp(self):
        super().setUp()
        self.write("pod.yaml", POD)
        self.write(".kaudit.yaml", POLICY)

    def report(self, *arguments, code):
        got = self.run_kaudit("-f", "json", "-q", *ONLY, *arguments)
        self.assertEqual((got[0], got[2]), (code, ""))
        return json.loads(got[1])

    def test_an_exemption_of_a_rule_of_the_run(self):
        self.write("pod.yaml", "apiVersion: v1\nkind: Pod\n"
                   "metadata: {name: web, namespace: infra}\n"
                   "spec: {containers: [{name: web, image: web}]}\n")
        self.write(".kaudit.yaml", "exemptions:\n"
                   "  - {rules: [no-network-policy], kinds: [Pod], reason: accepted}\n")
        only = ["--include", "no-network-policy,exception-problem", "-f", "json", "-q", "."]
        for order, exempted, problems in (("priority", 1, 0), ("file", 0, 0)):
            code, text, _ = self.run_kaudit(*only, "--order", order)
            report = json.loads(text)
            self.assertEqual((code, len(report.get("exempted", [])), len(report["findings"])),
                             (0, exempted, problems), order)
        self.write("policy.yaml", "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
                   "metadata: {name: p, namespace: infra}\nspec: {podSelector: {}}\n")
        report = json.loads(self.run_kaudit(*only)[1])
        self.assertEqual([finding["rule"] for finding in report["findings"]], ["exception-problem"])
        self.assertIn("1 exemption: 1 unused", self.check(["exemptions"], 0))

    def test_an_exempted_finding_fails_nothing_and_is_counted(self):
        report = self.report(code=1)
        rules = [(finding["rule"], finding["line"]) for finding in report["findings"]]
        self.assertEqual(sorted(set(rules)), [
            ("exception-problem", 7), ("exception-problem", 8), ("exception-problem", 9),
            ("privileged-container", 12)])
        (exempted,) = report["exempted"]
        self.assertEqual(exempted["rule"], "host-network")
        self.assertEqual(exempted["action"], "audit")
        self.assertEqual(exempted["exemption"], {
            "by": "policy", "reason": "the agent sets up the node's network",
            "owner": "net@example.org", "expires": "2026-12-31", "file": ".kaudit.yaml", "line": 2})
        self.assertEqual(report["summary"]["exempted"], 1)
        self.write(".kaudit.yaml", POLICY + "annotations: allow\n")
        report = self.report(code=0)
        self.assertEqual(report["summary"]["at_or_above_fail_on"], 0)
        reasons = {finding["exemption"]["by"]: finding["exemption"]["reason"]
                   for finding in report["exempted"]}
        self.assertEqual(sorted(reasons), ["annotation", "policy"])
        self.assertEqual(reasons["annotation"], "until the next release")
        self.assertEqual(self.report("--today", "2027-01-01", code=1)["summary"]["exempted"], 1)
        self.assertEqual(self.report("--no-config", code=1)["summary"]["exempted"], 0)

    def test_problems_of_the_policy_point_into_it(self):
        def problems(*arguments):
            return [(finding["file"], finding["line"], finding["message"])
                    for finding in self.report(*arguments, code=1)["findings"]
                    if finding["rule"] == "exception-problem" and "kaudit" in finding["file"]]

        ended = (".kaudit.yaml", 8, "exemption ended on 2026-03-31: it no longer counts")
        wide = (".kaudit.yaml", 9,
                "exemption lets every finding pass: it is of all rules, and no namespace, name, "
                "container, image, user, group or runtime class narrows it down")
        unused = (".kaudit.yaml", 9, "exemption let no finding pass in all that was examined")
        self.assertEqual(problems(), [ended, wide, unused])
        # A part of the tree says nothing of what the rest needs.
        self.assertEqual(problems("pod.yaml"), [ended, wide])
        self.assertEqual(problems("--exclude", "KA8004"), [])
        self.write("broken.yaml", "a: [")
        code, stdout, _ = self.run_kaudit("-f", "json", "-q", *ONLY)
        self.assertEqual(code, 2)
        self.assertNotIn("let no finding pass", stdout)

    def test_text_lists_them_on_demand(self):
        self.write(".kaudit.yaml", POLICY.split("  - {rules: [run-as-root]")[0])
        only = ["--include", "host-network", "--today", "2026-06-01"]
        end = ("2 files: 1 examined, 1 with nothing to judge\n1 object, 1 workload, 1 container\n"
               "0 findings\n1 finding exempted by the policy")
        verdict = "\n\nPassed: no finding of severity high or above\n"
        self.check(only, 0, stdout=end + "; --show-exempted lists them" + verdict)
        self.check(only + ["--show-exempted"], 0, stdout="""pod.yaml: Pod infra/agent

  pod.yaml:10:16
   10 |   hostNetwork: true
      |                ^~~~
  exempted  pod sets hostNetwork to true; it must be false or unset [host-network KA1003]
            reason: the agent sets up the node's network (net@example.org, until 2026-12-31)
            by: .kaudit.yaml:2:5

""" + end + verdict)
        self.check(only + ["-f", "csv"], 0, stdout=lambda text: self.assertEqual(text.count("\n"), 1),
                   stderr=FILES.replace("2 examined, 0", "1 examined, 1")
                   + "0 findings; 1 exempted\n")

    def test_sarif_suppresses_them(self):
        code, stdout, _ = self.run_kaudit("-f", "sarif", "-q", *ONLY)
        self.assertEqual(code, 1)
        results = json.loads(stdout)["runs"][0]["results"]
        suppressions = [r["suppressions"] for r in results if r["ruleId"] == "KA1003"]
        self.assertEqual(suppressions, [[{
            "kind": "external", "status": "accepted",
            "justification": "the agent sets up the node's network "
                             "(net@example.org, until 2026-12-31)"}]])
        self.assertTrue(all("suppressions" in result for result in results))

    def test_the_list(self):
        self.check(["exemptions", "--today", "2026-06-01"], 0,
                   stdout=""".kaudit.yaml:2: used 1 time
  host-network of namespaces infra; images reg.io/team/**
  reason: the agent sets up the node's network
  owner: net@example.org
  expires: 2026-12-31

.kaudit.yaml:8: expired
  run-as-root of names legacy
  reason: an old one
  expires: 2026-03-31

.kaudit.yaml:9: unused, too wide
  all rules of kinds CronJob
  reason: oh well

.kaudit.yaml:10: only at admission
  privileged-container of users system:serviceaccount:infra:*
  reason: the operator

4 exemptions: 1 used, 1 unused, 1 expired, 1 too wide
""")
        self.write(".kaudit.yaml", "annotations: allow\n")
        self.check(["exemptions"], 0,
                   stdout="0 exemptions\n1 finding exempted by annotations of objects\n")
        self.write("broken.yaml", "a: [")
        self.assertEqual(self.run_kaudit("exemptions")[0], 2)

    def test_wrong_usage(self):
        for arguments, sentence in [
            (["--today", "tomorrow"], '--today: "tomorrow" is no day such as 2026-12-31'),
            (["exemptions", "--format", "json"], "`kaudit exemptions` takes no option --format"),
            (["rules", "--today", "2026-06-01"], "`kaudit rules` takes no option --today"),
            (["exemptions", "--show-exempted"],
             "`kaudit exemptions` takes no option --show-exempted"),
        ]:
            self.check(arguments, 2, stdout="", stderr="kaudit: " + sentence + "\n")
        self.write(".kaudit.yaml", "exemptions:\n  - {rules: [host-network]}\n")
        self.check([], 2, stdout="", stderr="kaudit: .kaudit.yaml:2:5: an entry of exemptions needs "
                                            "a reason: why the findings are accepted\n")


if __name__ == "__main__":
    unittest.main()
