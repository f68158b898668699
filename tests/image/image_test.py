"""The images: their Dockerfile, and their root filesystems, made here by the script that makes them
there. There is no container engine: bubblewrap runs the programs in them as a runtime would."""
import contextlib
import http.client
import json
import os
import pathlib
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/e2e"))
# pylint: disable=wrong-import-position
import objects
import pki
from cluster import Process, free_ports, wait_for

KAUDIT = os.path.abspath(os.environ["KAUDIT"])
WEBHOOK = os.path.abspath(os.environ["KAUDIT_WEBHOOK"])
DIGEST = "@sha256:" + "0" * 64
# What dpkg names by architecture stands as LIB.
FILES = """
/etc/group
/etc/os-release
/etc/passwd
/usr/bin/{name}
/usr/share/doc/{name}/copyright
/usr/share/sbom/{name}.spdx.json
""".split()


def run(*command, **options):
    return subprocess.run([os.fspath(part) for part in command], text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


class Dockerfile(unittest.TestCase):
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")

    def test_hadolint_has_nothing_to_object(self):
        if not shutil.which("hadolint"):
            if os.environ.get("KAUDIT_REQUIRE_TOOLS"):
                self.fail("there is no hadolint")
            self.skipTest("SKIPPED: there is no hadolint; scripts/test --full provides it")
        done = run("hadolint", ROOT / "Dockerfile")
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_kaudit_finds_nothing_once_the_base_is_pinned(self):
        """But that there is no HEALTHCHECK: a kubelet asks the webhook's own probes."""
        pinned, count = re.subn(r"(ARG BASE=.*)", rf"\1{DIGEST}", self.text)
        self.assertEqual(count, 1)
        for text, rules in ((pinned, ["no-healthcheck"]),
                            (self.text, ["image-not-pinned", "no-healthcheck"])):
            with self.context() as folder:
                path = pathlib.Path(folder, "Dockerfile")
                path.write_text(text, encoding="utf-8")
                done = run(KAUDIT, "--no-config", "--fail-on=none", "--format=json", path)
            found = [finding["rule"] for finding in json.loads(done.stdout)["findings"]]
            self.assertEqual(sorted(found), sorted(rules), done.stdout)

    @staticmethod
    @contextlib.contextmanager
    def context():
        """A folder with what a build is given."""
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(ROOT / ".dockerignore", folder)
            for line in (ROOT / ".dockerignore").read_text().splitlines():
                if line.startswith("!"):
                    copy = shutil.copytree if (ROOT / line[1:]).is_dir() else shutil.copy
                    copy(ROOT / line[1:], pathlib.Path(folder, line[1:]))
            yield folder

    def test_versions_and_users(self):
        version = re.search(r"project\(kaudit VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text())[1]
        self.assertEqual(re.findall(r'image.version="(.*)"', self.text), [version] * 2)
        self.assertEqual(re.findall(r"(?m)^USER (.*)$", self.text), ["65532:65532"] * 2)
        self.assertEqual(re.findall(r"(?m)^FROM scratch AS (.*)$", self.text),
                         ["kaudit", "kaudit-webhook"])


    def test_what_it_copies_is_enough_to_configure(self):
        with self.context() as folder:
            done = run("cmake", "--preset", "release", cwd=folder)
        self.assertEqual(done.returncode, 0, done.stderr)


class Image(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.roots = {}
        for program in (KAUDIT, WEBHOOK):
            name = os.path.basename(program)
            cls.roots[name] = cls.folder / name
            done = run(ROOT / "scripts/image-root", program, cls.roots[name])
            assert done.returncode == 0, done.stderr

    def inside(self, name, *arguments, binds=()):
        """The command that runs an image's program as a cluster does: read-only, as its user,
        without capabilities."""
        return ["bwrap", "--ro-bind", self.roots[name], "/", "--proc", "/proc", "--dev", "/dev",
                *(part for there, here in binds for part in ("--ro-bind", here, there)),
                "--unshare-all", "--share-net", "--uid", "65532", "--gid", "65532",
                "--cap-drop", "ALL", "--clearenv", "--die-with-parent",
                f"/usr/bin/{name}", *arguments]

    def files(self, name):
        root = self.roots[name]
        return {f"/{path.relative_to(root)}" for path in root.rglob("*")
                if path.is_file() or path.is_symlink()}

    def test_nothing_is_in_them_but_what_is_needed(self):
        for name in self.roots:
            with self.subTest(image=name):
                files = self.files(name)
                own = {one.format(name=name) for one in FILES}
                self.assertLessEqual(own, files)
                others = files - own - {"/lib", "/lib64"}
                form = (r"/usr/lib(64|/[\w-]+)/(lib[\w+.-]+\.so[.\d]*|ld-linux-[\w-]+\.so\.\d)"
                        r"|/usr/share/doc/lib[\w+.-]+/copyright|/var/lib/dpkg/status.d/lib[\w+.-]+"
                        r"|/(usr/share/doc|var/lib/dpkg/status.d)/(zlib1g|gcc-\d+-base)(/copyright)?")
                self.assertEqual({one for one in others if not re.fullmatch(form, one)}, set())
                # The one program is executable, and libraries; nothing has a bit beyond that.
                for one in files:
                    mode = (self.roots[name] / one[1:]).stat().st_mode
                    self.assertIn(mode & 0o7777, (0o644, 0o755), one)

    def test_the_same_inputs_give_the_same_tree(self):
        again = self.folder / "again"
        run(ROOT / "scripts/image-root", WEBHOOK, again)
        archives = [subprocess.run(["tar", "--sort=name", "-C", root, "-c", "."], check=True,
                                   stdout=subprocess.PIPE).stdout
                    for root in (again, self.roots["kaudit-webhook"])]
        self.assertTrue(archives[0] == archives[1])
        done = run(ROOT / "scripts/image-root", WEBHOOK, again)
        self.assertNotEqual(done.returncode, 0)  # what is there is left alone

    def test_the_bill_of_materials_names_every_package(self):
        for name, root in self.roots.items():
            bill = json.loads((root / f"usr/share/sbom/{name}.spdx.json").read_text())
            packages = {one["name"]: one for one in bill["packages"]}
            status = {path.name for path in (root / "var/lib/dpkg/status.d").iterdir()}
            self.assertEqual(set(packages), status | {name})
            self.assertIn("libc6", status)
            done = run("dpkg-query", "-W", "-f", "${Version}", "libc6")
            self.assertEqual(packages["libc6"]["versionInfo"], done.stdout)
            identifiers = [one["SPDXID"] for one in bill["packages"]]
            self.assertEqual(len(set(identifiers)), len(identifiers))
            self.assertLessEqual({one["relatedSpdxElement"] for one in bill["relationships"]},
                                 set(identifiers))
            for one in identifiers:
                self.assertRegex(one, r"^SPDXRef-[A-Za-z0-9.-]+$")

    def test_kaudit_audits_standard_input(self):
        pod = json.dumps(objects.pod("web", objects.privileged()))
        done = run(*self.inside("kaudit", "-"), input=pod)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("privileged-container KA1001", done.stdout)

    def test_the_webhook_serves_without_any_right(self):
        config = self.folder / "config"
        config.mkdir()
        authority = pki.Authority(self.folder, "ca")
        pair = authority.serving("tls", "IP:127.0.0.1", "DNS:kaudit.kaudit-system.svc")
        for source, name in ((pair.certificate, "tls.crt"), (pair.key, "tls.key"),
                             (authority.certificate, "ca.crt")):
            shutil.copy(source, config / name)
            (config / name).chmod(0o644)
        (config / "policy.yaml").write_text("profile: core\n")
        port, health, metrics = free_ports(3)
        process = Process(self.folder / "log", *self.inside(
            "kaudit-webhook", "--config=/etc/kaudit/policy.yaml",
            "--tls-cert-file=/etc/kaudit/tls.crt", "--tls-private-key-file=/etc/kaudit/tls.key",
            "--tls-ca-file=/etc/kaudit/ca.crt", "--service-name=kaudit.kaudit-system.svc",
            "--bind-address=127.0.0.1", f"--secure-port={port}", "--shutdown-delay=0",
            f"--health-probe-bind-address=127.0.0.1:{health}",
            f"--metrics-bind-address=127.0.0.1:{metrics}", binds=[("/etc/kaudit", config)]))
        self.addCleanup(process.stop)

        def ready():
            process.require_running()
            try:
                return self.get(health, "/readyz")[0] == 200
            except OSError:
                return False
        wait_for("the webhook to be ready", ready)
        for spec, allowed in ((objects.good(), True), (objects.privileged(), False)):
            answer = self.review(port, authority, spec)
            self.assertEqual(answer["response"]["allowed"], allowed)
        self.assertIn(b"\nprocess_resident_memory_bytes ", self.get(metrics, "/metrics")[1])
        status = self.status(process.pid)
        self.assertEqual(
            {key: status[key] for key in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb",
                                          "NoNewPrivs")},
            {"CapInh": "0" * 16, "CapPrm": "0" * 16, "CapEff": "0" * 16, "CapBnd": "0" * 16,
             "CapAmb": "0" * 16, "NoNewPrivs": "1"})

    @staticmethod
    def get(port, path):
        with contextlib.closing(
                http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()

    @staticmethod
    def review(port, authority, spec):
        tls = ssl.create_default_context(cafile=authority.certificate)
        kind = {"group": "", "version": "v1"}
        with contextlib.closing(http.client.HTTPSConnection(
                "127.0.0.1", port, timeout=30, context=tls)) as connection:
            connection.request("POST", "/validate", json.dumps({
                "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {
                    "uid": "1", "operation": "CREATE", "namespace": "shop", "name": "web",
                    "kind": kind | {"kind": "Pod"}, "resource": kind | {"resource": "pods"},
                    "object": objects.pod("web", spec)}}), {"Content-Type": "application/json"})
            return json.loads(connection.getresponse().read())

    @staticmethod
    def status(pid):
        """/proc's status of the program that bubblewrap started: its last descendant."""
        for _ in range(200):
            children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            if not children:
                break
            pid = children[0]
            time.sleep(0.01)
        text = pathlib.Path(f"/proc/{pid}/status").read_text()
        assert "Name:\tkaudit-webhook" in text, text
        return dict(line.split(":\t", 1) for line in text.splitlines() if ":\t" in line)


if __name__ == "__main__":
    if shutil.which("bwrap") is None or run("bwrap", "--ro-bind", "/", "/", "true").returncode != 0:
        if os.environ.get("KAUDIT_REQUIRE_TOOLS"):
            sys.exit("bubblewrap is not there, or may not be used")
        print("SKIPPED: bubblewrap is not there, or may not be used")
        sys.exit(77)
    unittest.main()
