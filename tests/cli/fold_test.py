"""The same finding on replicas and in several files is listed once, with all its places."""

import json
import unittest

import support

PRIVILEGED = "{name: c, image: app:1, securityContext: {privileged: true}}"


def owned_by(owner, controller="true"):
    kind, name = owner.split("/")
    return f", ownerReferences: [{{kind: {kind}, name: {name}, controller: {controller}}}]"


def pod(name, owner="", ns="shop", labels="{}", containers=PRIVILEGED, controller="true"):
    refs = owned_by(owner, controller) if owner else ""
    return ("apiVersion: v1\nkind: Pod\n"
            f"metadata: {{name: {name}, namespace: {ns}, labels: {labels}{refs}}}\n"
            f"spec:\n  containers: [{containers}]\n")


def workload(title, owner="", ns="shop", containers=PRIVILEGED):
    kind, name = title.split("/")
    refs = owned_by(owner) if owner else ""
    version = "batch/v1" if kind in ("Job", "CronJob") else "apps/v1"
    spec = f"template: {{spec: {{containers: [{containers}]}}}}"
    if kind == "CronJob":
        spec = f"jobTemplate: {{spec: {{{spec}}}}}"
    return (f"apiVersion: {version}\nkind: {kind}\n"
            f"metadata: {{name: {name}, namespace: {ns}{refs}}}\nspec: {{{spec}}}\n")


def service(image="app:1"):
    return f"services:\n  web: {{image: \"{image}\", privileged: true}}\n"


def live(*objects):
    return {"live.yaml": "---\n".join(objects)}


DEPLOYMENT = workload("Deployment/web")
REPLICA_SET = workload("ReplicaSet/web-5d", "Deployment/web")
HASH = "{pod-template-hash: 5d}"
TWO = PRIVILEGED + ", " + PRIVILEGED
INJECTED = PRIVILEGED + ", " + PRIVILEGED.replace("name: c", "name: proxy")

# Files, and what is listed: an object with its container, and where else the finding stands.
CASES = {
    "pods of a Deployment": (
        live(pod("web-5d-1", "ReplicaSet/web-5d"), REPLICA_SET, pod("web-5d-2", "ReplicaSet/web-5d"),
             DEPLOYMENT),
        {"Deployment shop/web c": [
            "Pod shop/web-5d-1", "ReplicaSet shop/web-5d", "Pod shop/web-5d-2"]}),
    "whose ReplicaSet is not there, known by its hash": (
        live(DEPLOYMENT, pod("web-5d-1", "ReplicaSet/web-5d", labels=HASH)),
        {"Deployment shop/web c": ["Pod shop/web-5d-1"]}),
    "whose ReplicaSet is of something else": (
        live(DEPLOYMENT, pod("web-5d-1", "ReplicaSet/web-5d"), pod("web-5d-2", "ReplicaSet/web-5d")),
        {"Deployment shop/web c": [], "Pod shop/web-5d-1 c": ["Pod shop/web-5d-2"]}),
    "without what keeps them": (
        live(pod("a", "DaemonSet/agent"), pod("b", "DaemonSet/agent"), pod("d", "DaemonSet/other")),
        {"Pod shop/a c": ["Pod shop/b"], "Pod shop/d c": []}),
    "of a CronJob": (
        live(pod("tidy-1-x", "Job/tidy-1"), workload("Job/tidy-1", "CronJob/tidy"),
             workload("CronJob/tidy")),
        {"CronJob shop/tidy c": ["Pod shop/tidy-1-x", "Job shop/tidy-1"]}),
    "in another namespace": (
        live(DEPLOYMENT, REPLICA_SET, pod("web-5d-1", "ReplicaSet/web-5d", ns="stage")),
        {"Deployment shop/web c": ["ReplicaSet shop/web-5d"], "Pod stage/web-5d-1 c": []}),
    "owned, and not kept": (
        live(DEPLOYMENT, pod("web", "Deployment/web", controller="false")),
        {"Deployment shop/web c": [], "Pod shop/web c": []}),
    "with a container that was injected": (
        live(workload("DaemonSet/agent"), pod("agent-1", "DaemonSet/agent", containers=INJECTED)),
        {"DaemonSet shop/agent c": ["Pod shop/agent-1"], "Pod shop/agent-1 proxy": []}),
    "twice alike in each": (
        live(workload("DaemonSet/agent", containers=TWO),
             pod("agent-1", "DaemonSet/agent", containers=TWO)),
        {"DaemonSet shop/agent c": ["Pod shop/agent-1"],
         "DaemonSet shop/agent c (2)": ["Pod shop/agent-1"]}),
    "twice alike in one of them": (
        live(workload("DaemonSet/agent"), pod("agent-1", "DaemonSet/agent", containers=TWO)),
        {"DaemonSet shop/agent c": ["Pod shop/agent-1"], "Pod shop/agent-1 c": []}),
    "kept in a circle": (
        live(workload("ReplicaSet/a", "ReplicaSet/b"), workload("ReplicaSet/b", "ReplicaSet/a")),
        {"ReplicaSet shop/a c": [], "ReplicaSet shop/b c": []}),
    "one object in two files": (
        {"base.yaml": DEPLOYMENT, "release/all.yaml": DEPLOYMENT},
        {"Deployment shop/web c": ["Deployment shop/web"]}),
    "other objects in two files": (
        {"a.yaml": DEPLOYMENT, "b.yaml": workload("Deployment/web", ns="stage"),
         "c.yaml": workload("StatefulSet/web")},
        {"Deployment shop/web c": [], "Deployment stage/web c": [], "StatefulSet shop/web c": []}),
    "a service in two files of a project": (
        {"compose.yaml": service(), "docker-compose.yml": service()},
        {"service web web": ["service web"]}),
    "services of two projects": (
        {"a/compose.yaml": service(), "b/compose.yaml": service()},
        {"service web web": [], "service web web (2)": []}),
    "one that is accepted": (
        {"a.yaml": DEPLOYMENT, "b.yaml": workload("Deployment/db"), ".kaudit.yaml":
         "exemptions:\n- {rules: [privileged-container], names: [db], reason: it must}\n"},
        {"Deployment shop/web c": []}),
}


class Fold(support.Case):
    def report(self, *arguments):
        _, text, _ = self.run_kaudit(".", "--include", "privileged-container", "-q", "-f", "json",
                                     *arguments)
        return json.loads(text)

    def test_what_is_listed_and_where_else_it_stands(self):
        for name, (files, expected) in CASES.items():
            with self.subTest(name):
                self.remove()
                for path, text in files.items():
                    self.write(path, text)
                report = self.report()
                listed, places = {}, []
                for finding in report["findings"]:
                    if finding.get("folded"):
                        places.append((finding["file"], finding["line"], finding["column"]))
                        continue
                    of = finding["workload"]
                    title = (f"{of['kind']} {of['namespace'] + '/' if of['namespace'] else ''}"
                             f"{of['name']} {finding['container']}")
                    while title in listed:
                        title += " (2)"
                    listed[title] = finding.get("also", [])
                self.assertEqual(
                    {title: [place["object"] for place in also] for title, also in listed.items()},
                    expected)
                self.assertEqual(sorted((place["file"], place["line"], place["column"])
                                        for also in listed.values() for place in also),
                                 sorted(places))
                self.assertEqual(report["summary"]["folded"], len(places))
                self.assertEqual(report["summary"]["findings"], len(listed) + len(places))

    def test_how_it_is_written(self):
        self.write("live.yaml", "---\n".join([DEPLOYMENT] + [
            pod(f"web-5d-{n}", "ReplicaSet/web-5d", labels=HASH) for n in range(5)]))
        self.write("release.yaml", DEPLOYMENT)
        arguments = [".", "--include", "privileged-container"]
        places = ("release.yaml:4:93, Pod shop/web-5d-0 (live.yaml:10:70)")
        text = self.check(arguments, 1)
        self.assertIn("            fix: privileged: false\n"
                      f"            also: {places}, Pod shop/web-5d-1 (live.yaml:16:70) and 3 more\n"
                      "\n2 files: 2 examined\n", text)
        self.assertIn("\n7 findings: 7 critical\n"
                      "Listed is 1 of them; the others are the same on replicas or in other "
                      "files\n", text)
        self.assertIn("live.yaml:4:93 and 6 more places\n", text)
        self.assertIn("Pod shop/web-5d-4 (live.yaml:34:70)\n",
                      self.check([*arguments, "--verbose"], 1))
        markdown = self.check([*arguments, "-q", "-f", "markdown"], 1)
        self.assertIn(f"<br>Also: {places} and 4 more | ", markdown.replace("\\", ""))
        self.assertIn("\nShown is 1 of 7 findings; the others are the same on replicas or in other "
                      "files.\n", markdown)
        html = self.check([*arguments, "-q", "-f", "html"], 1)
        self.assertIn(f'<p class="also">Also: {places}, ', html)
        self.assertIn("<p>Shown is 1 of 7 findings; the others are the same on replicas or in other "
                      "files.</p>", html)
        self.assertIn("live.yaml:4:93</code> and 6 more places</p>", html)

    def test_rules_say_the_same_of_replicas(self):
        """Whatever they find: of what is written alike nothing is listed twice."""
        self.write("live.yaml", "---\n".join(
            [DEPLOYMENT, REPLICA_SET, pod("web-5d-1", "ReplicaSet/web-5d")]))
        findings = json.loads(self.run_kaudit(".", "-q", "-f", "json")[1])["findings"]
        self.assertEqual({f["rule"]: f["workload"]["kind"] for f in findings if not f.get("folded")},
                         {f["rule"]: "Deployment" for f in findings})
        self.assertTrue(all(len(f["also"]) == 2 for f in findings if not f.get("folded")), findings)

    def test_what_is_not_listed_with_others(self):
        self.write("a.yaml", DEPLOYMENT)
        self.write("b.yaml", DEPLOYMENT + "---\n" + workload("Deployment/db"))
        report = self.report("--top", "1")
        self.assertEqual([(f["file"], len(f["also"])) for f in report["findings"]], [("a.yaml", 1)])
        self.assertEqual((report["summary"]["findings"], report["summary"]["left_out"]), (3, 2))
        # Without the end in sight nothing is folded.
        report = self.report("--order", "file")
        self.assertEqual([f.get("folded") or f.get("also") for f in report["findings"]], [None] * 3)


if __name__ == "__main__":
    unittest.main()
