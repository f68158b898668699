"""What a workload inherits from the Dockerfile that builds its image: whom it runs as."""

import json
import unittest

import support

ROOT = "FROM node:22.11.0\nRUN npm ci\n"
USER = "FROM node:22.11.0\nUSER 10001\n"
COMPOSE = """services:
  web:
    image: registry.example/shop/web:1.4.2
    build: ./web
"""
POD = """apiVersion: v1
kind: Pod
metadata: {{name: web, namespace: shop}}
spec:
  {pod}
  containers:
    - name: web
      image: {image}
"""


def pod(image="registry.example/shop/web:1.4.2", settings="{}"):
    return POD.format(image=image, pod="securityContext: " + settings)


class Built(support.Case):
    def findings(self, *arguments):
        """[file:line, slug, related file:line] of what is said of users, but for Dockerfiles."""
        code, stdout, stderr = self.run_kaudit(
            "--include", "run-as-root,may-run-as-root", "--format", "json", "-q", *arguments)
        self.assertEqual(stderr, "")
        report = json.loads(stdout)
        self.assertIn(code, (0, 1))

        def place(at):
            return f"{at['file']}:{at['line']}"
        return [[place(f), f["rule"]] + ([place(f["related"])] if "related" in f else [])
                for f in report["findings"] if f["surface"] != "dockerfile"]

    def test_a_service_runs_as_its_dockerfile_says(self):
        self.write("web/Dockerfile", ROOT)
        rows = [  # what is below the service, the Dockerfile, what is found
            ("build: web", ROOT, [["compose.yaml:3", "run-as-root", "web/Dockerfile:1"]]),
            ("build: {context: web}", ROOT, [["compose.yaml:3", "run-as-root", "web/Dockerfile:1"]]),
            ("build: {context: web, dockerfile: ../web/Dockerfile}", ROOT,
             [["compose.yaml:3", "run-as-root", "web/Dockerfile:1"]]),
            ("build: {context: web, target: build}", "FROM node:22 AS build\nFROM scratch\nUSER 1\n",
             [["compose.yaml:3", "run-as-root", "web/Dockerfile:1"]]),
            ("build: web", USER, []),
            ("build: web", USER + "USER 0:10001\n",
             [["compose.yaml:3", "run-as-root", "web/Dockerfile:3"]]),
            ("build: web", "FROM node:22\nUSER shop\n", []),
            ("{build: web, user: '10001'}", ROOT, []),
            # Not known: a variable that --build-arg may change, an image of others, what is not a
            # file of the tree.
            ("build: {context: web, args: {WHO: root}}",
             "FROM node:22\nARG WHO=10001\nUSER $WHO\n", [["compose.yaml:2", "may-run-as-root"]]),
            ("build: web", "FROM registry.example/base:1\n", [["compose.yaml:2", "may-run-as-root"]]),
            ("build: https://git.example/web.git", ROOT, [["compose.yaml:2", "may-run-as-root"]]),
            ("build: {context: web, dockerfile_inline: FROM scratch}", ROOT,
             [["compose.yaml:2", "may-run-as-root"]]),
            ("build: ../elsewhere", ROOT, [["compose.yaml:2", "may-run-as-root"]]),
            ("build: '${WHERE}'", ROOT, [["compose.yaml:2", "may-run-as-root"]]),
            ("build:\n      dockerfile_inline: |\n        FROM node:22\n        USER 10001\n", ROOT, []),
            ("build:\n      dockerfile_inline: |-\n\n          # why\n          FROM node:22\n", ROOT,
             [["compose.yaml:4", "run-as-root", "compose.yaml:7"]]),
        ]
        for service, dockerfile, expected in rows:
            with self.subTest(service=service, dockerfile=dockerfile):
                self.write("web/Dockerfile", dockerfile)
                self.write("compose.yaml", f"services:\n  web:\n    {service}\n")
                self.assertEqual(self.findings("."), expected)

    def report(self, *arguments):
        code, stdout, stderr = self.run_kaudit("--format", "json", "-q", *arguments)
        return code, json.loads(stdout), stderr

    def test_a_target_that_no_stage_has_is_an_error(self):
        self.write("web/Dockerfile", "FROM node:22 AS build\nFROM node:22\n")
        for target, said in (("build", ""), ("BUILD", ""), ("0", ""), ("1", ""), ("'${T:-build}'", ""),
                             ("none", "9"), ("2", "9"), ("'${T}'", "")):
            with self.subTest(target=target):
                self.write("compose.yaml", "services:\n  web:\n    image: registry.example/web:1\n"
                           "    build:\n      context: web\n\n      args: {A: b}\n"
                           f"      # up to here\n      target: {target}\n")
                code, report, stderr = self.report("--fail-on", "none", "compose.yaml")
                self.assertEqual(code, 2 if said else 0)
                self.assertEqual(
                    stderr, "kaudit: compose.yaml:9:15: build.target of service \"web\" names no "
                    "stage of its Dockerfile: Docker refuses this\n" if said else "")
                self.assertEqual(report["files"][0]["status"],
                                 "not_examined" if said else "examined")

    def test_an_inline_dockerfile_has_the_places_of_its_file(self):
        self.write("compose.yaml", """services:
  web:
    build:
      context: .
      dockerfile_inline: |
        # syntax=docker/dockerfile:1

        FROM debian:12 AS build
        RUN export A=$$B && curl http://registry.example/x | sh
        RUN <<END
          echo ünïcode $$C $$D; curl --insecure https://registry.example/y
        END
        FROM build
        USER root
    user: '10001'
""")
        _, report, stderr = self.report("--include", "pipe-to-shell,tls-verification-off",
                                        "compose.yaml")
        self.assertEqual(stderr, "")
        found = {f["rule"]: f for f in report["findings"]}
        with open(self.path("compose.yaml"), encoding="utf-8") as file:
            lines = file.read().splitlines()

        def text_at(finding):
            self.assertEqual(finding["line"], finding["end_line"])
            return lines[finding["line"] - 1][finding["column"] - 1:finding["end_column"] - 1]
        for rule, line, text in (("pipe-to-shell", 9, "sh"), (
                "tls-verification-off", 11,
                "  echo ünïcode $$C $$D; curl --insecure https://registry.example/y")):
            self.assertEqual((found[rule]["file"], found[rule]["line"]), ("compose.yaml", line))
            self.assertEqual(text_at(found[rule]), text)

    def test_what_is_not_followed_is_noted(self):
        said = "the Dockerfile of service \"web\" was not examined for it: "
        rows = [
            ("build: 'https://user:hunter2@git.example/web.git'", 3, 12,
             "build.context: it is not a file of the project"),
            ("build: {context: /srv/web}", 3, 12, "build.context: the path is absolute"),
            ("build: {context: '${WHERE}'}", 3, 12, "build.context: its variable has no value here"),
            ("build: {context: web, dockerfile: ~/Dockerfile}", 3, 12,
             "build.dockerfile: the path is absolute"),
            ("build: none", 3, 12, "the file does not exist"),
            ("build: ../outside", 3, 12, "it lies outside the directory that is examined"),
            ("build: {dockerfile_inline: FROM scratch}", 3, 12,
             "dockerfile_inline is not written as a literal block (|)"),
            ("build:\n      dockerfile_inline: |2\n          FROM scratch\n", 4, 7,
             "dockerfile_inline gives its indentation as a number"),
            ("build:\n      dockerfile_inline: |\n          FROM ${BASE:-scratch}\n", 4, 7,
             "dockerfile_inline holds variables of Compose, or breaks its lines oddly"),
        ]
        for service, line, column, why in rows:
            with self.subTest(service):
                self.write("compose.yaml",
                           f"services:\n  web:\n    {service}\n    image: registry.example/web:1\n")
                code, report, stderr = self.report("--fail-on", "none", "compose.yaml")
                self.assertEqual((code, stderr), (0, ""))
                file = report["files"][0]
                self.assertEqual(file["status"], "examined")
                self.assertEqual(file["notes"],
                                 [{"line": line, "column": column, "message": said + why}])
                for form in ("text", "markdown", "sarif", "csv", "github", "checklist"):
                    _, stdout, _ = self.run_kaudit("--format", form, "--fail-on", "none",
                                                   "compose.yaml")
                    self.assertIn("was not examined for it", stdout.replace("\\", ""), form)
                    self.assertNotIn("hunter2", stdout, form)
        # From a pipe nothing beside it is known.
        code, stdout, _ = self.run_kaudit("--as", "compose", "--format", "json", "-",
                                          stdin=b"services: {web: {build: .}}")
        self.assertNotIn("notes", json.loads(stdout)["files"][0])

    def test_a_pod_runs_as_the_dockerfile_of_its_image_says(self):
        self.write("compose.yaml", COMPOSE + "    user: '10001'\n")
        root = [["pod.yaml:8", "run-as-root", "web/Dockerfile:1"]]
        may = [["pod.yaml:7", "may-run-as-root"]]
        rows = [
            (pod(), ROOT, root),
            (pod("registry.example/shop/web:2.0.0"), ROOT, root),
            (pod("registry.example/shop/web"), ROOT, root),
            (pod("registry.example/shop/api:1.4.2"), ROOT, may),
            (pod("other.example/shop/web:1.4.2"), ROOT, may),
            # What the pod says takes effect instead.
            (pod(settings="{runAsUser: 10001}"), ROOT, may),
            (pod(settings="{runAsUser: 10001, runAsNonRoot: true}"), ROOT, []),
            (pod(settings="{runAsNonRoot: true}"), ROOT, []),
            (pod(settings="{runAsUser: 0}"), ROOT, [["pod.yaml:5", "run-as-root"]]),
            (pod(), USER, may),
        ]
        for text, dockerfile, expected in rows:
            with self.subTest(text=text, dockerfile=dockerfile):
                self.write("web/Dockerfile", dockerfile)
                self.write("pod.yaml", text)
                self.assertEqual(self.findings("."), expected)

    def test_the_finding_names_every_place(self):
        self.write("compose.yaml", COMPOSE)
        self.write("web/Dockerfile", ROOT)
        self.write("pod.yaml", pod())
        _, stdout, _ = self.run_kaudit("--include", "run-as-root", "--format", "json", "-q", ".")
        messages = {f["surface"]: f["message"] for f in json.loads(stdout)["findings"]}
        self.assertEqual(messages, {
            "compose": 'service "web" runs as root: it does not set user, and its image is built '
                       'from "web/Dockerfile", where no USER says otherwise and "node:22.11.0" '
                       'starts as root; it must be another user',
            "dockerfile": 'the image runs as root: no USER says otherwise and "node:22.11.0" '
                          'starts as root; it must have a USER with a uid above 0',
            "kubernetes": 'container "web" runs as root: neither it nor the pod sets '
                          'securityContext.runAsUser, and its image is built from '
                          '"web/Dockerfile" (compose.yaml:4 says so), where no USER says otherwise and '
                          '"node:22.11.0" starts as root; it must be a uid above 0'})

    def test_skaffold_says_what_builds_an_image(self):
        self.write("web/Dockerfile", ROOT)
        self.write("pod.yaml", pod("registry.example/shop/web"))
        found = [["pod.yaml:8", "run-as-root", "web/Dockerfile:1"]]
        nothing = [["pod.yaml:7", "may-run-as-root"]]
        rows = [
            ("{image: registry.example/shop/web, context: web}", found),
            ("{image: registry.example/shop/web, docker: {dockerfile: web/Dockerfile}}", found),
            ("{image: registry.example/shop/web, context: web, kaniko: {}}", found),
            ("{image: registry.example/shop/web, context: web, jib: {}}", nothing),
            ("{image: registry.example/shop/api, context: web}", nothing),
            ("{image: registry.example/shop/web, context: none}", nothing),
        ]
        for artifact, expected in rows:
            with self.subTest(artifact=artifact):
                self.write("skaffold.yaml", "apiVersion: skaffold/v4beta11\nkind: Config\n"
                           f"build:\n  artifacts:\n    - {artifact}\n")
                self.assertEqual(self.findings("."), expected)

    def test_only_what_is_certain_counts(self):
        """A name that two Dockerfiles build, or a bare one, which is somebody else's."""
        self.write("a/Dockerfile", ROOT)
        self.write("b/Dockerfile", USER)
        may = [["pod.yaml:7", "may-run-as-root"]]
        rows = [  # images of the services a and b, the pod's
            ("registry.example/web:1", "registry.example/web:2", "registry.example/web:1",
             [["pod.yaml:8", "run-as-root", "a/Dockerfile:1"]]),
            ("registry.example/web:1", "registry.example/web:2", "registry.example/web:2", may),
            ("registry.example/web:1", "registry.example/web:2", "registry.example/web:3", may),
            ("registry.example/web:1", "registry.example/web:1", "registry.example/web:1", may),
            ("nginx", "b", "nginx", [["pod.yaml:8", "run-as-root", "a/Dockerfile:1"]]),
            ("nginx", "b", "docker.io/library/nginx:latest",
             [["pod.yaml:8", "run-as-root", "a/Dockerfile:1"]]),
            ("nginx", "b", "nginx:1.27", may),
        ]
        for a, b, image, expected in rows:
            with self.subTest(a=a, b=b, image=image):
                self.write("compose.yaml", "services:\n"
                           f"  a: {{build: a, image: '{a}', user: '1'}}\n"
                           f"  b: {{build: b, image: '{b}', user: '1'}}\n")
                self.write("pod.yaml", pod(image))
                self.assertEqual(self.findings("."), expected)

    def test_restricted_is_broken_once(self):
        self.write("compose.yaml", COMPOSE)
        self.write("web/Dockerfile", ROOT)
        self.write("pod.yaml", pod())
        _, stdout, _ = self.run_kaudit("--profile", "restricted", "--format", "json", "-q", ".",
                                       "--include", "run-as-root,may-run-as-root")
        self.assertEqual([f["rule"] for f in json.loads(stdout)["findings"]
                          if f["surface"] == "kubernetes"], ["run-as-root"])

    def test_facts_tell_it(self):
        self.write("compose.yaml", COMPOSE)
        self.write("web/Dockerfile", ROOT)
        self.write("pod.yaml", pod())
        _, stdout, _ = self.run_kaudit("facts", ".")
        built = {f["file"]: o["containers"][0].get("built") for f in json.loads(stdout)["files"]
                 for o in f["objects"] if o.get("containers")}
        want = {"dockerfile": "web/Dockerfile", "said_by": "compose.yaml:4", "user_kind": "root",
                "line": 1}
        self.assertEqual(built, {"compose.yaml": want, "pod.yaml": want})


if __name__ == "__main__":
    unittest.main()
