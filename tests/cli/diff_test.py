"""kaudit diff: what got better and what got worse, between reports, paths and git revisions."""

import json
import os
import re
import shutil
import signal
import subprocess
import time
import unittest
from pathlib import Path

import images
import jsonschema
import support
from support import BAD, GOOD, KAUDIT, needs_prompt_signals

ONLY = ["--include", "privileged-container,host-network,secret-in-env"]
HOST = BAD.replace("spec:\n", "spec:\n  hostNetwork: true\n")
SCHEMA = jsonschema.Draft202012Validator(json.loads(
    (Path(__file__).parents[2] / "core/report/kaudit-diff-1.schema.json").read_text()))
UNREADABLE = "a: [\n"


class Comparing(support.Case):
    def diff(self, old, new, *arguments, code, stderr="", only=ONLY):
        got, stdout, err = self.run_kaudit("diff", old, new, "-f", "json", *only, *arguments)
        self.assertEqual((got, err), (code, stderr))
        diff = json.loads(stdout)
        SCHEMA.validate(diff)
        return diff

    def rules(self, diff):
        return {key: [f["rule"] for f in diff[key]]
                for key in ("worse", "better", "accepted", "not_examined") if diff[key]}


class Diff(Comparing):
    def both(self, old, new, code, expect, same, stderr=""):
        """`old` and `new`: texts by name of file."""
        for side, files in (("old", old), ("new", new)):
            for name, text in files.items():
                self.write(f"{side}/{name}", text)
        diff = self.diff("old", "new", code=code, stderr=stderr)
        self.assertEqual(self.rules(diff), expect)
        self.assertEqual(diff["summary"]["same"], same)
        return diff

    def test_worse_and_better_and_the_exit_code(self):
        self.write("bad.yaml", BAD)
        self.write("worse.yaml", HOST)
        self.assertEqual(self.rules(self.diff("bad.yaml", "worse.yaml", code=1)),
                         {"worse": ["host-network"]})
        self.assertEqual(self.rules(self.diff("worse.yaml", "bad.yaml", code=0)),
                         {"better": ["host-network"]})
        self.diff("worse.yaml", "worse.yaml", code=0)
        self.diff("bad.yaml", "worse.yaml", "--fail-on", "critical", code=0)
        self.diff("bad.yaml", "worse.yaml", "--fail-on", "none", code=0)

    def test_moved_lines_are_the_same(self):
        self.both({"a.yaml": BAD}, {"a.yaml": "# one\n# two\n---\n" + BAD}, 0, {}, 1)

    def test_renamed_files_and_moved_objects_are_the_same(self):
        self.both({"a.yaml": BAD, "b.yaml": GOOD, "d/Dockerfile": "FROM a:1\nENV PASSWORD=x3f9a7c1\n"},
                  {"c.yaml": BAD, "b.yaml": GOOD, "e/Dockerfile": "FROM a:1\nENV PASSWORD=x3f9a7c1\n"},
                  0, {}, 2)

    def test_an_object_that_moved_to_a_file_that_was_there(self):
        self.both({"a.yaml": BAD + "---\n" + GOOD, "b.yaml": GOOD},
                  {"a.yaml": GOOD, "b.yaml": GOOD + "---\n" + BAD}, 0, {}, 1)

    def test_another_service_of_the_same_name_is_another(self):
        bad = "services:\n  web: {image: 'a:1', privileged: true}\n"
        good = "services:\n  web: {image: 'a:1'}\n"
        self.both({"a/compose.yaml": bad, "b/compose.yaml": good},
                  {"a/compose.yaml": good, "b/compose.yaml": bad}, 1,
                  {"worse": ["privileged-container"], "better": ["privileged-container"]}, 0)

    def test_a_container_that_comes_first_moves_no_other(self):
        first = "    - {name: first, image: 'a:1'}\n"
        self.both({"a.yaml": BAD}, {"a.yaml": BAD.replace("containers:\n", "containers:\n" + first)},
                  0, {}, 1)

    def test_a_secret_that_takes_the_place_of_another_is_new(self):
        text = """apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  containers:
    - name: app
      image: a:1
      env:
        - {name: ONE_PASSWORD, value: x3f9a7c1e5b2}
        - {name: TWO_PASSWORD, value: x3f9a7c1e5b2}
"""
        gone = text.replace("        - {name: ONE_PASSWORD, value: x3f9a7c1e5b2}\n", "")
        diff = self.both({"a.yaml": text}, {"a.yaml": gone}, 0, {"better": ["secret-in-env"]}, 1)
        self.assertIn("ONE_PASSWORD", diff["better"][0]["message"])

    def test_what_could_not_be_examined_is_neither_better_nor_worse(self):
        for old, new, side in ((BAD, UNREADABLE, "new"), (UNREADABLE, BAD, "old")):
            self.write("old/a.yaml", old)
            self.write("new/a.yaml", new)
            got, stdout, stderr = self.run_kaudit("diff", "old", "new", "-f", "json", *ONLY)
            diff = json.loads(stdout)
            self.assertEqual(got, 2)
            self.assertTrue(stderr.startswith(f"kaudit: {side}/a.yaml:"), stderr)
            self.assertEqual(self.rules(diff), {"not_examined": ["privileged-container"]})
            self.assertEqual([gap["file"] for gap in diff[side]["not_examined"]], [f"{side}/a.yaml"])

    def test_a_severity_that_rose_and_an_exemption_that_came(self):
        self.write("pod.yaml", BAD)
        self.check(["pod.yaml", "-f", "json", "-o", "old", "-q", *ONLY], 1)
        self.write("low.yaml", "rules: {privileged-container: {severity: low}}\n")
        self.check(["pod.yaml", "-f", "json", "-o", "low", "-q", "--config", "low.yaml", *ONLY], 0)
        self.write("ok.yaml", "exemptions: [{rules: [privileged-container], reason: known}]\n")
        self.check(["pod.yaml", "-f", "json", "-o", "ok", "-q", "--config", "ok.yaml", *ONLY], 0)
        (worse,) = self.diff("low", "old", code=1, only=[])["worse"]
        self.assertEqual((worse["severity"], worse["was"]["severity"]), ("critical", "low"))
        (better,) = self.diff("old", "low", code=0, only=[])["better"]
        self.assertEqual(better["severity"], "low")
        self.assertEqual(self.rules(self.diff("old", "ok", code=0, only=[])),
                         {"accepted": ["privileged-container"]})
        (worse,) = self.diff("ok", "old", code=1, only=[])["worse"]
        self.assertTrue(worse["was"]["exempted"])

    def test_one_policy_for_both_that_of_new(self):
        self.write("old/pod.yaml", GOOD)
        self.write("new/pod.yaml", BAD)
        self.write("new/.kaudit.yaml", "fail-on: none\n")
        self.write("old/.kaudit.yaml", "fail-on: critical\n")
        self.diff("old", "new", code=0)
        os.remove(self.path("new/.kaudit.yaml"))
        self.diff("old", "new", code=1)

    def test_a_report_against_what_it_is_of(self):
        self.write("deploy/pod.yaml", BAD)
        report = self.run_kaudit("deploy", "-f", "json", "-q", *ONLY)[1]
        self.write("base.json", report)
        self.diff("base.json", "deploy", code=0)
        self.write("deploy/pod.yaml", HOST)
        self.assertEqual(self.rules(self.diff("base.json", "deploy", code=1)),
                         {"worse": ["host-network"]})
        got, stdout, _ = self.run_kaudit("diff", "-", "deploy", "-f", "json", *ONLY, stdin=report)
        self.assertEqual((got, json.loads(stdout)["old"]["name"]), (1, "<stdin>"))

    def test_only_a_report_is_read_whole(self):
        key = ["--include", "secret-in-layer"]
        clean, bad = ([("app/run", bytes(40_000), 0o755)] + more
                      for more in ([], [("app/.npmrc", b"//r.example/:_authToken=npm_" +
                                         b"x7Kd92LmQ4vTzR81sWcYbN5gHj3PfA6uEo0i\n", 0o600)]))
        for name, files in (("old.tar", clean), ("new.tar", bad)):
            self.write(name, images.docker_save(images.Image("shop/web:1", [("COPY . /", files)])))
        diff = self.diff("old.tar", "new.tar", "--max-file-size", "10K", code=1, only=key)
        self.assertEqual(self.rules(diff), {"worse": ["secret-in-layer"]})
        self.write("long.json", self.run_kaudit("new.tar", "-f", "json", "-q")[1] + " " * 10_000)
        got = self.run_kaudit("diff", "long.json", "new.tar", "--max-file-size", "10K")
        self.assertEqual(got, (2, "", "kaudit: long.json: larger than 10 KiB; "
                                      "--max-file-size raises the limit\n"))

    def test_a_side_without_files_is_empty(self):
        os.mkdir(self.path("none"))
        self.write("new/pod.yaml", BAD)
        self.diff("none", "new", code=1)
        self.diff("new", "none", code=0)
        self.diff("none", "none", code=2,
                  stderr="kaudit: nothing to compare: neither of the two holds a file to examine\n")

    def test_wrong_usage(self):
        self.write("pod.yaml", BAD)
        self.write("report.json", '{"schema": "kaudit-report/2"}\n')
        self.write("cut.json", self.run_kaudit("pod.yaml", "-f", "json", "-q")[1][:-30])
        self.write("empty.json", '{"schema": "kaudit-report/1"}\n')
        for arguments, sentence in [
                (["pod.yaml"], "`kaudit diff` needs two operands, OLD and NEW"),
                (["a", "b", "c"], "`kaudit diff` needs two operands, OLD and NEW"),
                (["-", "-"], "only one of OLD and NEW can come from standard input"),
                (["-", "pod.yaml"], "<stdin>: no report of kaudit --format json"),
                (["pod.yaml", "pod.yaml", "-f", "csv"], "`kaudit diff` writes text, json or markdown"),
                (["report.json", "pod.yaml"],
                 "report.json: a report of another schema than kaudit-report/1"),
                (["empty.json", "pod.yaml"],
                 "empty.json: a report that lacks what its schema demands")]:
            with self.subTest(arguments=arguments):
                got, stdout, stderr = self.run_kaudit("diff", *arguments)
                self.assertEqual((got, stdout, stderr), (2, "", f"kaudit: {sentence}\n"))
        got, _, stderr = self.run_kaudit("diff", "cut.json", "pod.yaml")
        self.assertEqual(got, 2)
        self.assertTrue(stderr.startswith("kaudit: cut.json:"), stderr)

    def test_text(self):
        self.write("old.yaml", BAD)
        self.write("new.yaml", HOST.replace("privileged: true", "privileged: false"))
        stdout = self.check(["diff", "old.yaml", "new.yaml", *ONLY], 1)
        stdout = re.sub(r"priority \d+, .*", "priority N", stdout)  # of the ranking, tested there
        self.assertEqual(stdout, """Better: 1

  old.yaml:8:37: Pod bad
  critical  container "app" sets securityContext.privileged to true; it must be false or unset \
[privileged-container KA1001]
  priority N

Worse: 1

  new.yaml:5:16: Pod bad
  high  pod sets hostNetwork to true; it must be false or unset [host-network KA1003]
  priority N
  fix: hostNetwork: false

old: old.yaml: 1 file, 1 finding
new: new.yaml: 1 file, 1 finding
1 worse, 1 better, 0 the same

Failed: 1 finding of severity high or above is new or worse
""")

    def test_what_is_exposed_further_is_worse(self):
        service = """---
apiVersion: v1
kind: Service
metadata: {name: bad}
spec: {type: TYPE, selector: {app: bad}, ports: [{port: 80}]}
"""
        pod = BAD.replace("{name: bad}", "{name: bad, labels: {app: bad}}")
        self.write("inside.yaml", pod + service.replace("TYPE", "ClusterIP"))
        self.write("outside.yaml", pod + service.replace("TYPE", "LoadBalancer"))
        (worse,) = self.diff("inside.yaml", "outside.yaml", code=1)["worse"]
        self.assertEqual((worse["exposure"], worse["was"]["exposure"]), ("internet", "cluster"))
        self.assertIn("Service bad:80 -> Pod bad", worse["reason"])
        self.assertEqual(self.rules(self.diff("outside.yaml", "inside.yaml", code=0)),
                         {"better": ["privileged-container"]})
        self.diff("inside.yaml", "outside.yaml", "--fail-on", "priority:1000", code=0)
        self.diff("inside.yaml", "outside.yaml", "--fail-on", "priority:200", code=1)
        stdout = self.run_kaudit("diff", "inside.yaml", "outside.yaml", *ONLY)[1]
        self.assertIn("\n  critical, exposed to internet, was cluster  container ", stdout)

    def test_hostile_names_and_the_limit_of_a_comment(self):
        name = "\x1b[31m::error::|<script>`"
        self.write("old/a.yaml", GOOD)
        pods = [BAD.replace("name: bad", f"name: bad{i}") for i in range(900)]
        self.write(f"new/{name}.yaml", "---\n".join(pods))
        for form in ("text", "markdown", "json"):
            got, stdout, _ = self.run_kaudit("diff", "old", "new", "-f", form)
            self.assertEqual(got, 1)
            self.assertNotIn("\x1b", stdout)
            if form == "markdown":
                self.assertLess(len(stdout), 65536)
                self.assertIn("\nShown are the first ", stdout)


@unittest.skipIf(support.no_tool("git"), "SKIPPED: there is no git")
class Revisions(Comparing):
    def git(self, *arguments, at="."):
        environment = {**os.environ, "HOME": self.dir, "GIT_CONFIG_NOSYSTEM": "1"}
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b.c", *arguments],
                       cwd=self.path(at), check=True, stdout=subprocess.DEVNULL, env=environment)

    def setUp(self):
        super().setUp()
        self.git("init", "-q", "-b", "main")
        self.write("deploy/pod.yaml", BAD)
        self.write("other/pod.yaml", BAD.replace("name: bad", "name: other"))
        self.git("add", ".")
        self.git("commit", "-qm", "one")
        self.git("tag", "one")
        self.write("deploy/pod.yaml", HOST)
        self.git("commit", "-qam", "two")

    def test_two_revisions(self):
        diff = self.diff("one", "main", code=1)
        self.assertEqual(self.rules(diff), {"worse": ["host-network"]})
        self.assertEqual(diff["worse"][0]["file"], "deploy/pod.yaml")
        self.assertEqual(diff["summary"]["same"], 2)
        self.assertEqual(self.rules(self.diff("main", "one", code=0)), {"better": ["host-network"]})
        # Nothing in the repository changed, and nothing is left behind.
        status = subprocess.run(["git", "status", "--porcelain"], cwd=self.dir, check=True,
                                stdout=subprocess.PIPE).stdout
        self.assertEqual(status, b"")

    def test_a_part_of_a_revision_against_the_work_tree(self):
        for old, new in [("one:deploy", "deploy"), ("one:deploy/pod.yaml", "deploy/pod.yaml"),
                         ("one:./deploy", "./deploy/"), ("one", ".")]:
            with self.subTest(old=old, new=new):
                diff = self.diff(old, new, code=1)
                self.assertEqual(self.rules(diff), {"worse": ["host-network"]})

    def test_from_below_the_top(self):
        got, stdout, stderr = self.run_kaudit("diff", "one", ".", "-f", "json", *ONLY, below="deploy")
        self.assertEqual((got, stderr), (1, ""))
        diff = json.loads(stdout)
        self.assertEqual((self.rules(diff), diff["summary"]["same"]), ({"worse": ["host-network"]}, 1))

    def test_the_policy_is_that_of_the_new_revision(self):
        self.write(".kaudit.yaml", "fail-on: none\n")
        self.git("add", ".")
        self.git("commit", "-qm", "three")
        self.diff("one:deploy", "main:deploy", code=0)
        self.diff("one:deploy", "main~1:deploy", code=1)

    def test_links_and_hooks_of_a_repository_do_nothing(self):
        self.write("secret.yaml", HOST)
        os.symlink(self.path("secret.yaml"), self.path("deploy/link.yaml"))
        self.git("add", "deploy/link.yaml")
        self.git("commit", "-qm", "three")
        self.write(".git/hooks/post-checkout", "#!/bin/sh\ntouch ran\n")
        self.write(".git/hooks/post-index-change", "#!/bin/sh\ntouch ran\n")
        for hook in ("post-checkout", "post-index-change"):
            os.chmod(self.path(f".git/hooks/{hook}"), 0o755)
        self.diff("main~1:deploy", "main:deploy", code=0)
        self.assertFalse(os.path.exists(self.path("ran")))

    def test_what_is_no_revision(self):
        self.write("one", BAD)  # a file counts before a revision of its name
        self.diff("one", "deploy/pod.yaml", code=1)
        self.assertEqual(self.diff("one", "main", "--git", code=1)["summary"]["same"], 2)
        for operand, sentence in [
                ("none", "none: no such file or directory; as a revision: git knows no such revision"),
                ("main:none", "main:none: no such path in that revision"),
                ("main:../..", "main:../..: no such file or directory; as a revision: "
                               "the path leads out of the repository"),
                (":x", ":x: no such file or directory; as a revision: no name of a revision")]:
            with self.subTest(operand=operand):
                got, _, stderr = self.run_kaudit("diff", operand, "main", *ONLY)
                self.assertEqual((got, stderr), (2, f"kaudit: {sentence}\n"))

    def test_nothing_is_left_behind(self):
        os.mkdir(self.path("tmp"))
        self.diff("one", "main", code=1)
        self.run_kaudit("diff", "one", "main", env={"TMPDIR": self.path("tmp")})
        self.assertEqual(os.listdir(self.path("tmp")), [])

    def test_what_it_writes_itself_is_not_examined(self):
        os.mkdir(self.path("tmp"))
        got, stdout, _ = self.run_kaudit("diff", "one", ".", "-f", "json", *ONLY,
                                         env={"TMPDIR": self.path("tmp")})
        self.assertEqual((got, json.loads(stdout)["new"]["files"]), (1, 2))

    def interrupted(self, number, new, ready, **options):
        """Ends a comparison with `new` by a signal, as soon as `ready` exists."""
        os.makedirs(self.path("tmp"), exist_ok=True)
        environment = {**os.environ, "TMPDIR": os.fsdecode(self.path("tmp")), **options}
        process = subprocess.Popen([KAUDIT, "diff", "one", new], cwd=self.dir, env=environment,
                                   stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE)
        deadline = time.monotonic() + 30
        while not ready() and time.monotonic() < deadline:
            time.sleep(0.01)
        self.assertTrue(ready())
        process.send_signal(number)
        stderr = process.communicate()[1]
        self.assertEqual((process.returncode, stderr), (128 + number, b""))
        self.assertEqual(os.listdir(self.path("tmp")), [])

    @needs_prompt_signals
    def test_nothing_is_left_behind_by_a_signal(self):
        # While what standard input brings is waited for, or shortly before.
        checked_out = lambda: any(Path(self.dir, "tmp").glob("kaudit-*/1/deploy/pod.yaml"))
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self.interrupted(number, "/dev/stdin", checked_out)

    @needs_prompt_signals
    def test_nothing_is_left_behind_by_a_signal_while_git_writes(self):
        # A git that has written half of it, and would go on.
        self.write("bin/git", f"""#!/bin/sh
case "$*" in *checkout-index*) ;; *) exec {shutil.which("git")} "$@" ;; esac
for word; do case $word in --prefix=*) to=${{word#--prefix=}} ;; esac; done
mkdir "$to/more"
echo $$ > pid
while :; do : > "$to/more/$((n += 1))"; done
""")
        os.chmod(self.path("bin/git"), 0o755)
        written = lambda: Path(self.dir, "pid").exists() and self.read("pid").endswith("\n")
        self.interrupted(signal.SIGTERM, "main", written,
                         PATH=f"{self.dir}/bin:{os.environ['PATH']}")
        with self.assertRaises(ProcessLookupError):
            os.kill(int(self.read("pid")), 0)


if __name__ == "__main__":
    unittest.main()
