"""The end of the process, and what it does and does not do while it lives."""

import re
import signal
import threading
import unittest

from support import GOOD_POD, Case, bad_pod, review


class End(Case):
    def test_sigterm_is_graceful(self):
        webhook = self.start("--shutdown-delay=3s")
        open_before = webhook.connection()
        self.allowed(webhook.post(review(GOOD_POD), connection=open_before))
        webhook.signal(signal.SIGTERM)
        webhook.wait_for(lambda line: line["msg"] == "shutting down")
        answer = webhook.get("health", "/readyz")
        self.assertEqual(answer.status, 503)
        self.assertIn("[-]shutdown failed: shutting down", answer.body.decode())
        self.assertEqual(webhook.get("health", "/livez").status, 200)
        for connection in (open_before, None):
            answer = webhook.post(review(GOOD_POD), connection=connection)
            self.allowed(answer)
            self.assertEqual(answer.headers["Connection"], "close")
        open_before.close()
        self.assertEqual(webhook.wait(), 0)
        self.assertEqual(webhook.log()[-1]["msg"], "stopped")

    def test_no_request_is_lost(self):
        webhook = self.start("--shutdown-delay=4s")
        withdrawn = threading.Event()
        failures, answers = [], []

        def call():
            connection = webhook.connection()
            try:
                while not withdrawn.is_set():
                    answer = webhook.post(review(GOOD_POD), connection=connection)
                    self.allowed(answer)
                    answers.append(1)
                    if answer.headers["Connection"] == "close":
                        connection.close()
                        connection = webhook.connection()
            except Exception as error:  # pylint: disable=broad-except
                failures.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=call) for _ in range(4)]
        for thread in threads:
            thread.start()
        webhook.until(lambda: len(answers) > 50)
        webhook.signal(signal.SIGTERM)
        webhook.wait_for(lambda line: line["msg"] == "shutting down")
        seen = len(answers)
        webhook.until(lambda: len(answers) > seen + 20)
        withdrawn.set()  # as when the endpoint is gone from the API server's list
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])
        self.assertEqual(webhook.wait(), 0)

    def test_a_second_signal_ends_at_once(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            webhook = self.start("--shutdown-delay=14s")
            webhook.signal(signal.SIGTERM)
            webhook.wait_for(lambda line: line["msg"] == "shutting down")
            webhook.signal(number)
            self.assertEqual(webhook.wait(), 128 + number)

    def test_sigint_ends_too(self):
        webhook = self.start()
        webhook.signal(signal.SIGINT)
        self.assertEqual(webhook.wait(), 0)


class Life(Case):
    def test_serves_on_when_nobody_reads_its_log(self):
        webhook = self.start()
        webhook.reading.clear()
        self.addCleanup(webhook.reading.set)
        connection = webhook.connection()
        # A pipe holds 64 KiB, a line about 300 bytes.
        for _ in range(600):
            self.denied(webhook.post(review(bad_pod()), connection=connection))
        connection.close()
        dropped = webhook.metric("kaudit_log_lines_dropped_total")
        self.assertGreater(dropped, 0)
        webhook.reading.set()
        webhook.wait_for(lambda line: line["msg"] == "denied", 600 - int(dropped))
        webhook.post(review(bad_pod(name="afterwards")))
        webhook.wait_for(lambda line: line.get("name") == "afterwards")

    def test_opens_no_connection_and_writes_no_file(self):
        trace = self.path("trace")
        policy = self.write("policy.yaml", "profile: core\n")
        webhook = self.start(
            f"--config={policy}", "--reload-interval=100ms",
            wrapper=(
                "strace", "-D", "-f", "-q", "-y", "-s", "200", "-o", trace, "-e",
                "trace=process,file,write,pwrite64,writev,connect,socket",
            ),
            # It looks at its process with ptrace, which strace does already.
            env={"ASAN_OPTIONS": "detect_leaks=0"},
        )
        self.denied(webhook.post(review(bad_pod())))
        webhook.metrics()
        webhook.get("health", "/readyz?verbose")
        self.write("policy.yaml", "profile: baseline\n")
        webhook.wait_for(lambda line: line["msg"] == "policy read again")
        webhook.signal(signal.SIGHUP)
        self.assertEqual(webhook.stop(), 0)
        with open(trace, encoding="utf-8", errors="replace") as file:
            text = file.read()
        _, found, serving = text.partition('\\"msg\\":\\"serving\\"')
        self.assertTrue(found, text[-3000:])
        self.assertIn("policy.yaml", serving)
        calls = re.findall(r"^\d+ +(\w+)\((.*)$", serving, re.M)
        self.assertGreater(len(calls), 5)
        for name, rest in calls:
            with self.subTest(call=f"{name}({rest}"):
                if name in ("openat", "open"):
                    self.assertNotRegex(rest, "O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND")
                elif "write" in name:
                    self.assertRegex(rest, r"^\d+<(socket|pipe|anon_inode|TCP)")
                else:
                    self.assertIn(name, ("exit", "exit_group", "newfstatat", "readlink"))


if __name__ == "__main__":
    unittest.main()
