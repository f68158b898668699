"""Prometheus' own tool on what the program exports."""

import os
import shutil
import subprocess
import sys
import unittest

from support import Case, bad_pod, review


class Metrics(Case):
    def test_promtool_accepts_them(self):
        webhook = self.start()
        webhook.post(review(bad_pod()))
        done = subprocess.run(
            ["promtool", "check", "metrics"], input=webhook.metrics().encode(),
            capture_output=True, check=False,
        )
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, b""))


if __name__ == "__main__":
    if shutil.which("promtool") is None and not os.environ.get("KAUDIT_REQUIRE_TOOLS"):
        print("SKIPPED: promtool is not installed (Debian: package prometheus)")
        sys.exit(77)
    unittest.main()
