"""Reports: whole or not at all, the same whatever runs in parallel, and no word lost silently."""

import json
import os
import random
import re
import signal
import subprocess
import time
import unittest

import images
import support
from support import BAD, GOOD, KAUDIT, needs_prompt_signals


class Output(support.Case):
    def test_several_reports_at_once(self):
        self.write("bad.yaml", BAD)
        text = self.check(["bad.yaml", "--format", "text", "-o", "-", "--format", "json", "-o", "a",
                           "-o", "b.sarif", "-o", "c.xml", "-o", "d.csv", "-o", "e.md", "-o", "f.txt",
                           "--format", "gitlab", "-o", "g.json"], 1)
        self.assertEqual(text, self.read("f.txt"))
        self.assertEqual(json.loads(self.read("a"))["schema"], "kaudit-report/1")
        self.assertEqual(json.loads(self.read("b.sarif"))["version"], "2.1.0")
        self.assertIn("<testsuites", self.read("c.xml"))
        self.assertTrue(self.read("d.csv").startswith("severity,"))
        self.assertIn("## kaudit", self.read("e.md"))
        self.assertIn("check_name", self.read("g.json"))
        self.assertEqual(sorted(os.listdir(self.dir)),
                         ["a", "b.sarif", "bad.yaml", "c.xml", "d.csv", "e.md", "f.txt", "g.json"])

    def test_top_lists_a_few_and_counts_all(self):
        for i in range(4):
            self.write(f"bad{i}.yaml", BAD.replace("name: bad", f"name: bad{i}"))
        whole = json.loads(self.run_kaudit(".", "-f", "json", "-q")[1])
        first = sorted((f["priority"] for f in whole["findings"]), reverse=True)[:6]
        report = json.loads(self.run_kaudit(".", "-f", "json", "-q", "--top", "6")[1])
        self.assertEqual(sorted((f["priority"] for f in report["findings"]), reverse=True), first)
        count = len(whole["findings"])
        self.assertEqual((report["summary"]["findings"], report["summary"]["left_out"]),
                         (count, count - 6))
        self.assertIn("\nListed are the first 6 of them, by priority\n",
                      self.run_kaudit(".", "--top", "6")[1])
        # What is not listed counts for the checklist and the exit code.
        self.assertEqual(self.run_kaudit(".", "-f", "checklist", "-q", "--top", "1"),
                         self.run_kaudit(".", "-f", "checklist", "-q"))
        self.check([".", "--top", "1", "-q"], 1)
        self.check([".", "--top", "0"], 2, "kaudit: --top: \"0\" is no number from 1 to 1000000\n")
        self.check([".", "--top", "1", "--order", "file"], 2,
                   "kaudit: --top needs --order priority\n")

    def test_no_format_shows_a_token_in_a_name(self):
        token = "ghp_" + "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ" + "0mLq17"
        names = ["namespace", "workload", "service", "ingress", "policy", "port", "annotation",
                 "address", "project", "kind"]
        for place in names:
            name = {n: token if n == place else n for n in names}
            self.write("a.yaml", f"""apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name["workload"]}, namespace: {name["namespace"]}}}
spec:
  template:
    metadata:
      labels: {{app: web}}
      annotations: {{kaudit.dev/exposure: {name["annotation"]}}}
    spec:
      containers:
        - name: web
          image: web
          securityContext: {{privileged: true}}
          ports: [{{name: {name["port"]}, containerPort: 80}}]
---
apiVersion: v1
kind: Service
metadata: {{name: {name["service"]}, namespace: {name["namespace"]}}}
spec: {{selector: {{app: web}}, ports: [{{port: 80, targetPort: {name["port"]}}}]}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: {name["ingress"]}, namespace: {name["namespace"]}}}
spec: {{defaultBackend: {{service: {{name: {name["service"]}, port: {{number: 80}}}}}}}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: {name["policy"]}, namespace: {name["namespace"]}}}
spec: {{podSelector: {{}}, ingress: [{{from: [{{podSelector: {{}}}}]}}]}}
---
apiVersion: example.dev/v1
kind: {name["kind"]}
metadata: {{name: x}}
spec: {{template: {{spec: {{containers: [{{name: x, image: x}}]}}}}}}
""")
            self.write("compose.yaml", f"""services:
  {name["project"]}:
    image: web
    privileged: true
    ports: ["{name["address"]}:80:80"]
  beside:
    image: web
    privileged: true
    network_mode: service:{name["project"]}
""")
            for form in ("text", "json", "sarif", "junit", "github", "gitlab", "markdown", "csv",
                         "checklist", "prometheus", "policyreport", "html", "dot", "mermaid"):
                code, out, err = self.run_kaudit(".", "-f", form, "-v")
                self.assertEqual(code, 1, (place, form))
                self.assertNotIn(token, out + err, (place, form))

    def test_a_priority_as_the_threshold(self):
        self.write("bad.yaml", BAD)
        top = max(f["priority"] for f in
                  json.loads(self.run_kaudit("bad.yaml", "-f", "json", "-q")[1])["findings"])
        text = self.check(["bad.yaml", "--fail-on", f"priority:{top}"], 1)
        self.assertTrue(text.endswith(f"\nFailed: 1 finding of priority {top} or above\n"), text)
        text = self.check(["bad.yaml", "--fail-on", f"priority:{top + 1}"], 0)
        self.assertTrue(text.endswith(f"\nPassed: no finding of priority {top + 1} or above\n"))
        self.check(["bad.yaml", "--fail-on", "priority:1001"], 2,
                   'kaudit: --fail-on: "priority:1001" names no priority: write priority:1 to '
                   "priority:1000\n")
        self.check(["bad.yaml", "--fail-on", "priority:5", "--order", "file"], 2,
                   "kaudit: --fail-on priority:N needs --order priority\n")

    def test_own_reports_are_not_audited(self):
        self.write("good.yaml", GOOD)
        for _ in range(2):
            self.check([".", "-o", "report.json", "-q"], 0)
            files = [f["file"] for f in json.loads(self.read("report.json"))["files"]]
            self.assertEqual(files, ["good.yaml"])

    def test_a_report_that_cannot_be_written(self):
        self.write("bad.yaml", BAD)
        os.mkdir(self.path("d"))
        for path, reason in [("none/r.json", "no such file or directory"), ("d", "is a directory"),
                             ("bad.yaml/r.json", "not a directory")]:
            # The other report is written all the same.
            self.check(["bad.yaml", "--format", "json", "-o", path, "-o", "ok.json", "-q"], 2,
                       f"kaudit: cannot write the report {path}: {reason}\n")
            self.assertEqual(len(json.loads(self.read("ok.json"))["files"]), 1)
            os.remove(self.path("ok.json"))
            self.check(["bad.yaml", "--format", "json", "-o", path], 2,
                       f"kaudit: cannot write the report {path}: {reason}\n", "")

    def test_where_nothing_may_be_written(self):
        options = self.unprivileged()
        self.write("bad.yaml", BAD)
        os.mkdir(self.path("d"), 0o555)
        self.check(["bad.yaml", "-o", "d/r.json", "-q"], 2,
                   "kaudit: cannot write the report d/r.json: permission denied\n", **options)

    def test_full_devices(self):
        self.write("bad.yaml", BAD)
        with open("/dev/full", "wb") as full:
            self.check(["bad.yaml"], 2, "kaudit: cannot write the report to standard output: "
                                        "no space left on device\n", to=full)
            self.check(["--help"], 2, "kaudit: cannot write the report to standard output: "
                                      "no space left on device\n", to=full)
        self.check(["bad.yaml", "--format", "json", "-o", "/dev/full", "-q"], 2,
                   "kaudit: cannot write the report /dev/full: no space left on device\n")

    def test_a_full_disk_keeps_the_old_report(self):
        os.mkdir(self.path("disk"))
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "none", self.path("disk")],
                                 check=False, stderr=subprocess.DEVNULL)
        if mounted.returncode != 0:
            self.skipTest("SKIPPED: a small disk can only be mounted by root")
        try:
            self.write("disk/r.json", "old")
            for i in range(30):
                self.write(f"in/{i}.yaml", BAD)
            self.check(["in", "-o", "disk/r.json", "-q"], 2,
                       "kaudit: cannot write the report disk/r.json: no space left on device\n")
            self.assertEqual(self.read("disk/r.json"), "old")
            self.assertEqual(os.listdir(self.path("disk")), [b"r.json"])
        finally:
            subprocess.run(["umount", self.path("disk")], check=True)

    def test_closed_standard_output(self):
        self.write("bad.yaml", BAD)
        sentence = "kaudit: cannot write the report to standard output: bad file descriptor\n"
        self.check(["bad.yaml"], 2, sentence, preexec_fn=lambda: os.close(1))
        # Nothing that is opened takes the place of what is closed.
        done = subprocess.run([KAUDIT, "bad.yaml", "-v", "-o", "r.json"], cwd=self.dir, check=False,
                              preexec_fn=lambda: (os.close(0), os.close(1), os.close(2)))
        self.assertEqual(done.returncode, 1)
        self.assertEqual(json.loads(self.read("r.json"))["schema"], "kaudit-report/1")

    def test_a_reader_that_went_away(self):
        for i in range(400):
            self.write(f"{i}.yaml", BAD.replace("name: bad", f"name: bad{i}"))
        for form in ("text", "json"):
            process = subprocess.Popen([KAUDIT, ".", "--format", form], cwd=self.dir,
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            process.stdout.read(10)
            process.stdout.close()
            stderr = process.stderr.read()
            process.stderr.close()
            self.assertEqual(process.wait(), 2)
            self.assertNotIn(b"cannot write", stderr)

    def test_a_device_is_written_not_replaced(self):
        self.write("bad.yaml", BAD)
        self.check(["bad.yaml", "--format", "json", "-o", "/dev/null", "-q"], 1)
        self.assertFalse(os.path.isfile("/dev/null"))
        stdout = self.check(["bad.yaml", "--format", "json", "-o", "/dev/stdout", "-q"], 1)
        self.assertEqual(json.loads(stdout)["schema"], "kaudit-report/1")

    def test_permissions_of_reports(self):
        self.write("bad.yaml", BAD)
        self.check(["bad.yaml", "-o", "r.json", "-q"], 1, umask=0o027)
        self.assertEqual(os.stat(self.path("r.json")).st_mode & 0o7777, 0o640)
        os.chmod(self.path("r.json"), 0o604)
        self.check(["bad.yaml", "-o", "r.json", "-q"], 1)
        self.assertEqual(os.stat(self.path("r.json")).st_mode & 0o7777, 0o604)


class Interrupted(support.Case):
    @needs_prompt_signals
    def test_by_signals_at_random_times(self):
        for i in range(300):
            self.write(f"in/{i}.yaml", BAD)
        self.check(["in", "-o", "r.json", "-q"], 1)
        complete = self.read("r.json")
        os.chmod(self.path("r.json"), 0o644)
        seen = set()
        chance = random.Random(7)
        for round_ in range(60):
            number = [signal.SIGTERM, signal.SIGINT, signal.SIGKILL, signal.SIGHUP][round_ % 4]
            self.write("r.json", "old")
            process = subprocess.Popen([KAUDIT, "in", "-o", "r.json", "-q"], cwd=self.dir,
                                       stdout=subprocess.DEVNULL)
            time.sleep(chance.uniform(0.001, 0.06))
            process.send_signal(number)
            code = process.wait()
            seen.add(code)
            self.assertIn(self.read("r.json"), ("old", complete))
            if number == signal.SIGKILL:
                self.assertIn(code, (1, -9))
                for name in os.listdir(self.dir):
                    if name.startswith(".kaudit-"):
                        os.remove(self.path(name))
            elif code >= 0:  # a negative one: before the program's first line
                self.assertIn(code, (1, 128 + number))
                self.assertEqual(sorted(os.listdir(self.dir)), ["in", "r.json"])

    @needs_prompt_signals
    def test_while_waiting_for_input(self):
        for number, code in [(signal.SIGINT, 130), (signal.SIGTERM, 143)]:
            process = subprocess.Popen([KAUDIT, "-", "-o", "r.json"], cwd=self.dir,
                                       stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
            deadline = time.monotonic() + 30
            while not os.listdir(self.dir) and time.monotonic() < deadline:
                time.sleep(0.01)
            self.assertRegex(os.listdir(self.dir)[0], r"^\.kaudit-")
            process.send_signal(number)
            self.assertEqual(process.wait(), code)
            process.stdin.close()
            self.assertEqual(os.listdir(self.dir), [])

    @needs_prompt_signals
    def test_ignored_signals_stay_ignored(self):
        process = subprocess.Popen(
            [KAUDIT, "-", "-q", "--profile", "core"], cwd=self.dir, stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        time.sleep(0.3)
        process.send_signal(signal.SIGHUP)
        process.communicate(BAD.encode())
        self.assertEqual(process.returncode, 1)


class Parallel(support.Case):
    def test_every_byte_is_the_same(self):
        chance = random.Random(1)
        for i in range(120):
            name = f"{chance.randrange(20)}/{'-.x'[i % 3]}{i}.{chance.choice(['yaml', 'json', 'yml'])}"
            self.write(name, chance.choice([BAD, GOOD, "a: [", "# none", "a: 1", "", BAD * 1,
                                            "---\n".join([BAD] * chance.randrange(1, 12))]))
        os.mkfifo(self.path("3/f.yaml"))
        for form in ["text", "json", "sarif", "junit", "github", "gitlab", "markdown", "csv"]:
            expected = None
            for jobs in (1, 2, 4, 8):
                got = self.run_kaudit(".", "missing", "-v", "--format", form, "-j", str(jobs))
                expected = expected or got
                self.assertEqual(got, expected, (form, jobs))
        paths = [f["file"] for f in json.loads(
            self.run_kaudit(".", "missing", "--format", "json", "--order", "file")[1])["files"]]
        self.assertEqual(paths, sorted(paths))

    def test_archives_at_once_are_those_one_by_one(self):
        for i in range(9):
            layers = [("COPY . /", [(f"app/{i}/.npmrc", b"//r.example/:_authToken=npm_" +
                                     b"x7Kd92LmQ4vTzR81sWcYbN5gHj3PfA6uEo0i\n", 0o600)])]
            archive = images.docker_save(images.Image(f"shop/web:{i}", layers * (1 + i % 3)))
            self.write(f"{i % 2}/{i}.tar", archive[:6000] if i == 4 else archive)
            self.write(f"{i}.yaml", BAD.replace("registry.example/app:1.0", f"shop/web:{i}"))
        for form in ["text", "json"]:
            one, *others = [self.run_kaudit(".", "--format", form, "-j", jobs) for jobs in "128"]
            self.assertIn("the tar is truncated", one[1])
            self.assertIn("runs an image that is in", one[1])
            for other in others:
                self.assertEqual(other, one)

    def test_memory_does_not_grow_with_the_number_of_files(self):
        if re.search(r"asan|tsan|coverage", KAUDIT):
            self.skipTest("SKIPPED: measured without sanitizers only")
        text = "---\n".join([GOOD] * 10)
        peak = []
        for count in (100, 1000):
            for i in range(count):
                self.write(f"{count}/{i % 20}/{i}.yaml", text)
            process = subprocess.Popen([KAUDIT, str(count), "-q", "-j4", "--format", "json",
                                        "--order", "file"],
                                       cwd=self.dir, stdout=subprocess.DEVNULL)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            self.assertEqual(process.returncode, 0)
            peak.append(usage.ru_maxrss)
        self.assertLess(peak[1], peak[0] + 4096, "KiB")


if __name__ == "__main__":
    unittest.main()
