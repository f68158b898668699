"""What callers, probes and Prometheus get."""

import json
import re
import socket
import ssl
import subprocess
import unittest

from support import GOOD_POD, SOURCE, WEBHOOK, Case, bad_pod, refused_start, review


class Decisions(Case):
    def test_denies_and_allows(self):
        webhook = self.start()
        connection = webhook.connection()
        status = self.denied(webhook.post(review(bad_pod()), connection=connection))
        self.assertEqual((status["code"], status["reason"]), (403, "Forbidden"))
        self.assertIn("privileged-container", status["message"])
        self.allowed(webhook.post(review(GOOD_POD), connection=connection))
        self.assertEqual(
            webhook.metric(
                'kaudit_admission_requests_total{dry_run="false",mode="enforce",'
                'operation="CREATE",outcome="denied",resource="pods"}'
            ),
            1,
        )
        self.assertEqual(
            webhook.metric('kaudit_rule_denials_total{mode="enforce",rule="privileged-container"}'),
            1,
        )
        self.assertEqual(webhook.metric("kaudit_admission_duration_seconds_count"), 2)
        self.assertEqual(webhook.metric("kaudit_connections_total"), 1)

    def test_paths_choose_the_profile(self):
        webhook = self.start()
        pod = review({**GOOD_POD, "spec": {**GOOD_POD["spec"], "hostPID": True}})
        self.allowed(webhook.post(pod, "/validate"))
        self.allowed(webhook.post(pod, "/validate/core"))
        self.denied(webhook.post(pod, "/validate/baseline"))
        self.denied(webhook.post(pod, "/validate/restricted?timeout=1s&x=y"))

    def test_audit_mode_allows_and_counts(self):
        webhook = self.start("--mode=audit")
        self.allowed(webhook.post(review(bad_pod())))
        self.assertEqual(
            webhook.metric('kaudit_rule_denials_total{mode="audit",rule="privileged-container"}'), 1
        )
        webhook.wait_for(lambda line: line["msg"] == "would-deny")

    def test_policy_file_decides(self):
        policy = self.write("policy.yaml", "rules:\n  privileged-container: {action: warn}\n")
        webhook = self.start(f"--config={policy}")
        answer = webhook.post(review(bad_pod()))
        self.allowed(answer)
        self.assertIn("privileged", answer.review()["warnings"][0])

    def test_what_is_no_review(self):
        webhook = self.start()
        good = review(GOOD_POD)
        for expect, body, options in (
            (404, good, {"path": "/"}),
            (404, good, {"path": "/validate/other"}),
            (404, good, {"path": "/metrics"}),
            (405, b"", {"method": "GET"}),
            (415, good, {"headers": {"Content-Type": "text/plain"}}),
            (415, good, {"headers": {"Content-Type": "application/jsonx"}}),
            (415, good, {"headers": {"Content-Encoding": "gzip"}}),
            (200, good, {"headers": {"Content-Type": "Application/JSON; charset=utf-8"}}),
            (400, b"", {}),
            (400, b"{", {}),
            (400, {**good, "apiVersion": "admission.k8s.io/v2"}, {}),
        ):
            with self.subTest(expect=expect, **options):
                self.assertEqual(webhook.post(body, **options).status, expect)

    def test_what_is_too_large_is_denied(self):
        webhook = self.start("--max-body-bytes=64K")
        pod = bad_pod(annotations={"filler": "x" * 100_000})
        answer = webhook.post(review(pod))
        self.denied(answer)
        self.assertEqual(answer.review()["uid"], review(pod)["request"]["uid"])

    def test_no_answer_changes_an_object(self):
        webhook = self.start()
        for pod in (GOOD_POD, bad_pod()):
            answer = json.loads(webhook.post(review(pod)).body)
            self.assertEqual(set(answer), {"apiVersion", "kind", "response"})
            self.assertLessEqual(
                set(answer["response"]),
                {"uid", "allowed", "status", "warnings", "auditAnnotations"},
            )

    def test_tls_versions(self):
        v1_1, v1_2, v1_3 = (
            ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
        )
        for arguments, versions in (
            ((), {v1_3}),
            (("--tls-min-version=VersionTLS13",), {v1_3}),
            (("--tls-min-version=VersionTLS12",), {v1_2, v1_3}),
        ):
            webhook = self.start(*arguments)
            served = set()
            for version in (v1_1, v1_2, v1_3):
                context = webhook.tls()
                # The client's own distaste must not decide.
                context.set_ciphers("ALL:@SECLEVEL=0")
                context.minimum_version = context.maximum_version = version
                connection = webhook.connection(context)
                try:
                    self.allowed(webhook.post(review(GOOD_POD), connection=connection))
                    served.add(version)
                except (ssl.SSLError, ConnectionError):
                    pass
                finally:
                    connection.close()
            self.assertEqual(served, versions, arguments)

    def test_tls_1_2_has_good_ciphers_only(self):
        webhook = self.start("--tls-min-version=VersionTLS12")
        for cipher, expect in (
            ("ECDHE-ECDSA-AES128-GCM-SHA256", True),
            ("ECDHE-ECDSA-CHACHA20-POLY1305", True),
            ("ECDHE-ECDSA-AES128-SHA", False),
            ("AES128-GCM-SHA256", False),
        ):
            context = webhook.tls()
            context.set_ciphers(cipher + ":@SECLEVEL=0")
            context.maximum_version = ssl.TLSVersion.TLSv1_2
            connection = webhook.connection(context)
            with self.subTest(cipher=cipher):
                if expect:
                    self.allowed(webhook.post(review(GOOD_POD), connection=connection))
                else:
                    with self.assertRaises((ssl.SSLError, ConnectionError)):
                        webhook.post(review(GOOD_POD), connection=connection)
            connection.close()

    def test_the_walk_of_the_readme(self):
        webhook = self.start()
        with open(f"{SOURCE}/webhook/README.md", encoding="utf-8") as file:
            text = file.read()
        body = re.search(r"```json\n(.*?)```", text, re.S).group(1)
        status = self.denied(webhook.post(body.encode()))
        shown = re.search(r"<!-- message:begin -->\n(.*?)<!-- message:end -->", text, re.S).group(1)
        self.assertEqual(" ".join(shown.replace("\n> ", " ").split())[2:], status["message"])

    def test_variables_are_read(self):
        webhook = self.start(env={"KAUDIT_WEBHOOK_MODE": "audit"})
        self.allowed(webhook.post(review(bad_pod())))


class Start(Case):
    def test_refuses_a_broken_policy(self):
        policy = self.write("policy.yaml", "profile: core\nrulez: {}\n")
        code, error = refused_start(f"--config={policy}", f"--self-signed-dir={self.dir}/tls")
        self.assertEqual(code, 2)
        self.assertTrue(error.startswith(f"kaudit-webhook: {policy}:2:1: "), error)
        self.assertEqual(error.count("\n"), 1)

    def test_refuses_what_is_not_there(self):
        missing = self.path("missing")
        self.assertEqual(
            refused_start(f"--config={missing}", f"--self-signed-dir={self.dir}/tls"),
            (2, f"kaudit-webhook: {missing}: cannot read it: No such file or directory\n"),
        )
        code, error = refused_start(
            f"--tls-cert-file={missing}", f"--tls-private-key-file={missing}"
        )
        self.assertEqual(code, 2)
        self.assertIn(missing, error)

    def test_refuses_a_port_that_is_taken(self):
        webhook = self.start()
        code, error = refused_start(
            "--bind-address=127.0.0.1", f"--secure-port={webhook.ports['admission']}",
            f"--self-signed-dir={self.dir}/other",
        )
        self.assertEqual(code, 2)
        self.assertIn("Address already in use", error)


class Probes(Case):
    def test_ready(self):
        webhook = self.start()
        for path in ("/livez", "/readyz", "/healthz"):
            answer = webhook.get("health", path)
            self.assertEqual((answer.status, answer.body), (200, b"ok"), path)
        self.assertEqual(
            webhook.get("health", "/readyz?verbose").body.decode(),
            "[+]policy ok\n[+]certificate ok\n[+]shutdown ok\nreadyz check passed\n",
        )
        self.assertEqual(webhook.get("health", "/validate").status, 404)
        self.assertEqual(webhook.get("health", "/readyz", method="POST").status, 405)

    def test_not_ready_for_another_service(self):
        other = self.start("--service-name=a.b.svc")
        other.stop()
        webhook = self.start(
            f"--tls-cert-file={self.dir}/tls/tls.crt",
            f"--tls-private-key-file={self.dir}/tls/tls.key",
            f"--tls-ca-file={self.dir}/tls/ca.crt", "--service-name=a.b.svc,c.d.svc",
            self_signed=False,
        )
        answer = webhook.get("health", "/readyz")
        self.assertEqual(answer.status, 503)
        self.assertIn("[+]policy ok\n[-]certificate failed: ", answer.body.decode())
        self.assertIn("c.d.svc", answer.body.decode())
        self.assertEqual(webhook.get("health", "/livez").status, 200)
        self.assertEqual(webhook.metric("kaudit_ready"), 0)
        webhook.wait_for(lambda line: line["msg"] == "not ready because of the certificate")

    def test_listeners_can_be_left_out(self):
        webhook = self.start("--metrics-bind-address=0", "--health-probe-bind-address=0")
        self.assertEqual(list(webhook.ports), ["admission"])
        self.allowed(webhook.post(review(GOOD_POD)))


class Metrics(Case):
    def test_a_scrape_waits_for_nobody(self):
        webhook = self.start()
        silent = []
        for listener in ("metrics", "health"):
            for _ in range(64):
                silent.append(socket.create_connection(("127.0.0.1", webhook.ports[listener])))
                silent[-1].sendall(b"GET /metrics HTT")
        self.assertEqual(webhook.get("metrics", "/metrics").status, 200)
        self.assertEqual(webhook.get("health", "/readyz").status, 200)
        for connection in silent:
            connection.close()

    def test_no_name_appears(self):
        webhook = self.start()
        pod = bad_pod(name="hunter2-name", namespace="hunter2-space")
        webhook.post(review(pod, userInfo={"username": "hunter2-user"}))
        webhook.post(review(pod, operation="HUNTER2"))
        self.assertNotIn("hunter2", webhook.metrics().lower())

    def test_the_table_of_the_readme_is_complete(self):
        webhook = self.start("--log-allowed=1")
        self.allowed(webhook.post(review(GOOD_POD)))
        exported = {
            line.split()[2]: line.split()[3]
            for line in webhook.metrics().splitlines() if line.startswith("# TYPE ")
        }
        with open(f"{SOURCE}/webhook/README.md", encoding="utf-8") as file:
            rows = re.findall(r"^\| `([a-z_]+)(?:\{[a-z_,]+\})?` \| (\w+) \|", file.read(), re.M)
        self.assertEqual(dict(rows), exported)

    def test_the_labels_of_the_readme_are_those(self):
        webhook = self.start()
        webhook.post(review(bad_pod()))
        exported = {}
        for name, labels in re.findall(r"^([a-z_]+)(?:\{(.*)\})? ", webhook.metrics(), re.M):
            base = re.sub("_(bucket|sum|count)$", "", name) if "duration" in name else name
            keys = set(re.findall(r'([a-z_]+)="', labels)) - {"le"}
            exported.setdefault(base, set()).update(keys)
        with open(f"{SOURCE}/webhook/README.md", encoding="utf-8") as file:
            rows = re.findall(r"^\| `([a-z_]+)(?:\{([a-z_,]+)\})?` \| \w+ \|", file.read(), re.M)
        self.assertEqual({name: set(filter(None, keys.split(","))) for name, keys in rows}, exported)


class Flags(Case):
    def test_the_table_of_the_readme_is_that_of_help(self):
        help_text = subprocess.run(
            [WEBHOOK, "--help"], capture_output=True, check=True
        ).stdout.decode()
        expect = []
        for name, value, text in re.findall(
            r"^  (--[a-z-]+)(?: (\S+))?\n((?:        .+\n)+)", help_text, re.M
        ):
            text = " ".join(text.split())
            default = re.search(r" \(default: ([^()]*)\)$", text)
            if default:
                text = text[: default.start()]
            expect.append((name, value, default.group(1) if default else "", text))
        with open(f"{SOURCE}/webhook/README.md", encoding="utf-8") as file:
            rows = re.findall(
                r"^\| `(--[a-z-]+)(?: ([^`]+))?` \| (?:`([^`]+)`)? ?\| (.+) \|$", file.read(), re.M
            )
        self.assertEqual([(row[0], row[1].replace("\\|", "|"), *row[2:]) for row in rows], expect)


class Log(Case):
    def test_a_denial_is_one_line(self):
        webhook = self.start()
        webhook.post(review(bad_pod()))
        (line,) = webhook.wait_for(lambda line: line["msg"] == "denied")
        self.assertIsInstance(line.pop("decision_us"), int)
        self.assertRegex(line.pop("time"), r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertEqual(
            line,
            {
                "level": "warn", "msg": "denied", "uid": "705ab4f5-6393-11e8-b7cc-42010a800002",
                "user": "alice", "operation": "CREATE", "kind": "Pod", "resource": "pods",
                "namespace": "shop", "name": "web", "mode": "enforce", "dry_run": False,
                "rules": ["privileged-container"],
            },
        )

    def test_the_fields_of_the_readme_are_those(self):
        webhook = self.start()
        webhook.post(review(bad_pod()))
        webhook.post(review({**bad_pod(), "spec": 5}))
        lines = webhook.wait_for(lambda line: line["msg"] in ("denied", "unjudgeable"), 2)
        keys = set().union(*lines)
        with open(f"{SOURCE}/webhook/README.md", encoding="utf-8") as file:
            text = file.read()
        section = text[text.index("## Log") :]
        documented = set(re.findall(r"^\| `([a-z_]+)` \|", section, re.M))
        self.assertLessEqual(keys, documented)
        self.assertLessEqual(documented - keys, {"exempted", "more_rules"})

    def test_hostile_names_stay_in_their_line(self):
        webhook = self.start()
        hostile = 'x\x1b[2J\r\n{"level":"info"}\u202e\u0085\u2028"\\'
        pod = bad_pod(name=hostile, namespace=hostile)
        webhook.post(review(pod, userInfo={"username": hostile * 100}))
        (line,) = webhook.wait_for(lambda line: line["msg"] in ("denied", "unjudgeable"))
        self.assertEqual(line["name"], hostile)
        raw = webhook.lines[-1].decode()
        self.assertEqual([c for c in raw[:-1] if not c.isprintable()], [])
        self.assertLess(len(webhook.lines[-1]), 4096)

    def test_secrets_stay_out(self):
        webhook = self.start("--log-allowed=1", "--log-level=debug")
        secret = "hunter2-correct-horse"
        pod = bad_pod(annotations={"token": secret})
        pod["spec"]["containers"][0]["env"] = [{"name": "DB_PASSWORD", "value": secret}]
        answers = [webhook.post(review(pod)), webhook.post(review({**pod, "spec": secret}))]
        broken = json.dumps(review(pod)).encode()[:-20]
        answers += [webhook.post(broken), webhook.post(b'{"password": "' + secret.encode())]
        webhook.wait_for(lambda line: line["msg"] in ("denied", "unjudgeable", "malformed"), 4)
        for answer in answers:
            self.assertNotIn(secret.encode(), answer.body)
        self.assertNotIn(secret.encode(), b"".join(webhook.lines))
        self.assertNotIn(secret, webhook.metrics())


if __name__ == "__main__":
    unittest.main()
