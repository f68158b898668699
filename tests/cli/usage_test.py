"""Command lines: what is accepted, what is refused and how, which exit code follows."""

import json
import os
import pty
import re
import select
import subprocess
import unittest

import images
import support
from support import BAD, GOOD, KAUDIT

ANSI = re.compile(r"\x1b\[")


class Usage(support.Case):
    def test_wrong_usage_is_one_sentence_and_exit_2(self):
        for arguments, sentence in [
            (["--frobnicate"], 'unknown option "--frobnicate"'),
            (["--fail-onn", "low"], 'unknown option "--fail-onn"; did you mean "--fail-on"?'),
            (["-Z"], 'unknown option "-Z"; write ./-Z or -- before a path like this'),
            (["--format"], "--format needs a value"),
            (["--format", "yaml"],
             '--format: "yaml" is no format (text, json, sarif, junit, github, gitlab, markdown, csv, checklist, '
             'prometheus, policyreport, html, dot, mermaid)'),
            (["--profile", "strict"],
             '--profile: "strict" is no profile (core, baseline, restricted, all)'),
            (["--include", "privileged-contaner"],
             '--include: unknown rule "privileged-contaner"; did you mean "privileged-container"?'),
            (["--exclude", "KA9999"], '--exclude: unknown rule "KA9999"; `kaudit rules` lists them'),
            (["--kube-version", "latets"],
             '--kube-version: "latets" is no version of Kubernetes (1.0 to 1.37, latest)'),
            (["-j", "none"], '--jobs: "none" is no number from 1 to 256'),
            (["--max-file-size", "-1"],
             '--max-file-size: "-1" is no size such as 512K, 64M or 1G, at most 4G'),
            (["--config", "none.yaml"], "none.yaml: no such file or directory"),
            (["--config", "."], ".: is a directory"),
            (["--config", "/dev/zero"], "/dev/zero: too large for a configuration"),
            (["rules", "KA1001"],
             "`kaudit rules` takes no operand; `kaudit explain KA1001` explains a rule"),
            (["rules", "--format", "sarif"], "`kaudit rules` writes text, json or markdown"),
            (["explain"], "`kaudit explain` needs a rule"),
            (["explain", "privileged"], 'unknown rule "privileged"; did you mean '),
            (["completion"], "`kaudit completion` needs one of bash, zsh, fish"),
            (["completion", "tcsh"], '"tcsh" is no shell with completions here (bash, zsh, fish)'),
            ([""], "a path must not be empty"),
            (["-o", "x.json", "-o", "x.json"], 'two reports cannot both go to "x.json"'),
            (["--\x1b[31m"], 'unknown option "--\\x1b[31m"'),
        ]:
            code, stdout, stderr = self.run_kaudit(*arguments)
            self.assertEqual((code, stdout), (2, ""), arguments)
            self.assertTrue(stderr.startswith("kaudit: " + sentence), (stderr, sentence))
            self.assertEqual(stderr.count("\n"), 1, stderr)

    def test_help_and_version_go_to_standard_output(self):
        code, stdout, stderr = self.run_kaudit("--help")
        self.assertEqual((code, stderr), (0, ""))
        self.assertIn("--max-file-size", stdout)
        code, stdout, stderr = self.run_kaudit("--version", "no-such-path")
        self.assertEqual((code, stderr), (0, ""))
        self.assertRegex(stdout, r"^kaudit \d+\.\d+\.\d+, rules [0-9a-f]{8} \(\d+ of them\), "
                                 r"Pod Security Standards 1\.0 to 1\.37\n$")

    def test_exit_code_follows_the_threshold(self):
        self.write("bad.yaml", BAD)
        self.write("good.yaml", GOOD)
        quiet = ["--profile", "core", "-q"]
        for arguments, code in [
            (["bad.yaml"], 1),
            (["good.yaml"], 0),
            (["."], 1),
            (["bad.yaml", "--fail-on", "critical"], 1),
            (["bad.yaml", "--fail-on", "none"], 0),
            (["bad.yaml", "--exclude", "privileged-container"], 0),
            (["bad.yaml", "--exclude", "psa:privileged"], 0),
            (["bad.yaml", "--include", "KA1003,KA1001"], 1),
            (["bad.yaml", "--include", "host-network"], 0),
        ]:
            self.check(quiet + arguments, code)
        self.check(["good.yaml", "-q"], 0)  # medium findings are below the default
        self.check(["good.yaml", "-q", "--fail-on", "medium"], 1)
        # Left out by --severity, so that there is nothing to fail on.
        self.check(["good.yaml", "-q", "--fail-on", "medium", "--severity", "high"], 0)
        # 2 beats 1.
        self.check(["bad.yaml", "none.yaml", "-q"], 2,
                   "kaudit: none.yaml: no such file or directory\n")

    def test_report_alone_goes_to_standard_output(self):
        self.write("bad.yaml", BAD)
        code, stdout, stderr = self.run_kaudit("bad.yaml", "--format", "json", "-v")
        self.assertEqual(code, 1)
        self.assertEqual(json.loads(stdout)["schema"], "kaudit-report/1")
        self.assertRegex(stderr, r"^kaudit: 1 file: 1 examined, 0 with nothing to judge, 0 not "
                                 r"examined; 1 object, 1 workload, 1 container; \d+ findings: .*\n$")
        self.assertEqual(self.run_kaudit("bad.yaml", "--format", "json", "-q")[2], "")
        self.assertEqual(self.run_kaudit("bad.yaml")[2], "")  # text has its own summary

    def test_newer_kubernetes_is_noted(self):
        self.write("good.yaml", GOOD)
        note = "kaudit: Kubernetes 1.99 is newer than what this kaudit knows; judged as 1.37\n"
        self.check(["good.yaml", "--kube-version", "1.99"], 0, note)
        self.check(["good.yaml", "--kube-version", "1.99", "-q"], 0, "")

    def test_profiles_and_versions_select_findings(self):
        self.write("bad.yaml", BAD)
        def rules(*arguments):
            report = json.loads(self.run_kaudit("bad.yaml", "--format", "json", *arguments)[1])
            return {finding["rule"] for finding in report["findings"]}
        self.assertEqual(rules("--profile", "core"), {"privileged-container"})
        self.assertEqual(rules("--profile", "baseline"), {"privileged-container"})
        self.assertIn("capabilities-not-dropped", rules("--profile", "restricted"))
        self.assertNotIn("capabilities-not-dropped",
                         rules("--profile", "restricted", "--kube-version", "1.21"))

    def test_no_rule_left_is_trouble(self):
        self.write("good.yaml", GOOD)
        self.check(["good.yaml", "--include", "KA1001", "--exclude", "KA1001"], 2,
                   "kaudit: no rule is left by --include, --exclude, --kube-version and the "
                   "configuration\n", "")

    def test_rules_and_explanations(self):
        listed = self.run_kaudit("rules")[1].splitlines()
        table = json.loads(self.run_kaudit("rules", "--format", "json")[1])
        self.assertIn("privileged-container", listed[0])
        self.assertGreater(len(listed), 20)
        self.assertIn("KA1001", json.dumps(table))
        by_id = self.run_kaudit("explain", "KA1001")
        self.assertEqual(by_id, self.run_kaudit("explain", "privileged-container"))
        self.assertEqual(by_id[0], 0)

    def test_completions_are_scripts(self):
        for shell in ("bash", "zsh", "fish"):
            code, stdout, stderr = self.run_kaudit("completion", shell)
            self.assertEqual((code, stderr), (0, ""))
            if support.no_tool(shell):
                continue
            checked = subprocess.run([shell, "-n"], input=stdout.encode(), check=False,
                                     stderr=subprocess.PIPE)
            self.assertEqual((checked.returncode, checked.stderr), (0, b""), shell)

    def test_bash_completes(self):
        script = self.run_kaudit("completion", "bash")[1] + """
compopt() { :; }
complete_line() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _kaudit; echo "${COMPREPLY[*]}"; }
complete_line kaudit --prof
complete_line kaudit --profile re
complete_line kaudit --fail-on = no
complete_line kaudit --exclude host-network,privileged-c
complete_line kaudit explain runtime-s
complete_line kaudit completion z
complete_line kaudit expl
complete_line kaudit rules --form
"""
        done = subprocess.run(["bash"], input=script.encode(), stdout=subprocess.PIPE, check=True,
                              cwd=self.dir)
        self.assertEqual(done.stdout.decode().splitlines(),
                         ["--profile", "restricted", "none", "host-network,privileged-container",
                          "runtime-socket", "zsh", "explain", "--format"])


class Configuration(support.Case):
    def test_is_found_beside_and_above_the_first_path(self):
        self.write("repo/.kaudit.yaml", "exclude: [privileged-container]\n")
        self.write("repo/deploy/bad.yaml", BAD)
        self.write("other/bad.yaml", BAD)
        core = ["--profile", "core", "-q"]
        self.check([*core, "repo"], 0)
        self.check([*core, "repo/deploy/bad.yaml"], 0)
        self.check([*core, "other"], 1)
        self.check([*core, "repo", "--no-config"], 1)
        self.check([*core, "other", "--config", "repo/.kaudit.yaml"], 0)
        self.check(["--format", "json", "-o", "/dev/null", "-q", "-v", "repo"], 0,
                   "kaudit: configuration: repo/.kaudit.yaml\n"
                   "kaudit: repo/.kaudit.yaml: no Kubernetes object\n")

    def test_the_command_line_has_the_last_word(self):
        self.write(".kaudit.yaml", "profile: core\nfail-on: none\nkube-version: '1.99'\n"
                                   "rules: {privileged-container: {severity: low, action: audit}}\n")
        self.write("bad.yaml", BAD)
        note = "kaudit: Kubernetes 1.99 is newer than what this kaudit knows; judged as 1.37\n"
        self.check(["."], 0, note)
        report = json.loads(self.run_kaudit(".", "--format", "json", "-q")[1])
        self.assertEqual([(f["rule"], f["severity"], f["action"]) for f in report["findings"]],
                         [("privileged-container", "low", "audit")])
        self.check([".", "--fail-on", "low", "--kube-version", "1.30"], 1)
        self.check([".", "--fail-on", "medium", "--kube-version", "1.30"], 0)

    def test_mistakes_have_a_place(self):
        self.write("bad.yaml", BAD)
        for text, sentence in [
            ("profil: core\n", '1:1: unknown key "profil"; did you mean "profile"?'),
            ("\n  fail-on: hgh\n", '2:12: fail-on: "hgh" is no severity (info, low, medium, high, '
                                   'critical, none, priority:N); did you mean "high"?'),
            ("rules: {nope: {action: off}}\n",
             '1:9: rules: unknown rule "nope"; `kaudit rules` lists them'),
            ("profile: [core\n", "2:1: end of sequence flow not found"),
        ]:
            self.write(".kaudit.yaml", text)
            self.check(["."], 2, f"kaudit: .kaudit.yaml:{sentence}\n", "")

    def test_pod_templates_of_custom_resources(self):
        pod = "containers: [{name: app, image: a:1, securityContext: {privileged: true}}]"
        self.write("task.yaml", "apiVersion: batch.example.org/v1\nkind: Task\nmetadata: {name: t}\n"
                                f"spec: {{steps: [{{pod: {{{pod}}}}}]}}\n")
        self.check(["--profile", "core", "-q", "task.yaml"], 0)
        self.write(".kaudit.yaml", "pod-templates:\n- {group: batch.example.org, kind: Task, "
                                   "path: 'spec.steps.*.pod', bare-spec: true}\n")
        self.check(["--profile", "core", "-q", "task.yaml"], 1)
        facts = json.loads(self.run_kaudit("facts", "task.yaml")[1])
        self.assertEqual(facts["files"][0]["custom_workloads"], 1)


def read_to_the_end(terminal):
    """All that was written to the other end of a pseudo-terminal: it comes in pieces."""
    data = b""
    while select.select([terminal], [], [], 60)[0]:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:  # Linux says so when the other end is closed
            break
        if not chunk:
            break
        data += chunk
    return data


class Colours(support.Case):
    def on_a_terminal(self, *arguments, env=None, stderr=None):
        """Standard output, and standard error unless given, of a run on a pseudo-terminal."""
        main_end, terminal = pty.openpty()
        process = subprocess.Popen(
            [KAUDIT, *arguments], cwd=self.dir, stdin=subprocess.DEVNULL, stdout=terminal,
            stderr=stderr if stderr is not None else terminal,
            env={"PATH": os.environ["PATH"], "TERM": "xterm", **(env or {})})
        os.close(terminal)
        data = read_to_the_end(main_end)
        os.close(main_end)
        process.wait()
        return data.decode()

    def test_when_there_are_colours(self):
        self.write("bad.yaml", BAD)
        for arguments, env, terminal, expected in [
            ([], {}, True, True),
            ([], {}, False, False),
            ([], {"NO_COLOR": "1"}, True, False),
            ([], {"NO_COLOR": ""}, True, True),
            ([], {"TERM": "dumb"}, True, False),
            ([], {"FORCE_COLOR": "1"}, False, True),
            ([], {"FORCE_COLOR": "0"}, True, False),
            ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
            (["--color", "always"], {"NO_COLOR": "1"}, False, True),
            (["--color", "never"], {"FORCE_COLOR": "1"}, True, False),
            (["--color", "always", "--format", "json"], {}, False, False),
        ]:
            text = (self.on_a_terminal("bad.yaml", *arguments, env=env) if terminal
                    else self.run_kaudit("bad.yaml", *arguments, env=env)[1])
            self.assertEqual(bool(ANSI.search(text)), expected, (arguments, env, terminal))

    def test_what_was_not_examined_stands_once_on_a_terminal(self):
        self.write("broken.yaml", "a: [1\n")
        broken = "broken.yaml:1:4: "
        both = self.on_a_terminal("broken.yaml")
        self.assertEqual(both.count(broken), 1, both)
        self.assertIn("Not examined:", both)
        # Where the report goes elsewhere, or is not for people, standard error says it too.
        for arguments in [], ["--format", "json"]:
            self.assertIn(broken, self.run_kaudit("broken.yaml", *arguments)[2])
        self.assertIn(broken, self.on_a_terminal("broken.yaml", "-o", "report.txt"))

    def test_no_progress_line_for_short_work_or_where_nobody_looks(self):
        self.write("bad.yaml", BAD)
        self.assertNotIn("\r\x1b[K", self.on_a_terminal("bad.yaml", "--color", "never"))
        self.assertNotIn("\x1b", self.run_kaudit(".", "--format", "json")[2])

    def test_a_progress_line_for_long_work(self):
        # Long because the reader of the FIFO waits.
        os.mkfifo(self.path("slow"))
        for i in range(3):
            self.write(f"{i}.yaml", GOOD)
        slow = subprocess.Popen(["sh", "-c", "sleep 1.3; cat 0.yaml"], cwd=self.dir,
                                stdout=subprocess.PIPE)
        main_end, terminal = pty.openpty()
        process = subprocess.Popen([KAUDIT, "-j1", "-o", "r.json", "-", "0.yaml", "1.yaml"],
                                   cwd=self.dir, stdin=slow.stdout, stderr=terminal,
                                   env={"PATH": os.environ["PATH"], "TERM": "xterm"})
        os.close(terminal)
        self.assertEqual(process.wait(), 0)
        slow.wait()
        slow.stdout.close()
        text = read_to_the_end(main_end).decode()
        os.close(main_end)
        self.assertRegex(text, r"^(\r\x1b\[Kkaudit: \d of 3 files)+\r\x1b\[Kkaudit: 3 files: ")

    def test_a_progress_line_for_archives(self):
        # Long because the reader of the scan's report waits.
        archive = images.docker_save(images.Image("a:1", [("COPY . /", [("x", bytes(3 << 20), 0o644)])]))
        self.write("d/a.tar", archive)
        self.write("d/b.tar", archive)
        for operands, expected in ((["d/a.tar"], r"d/a\.tar: \d of 3 MiB"),
                                   (["d"], r"2 image archives: \d of 6 MiB")):
            slow = subprocess.Popen(["sh", "-c", "sleep 1.3; echo '{}'"], stdout=subprocess.PIPE)
            main_end, terminal = pty.openpty()
            process = subprocess.Popen(
                [KAUDIT, "-o", "r.json", "--fail-on", "none", "--scan-report", "a=/dev/stdin",
                 *operands], cwd=self.dir, stdin=slow.stdout, stderr=terminal,
                env={"PATH": os.environ["PATH"], "TERM": "xterm"})
            os.close(terminal)
            process.wait()
            slow.wait()
            slow.stdout.close()
            text = read_to_the_end(main_end).decode()
            os.close(main_end)
            self.assertRegex(text, r"\r\x1b\[Kkaudit: " + expected)


if __name__ == "__main__":
    unittest.main()
