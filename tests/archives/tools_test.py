#!/usr/bin/env python3
"""Archives as other tools write them: umoci, skopeo, buildah and crane, of the same two layers.

Ours are written by tests/support/image_archive.cc; that these tools' archives are read the same is
the second opinion. A tool that is missing is passed over, and said so.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

IMAGES = os.path.abspath(os.environ["KAUDIT_IMAGES"])
CRANE = "v0.22.1"

# Put together here, so that no scanner of this repository takes it for real.
KEY = "AKIA" + "QYLPMN5HFAK3JW2X"

LAYERS = """ layer 1: 7 entries
  0644 file app/.env named environment variables deleted in layer 2
   2: an AWS access key known AKIA…(20 characters)
  4755 file bin/busybox
 layer 2: 3 entries
"""


def crane():
    """The program, out of the Go module proxy; None where it cannot be had."""
    if shutil.which("crane"):
        return "crane"
    cache = os.environ.get("KAUDIT_CACHE", os.path.expanduser("~/.cache/kaudit"))
    folder = os.path.join(cache, "crane-" + CRANE)
    program = os.path.join(folder, "crane")
    if not os.path.exists(program) and shutil.which("go"):
        module = "github.com/google/go-containerregistry/cmd/crane@" + CRANE
        environment = dict(os.environ, GOBIN=folder, CGO_ENABLED="0", GOFLAGS="-p=2")
        subprocess.run(["go", "install", module], env=environment, timeout=500, check=False)
    return program if os.path.exists(program) else None


class Tools(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="kaudit-archives-")
        self.addCleanup(shutil.rmtree, self.dir)
        busybox = shutil.which("busybox") or "/bin/true"
        for folder in ("base/bin", "base/app", "base/etc", "later/app"):
            os.makedirs(os.path.join(self.dir, folder))
        shutil.copy(busybox, self.path("base/bin/busybox"))
        os.chmod(self.path("base/bin/busybox"), 0o4755)
        self.write("base/app/.env", f"PORT=1\nAWS_KEY={KEY}\n")
        self.write("base/etc/passwd", "root:x:0:0::/root:/bin/sh\n")
        self.write("later/app/.wh..env", "")
        for layer in ("base", "later"):
            self.run_tool("tar", "-C", layer, "--sort=name", "--owner=0", "--group=0", "-cf",
                          layer + ".tar", ".")

    def path(self, name):
        return os.path.join(self.dir, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(self.path(name), 0o644)

    def need(self, *programs):
        for program in programs:
            if not shutil.which(program):
                print(f"SKIPPED: there is no {program} here", file=sys.stderr)
                self.skipTest(f"no {program}")

    def run_tool(self, *command):
        done = subprocess.run(command, cwd=self.dir, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, f"{command}: {done.stdout}{done.stderr}")
        return done.stdout

    def read(self, name):
        text = self.run_tool(IMAGES, name)
        self.assertNotIn(KEY[4:], text)
        return text

    def layout(self):
        """An OCI layout with the image, written by umoci."""
        self.need("umoci")
        self.run_tool("umoci", "init", "--layout", "layout")
        self.run_tool("umoci", "new", "--image", "layout:1.4")
        for layer in ("base.tar", "later.tar"):
            self.run_tool("umoci", "raw", "add-layer", "--image", "layout:1.4", layer)

    def test_umoci(self):
        self.layout()
        self.assertEqual(self.read("layout"), "image 1.4 [linux/amd64]\n" + LAYERS)
        self.run_tool("umoci", "tag", "--image", "layout:1.4", "latest")
        self.assertEqual(self.read("layout"), "image 1.4 latest [linux/amd64]\n" + LAYERS)

    def test_skopeo(self):
        self.layout()
        self.need("skopeo")
        full = "image docker.io/shop/api:1.4 [linux/amd64]\n" + LAYERS
        bare = "image [linux/amd64]\n" + LAYERS
        for target, options, expect in (
                ("docker-archive:docker.tar:shop/api:1.4", [], full),
                ("docker-archive:nameless.tar", [], bare),
                ("oci-archive:oci.tar:shop/api:1.4", [],
                 "image shop/api:1.4 [linux/amd64]\n" + LAYERS),
                ("dir:folder", [], bare),
                ("dir:docker", ["--format", "v2s2"], bare),
                ("dir:zstd", ["--dest-compress", "--dest-compress-format", "zstd"], bare),
                ("dir:plain", ["--dest-decompress"], bare)):
            with self.subTest(target):
                self.run_tool("skopeo", "copy", "-q", *options, "oci:layout:1.4", target)
                self.assertEqual(self.read(target.split(":")[1]), expect)

    def test_packed_archives(self):
        self.layout()
        self.need("skopeo")
        self.run_tool("skopeo", "copy", "-q", "oci:layout:1.4", "oci-archive:oci.tar:1.4")
        for program, end in (("gzip", ".gz"), ("zstd", ".zst"), ("xz", ".xz")):
            with self.subTest(program):
                self.need(program)
                self.run_tool(program, "-k", "oci.tar")
                self.assertEqual(self.read("oci.tar" + end), "image 1.4 [linux/amd64]\n" + LAYERS)

    def test_buildah(self):
        self.need("buildah")
        buildah = ["buildah", "--storage-driver", "vfs", "--root", self.path("storage"),
                   "--runroot", self.path("run")]
        if os.geteuid() != 0:
            self.skipTest("buildah needs a user namespace of its own")
        self.run_tool(*buildah, "from", "--name", "work", "scratch")
        self.run_tool(*buildah, "copy", "work", "base", "/")
        first = LAYERS.split(" layer 2:")[0].replace(" deleted in layer 2", "").replace("7 e", "6 e")
        for form, name in (("oci-archive", "shop/api:1.4"),
                           ("docker-archive", "docker.io/shop/api:1.4")):
            with self.subTest(form):
                self.run_tool(*buildah, "commit", "-q", "work", f"{form}:{form}.tar:shop/api:1.4")
                self.assertEqual(self.read(form + ".tar"), f"image {name} [linux/amd64]\n" + first)

    def test_crane(self):
        program = crane()
        if program is None:
            print("SKIPPED: crane cannot be had from the Go module proxy", file=sys.stderr)
            self.skipTest("no crane")
        self.run_tool(program, "append", "--oci-empty-base", "-f", "base.tar", "-f", "later.tar",
                      "-t", "shop/api:1.4", "-o", "crane.tar")
        self.assertEqual(self.read("crane.tar"), "image shop/api:1.4 []\n" + LAYERS)


if __name__ == "__main__":
    unittest.main()
