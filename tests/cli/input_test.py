"""Whatever may lie at a path: nothing hangs, nothing is left out silently, the rest is examined."""

import gzip
import json
import os
import socket
import subprocess
import threading
import time
import unittest

import images
import support
from support import BAD, GOOD, KAUDIT


class Inputs(support.Case):
    def statuses(self, *arguments, code):
        """{file: (status, reason)} of a JSON report."""
        got, stdout, _ = self.run_kaudit("--format", "json", *arguments)
        self.assertEqual(got, code, arguments)
        return {f["file"]: (f["status"], f.get("reason") or "") for f in json.loads(stdout)["files"]}

    def test_what_cannot_be_examined_says_so_and_the_rest_is(self):
        self.write("bad.yaml", BAD)
        self.write("broken.yaml", "a: [1\n")
        self.write("two.yaml", BAD + "---\na: b: c\n")
        self.write("large.yaml", "# " + "x" * 5000)
        os.mkfifo(self.path("fifo.yaml"))
        with socket.socket(socket.AF_UNIX) as sock:
            sock.bind(self.path("socket.yaml"))
            code, stdout, stderr = self.run_kaudit(
                "missing.yaml", ".", "/dev/null", "--max-file-size", "4K", "--format", "json", "-q")
        self.assertEqual(code, 2)
        lines = stderr.splitlines()
        self.assertEqual(
            [line for line in lines if "broken" not in line and "two" not in line],
            ["kaudit: /dev/null: a device, not a regular file",
             "kaudit: fifo.yaml: a named pipe, not a regular file",
             "kaudit: large.yaml: larger than 4 KiB; --max-file-size raises the limit",
             "kaudit: missing.yaml: no such file or directory",
             "kaudit: socket.yaml: a socket, not a regular file"])
        self.assertRegex("\n".join(lines), r"(?m)^kaudit: broken\.yaml:\d+:\d+: \S")
        self.assertRegex("\n".join(lines), r"(?m)^kaudit: two\.yaml:10:\d+: \S")
        report = json.loads(stdout)
        self.assertEqual({f["file"]: f["status"] for f in report["files"]},
                         {"/dev/null": "not_examined", "bad.yaml": "examined",
                          "broken.yaml": "not_examined", "fifo.yaml": "not_examined",
                          "large.yaml": "not_examined", "missing.yaml": "not_examined",
                          "socket.yaml": "not_examined", "two.yaml": "not_examined"})
        # Findings of the other documents stand.
        self.assertEqual({f["file"] for f in report["findings"]}, {"bad.yaml", "two.yaml"})

    def test_objects_that_kubernetes_would_refuse(self):
        head = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n"
        for text, place in [
            (head + "spec: null\n", "4:7"),
            (head + "spec: {containers: {}}\n", "4:20"),
            (head + "spec: {containers: app}\n", "4:20"),
            (GOOD.replace("v1", "v7", 1), "1:13"),
        ]:
            self.write("pod.yaml", text)
            code, _, stderr = self.run_kaudit("pod.yaml", "-q")
            self.assertEqual(code, 2, text)
            self.assertTrue(stderr.startswith(f'kaudit: pod.yaml:{place}: Pod "'), stderr)
            self.assertEqual(stderr.count("\n"), 1)

    def test_files_without_content(self):
        for text, reason in [("", "the file is empty"), (" \n\r\n \n", "the file is empty"),
                             ("# a\n# b\n", "the file holds only comments"),
                             ("---\n# a\n---\n", "the file holds only comments")]:
            self.write("blank.yaml", text)
            self.write("d/blank.yaml", text)
            self.check(["blank.yaml", "-q"], 2, f"kaudit: blank.yaml: {reason}\n")
            self.check(["d", "-q"], 2, "kaudit: nothing to examine in d: 1 file was found, which "
                                       "holds nothing to read; --verbose says why\n")
            self.check(["-", "-q"], 2, f"kaudit: <stdin>: {reason}\n", stdin=text)
            self.write("d/good.yaml", GOOD)
            self.assertEqual(self.statuses("d", code=0)["d/blank.yaml"],
                             ("nothing_to_judge", reason))
            self.check(["d", "-qv", "--format", "json"], 0, f"kaudit: d/blank.yaml: {reason}\n")
            os.remove(self.path("d/good.yaml"))

    def test_nothing_to_examine(self):
        self.write("d/readme.txt", "x")
        self.write("e/.gitignore", "*.yaml\n")
        self.write("e/a.yaml", BAD)
        self.write("e/b.yaml", BAD)
        sentence = ("kaudit: nothing to examine in {}: no manifest (*.yaml, *.yml, *.json), no "
                    "Dockerfile or Containerfile, no archive (*.tar, *.tar.gz, *.tgz, *.tar.zst, "
                    "*.tar.xz) and no directory of an image\n")
        left_out = sentence.replace("\n", "; {} left out, --verbose names {}\n")
        verdict = lambda out: self.assertIn("\n\nIncomplete: nothing was examined\n", out)
        self.check(["d"], 2, sentence.format("d"), verdict)
        self.check([], 2, sentence.format("."), verdict, below="d")
        self.check(["d", "e", "--respect-gitignore"], 2,
                   left_out.format("d, e", "2 paths were", "them"), verdict)
        os.remove(self.path("e/b.yaml"))
        self.check(["e", "--respect-gitignore"], 2, left_out.format("e", "1 path was", "it"))
        for name in ("a", "b"):
            self.write(f"f/{name}.json", b"\x89PNG\r\n")
        self.check(["f", "d"], 2, "kaudit: nothing to examine in f, d: 2 files were found, none of "
                                  "which holds anything to read; --verbose says why\n", verdict)

    def test_what_was_asked_for_by_mistake(self):
        tar = images.tar([("src/main.c", b"int main;" * 999, 0o644)])
        binary = ("a binary file, neither a manifest nor an archive of images, which is a tar, plain "
                  "or packed by gzip, zstd or xz")
        text = ("plain text, neither a manifest nor an image; as a Dockerfile it is examined with "
                "--as dockerfile")
        no_archive = "no archive: it is neither a tar nor packed by gzip, zstd or xz"
        no_image = "it holds no image: neither manifest.json nor index.json is there"
        cut = "the archive could not be read to its end: the {} is truncated"
        self.write("pod.yaml", BAD)
        for name, content, message in [
                ("nowhere", None, "no such file or directory"),
                ("pod.yaml/x", None, "not a directory"),
                ("picture.png", b"\x89PNG\r\n\x1a\n", binary),
                ("picture.yaml", b"\x89PNG\r\n\x1a\n", binary),
                ("image.zip", b"PK\x03\x04\x14\0", binary),
                ("notes.txt", "Some notes\nof mine.\n", text),
                ("notes.yaml", "Some notes\n--- \nof mine.\n", text),
                ("recipe", "FROM a:1\nUSER 1\n", text),
                ("text.tar", "Some notes", no_archive),
                ("text.tar.gz", "Some notes", no_archive),
                ("empty.tar", "", "the file is empty"),
                ("sources.tar", tar, no_image),
                ("sources.tgz", gzip.compress(tar), no_image),
                ("sources.tar.bz2", b"BZh91AY&SY", "an archive packed with bzip2 is not read"),
                ("cut.tar", tar[:3000], cut.format("tar")),
                ("cut.tar.gz", gzip.compress(tar)[:60], cut.format("gzip data")),
                ("cut", gzip.compress(tar)[:60], cut.format("gzip data"))]:
            if content is not None:
                self.write(name, content)
            self.check(["-q", "-f", "csv", name], 2, f"kaudit: {name}: {message}\n")
            if message in (text, "the file is empty"):
                continue  # it has no facts, which is no error
            code, _, stderr = self.run_kaudit("facts", name)
            self.assertEqual((code, stderr), (2, f"kaudit: {name}: {message}\n"))
        self.check(["-q", "-f", "csv", "-"], 2, f"kaudit: <stdin>: {text}\n", stdin="x\n")
        self.check(["-q", "-f", "csv", "-"], 2, f"kaudit: <stdin>: {binary}\n", stdin="PK\3\4")

    def test_a_report_says_that_the_run_had_errors(self):
        self.write("good.yaml", GOOD)
        stdout = self.check(["good.yaml", "--profile", "core", "--scan-report", "none.json"], 2,
                            "kaudit: none.json: no such file or directory\n")
        self.assertIn("\n\nIncomplete: no finding of severity high or above, but there were errors\n",
                      stdout)

    def test_files_of_other_kinds_have_nothing_to_judge(self):
        self.write("package.json", '{"name": "x", "kind": 3}\n')
        self.write("values.yaml", "image: {tag: 1}\n")
        self.write("mesh.yaml", "services: {web: {image: nginx, privileged: true}}\nreplicas: 1\n")
        self.write("list.json", "[1, 2]\n")
        self.write("crd.yaml", "apiVersion: apiextensions.k8s.io/v1\n"
                               "kind: CustomResourceDefinition\nmetadata: {name: a.b}\n")
        none = ("nothing_to_judge", "no Kubernetes object")
        self.assertEqual(self.statuses(".", code=0),
                         {"package.json": none, "values.yaml": none, "mesh.yaml": none,
                          "list.json": none, "crd.yaml": ("nothing_to_judge", "no pod spec")})

    def test_dockerfiles(self):
        text = "FROM registry.example/base:1 AS build\nFROM build\nUSER 10001\n"
        facts = lambda out: json.loads(out)["files"][0]
        self.write("d/Dockerfile", text)
        self.write("recipe", text)
        self.assertEqual(self.statuses("d", code=0), {"d/Dockerfile": ("examined", "")})
        for arguments in (["d"], ["--as", "dockerfile", "recipe"], ["--as=dockerfile", "-"]):
            _, out, stderr = self.run_kaudit("facts", *arguments, stdin=text)
            self.assertEqual((facts(out)["surface"], stderr), ("dockerfile", ""))
            build = facts(out)["objects"][0]
            self.assertEqual([build["user"], build["root"], build["copy_dot"]], ["10001", False, 0])
            self.assertEqual([stage["from"] for stage in build["stages"]],
                             ["registry.example/base:1", "build"])
        self.write("d/Dockerfile", "FROM a:1\nRUN x\nnonsense\nUSER 1\n")
        self.check(["d", "-q"], 2,
                   "kaudit: d/Dockerfile:3:1: this is no instruction of a Dockerfile\n")

    def test_helm_templates_are_not_examined(self):
        self.write("t.yaml", "apiVersion: v1\nkind: Pod\nmetadata:\n"
                             "  name: {{ .Release.Name }}\n{{- if .x }}\nspec: {}\n{{- end }}\n")
        code, _, stderr = self.run_kaudit("t.yaml", "-q")
        self.assertEqual(code, 2)
        self.assertIn("helm template", stderr)
        self.assertIn("kaudit -", stderr)

    def test_standard_input(self):
        self.check(["-", "--profile", "core", "-q"], 1, stdin=BAD)
        rendered = "---\n# Source: chart/templates/pod.yaml\n" + BAD
        report = json.loads(self.run_kaudit("-", "-q", "--format", "json", stdin=rendered)[1])
        self.assertEqual(report["findings"][0]["file"], "<stdin>")
        self.assertIn("chart/templates/pod.yaml", json.dumps(report["findings"][0]))
        self.check(["-", "-q"], 2, "kaudit: <stdin>: bad file descriptor\n", stdin=None,
                   preexec_fn=lambda: os.close(0))
        self.check(["-", "-q", "--max-file-size", "1K"], 2,
                   "kaudit: <stdin>: larger than 1 KiB; --max-file-size raises the limit\n",
                   stdin="#" * 2000)

    def test_a_pipe_that_the_shell_opened(self):
        self.write("bad.yaml", BAD)
        done = subprocess.run(["bash", "-c", f"'{KAUDIT}' -q --profile core <(cat bad.yaml)"],
                              cwd=self.dir, check=False, stdout=subprocess.PIPE)
        self.assertEqual(done.returncode, 1)

    def test_binary_files(self):
        self.write("._pod.yaml", b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X")
        self.write("picture.json", b"\x89PNG\r\n\x1a\n")
        self.write("nul.yaml", b"a: b\x00c\n")
        self.write("good.yaml", GOOD)
        statuses = self.statuses(".", code=2)
        binary = ("nothing_to_judge", "binary file")
        self.assertEqual(statuses["._pod.yaml"], binary)
        self.assertEqual(statuses["picture.json"], binary)
        self.assertEqual(statuses["nul.yaml"][0], "not_examined")

    def test_unreadable(self):
        options = self.unprivileged()
        self.write("secret.yaml", BAD)
        self.write("locked/a.yaml", BAD)
        self.write("good.yaml", GOOD)
        os.chmod(self.path("secret.yaml"), 0)
        os.chmod(self.path("locked"), 0)
        self.check([".", "-q"], 2, "kaudit: locked: permission denied\n"
                                   "kaudit: secret.yaml: permission denied\n", **options)
        self.check(["locked/a.yaml", "-q"], 2, "kaudit: locked/a.yaml: permission denied\n",
                   **options)

    def test_verbose_says_what_was_left_out(self):
        self.write(".git/x.yaml", BAD)
        self.write("web/node_modules/p/x.yaml", BAD)
        self.write("good.yaml", GOOD)
        self.write("sub/.gitignore", "*.gen.yaml\n")
        self.write("sub/a.gen.yaml", BAD)
        os.symlink("good.yaml", self.path("link.yaml"))
        os.symlink(".", self.path("loop"))
        core = [".", "--profile", "core", "-q"]
        self.check([*core, "--respect-gitignore"], 0)
        self.check([*core, "--respect-gitignore", "-v", "--format", "json"], 0,
                   "kaudit: .git: not entered\n"
                   "kaudit: link.yaml: symbolic link, not followed\n"
                   "kaudit: loop: symbolic link, not followed\n"
                   "kaudit: sub/a.gen.yaml: left out by .gitignore\n"
                   "kaudit: web/node_modules: not entered\n"
                   "kaudit: link.yaml: symbolic link, not followed\n")
        self.check(core, 1)

    def test_gitignore_equals_git(self):
        if support.no_tool("git"):
            self.skipTest("SKIPPED: no git")
        self.write(".gitignore", "*.log.yaml\n/top.yaml\nbuild/\n!build/\nout*/\na/**/z.yaml\n"
                                 "[bc].yaml\n\\!odd.yaml\nsp\\ ace.yaml  \nd?g.yaml\n!keep.log.yaml\n")
        self.write("sub/.gitignore", "!x.log.yaml\n*.tmp.yaml\nonly/here.yaml\n")
        for name in ["x.log.yaml", "keep.log.yaml", "top.yaml", "sub/top.yaml", "build/a.yaml",
                     "outer/a.yaml", "a/z.yaml", "a/b/c/z.yaml", "b.yaml", "sub/c.yaml", "d.yaml",
                     "!odd.yaml", "sp ace.yaml", "dog.yaml", "sub/x.log.yaml", "sub/y.log.yaml",
                     "sub/q.tmp.yaml", "only/here.yaml", "sub/only/here.yaml", "é.yaml"]:
            self.write(name, GOOD)
        git = lambda *words: subprocess.run(
            ["git", "-c", "core.quotepath=off", *words], cwd=self.dir, check=True,
            stdout=subprocess.PIPE, env={"PATH": os.environ["PATH"], "HOME": self.dir})
        git("init", "-q")
        expected = git("ls-files", "--others", "--exclude-standard", "*.yaml").stdout.decode()
        files = self.statuses("--respect-gitignore", "-q", code=0)
        self.assertEqual(sorted(files), sorted(expected.splitlines()))

    def test_hostile_names(self):
        names = [b"new\nline.yaml", b"-rf.yaml", b"--format.yaml", b"bad\xff.yaml",
                 b"\x1b[31mred.yaml", b"::error::x.yaml", "\u202etxt.yaml".encode(), b"a b'\".yaml"]
        for name in names:
            self.write(name, BAD)
            self.write(b"broken/" + name, "a: [\n")
        for form in ["text", "json", "sarif", "junit", "github", "gitlab", "markdown", "csv"]:
            code, stdout, stderr = self.run_kaudit(".", "--format", form, "-v")
            self.assertEqual(code, 2)
            for text in (stdout, stderr):
                self.assertNotIn("\x1b", text, form)
                self.assertNotIn("\u202e", text, form)
            for line in stderr.splitlines():
                self.assertTrue(line.startswith("kaudit: "), line)
            self.assertEqual(stderr.count("broken/"), len(names), stderr)
        self.check(["-rf.yaml"], 2, 'kaudit: unknown option "-rf.yaml"; write ./-rf.yaml or -- '
                                    'before a path like this\n')
        for arguments in (["--", "-rf.yaml"], ["./-rf.yaml"], [b"bad\xff.yaml"]):
            self.check(["-q", "--profile", "core", *arguments], 1)

    def test_deep_directories(self):
        # Longer than one call may name: made step by step.
        fd = os.open(self.dir, os.O_RDONLY)
        for _ in range(300):
            os.mkdir(b"d" * 30, dir_fd=fd)
            next_fd = os.open(b"d" * 30, os.O_RDONLY, dir_fd=fd)
            os.close(fd)
            fd = next_fd
        file = os.open(b"deep.yaml", os.O_WRONLY | os.O_CREAT, dir_fd=fd)
        os.write(file, BAD.encode())
        os.close(file)
        os.close(fd)
        statuses = self.statuses(".", "-q", code=1)
        self.assertEqual(list(statuses.values()), [("examined", "")])
        self.assertEqual(len(list(statuses)[0]), 300 * 31 + len("deep.yaml"))

    def test_a_file_of_two_gigabytes(self):
        with open(self.path("huge.yaml"), "wb") as file:
            file.truncate(2 << 30)
        began = time.monotonic()
        self.check([".", "-q"], 2,
                   "kaudit: huge.yaml: larger than 64 MiB; --max-file-size raises the limit\n")
        self.assertLess(time.monotonic() - began, 5)

    def test_files_that_come_and_go(self):
        for i in range(200):
            self.write(f"{i:03}.yaml", GOOD)
        stop = threading.Event()

        def churn():
            while not stop.is_set():
                for i in range(0, 200, 3):
                    os.rename(self.path(f"{i:03}.yaml"), self.path("gone"))
                    os.rename(self.path("gone"), self.path(f"{i:03}.yaml"))

        thread = threading.Thread(target=churn)
        thread.start()
        try:
            for _ in range(10):
                code, stdout, stderr = self.run_kaudit(".", "-q", "--format", "json")
                self.assertIn(code, (0, 2))
                for line in stderr.splitlines():
                    self.assertRegex(line, r"^kaudit: \d+\.yaml: vanished before it was read$")
                status = {f["file"]: f["status"] for f in json.loads(stdout)["files"]}
                self.assertEqual(len(stderr.splitlines()),
                                 sum(s == "not_examined" for s in status.values()))
                self.assertGreater(len(status), 130)
        finally:
            stop.set()
            thread.join()

    def test_links_never_lead_out_of_a_directory(self):
        self.write("outside/secret.yaml", BAD)
        self.write("repo/good.yaml", GOOD)
        os.symlink("../outside/secret.yaml", self.path("repo/link.yaml"))
        os.symlink("../outside", self.path("repo/linked"))
        os.symlink("repo", self.path("asked"))
        core = ["--profile", "core", "-q"]
        self.check(["repo", *core], 0)
        self.check(["asked", *core], 0)
        self.check(["repo/link.yaml", *core], 1)  # asked for by name


if __name__ == "__main__":
    unittest.main()
