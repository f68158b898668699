"""Which namespaces are judged, by which profile, and what happens while nobody answers."""
import objects
from cluster import free_ports, wait_for
from support import HOOK, Case, denied_by
from webhook import at_url, hook

# One policy for all namespaces, that tells them apart by their names.
POLICY = """
namespaces:
  - {names: ["strict-*"], profile: restricted}
  - {names: ["exempt-*"], exempt: true, reason: for this test}
exemptions:
  - {rules: [host-network], names: ["agent-*"], namespaces: ["infra-*"], reason: for this test}
"""


class PolicyFile(Case):
    def test_names_of_namespaces_decide(self):
        server = self.webhook(policy=POLICY)
        self.configure(hook(HOOK, at_url(server.port, self.authority), self.selector))
        weak = objects.good()
        del weak["containers"][0]["securityContext"]["allowPrivilegeEscalation"]
        pods = {"privileged": objects.privileged(), "agent-1": objects.host_network(),
                "host-network": objects.host_network(), "weak": weak, "good": objects.good()}
        denied = {"default": {"privileged", "agent-1", "host-network"},
                  "strict": {"privileged", "agent-1", "host-network", "weak"},
                  "infra": {"privileged", "host-network"},
                  "exempt": set()}
        namespaces = {name: self.cluster.namespace(name, self.label) for name in denied}
        self.until(namespaces["default"], 403)
        for name, namespace in namespaces.items():
            with self.subTest(namespace=name):
                answers = {pod: self.cluster.create_pod(namespace, objects.pod(pod, spec)).status
                           for pod, spec in pods.items()}
                self.assertEqual(answers, {pod: 403 if pod in denied[name] else 201
                                           for pod in pods})
        # An exemption is no secret: the audit log says that it was used, and why.
        self.assertEqual(self.annotations(namespaces["infra"])["agent-1"]["exempted"],
                         "host-network spec.hostNetwork (for this test)")


class Profiles(Case):
    """Three entries of one configuration: a label of the namespace chooses the path."""

    def test_the_label_chooses(self):
        server = self.webhook()

        def selector(*expressions):
            return self.selector | {"matchExpressions": [
                {"key": "kaudit.dev/profile", "operator": operator, "values": values}
                for operator, values in expressions]}
        strict = ["baseline", "restricted"]
        self.configure(*(
            hook(f"{profile}.kaudit.dev",
                 at_url(server.port, self.authority, f"/validate/{profile}"), selector(expression))
            for profile, expression in (("core", ("NotIn", strict)),
                                        ("baseline", ("In", ["baseline"])),
                                        ("restricted", ("In", ["restricted"])))))
        weak = objects.good()
        del weak["containers"][0]["securityContext"]["allowPrivilegeEscalation"]
        expected = {
            None: ({"privileged", "root"}, "core"),
            "baseline": ({"privileged", "host-pid"}, "baseline"),  # which allows root
            "restricted": ({"privileged", "root", "host-pid", "weak"}, "restricted"),
        }
        pods = {"privileged": objects.privileged(), "root": objects.root(),
                "host-pid": objects.good() | {"hostPID": True}, "weak": weak,
                "good": objects.good()}
        for label, (denied, profile) in expected.items():
            namespace = self.ours({"kaudit.dev/profile": label} if label else {})
            self.until(namespace, 403)
            for name, spec in pods.items():
                with self.subTest(label=label, pod=name):
                    answer = self.cluster.create_pod(namespace, objects.pod(name, spec))
                    self.assertEqual(answer.status, 403 if name in denied else 201, answer.body)
                    if name in denied:
                        self.assertIn(denied_by(f"{profile}.kaudit.dev"), answer.body["message"])


class Down(Case):
    """Nobody listens where the webhook should be."""

    def down(self, policy):
        [port] = free_ports(1)
        label = {"failure-policy": policy.lower()}
        self.configure(hook("down.kaudit.dev", at_url(port, self.authority),
                            {"matchLabels": self.label | label}, policy=policy))
        return port, self.ours(label)

    def test_fail_denies(self):
        port, namespace = self.down("Fail")
        self.until(namespace, 500, objects.good())
        _, errors = self.cluster.kubectl("apply", "-n", namespace, "-f", "-",
                                         stdin=objects.pod("good"), code=1)
        self.assertEqual(
            errors, 'Error from server (InternalError): error when creating "STDIN": Internal '
            'error occurred: failed calling webhook "down.kaudit.dev": failed to call webhook: '
            f'Post "https://127.0.0.1:{port}/validate?timeout=10s": dial tcp 127.0.0.1:{port}: '
            "connect: connection refused\n")

    def test_ignore_allows(self):
        _, namespace = self.down("Ignore")
        spec = objects.privileged()

        def ignored():
            self.cluster.create_pod(namespace, objects.pod("probe", spec), dry_run=True)
            return any("failed-open.validating.webhook.admission.k8s.io/round_0_index_0"
                       in event["annotations"] for event in self.cluster.audited(namespace))
        wait_for("the API server to call nobody", ignored)
        self.assertEqual(
            self.cluster.kubectl("apply", "-n", namespace, "-f", "-",
                                 stdin=objects.pod("bad", spec)), ("pod/bad created\n", ""))


class Ignoring(Case):
    """A failurePolicy of Ignore must not be a way past: no pod that the API server takes makes the
    call fail."""

    def test_pods_of_any_size_are_judged(self):
        server = self.webhook()
        self.configure(hook(HOOK, at_url(server.port, self.authority), self.selector,
                            policy="Ignore"))
        namespace = self.ours()
        self.until(namespace, 403)
        # etcd takes 1.5 MiB, the API server 3 MiB.
        heavy = [{"name": "FILL", "value": "x" * 1_300_000}]
        many = [{"name": f"N{number}", "value": '"\\\u0001' * 20} for number in range(8000)]
        for name, environment in (("heavy", heavy), ("many", many)):
            for spec, status in ((objects.privileged(), 403), (objects.good(), 201)):
                with self.subTest(pod=name, status=status):
                    spec["containers"][0]["env"] = environment
                    answer = self.cluster.create_pod(namespace, objects.pod(name, spec), True)
                    self.assertEqual(answer.status, status, answer.body.get("message"))
        self.assertEqual([event["annotations"] for event in self.cluster.audited(namespace)
                          if "failed-open" in str(event["annotations"])], [])
