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

    def test_files_named_one_by_one_are_one_project(self):
        self.write("a.yaml", "services:\n  web: {image: 'registry.example/web:1'}\n")
        self.write("deploy/b.yml", "services:\n  web:\n    privileged: true\n")
        self.write("deploy/c.yml", "services:\n  web:\n    privileged: false\n")
        self.write("compose.override.yaml", WEB)
        both = [["deploy/b.yml", 3, "web"]]
        code, files, findings, _ = self.report("-f", "a.yaml", "-f", "./deploy/b.yml")
        self.assertEqual((code, findings), (1, both))
        self.assertEqual(files, {"a.yaml": "compose examined",
                                 "deploy/b.yml": "compose nothing_to_judge"})
        # The last one counts; the directory around them is examined only when it is asked for.
        self.assertEqual(self.report("-f", "a.yaml", "-f", "deploy/b.yml",
                                     "--compose-file=deploy/c.yml")[2], [])
        self.assertEqual(self.report("-f", "a.yaml", "-f", "deploy/c.yml", "-f", "deploy/b.yml")[2],
                         both)
        self.assertEqual(self.report("-f", "a.yaml", "-f", "deploy/b.yml", ".")[2],
                         both + [["compose.override.yaml", 1, "web"]])
        code, files, findings, stderr = self.report("-f", "a.yaml", "-f", "none.yaml")
        self.assertEqual((code, findings), (2, []))
        self.assertEqual(files["none.yaml"].split()[1], "not_examined")
        self.assertIn("none.yaml: no such file or directory", stderr)
        _, stdout, _ = self.run_kaudit("facts", "--compose-file", "a.yaml", "--compose-file",
                                       "deploy/b.yml")
        service = json.loads(stdout)["files"][0]["objects"][0]
        self.assertEqual(service["containers"][0]["security"]["privileged"]["file"], "deploy/b.yml")

    def test_any_name_is_what_as_says(self):
        docker = "FROM a:1\nRUN --security=insecure make\n"
        self.write("web.txt", WEB)
        self.write("build.txt", docker)
        for surface, name, text, found in (("compose", "web.txt", WEB, [1, "web"]),
                                           ("dockerfile", "build.txt", docker, [2, ""])):
            for file, stdin in ((name, b""), ("-", text.encode())):
                code, files, findings, _ = self.report("--as", surface, file, stdin=stdin)
                shown = "<stdin>" if file == "-" else file
                self.assertEqual((code, files), (1, {shown: surface + " examined"}))
                self.assertEqual(findings, [[shown] + found])
            _, stdout, _ = self.run_kaudit("facts", "--as", surface, name)
            self.assertEqual(json.loads(stdout)["files"][0]["surface"], surface)

    def findings(self, rules, *arguments):
        _, stdout, stderr = self.run_kaudit("--include", rules, "--format", "json", "-q",
                                            "--order", "file", *arguments)
        return ([[f["file"], f["line"], f["rule"], f["workload"]["kind"], f["workload"]["name"]]
                 for f in json.loads(stdout)["findings"]], stderr)

    def test_the_dockerfile_of_a_service_is_examined_for_it(self):
        self.write("deploy/compose.yaml", """services:
  web:
    build:
      context: ../web
      dockerfile: web.docker
      target: run
      args: {TAG: latest}
  same:
    build: {context: ../web, dockerfile: web.docker, target: run, args: {TAG: latest}}
  other:
    build: {context: ../web, dockerfile: web.docker, args: [TAG]}
  elsewhere:
    build: https://git.example/shop.git
  gone:
    build: ./gone
""")
        self.write("web/web.docker", "ARG TAG=1.2\nFROM registry.example/node:${TAG} AS run\n"
                                     "COPY . /app\nUSER 1\nFROM registry.example/node AS more\n"
                                     "USER 1\n")
        self.write("web/.env", "X=1\n")
        rules = "image-tag,build-context-leak"
        self.assertEqual(self.findings(rules, "."), ([
            ["web/web.docker", 2, "image-tag", "service", "web"],
            ["web/web.docker", 3, "build-context-leak", "service", "web"],
            ["web/web.docker", 3, "build-context-leak", "service", "other"],
            ["web/web.docker", 5, "image-tag", "service", "other"]], ""))
        # Below its own directory there is no Dockerfile.
        self.assertEqual(self.findings(rules, "deploy/compose.yaml"), ([], ""))

    def test_a_dockerfile_that_is_examined_anyway_is_not_repeated(self):
        self.write("compose.yaml", "services:\n  web: {build: web}\n"
                                   "  next: {build: {context: web, args: {TAG: latest}}}\n")
        self.write("web/Dockerfile", "ARG TAG=1.2\nFROM registry.example/node:$TAG\n"
                                     "RUN --security=insecure make\nUSER 1\n")
        rules = "image-tag,privileged-container"
        self.assertEqual(self.findings(rules, ".")[0], [
            ["web/Dockerfile", 2, "image-tag", "service", "next"],
            ["web/Dockerfile", 3, "privileged-container", "Dockerfile", ""]])
        self.assertEqual(self.findings(rules, "compose.yaml")[0], [
            ["web/Dockerfile", 3, "privileged-container", "service", "web"],
            ["web/Dockerfile", 2, "image-tag", "service", "next"],
            ["web/Dockerfile", 3, "privileged-container", "service", "next"]])

    def test_a_service_is_said_once_to_run_as_root(self):
        self.write("compose.yaml", "services:\n  web: {build: {context: web, target: build}}\n"
                                   "  safe: {build: web, user: '1', healthcheck: {test: x}}\n")
        self.write("web/Dockerfile", "FROM node:22 AS build\nCMD x\nFROM node:22\nUSER 1\nCMD x\n")
        self.assertEqual(self.findings("run-as-root,no-healthcheck", "compose.yaml")[0], [
            ["compose.yaml", 2, "no-healthcheck", "service", "web"],
            ["compose.yaml", 2, "run-as-root", "service", "web"]])

    def test_dockerfiles_that_are_too_large_together_are_an_error(self):
        self.write("compose.yaml", "services:\n  a: {build: .}\n  b: {build: .}\n  c: {build: .}\n")
        self.write("Dockerfile", "FROM a:1\n" + 3 * 2**17 * "# padding\n" + "USER 1\n")
        code, files, _, stderr = self.report(".")
        self.assertEqual((code, files), (2, {"compose.yaml": "compose not_examined",
                                             "Dockerfile": "dockerfile examined"}))
        self.assertEqual(stderr.count("the Dockerfiles of its services are too large together"), 1)
        self.assertIn("compose.yaml:3:", stderr)

    def test_a_dockerfile_that_cannot_be_read_is_an_error(self):
        self.write("compose.yaml", "services: {web: {build: web}}\n")
        self.write("web/Dockerfile", "FROM a:1\nCOPY x\n")
        code, files, _, stderr = self.report("compose.yaml")
        self.assertEqual((code, files), (2, {"compose.yaml": "compose not_examined"}))
        self.assertIn("web/Dockerfile:2:1: ", stderr)
        # Examined by itself it says so once.
        code, files, _, stderr = self.report(".")
        self.assertEqual((code, files), (2, {"compose.yaml": "compose examined",
                                             "web/Dockerfile": "dockerfile not_examined"}))
        self.assertEqual(stderr.count("web/Dockerfile:2:1: "), 1)

    def test_a_healthcheck_may_stand_in_either_file(self):
        self.write("compose.yaml", """services:
  none: {build: none}
  image: {build: image}
  own:
    build: none
    healthcheck: {test: [CMD, "true"]}
  disabled:
    build: image
    healthcheck: {disable: true}
""")
        self.write("none/Dockerfile", "FROM a:1\nUSER 1\n")
        self.write("image/Dockerfile", "FROM a:1\nUSER 1\nHEALTHCHECK CMD true\nCMD x\n")
        self.assertEqual(self.findings("no-healthcheck", ".")[0], [
            ["compose.yaml", 2, "no-healthcheck", "service", "none"],
            ["compose.yaml", 9, "no-healthcheck", "service", "disabled"]])


if __name__ == "__main__":
    unittest.main()
