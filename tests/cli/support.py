"""Runs the program as people do: a command line in, exit code, standard output and error out."""

import os
import shutil
import subprocess
import tempfile
import unittest

KAUDIT = os.path.abspath(os.environ["KAUDIT"])

BAD = """apiVersion: v1
kind: Pod
metadata: {name: bad}
spec:
  containers:
    - name: app
      image: registry.example/app:1.0
      securityContext: {privileged: true}
"""
# Clean of every rule of the core profile.
GOOD = """apiVersion: v1
kind: Pod
metadata: {name: good}
spec:
  containers:
    - name: app
      image: registry.example/app:1.0
"""


class Case(unittest.TestCase):
    """Every test has an empty directory of its own and runs the program in it."""

    maxDiff = None

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="kaudit-cli-")
        os.chmod(self.dir, 0o755)
        self.addCleanup(self.remove)

    def remove(self):
        # Not shutil.rmtree: it recurses and names whole paths, some of which are too long.
        subprocess.run(["chmod", "-R", "u+rwx", self.dir], stderr=subprocess.DEVNULL, check=False)
        subprocess.run(["rm", "-rf", self.dir], check=True)

    def path(self, name):
        return os.path.join(os.fsencode(self.dir), os.fsencode(name))

    def write(self, name, text):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read().decode()

    def run_kaudit(self, *arguments, stdin=b"", env=None, **options):
        """Gives exit code, standard output and standard error, the latter two as text. `to`: a file
        that standard output goes to instead; `below`: the folder of the test's that it runs in."""
        environment = {"PATH": os.environ["PATH"], "HOME": self.dir, **(env or {})}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LLVM_PROFILE_FILE"):
            if name in os.environ:
                environment[name] = os.environ[name]
        options["stdout"] = options.pop("to", subprocess.PIPE)
        options.setdefault("stderr", subprocess.PIPE)
        if "stdin" not in options and stdin is not None:
            options["input"] = stdin.encode() if isinstance(stdin, str) else stdin
        done = subprocess.run(
            [KAUDIT, *arguments], cwd=self.path(options.pop("below", "")), env=environment, timeout=120, check=False, **options
        )
        decode = lambda data: None if data is None else data.decode("utf-8")
        return done.returncode, decode(done.stdout), decode(done.stderr)

    def check(self, arguments, code, stderr="", stdout=None, **options):
        """The whole of standard error is compared; standard output too unless None, or a function
        that is given it."""
        got = self.run_kaudit(*arguments, **options)
        self.assertEqual((got[0], got[2]), (code, stderr), arguments)
        if callable(stdout):
            stdout(got[1])
        elif stdout is not None:
            self.assertEqual(got[1], stdout, arguments)
        return got[1]

    def unprivileged(self):
        """Options for run_kaudit with which permissions count."""
        if os.getuid() != 0:
            return {}
        options = {"user": 65534, "group": 65534, "extra_groups": []}
        try:
            subprocess.run([KAUDIT, "--version"], check=True, stdout=subprocess.DEVNULL, **options)
        except (OSError, subprocess.CalledProcessError):
            self.skipTest("SKIPPED: the program lies where only root may run it")
        return options


def no_tool(name):
    return shutil.which(name) is None


# ThreadSanitizer holds a signal back until the next call that it sees; a read that waits may be it.
needs_prompt_signals = unittest.skipIf(
    "thread" in os.environ.get("KAUDIT_SANITIZE", ""), "ThreadSanitizer delays signals")
