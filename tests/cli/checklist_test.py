"""--format checklist: eleven sentences about every service and image, with their evidence."""

import json
import unittest

import support

COMPOSE = """services:
  web:
    image: registry.example/shop/web:1.4.2
    user: "10001"
    environment:
      API_TOKEN: 3f9a7c1e5b2d8f4a6c0e9b7d
  db:
    image: postgres:17.2-alpine
    user: "70"
    ports: ["5432:5432"]
    environment:
      POSTGRES_PASSWORD_FILE: /run/secrets/db_password
"""
DOCKERFILE = """FROM registry.example/base:1.4.2
COPY . /src
USER 10001
"""
# What Trivy and Grype write, as far as it is read here.
TRIVY = {"SchemaVersion": 2, "CreatedAt": "2026-11-20T09:12:31.123Z",
         "ArtifactName": "registry.example/shop/web:1.4.2", "ArtifactType": "container_image",
         "Metadata": {"ImageID": "sha256:" + "1" * 64,
                      "RepoDigests": ["registry.example/shop/web@sha256:" + "2" * 64]},
         "Results": [{"Vulnerabilities": [{"Severity": "CRITICAL"}, {"Severity": "HIGH"}]},
                     {"Target": "nothing found here"}]}
GRYPE = {"matches": [{"vulnerability": {"severity": "High"}}],
         "source": {"type": "image", "target": {
             "userInput": "registry.example/shop/web:1.4.2", "imageID": "sha256:" + "1" * 64,
             "repoDigests": ["registry.example/shop/web@sha256:" + "2" * 64]}},
         "descriptor": {"name": "grype", "timestamp": "2026-11-21T00:00:00Z"}}
SARIF = {"version": "2.1.0", "runs": [{
    "tool": {"driver": {"name": "Trivy", "rules": [
        {"id": "CVE-1", "properties": {"security-severity": "9.8"}},
        {"id": "CVE-2", "properties": {"tags": ["vulnerability", "CRITICAL"]}},
        {"id": "CVE-3", "properties": {"security-severity": "8.9"}}]}},
    "properties": {"imageName": "registry.example/shop/web:1.4.2"},
    "results": [{"ruleId": "CVE-1"}, {"ruleId": "CVE-2"}, {"ruleId": "CVE-3"}]}]}


class Checklist(support.Case):
    def checklist(self, *arguments, code=1, stderr=None):
        got, stdout, err = self.run_kaudit("--format", "checklist", "-q", "--today", "2026-11-22",
                                           "--order", "file", *arguments)
        if stderr is not None:
            self.assertEqual(err, stderr)
        self.assertEqual(got, code, err)
        return stdout

    def answers(self, text):
        """Of each subject its answers, and what is said below each."""
        subjects = {}
        for line in text.splitlines():
            if line.startswith(" " * 22):
                item[1] = line.strip()
            elif line.startswith("  "):
                item = [line[2:18].strip(), ""]
                subjects[subject][int(line[18:20])] = item
            elif line and not line.startswith("Checklist"):
                subject = line
                subjects[subject] = {}
        return subjects

    def test_says_all_eleven_of_each_service_and_image(self):
        self.write("compose.yaml", COMPOSE)
        self.write("Dockerfile", DOCKERFILE)
        self.write("id_rsa", "x")
        self.assertEqual(self.checklist("."), """\
Dockerfile:1: Dockerfile
  pass             1  No secret in ENV, ARG or the environment
  fail             2  No secret file is copied into the image
                      Dockerfile:2:6 build-context-leak
  fail             3  .dockerignore keeps .env, .git, *.pem and *.key out
                      Dockerfile:2:6 dockerignore-incomplete
  not applicable   4  Databases and caches are not published beyond the host
  not applicable   5  Databases and consoles have passwords of their own
  pass             6  Does not run as root
  pass             7  Built in stages: no compiler, no sources in the image
  not applicable   8  Not privileged
  not applicable   9  No socket of a container runtime is mounted
  pass            10  Base images are official or verified, and supported
  not applicable  11  Images are scanned for known vulnerabilities

compose.yaml:2: service web
  fail             1  No secret in ENV, ARG or the environment
                      compose.yaml:6:18 secret-in-env
  not applicable   2  No secret file is copied into the image
  not applicable   3  .dockerignore keeps .env, .git, *.pem and *.key out
  not applicable   4  Databases and caches are not published beyond the host
  not applicable   5  Databases and consoles have passwords of their own
  pass             6  Does not run as root
  not applicable   7  Built in stages: no compiler, no sources in the image
  pass             8  Not privileged
  pass             9  No socket of a container runtime is mounted
  pass            10  Base images are official or verified, and supported
  not examined    11  Images are scanned for known vulnerabilities
                      no report of a scanner was given: --scan-report FILE

compose.yaml:7: service db
  pass             1  No secret in ENV, ARG or the environment
  not applicable   2  No secret file is copied into the image
  not applicable   3  .dockerignore keeps .env, .git, *.pem and *.key out
  fail             4  Databases and caches are not published beyond the host
                      compose.yaml:10:13 published-datastore
  pass             5  Databases and consoles have passwords of their own
  pass             6  Does not run as root
  not applicable   7  Built in stages: no compiler, no sources in the image
  pass             8  Not privileged
  pass             9  No socket of a container runtime is mounted
  pass            10  Base images are official or verified, and supported
  not examined    11  Images are scanned for known vulnerabilities
                      no report of a scanner was given: --scan-report FILE

Checklist: 3 services, workloads and images; 14 pass, 4 fail, 13 not applicable, 2 not examined
""")

    def test_what_was_not_asked_is_not_passed(self):
        self.write("compose.yaml", COMPOSE)
        self.write("bad.yaml", "a: [\n")
        text = self.checklist("--exclude", "runtime-socket", "--severity", "critical", ".", code=2)
        web = self.answers(text)["compose.yaml:2: service web"]
        self.assertEqual(web[9], ["not examined", "rule runtime-socket was left out of this run"])
        self.assertEqual(web[8], ["pass", ""])
        self.assertEqual(web[10], ["not examined", "rule base-image-end-of-life was left out of this run"])
        self.assertIn("bad.yaml:1:4: not examined: the list or mapping that begins here is not "
                      "closed\n", text)
        self.assertTrue(text.endswith("; 1 file not examined\n"), text)
        # From a pipe there is no build context to look at.
        self.assertEqual(self.run_kaudit("--format", "checklist", "-q", "--as", "dockerfile", "-",
                                         stdin=DOCKERFILE.encode())[1].splitlines()[2:5:2],
                         ["  not examined     2  No secret file is copied into the image",
                          "  not examined     3  .dockerignore keeps .env, .git, *.pem and *.key out"])

    def test_what_is_exempted_passes_and_says_why(self):
        self.write("compose.yaml", COMPOSE)
        self.write(".kaudit.yaml", "exemptions:\n  - rules: [published-datastore]\n"
                   "    reason: only the VPN reaches this host\n")
        db = self.answers(self.checklist("."))["compose.yaml:7: service db"]
        self.assertEqual(db[4], ["pass", "compose.yaml:10:13 published-datastore; "
                                 "exempted: only the VPN reaches this host"])

    def test_no_name_shows_a_secret(self):
        token = "ghp_" + "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ" + "0mLq17"
        self.write("compose.yaml", COMPOSE.replace("web:1.4.2", token.lower() + token)
                   .replace("  web:", f"  {token}:"))
        for name in ("checklist", "markdown", "html"):
            _, stdout, stderr = self.run_kaudit("--format", name, ".")
            self.assertNotIn(token, stdout + stderr, name)

    def test_images_are_scanned(self):
        self.write("compose.yaml", COMPOSE)
        name = "registry.example/shop/web:1.4.2: "
        nameless = json.loads(json.dumps(SARIF))
        del nameless["runs"][0]["properties"]
        rows = [
            (TRIVY, "r.json", "fail", name + "Trivy, 2 days ago, 1 critical finding (r.json)"),
            (GRYPE, "r.json", "pass", name + "Grype, 1 day ago, 0 critical findings (r.json)"),
            (SARIF, "r.json", "fail", name + "Trivy, on a day that its report does not tell, "
             "2 critical findings (r.json)"),
            (nameless, "registry.example/shop/web:1.4.2=r.json", "fail",
             name + "Trivy, on a day that its report does not tell, 2 critical findings (r.json)"),
            ({**TRIVY, "ArtifactName": "other:1"}, "r.json", "fail",
             name + "in no report that was given"),
        ]
        for report, argument, state, said in rows:
            with self.subTest(said=said):
                self.write("r.json", json.dumps(report))
                text = self.checklist("--scan-report", argument, "compose.yaml")
                self.assertEqual(self.answers(text)["compose.yaml:2: service web"][11],
                                 [state, said])

    def test_reports_that_are_none(self):
        self.write("compose.yaml", COMPOSE)
        nameless = json.loads(json.dumps(SARIF))
        del nameless["runs"][0]["properties"]
        rows = [
            ("{}", "kaudit: r.json: no report of a scanner that is known: JSON of Trivy or Grype, "
             "or SARIF\n"),
            (json.dumps(nameless), "kaudit: r.json: the report does not say which image it is "
             "about; write --scan-report IMAGE=r.json\n"),
            (None, "kaudit: none.json: no such file or directory\n"),
        ]
        for text, said in rows:
            with self.subTest(said=said):
                if text is not None:
                    self.write("r.json", text)
                self.checklist("--scan-report", "r.json" if text is not None else "none.json",
                               "compose.yaml", code=2, stderr=said)
        self.write("r.json", "{")
        self.assertIn("r.json:1:", self.run_kaudit("--scan-report", "r.json", "compose.yaml")[2])
        self.assertEqual(self.run_kaudit("--scan-report", "=x", "compose.yaml")[0], 2)

    def test_markdown_sums_it_up(self):
        self.write("compose.yaml", COMPOSE)
        _, stdout, _ = self.run_kaudit("--format", "markdown", "-q", "compose.yaml")
        lines = stdout.splitlines()
        start = lines.index("### Checklist")
        self.assertEqual(lines[start + 2], "Of 2 services, workloads and images:")
        self.assertEqual(lines[start + 6],
                         "| 1. No secret in ENV, ARG or the environment | 1 | 1 | 0 | 0 | "
                         "`compose.yaml:6` |")
        self.assertEqual(lines[start + 16].count("|"), 7)


if __name__ == "__main__":
    unittest.main()
