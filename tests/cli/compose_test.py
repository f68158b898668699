"""Compose projects on disk: which files belong to one, and that nothing outside is read."""

import json
import os
import unittest

import support
from support import BAD

WEB = "services: {web: {image: 'registry.example/web:1', privileged: true}}\n"


class Compose(support.Case):
    def report(self, *arguments, stdin=b""):
        """Files with their surface and status, and [file, line, rule, service] of each finding of
        privileged-container."""
        code, stdout, stderr = self.run_kaudit(
            "--include", "privileged-container", "--format", "json", "-q", *arguments, stdin=stdin)
        report = json.loads(stdout)
        return (code, {f["file"]: f["surface"] + " " + f["status"] for f in report["files"]},
                [[f["file"], f["line"], f["workload"]["name"]]
                 for f in report["findings"]], stderr)

    def test_is_found_by_name_and_by_content(self):
        self.write("compose.yaml", WEB)
        self.write("deploy/docker-compose.prod.yml", WEB)
        self.write("other.yaml", WEB)
        self.write("v1/docker-compose.yml", "web: {image: 'a:1', privileged: true}\n")
        self.write("pod.yaml", BAD)
        self.write("compose/compose.yml", BAD)  # its content says what it is
        self.write("values.yaml", "services: {web: {image: 'a:1'}}\nreplicas: 3\n")
        _, files, findings, _ = self.report(".")
        self.assertEqual(files, {
            "compose.yaml": "compose examined", "deploy/docker-compose.prod.yml": "compose examined",
            "other.yaml": "compose examined", "v1/docker-compose.yml": "compose examined",
            "pod.yaml": "kubernetes examined", "compose/compose.yml": "kubernetes examined",
            "values.yaml": "kubernetes nothing_to_judge"})
        self.assertEqual(len(findings), 6)

    def test_comes_from_standard_input(self):
        code, files, findings, _ = self.report("--as", "compose", "-", stdin=WEB.encode())
        self.assertEqual((code, files), (1, {"<stdin>": "compose examined"}))
        self.assertEqual(findings, [["<stdin>", 1, "web"]])

    def test_the_override_file_is_read_along_and_not_by_itself(self):
        self.write("compose.yaml", "services:\n  web: {image: 'registry.example/web:1'}\n")
        self.write("compose.override.yaml", "services:\n  web:\n    privileged: true\n")
        code, files, findings, _ = self.report(".")
        self.assertEqual(code, 1)
        self.assertEqual(files, {"compose.yaml": "compose examined",
                                 "compose.override.yaml": "compose nothing_to_judge"})
        self.assertEqual(findings, [["compose.override.yaml", 3, "web"]])
        # Asked for by its name it is judged alone.
        self.assertEqual(self.report("compose.override.yaml")[2],
                         [["compose.override.yaml", 3, "web"]])

    def test_what_is_included_is_judged_once(self):
        self.write("compose.yaml", "include: [sub/part.yaml]\n")
        self.write("sub/part.yaml", WEB)
        self.assertEqual(self.report(".")[2], [["sub/part.yaml", 1, "web"]])
        self.assertEqual(self.report("compose.yaml")[2], [["sub/part.yaml", 1, "web"]])

    def test_values_come_from_env_beside_the_file(self):
        self.write("compose.yaml", "services: {web: {image: 'a:1', privileged: '${PRIVILEGED}'}}\n")
        self.assertEqual(self.report(".")[2], [])
        self.write(".env", "PRIVILEGED=true\n")
        self.assertEqual(self.report(".")[2], [["compose.yaml", 1, "web"]])

    def test_nothing_outside_the_directory_is_read(self):
        self.write("outside/base.yaml", WEB)
        self.write("in/compose.yaml",
                   "services:\n  web: {image: 'a:1', extends: {file: ../outside/base.yaml, "
                   "service: web}}\n")
        os.symlink("../outside/base.yaml", self.path("in/link.yaml"))
        self.write("in/compose.dev.yaml",
                   "services:\n  web: {image: 'a:1', extends: {file: link.yaml, service: web}}\n")
        code, files, findings, stderr = self.report("in")
        self.assertEqual((code, findings), (2, []))
        self.assertEqual(files["in/compose.yaml"], "compose not_examined")
        self.assertIn('in/compose.yaml:2:39: extends.file "../outside/base.yaml" is not read: it '
                      "lies outside the directory that is examined", stderr)
        self.assertIn('in/compose.dev.yaml:2:39: extends.file "link.yaml" is not read: it is '
                      "reached through a symbolic link", stderr)
        # Below one directory that is asked for it is inside.
        self.assertEqual([f[0] for f in self.report(".")[2]],
                         ["outside/base.yaml", "outside/base.yaml"])

    def test_secret_files_must_be_ignored_by_git(self):
        self.write("compose.yaml", "services: {web: {image: 'a:1', env_file: [a.env, b.env]}}\n"
                                   "secrets: {s: {file: ./s.txt}, t: {file: ./t.txt}}\n")
        for name in ("a.env", "b.env"):
            self.write(name, "DB_PASSWORD=quiet-otter-17\n")
        arguments = ("--include", "secret-in-repository", "--format", "json", "-q", ".")
        _, stdout, _ = self.run_kaudit(*arguments)
        self.assertEqual(json.loads(stdout)["findings"], [])  # no repository
        os.mkdir(self.path(".git"))
        self.write(".gitignore", "b.env\nt.txt\n")
        _, stdout, _ = self.run_kaudit(*arguments)
        self.assertEqual([f["message"] for f in json.loads(stdout)["findings"]], [
            'service "web" reads env_file "a.env", which has a secret in "DB_PASSWORD" and which '
            "git does not ignore",
            'secret "s" is in file "./s.txt", which git does not ignore'])
        self.assertNotIn("quiet-otter-17", stdout)

    def test_a_secret_from_env_is_never_shown(self):
        self.write("compose.yaml", "services:\n  db:\n    image: postgres:16\n    environment:\n"
                                   "      POSTGRES_PASSWORD: ${PW}\n"
                                   "    command: [run, --password, '${PW}', --privileged]\n"
                                   "    labels: ['note=${PW}']\n")
        self.write(".env", "PW=brisk-heron-29\n")
        for form in ("text", "json", "sarif", "markdown", "csv", "github", "gitlab", "junit"):
            _, stdout, stderr = self.run_kaudit("--format", form, ".")
            self.assertNotIn("brisk-heron-29", stdout + stderr, form)
        _, stdout, _ = self.run_kaudit("facts", ".")
        self.assertNotIn("brisk-heron-29", stdout)


if __name__ == "__main__":
    unittest.main()
