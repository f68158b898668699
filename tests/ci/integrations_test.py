"""The integrations with continuous integration, as far as they run without their servers: the hook in
a real pre-commit, the action's script with the variables of a runner, GitLab's job as its shell
would run it."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import yaml

KAUDIT = os.path.abspath(os.environ["KAUDIT"])
SOURCE = pathlib.Path(os.environ["KAUDIT_SOURCE"])
BAD = """apiVersion: v1
kind: Pod
metadata: {name: bad}
spec:
  containers:
    - name: app
      image: registry.example/app:1.0
      securityContext: {privileged: true}
"""
SECRET = "FROM registry.example/base:1.0\nENV API_TOKEN=3f9a7c1e5b2d8f4a6c0e9b7d\nUSER 10001\n"


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.environment = {**os.environ, "HOME": str(self.folder / "home"),
                            "PATH": f"{os.path.dirname(KAUDIT)}:{os.environ['PATH']}"}

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def run_in(self, name, *command, **variables):
        return subprocess.run(command, cwd=self.folder / name, capture_output=True, text=True,
                              check=False, timeout=300, env={**self.environment, **variables})


class PreCommit(Case):
    def git(self, name, *arguments):
        done = self.run_in(name, "git", "-c", "user.name=t", "-c", "user.email=t@t.example",
                           "-c", "commit.gpgsign=false", *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.strip()

    def repository(self, name):
        (self.folder / name).mkdir()
        self.git(name, "init", "--quiet", "--initial-branch=main")

    def test_it_stops_a_commit(self):
        self.repository("hooks")
        shutil.copy(SOURCE / ".pre-commit-hooks.yaml", self.folder / "hooks")
        self.git("hooks", "add", ".")
        self.git("hooks", "commit", "--quiet", "--message=hooks")
        revision = self.git("hooks", "rev-parse", "HEAD")
        self.repository("project")
        self.write("project/.pre-commit-config.yaml",
                   f"repos:\n  - repo: {self.folder}/hooks\n    rev: {revision}\n"
                   "    hooks: [{id: kaudit}]\n")
        rows = [  # files, whether they may be committed, what is said
            ({"pod.yaml": BAD}, False, "privileged-container"),
            ({"web/Dockerfile": SECRET}, False, "secret-in-env"),
            ({"web/prod.dockerfile": SECRET}, False, "secret-in-env"),
            ({"a.txt": BAD, "Dockerfile.md": "# not one"}, True, ""),
            ({"pod.yaml": BAD.replace("true", "false")}, True, "Passed"),
        ]
        for files, passes, said in rows:
            with self.subTest(files=list(files)):
                for name, text in files.items():
                    self.write(f"project/{name}", text)
                self.git("project", "add", "--all")
                done = self.run_in("project", "pre-commit", "run", "--all-files")
                self.assertEqual(done.returncode == 0, passes, done.stdout + done.stderr)
                self.assertIn(said, done.stdout)
                self.git("project", "rm", "--quiet", "-r", "--force", *files)


class Action(Case):
    def test_every_step_is_well_formed(self):
        action = yaml.safe_load((SOURCE / ".github/actions/audit/action.yml").read_text())
        self.assertEqual(action["runs"]["using"], "composite")
        provide, audit, upload = action["runs"]["steps"]
        for step in (provide, audit):
            self.assertEqual(step["shell"], "bash")
            self.assertNotIn("${{", step["run"])  # what others write must not become code
        self.assertEqual(upload["with"]["sarif_file"], "${{ inputs.sarif-file }}")
        inputs = {name: str(one["default"]) for name, one in action["inputs"].items()}
        self.assertEqual({f"inputs.{name}" for name in inputs},
                         {word for step in action["runs"]["steps"]
                          for text in [*step.get("env", {}).values(), *step.get("with", {}).values(),
                                       step.get("if", "")]
                          for word in text.split() if word.startswith("inputs.")})

    def test_it_writes_all_that_a_runner_takes(self):
        self.write("project/pod.yaml", BAD)
        summary = self.write("summary.md", "")
        for fail_on, code in (("high", 1), ("none", 0)):
            done = self.run_in("project", str(SOURCE / ".github/actions/audit/audit"),
                               KAUDIT_PATHS=". pod.yaml", KAUDIT_FAIL_ON=fail_on,
                               KAUDIT_ARGUMENTS="--profile core", KAUDIT_SARIF="kaudit.sarif",
                               GITHUB_STEP_SUMMARY=str(summary))
            self.assertEqual(done.returncode, code, done.stderr)
            self.assertIn("::error file=pod.yaml,line=8,", done.stdout)
            sarif = json.loads((self.folder / "project/kaudit.sarif").read_text())
            self.assertEqual([one["ruleId"] for one in sarif["runs"][0]["results"]], ["KA1001"])
            self.assertIn("## kaudit", summary.read_text())


class GitLab(Case):
    def test_the_job_writes_its_reports(self):
        self.write("project/pod.yaml", BAD)
        job = yaml.safe_load((SOURCE / ".gitlab/kaudit.yml").read_text())["kaudit"]
        [script] = job["script"]
        done = self.run_in("project", "sh", "-euc", script, **job["variables"])
        self.assertEqual(done.returncode, 1, done.stderr)
        reports = job["artifacts"]["reports"]
        issues = json.loads((self.folder / "project" / reports["codequality"]).read_text())
        self.assertIn("privileged-container", [one["check_name"] for one in issues])
        self.assertIn("<testsuites", (self.folder / "project" / reports["junit"]).read_text())


if __name__ == "__main__":
    if shutil.which("pre-commit") is None and not os.environ.get("KAUDIT_REQUIRE_TOOLS"):
        print("SKIPPED: pre-commit is not installed (PyPI: pre-commit)")
        sys.exit(77)
    unittest.main()
