"""Load and abuse, bounded, on loopback: nothing honest fails, nothing hostile stays, memory is small.

Needs the driver of tests/oracle/load in KAUDIT_LOAD. What is asserted is what happens, never how
fast: tests/bench/serve measures.
"""

import json
import os
import signal
import subprocess
import threading
import unittest

from support import GOOD_POD, PATIENCE, Case, bad_pod, review

LOAD = os.environ["KAUDIT_LOAD"]
MIB = 1024


class Load(Case):
    def load(self, webhook, *arguments, pod=GOOD_POD):
        """What the driver counted of calls with a review of this pod."""
        body = self.write("review.json", json.dumps(review(pod)))
        done = subprocess.run(
            [LOAD, "-url", f"https://127.0.0.1:{webhook.ports['admission']}/validate?timeout=10s",
             "-ca", f"{self.dir}/tls/ca.crt", "-body", body, *map(str, arguments)],
            stdout=subprocess.PIPE, timeout=4 * PATIENCE, check=True)
        return json.loads(done.stdout)

    def all_answered(self, report, calls=None):
        self.assertEqual(report["errors"], 0, report)
        if calls:
            self.assertEqual(report["calls"], calls, report)

    def status(self, webhook):
        with open(f"/proc/{webhook.process.pid}/status", encoding="ascii") as file:
            return dict(line.rstrip("\n").split(":\t", 1) for line in file)

    def peak(self, webhook):
        """Peak resident memory in KiB."""
        return int(self.status(webhook)["VmHWM"].split()[0])

    def smaller(self, webhook, mebibytes):
        if "KAUDIT_SANITIZE" not in os.environ:  # sanitizers have memory of their own
            self.assertLess(self.peak(webhook), mebibytes * MIB)

    def descriptors(self, webhook):
        return len(os.listdir(f"/proc/{webhook.process.pid}/fd"))

    def test_honest_calls_succeed_among_hostile_connections(self):
        webhook = self.start()
        report = self.load(
            webhook, "-rate", 50, "-seconds", 12, "-settle", 1, "-abuse",
            "silent=512,handshake=512,header=256,body=128,creep=64,deaf=64")
        self.all_answered(report)
        abuse = report["abuse"]
        # Opened, and not kept: each was closed by the server.
        self.assertEqual(abuse["opened"],
                         {"silent": 512, "handshake": 512, "header": 256, "body": 128,
                          "creep": 64, "deaf": 64})
        self.assertNotIn("left", abuse)
        self.smaller(webhook, 256)
        webhook.until(lambda: webhook.metric("kaudit_connections_open") == 0)
        print(f"\n  p50 {report['p50']} ms, p99 {report['p99']} ms, peak "
              f"{self.peak(webhook) / MIB:.0f} MiB; longest life of a hostile connection: "
              + ", ".join(f"{kind} {s:.1f} s" for kind, s in sorted(abuse["longest"].items())))

    def test_honest_calls_succeed_in_a_flood(self):
        webhook = self.start()
        report = self.load(webhook, "-rate", 20, "-seconds", 5, "-abuse", "flood=16")
        self.all_answered(report)
        self.assertNotIn("left", report["abuse"])
        self.smaller(webhook, 256)

    def test_memory_at_rest(self):
        webhook = self.start()
        self.all_answered(self.load(webhook, "-c", 1, "-n", 200, "-seconds", PATIENCE), calls=200)
        self.smaller(webhook, 32)

    def test_many_at_a_time(self):
        webhook = self.start()
        report = self.load(webhook, "-c", 600, "-n", 6000, "-seconds", PATIENCE, pod=bad_pod())
        self.all_answered(report, calls=6000)
        self.assertEqual(report["denied"], 6000)
        self.smaller(webhook, 256)

    def test_a_new_connection_each_time(self):
        webhook = self.start()
        self.all_answered(
            self.load(webhook, "-c", 8, "-n", 800, "-fresh", "-seconds", PATIENCE), calls=800)

    def test_pauses_between_the_calls_of_a_connection(self):
        webhook = self.start()
        for gap in ("1s", "6s"):
            with self.subTest(gap):
                self.all_answered(
                    self.load(webhook, "-c", 20, "-gap", gap, "-n", 40, "-seconds", PATIENCE),
                    calls=40)

    def test_nothing_is_left_over(self):
        webhook = self.start()

        def round_of_calls():
            self.all_answered(self.load(webhook, "-c", 32, "-n", 3000, "-seconds", PATIENCE))
            webhook.until(lambda: webhook.metric("kaudit_connections_open") == 0)

        def held():
            return self.descriptors(webhook), self.status(webhook)["Threads"]

        round_of_calls()
        before = held()
        round_of_calls()
        webhook.until(lambda: held() <= before)

    def test_calls_that_signals_interrupt_go_on(self):
        webhook = self.start()
        done = threading.Event()

        def storm():  # what waits for a poll is woken by each stop
            while not done.wait(0.005):
                for number in (signal.SIGHUP, signal.SIGSTOP, signal.SIGCONT, signal.SIGWINCH):
                    webhook.signal(number)
        thread = threading.Thread(target=storm)
        thread.start()
        try:
            self.all_answered(
                self.load(webhook, "-c", 8, "-n", 2000, "-seconds", PATIENCE), calls=2000)
        finally:
            done.set()
            thread.join()

    def test_a_stopped_process_goes_on(self):
        webhook = self.start()
        connection = webhook.connection()
        self.allowed(webhook.post(review(GOOD_POD), connection=connection))
        webhook.signal(signal.SIGSTOP)
        try:
            connection.request("POST", "/validate", json.dumps(review(GOOD_POD)),
                               {"Content-Type": "application/json"})
        finally:
            webhook.signal(signal.SIGCONT)
        answer = connection.getresponse()
        self.assertEqual(answer.status, 200)
        self.assertTrue(json.loads(answer.read())["response"]["allowed"])
        connection.close()


if __name__ == "__main__":
    unittest.main()
