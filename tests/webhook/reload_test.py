"""Policies and certificates that change while the program serves."""

import os
import shutil
import signal
import ssl
import threading
import unittest

from support import GOOD_POD, Case, bad_pod, review

WARN = "rules:\n  privileged-container: {action: warn}\n"
DENY = "rules:\n  privileged-container: {action: deny}\n"


class Mount:
    """A directory as the kubelet mounts it: the files are links through `..data`, which is exchanged
    in one step."""

    def __init__(self, path, names):
        self.path = path
        self.turn = 0
        os.makedirs(path)
        for name in names:
            os.symlink(f"..data/{name}", f"{path}/{name}")

    def put(self, files):
        self.turn += 1
        os.makedirs(f"{self.path}/..{self.turn}")
        for name, text in files.items():
            with open(f"{self.path}/..{self.turn}/{name}", "wb") as file:
                file.write(text)
        os.symlink(f"..{self.turn}", f"{self.path}/..data_tmp")
        os.rename(f"{self.path}/..data_tmp", f"{self.path}/..data")
        shutil.rmtree(f"{self.path}/..{self.turn - 1}", ignore_errors=True)


class Policies(Case):
    def setUp(self):
        super().setUp()
        self.mount = Mount(self.path("policy"), ["policy.yaml"])
        self.policy = self.path("policy/policy.yaml")

    def put(self, text):
        self.mount.put({"policy.yaml": text.encode()})

    def allows(self, webhook):
        return webhook.post(review(bad_pod())).review()["allowed"]

    def test_a_mounted_policy_is_read_again(self):
        self.put(DENY)
        webhook = self.start(f"--config={self.policy}", "--reload-interval=100ms")
        self.assertFalse(self.allows(webhook))
        self.put(WARN)
        webhook.until(lambda: self.allows(webhook))
        self.put(DENY)
        webhook.until(lambda: not self.allows(webhook))

    def test_a_broken_policy_changes_nothing(self):
        self.put(DENY)
        webhook = self.start(f"--config={self.policy}", "--reload-interval=100ms")
        self.put("rules:\n  privileged-container: {action: wran}\n")
        (line,) = webhook.wait_for(lambda line: "refused" in line["msg"])
        self.assertIn(f"{self.policy}:2:34: ", line["error"])
        self.assertIn('"wran" is no action', line["error"])
        self.assertFalse(self.allows(webhook))
        self.assertEqual(webhook.metric("kaudit_policy_reload_success"), 0)
        self.assertEqual(webhook.metric("kaudit_policy_reload_errors_total"), 1)
        self.assertEqual(webhook.get("health", "/readyz").status, 200)
        self.put(WARN)
        webhook.until(lambda: self.allows(webhook))
        self.assertEqual(webhook.metric("kaudit_policy_reload_success"), 1)

    def test_sighup_looks_at_once(self):
        self.put(DENY)
        webhook = self.start(f"--config={self.policy}", "--reload-interval=1h")
        self.put(WARN)
        self.assertFalse(self.allows(webhook))
        webhook.signal(signal.SIGHUP)
        webhook.until(lambda: self.allows(webhook))

    def test_no_request_fails_while_it_changes(self):
        self.put(DENY)
        webhook = self.start(f"--config={self.policy}", "--reload-interval=100ms")
        stop = threading.Event()
        failures, answers = [], []

        def call():
            connection = webhook.connection()
            try:
                while not stop.is_set():
                    self.denied(webhook.post(review(bad_pod()), connection=connection))
                    answers.append(1)
            except Exception as error:  # pylint: disable=broad-except
                failures.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=call) for _ in range(3)]
        for thread in threads:
            thread.start()
        for turn in range(20):
            self.put(DENY + f"# {turn}\n" if turn % 2 else "- broken\n")
            webhook.signal(signal.SIGHUP)
            webhook.wait_for(
                lambda line: line["msg"].startswith("policy "), count=turn + 1
            )
        stop.set()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])
        self.assertGreater(len(answers), 0)


class Certificates(Case):
    def pair(self, name):
        """The files of a fresh authority and certificate."""
        directory = self.path(name)
        os.makedirs(directory)
        self.start(f"--self-signed-dir={directory}", self_signed=False).stop()
        files = {}
        for file in ("ca.crt", "tls.crt", "tls.key"):
            with open(f"{directory}/{file}", "rb") as opened:
                files[file] = opened.read()
        return files

    def setUp(self):
        super().setUp()
        self.one, self.two = self.pair("one"), self.pair("two")
        self.mount = Mount(self.path("tls"), list(self.one))
        self.mount.put(self.one)

    def serve(self, *arguments):
        return self.start(
            f"--tls-cert-file={self.dir}/tls/tls.crt",
            f"--tls-private-key-file={self.dir}/tls/tls.key",
            f"--tls-ca-file={self.dir}/tls/ca.crt", "--service-name=localhost",
            "--reload-interval=100ms", *arguments, self_signed=False,
        )

    def trusts(self, webhook, name):
        connection = webhook.connection(webhook.tls(self.path(f"{name}/ca.crt")))
        try:
            self.allowed(webhook.post(review(GOOD_POD), connection=connection))
            return True
        except ssl.SSLCertVerificationError:
            return False
        finally:
            connection.close()

    def test_a_mounted_pair_is_read_again(self):
        webhook = self.serve()
        self.assertTrue(self.trusts(webhook, "one"))
        old = webhook.connection(webhook.tls(self.path("one/ca.crt")))
        self.allowed(webhook.post(review(GOOD_POD), connection=old))
        self.mount.put(self.two)
        webhook.until(lambda: self.trusts(webhook, "two"))
        self.assertFalse(self.trusts(webhook, "one"))
        # What was connected before stays so.
        self.allowed(webhook.post(review(GOOD_POD), connection=old))
        old.close()
        self.assertEqual(webhook.get("health", "/readyz").status, 200)

    def test_a_broken_pair_changes_nothing(self):
        webhook = self.serve()
        self.mount.put({**self.one, "tls.key": self.two["tls.key"]})
        (line,) = webhook.wait_for(lambda line: "refused" in line["msg"])
        self.assertIn("tls.", line["error"])
        self.assertTrue(self.trusts(webhook, "one"))
        self.assertEqual(webhook.metric("kaudit_tls_reload_success"), 0)
        self.assertEqual(webhook.metric("kaudit_tls_reload_errors_total"), 1)
        self.assertEqual(webhook.get("health", "/readyz").status, 200)
        for key in (self.one["tls.key"], self.two["tls.key"]):
            for row in key.splitlines()[1:-1]:
                self.assertNotIn(row, b"".join(webhook.lines))
        self.mount.put(self.two)
        webhook.until(lambda: self.trusts(webhook, "two"))
        self.assertEqual(webhook.metric("kaudit_tls_reload_success"), 1)


if __name__ == "__main__":
    unittest.main()
