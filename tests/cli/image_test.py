"""Image archives: what is in their history and layers, and that no report shows a secret of it."""

import gzip
import json
import unittest

import images
import support

# Put together from parts, so that no scanner trips on this file.
KEY_ID = "AKIA" + "Z7Q2W4E6R5T3YAUX"
KEY = "k9QzT4mWv8LxP2sR" + "b7NdYc3HfJ6gKa5UeXo1iVtM"
TOKEN = "npm_" + "x7Kd92LmQ4vTzR81sWcYb" + "N5gHj3PfA6uEo0i"
PASSWORD = "marble-" + "comet-91"
VALUES = (KEY_ID, KEY, TOKEN, PASSWORD)

BASE = ("/bin/sh -c #(nop) ADD file:5d68d27c in / ", [("bin/sh", b"x", 0o755)])
# A key passed as a build argument and set by ENV, a later line unsets it; a file is copied and
# removed.
STORY = images.Image("registry.example/shop/worker:1.4.2", [
    BASE,
    (f"ENV AWS_ACCESS_KEY_ID={KEY_ID}", None),
    ("ARG AWS_KEY", None),
    ("COPY .env .npmrc /app/ # buildkit",
     [("app/.env", f"DB_PASSWORD={PASSWORD}\n".encode(), 0o600),
      ("app/.npmrc", f"//registry.example/:_authToken={TOKEN}\n".encode(), 0o600)]),
    (f"RUN |1 AWS_KEY={KEY} /bin/sh -c ./fetch && rm /app/.env # buildkit",
     [("app/.wh..env", b"", 0o644), ("app/run", b"x", 0o755)]),
    ("RUN /bin/sh -c unset AWS_ACCESS_KEY_ID # buildkit", None),
    ('CMD ["/app/run"]', None),
], {"Env": ["PATH=/bin", f"AWS_ACCESS_KEY_ID={KEY_ID}"], "Cmd": ["/app/run"]})
CLEAN = images.Image("registry.example/shop/web:1.4.2", [
    BASE,
    ("COPY web /app/ # buildkit", [("app/web", b"x", 0o755)]),
    ("USER 10001", None),
    ("HEALTHCHECK NONE", None),
], {"User": "10001"})

FORMATS = ("text", "json", "sarif", "junit", "github", "gitlab", "markdown", "csv", "checklist",
           "prometheus", "policyreport", "html")


class Images(support.Case):
    def findings(self, *arguments, **options):
        """Exit code, ["rule line related-line"] of what is critical or high, standard error."""
        code, stdout, stderr = self.run_kaudit("--format", "json", "-q", *arguments, **options)
        rows = [" ".join([f["rule"], str(f["line"])] + ([str(f["related"]["line"])]
                                                       if "related" in f else []))
                for f in json.loads(stdout)["findings"] if f["severity"] in ("critical", "high")]
        return code, sorted(rows), stderr

    STORY_ROWS = ["deleted-secret-recoverable 5 4", "deleted-secret-recoverable 6 2",
                  "run-as-root 1", "secret-in-build-arg 5", "secret-in-env 2", "secret-in-layer 4"]

    def test_the_story(self):
        self.write("worker.tar", images.docker_save(STORY))
        self.assertEqual(self.findings("worker.tar"), (1, self.STORY_ROWS, ""))

    def test_no_output_holds_a_value(self):
        self.write("worker.tar", images.docker_save(STORY))
        for name in FORMATS:
            code, stdout, stderr = self.run_kaudit("--format", name, "-v", "worker.tar")
            self.assertEqual(code, 1, name)
            for value in VALUES:
                self.assertNotIn(value, stdout + stderr, name)
        code, stdout, stderr = self.run_kaudit("facts", "worker.tar")
        self.assertEqual(code, 0, stderr)
        for value in VALUES[1:]:
            self.assertNotIn(value, stdout)

    def test_every_way_in(self):
        archive = images.docker_save(STORY)
        self.write("worker.tar", archive)
        self.write("worker.tar.gz", gzip.compress(archive))
        self.write("worker.bin", archive)
        for path, content in images.oci_layout(STORY).items():
            self.write("layout/" + path, content)
        for arguments, options in (
                (["worker.tar"], {}), (["worker.tar.gz"], {}), (["worker.bin"], {}), (["-"], {"stdin": archive}),
                (["-"], {"stdin": gzip.compress(archive)}), (["layout"], {})):
            self.assertEqual(self.findings(*arguments, **options), (1, self.STORY_ROWS, ""),
                             arguments)
        # Below a directory: both archives and the layout, each once.
        code, rows, stderr = self.findings(".")
        self.assertEqual((code, len(rows), stderr), (1, 3 * len(self.STORY_ROWS), ""))

    def test_every_image_is_named(self):
        self.write("all.tar", images.docker_save(CLEAN, STORY))
        _, stdout, _ = self.run_kaudit("--format", "json", "-q", "all.tar")
        report = json.loads(stdout)
        self.assertEqual(report["summary"]["objects"], 2)
        self.assertEqual({f["workload"]["name"] for f in report["findings"]
                          if f["severity"] == "critical"}, {STORY.name})

    def test_a_clean_image_passes(self):
        self.write("web.tar", images.docker_save(CLEAN))
        code, rows, stderr = self.findings("web.tar")
        self.assertEqual((code, rows, stderr), (0, [], ""))

    def test_what_is_no_image(self):
        self.write("sources.tar", images.tar([("src/main.c", b"int main;", 0o644)]))
        self.write("good.yaml", support.GOOD)
        # Found: it was never meant. Asked for: it was.
        code, stdout, stderr = self.run_kaudit("--include", "privileged-container", "-v", ".")
        self.assertEqual(code, 0, stdout)
        self.assertIn("sources.tar: it holds no image", stderr)
        self.check(["-q", "--format", "json", "sources.tar"], 2,
                   "kaudit: sources.tar: it holds no image: neither manifest.json nor index.json is "
                   "there\n")

    def test_those_who_run_it_are_told(self):
        self.write("worker.tar", images.docker_save(STORY))
        pod = ("apiVersion: v1\nkind: Pod\nmetadata: {{name: worker}}\nspec:\n  containers:\n"
               "    - name: worker\n      image: {}\n")
        compose = ("services:\n  worker:\n    image: registry.example/shop/worker:1.4.2\n"
                   "    build: worker\n")
        told = ["run-as-root", "secret-in-layer"]
        digest = "registry.example/shop/worker@" + images.sha256(STORY.config)
        rows = (  # image, others of the tree, rules found at the pod
            ("registry.example/shop/worker:1.4.2", {}, told),
            (digest, {}, told),
            ("registry.example/shop/worker:1.4.3", {}, []),
            ("shop/worker:1.4.2", {}, []),
            ("registry.example/shop/worker:1.4.2",
             {"compose.yaml": compose, "worker/Dockerfile": "FROM node:22.11.0\n"}, told),
        )
        for image, files, expected in rows:
            for name, text in files.items():
                self.write(name, text)
            self.write("pod.yaml", pod.format(image))
            _, stdout, stderr = self.run_kaudit("--include", ",".join(told), "--format", "json",
                                                "-q", ".")
            found = [f for f in json.loads(stdout)["findings"] if f["file"] == "pod.yaml"]
            self.assertEqual((sorted(f["rule"] for f in found), stderr), (expected, ""), image)
            self.assertEqual({f["related"]["file"] for f in found},
                             {"worker.tar"} if expected else set())
        built = [f["message"] for f in found if f["rule"] == "secret-in-layer"]
        self.assertEqual(built, [
            'container "worker" runs an image that is in "worker.tar" and built from '
            '"worker/Dockerfile": layer 2 (COPY .env .npmrc /app/): "app/.env" holds a password in '
            'line 1, which layer 3 hides, and 1 file more; no layer of an image must hold a secret'])
        # Without anybody who says so, by the history of the image.
        self.write("compose.yaml", "services: {}\n")
        self.write("worker/Dockerfile", "FROM node:22.11.0\nENV AWS_ACCESS_KEY_ID=x\nARG AWS_KEY\n"
                   "COPY .env .npmrc /app/\nRUN ./fetch &&  rm /app/.env\n"
                   "RUN unset AWS_ACCESS_KEY_ID\nCMD [\"/app/run\"]\n")
        _, by_history, _ = self.run_kaudit("--include", ",".join(told), "--format", "json", "-q", ".")
        self.assertEqual([f["message"] for f in json.loads(by_history)["findings"]
                          if f["file"] == "pod.yaml" and f["rule"] == "secret-in-layer"], built)
        # The service that builds it is told too.
        self.assertIn("secret-in-layer", [f["rule"] for f in json.loads(stdout)["findings"]
                                          if f["file"] == "compose.yaml"])

    def test_a_bomb_is_not_unpacked(self):
        bomb = images.Image("bomb:1", [("COPY zeros / # buildkit", [("zeros", bytes(3 << 20), 0o644)])])
        self.write("bomb.tar.gz", gzip.compress(images.docker_save(bomb)))
        code, stdout, _ = self.run_kaudit("--max-image-size", "1M", "bomb.tar.gz")
        self.assertEqual(code, 2)
        self.assertIn("bomb.tar.gz: the archive could not be read to its end: the archive and its "
                      "layers unpack to more than the limit of 1 MiB; --max-image-size raises it\n",
                      stdout)
        for command in (["diff", "bomb.tar.gz"], ["facts"], ["exemptions"]):
            code, stdout, stderr = self.run_kaudit(*command, "--max-image-size", "1M", "bomb.tar.gz")
            self.assertEqual(code, 2, command)
            self.assertIn("more than the limit of 1 MiB", stdout + stderr)
        code, _, _ = self.run_kaudit("--fail-on", "none", "bomb.tar.gz")
        self.assertEqual(code, 0)

    def test_a_cut_archive_is_not_examined(self):
        self.write("cut.tar", images.docker_save(STORY)[:6000])
        code, stdout, _ = self.run_kaudit("cut.tar")
        self.assertEqual(code, 2)
        self.assertIn("the tar is truncated", stdout)


if __name__ == "__main__":
    unittest.main()
