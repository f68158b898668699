"""What users of kubectl see of kaudit's decisions under the default policy."""

import objects
from cluster import wait_for
from support import HOOK, Case, DefaultCase, denied_by
from webhook import at_url, hook

# Each mistake, and the whole of what a denial says of it after naming the object. SPEC: the path of
# the pod's specification.
MISTAKES = {
    "privileged": (
        objects.privileged(),
        'breaks a rule. Container "app": privileged-container (KA1001) at '
        "SPEC.containers[0].securityContext.privileged: sets securityContext.privileged to true; "
        "it must be false or unset. Fix: privileged: false."),
    "docker-socket": (
        objects.docker_socket(),
        "breaks a rule. Pod: runtime-socket (KA1002) at SPEC.volumes[0].hostPath.path: volume "
        '"docker" has hostPath.path "/var/run/docker.sock", the socket of Docker; container "app" '
        "mounts it; whoever reaches such a socket starts containers with any right on the node, so "
        'no volume may lead to one. Fix: Delete volume "docker" and the volumeMounts that name it, '
        "or mount only the folder that is needed, such as `path: /var/log/pods`."),
    "root": (
        objects.root(),
        'breaks a rule. Container "app": run-as-root (KA1006) at '
        "SPEC.containers[0].securityContext.runAsUser: sets securityContext.runAsUser to 0; it "
        "must be a uid above 0. Fix: runAsUser: 10001."),
    "host-network": (
        objects.host_network(),
        "breaks a rule. Pod: host-network (KA1003) at SPEC.hostNetwork: sets hostNetwork to true; "
        "it must be false or unset. Fix: hostNetwork: false."),
}


def says(mistake, kind, name):
    spec = "spec" if kind == "Pod" else "spec.template.spec"
    return f'{kind} "{name}" ' + MISTAKES[mistake][1].replace("SPEC", spec)


class Apply(DefaultCase):
    def test_the_four_mistakes_are_denied(self):
        namespace = self.ours()
        for name, (spec, _) in MISTAKES.items():
            for kind, make in (("Pod", objects.pod), ("Deployment", objects.deployment)):
                with self.subTest(mistake=name, kind=kind):
                    self.denied(says(name, kind, name), "apply", "-n", namespace, "-f", "-",
                                stdin=make(name, spec))
                    self.cluster.kubectl("get", "-n", namespace, kind, name, code=1)

    def test_all_mistakes_of_one_pod_are_named_at_once(self):
        spec = objects.docker_socket() | {"hostNetwork": True}
        spec["containers"][0]["securityContext"] = {"privileged": True}
        answer = self.cluster.create_pod(self.ours(), objects.pod("worst", spec))
        self.assertEqual((answer.status, answer.body["reason"]), (403, "Forbidden"))
        self.assertEqual(
            [cause["field"] for cause in answer.body["details"]["causes"]],
            ["spec.containers[0].securityContext.privileged", "spec.volumes[0].hostPath.path",
             "spec.hostNetwork"])

    def test_good_ones_are_created_without_a_word(self):
        namespace = self.ours()
        for kind, made in (("pod", objects.pod("good")), ("deployment.apps",
                                                          objects.deployment("good"))):
            self.assertEqual(
                self.cluster.kubectl("apply", "-n", namespace, "-f", "-", stdin=made),
                (f"{kind}/good created\n", ""))

    def test_every_kind_that_carries_a_pod_is_judged(self):
        namespace = self.ours()
        labels = {"app": "bad"}
        template = {"metadata": {"labels": labels}, "spec": objects.privileged()}
        job = {"template": {"spec": objects.privileged() | {"restartPolicy": "Never"}}}
        service = {"selector": {"matchLabels": labels}, "template": template}
        for version, kind, body in (
                ("v1", "ReplicationController", {"spec": {"template": template}}),
                ("v1", "PodTemplate", {"template": template}),
                ("apps/v1", "StatefulSet", {"spec": service | {"serviceName": "bad"}}),
                ("apps/v1", "DaemonSet", {"spec": service}),
                ("apps/v1", "ReplicaSet", {"spec": service}),
                ("batch/v1", "Job", {"spec": job}),
                ("batch/v1", "CronJob", {"spec": {"schedule": "@daily",
                                                  "jobTemplate": {"spec": job}}})):
            with self.subTest(kind=kind):
                _, errors = self.cluster.kubectl(
                    "create", "-n", namespace, "-f", "-", code=1, stdin={
                        "apiVersion": version, "kind": kind, "metadata": {"name": "bad"}} | body)
                self.assertIn(f'{kind} "bad" breaks a rule.', errors)

    def test_dry_run_shows_the_denial(self):
        namespace = self.ours()
        self.denied(says("privileged", "Pod", "bad"), "apply", "--dry-run=server", "-n", namespace,
                    "-f", "-", stdin=objects.pod("bad", objects.privileged()))
        self.assertEqual(
            self.cluster.kubectl("apply", "--dry-run=server", "-n", namespace, "-f", "-",
                                 stdin=objects.pod("good")),
            ("pod/good created (server dry run)\n", ""))

    def test_server_side_apply_is_denied_alike(self):
        self.denied(says("privileged", "Deployment", "bad"), "apply", "--server-side", "-n",
                    self.ours(), "-f", "-", does="",
                    stdin=objects.deployment("bad", objects.privileged()))

    def test_warnings_are_shown(self):
        spec = objects.good()
        del spec["containers"][0]["securityContext"]["allowPrivilegeEscalation"]
        self.assertEqual(
            self.cluster.kubectl("apply", "-n", self.ours(), "-f", "-",
                                 stdin=objects.pod("fair", spec)),
            ("pod/fair created\n",
             'Warning: privilege-escalation: container "app" does not set securityContext.'
             "allowPrivilegeEscalation, which is then true; it mus\u2026\n"))

    def test_the_audit_log_has_our_annotations(self):
        namespace = self.ours()
        self.cluster.create_pod(namespace, objects.pod("bad", objects.privileged()))
        self.cluster.create_pod(namespace, objects.pod("good"))
        context = "spec.containers[0].securityContext"
        self.assertEqual(self.annotations(namespace), {"good": {}, "bad": {
            "denied": f"privileged-container {context}.privileged",
            "warned": f"capabilities-not-dropped {context}; privilege-escalation {context}"}})

    def test_a_scrape_counts_the_denials(self):
        def count():
            return {rule: self.server.metrics()[
                f'kaudit_rule_denials_total{{mode="enforce",rule="{rule}"}}']
                    for rule in ("privileged-container", "host-network")}
        before, namespace = count(), self.ours()
        for _ in range(3):
            self.cluster.create_pod(namespace, objects.pod("bad", objects.privileged()))
        self.cluster.create_pod(namespace, objects.pod("bad", objects.host_network()))
        self.cluster.create_pod(namespace, objects.pod("good"))
        after = count()
        self.assertEqual({rule: after[rule] - before[rule] for rule in after},
                         {"privileged-container": 3, "host-network": 1})


class OldViolators(DefaultCase):
    """Objects from before there was a webhook."""

    def made(self, *manifests):
        namespace = self.not_yet_ours()
        for manifest in manifests:
            self.cluster.kubectl("apply", "-n", namespace, "-f", "-", stdin=manifest)
        self.adopt(namespace)
        return namespace

    def test_a_pod_lives_on(self):
        spec = objects.privileged()
        spec["containers"].append(objects.good()["containers"][0] | {"name": "side"})
        namespace = self.made(objects.pod("old", spec))
        for arguments in (
                ("label", "pod", "old", "a=b"),
                ("annotate", "pod", "old", "a=b"),
                ("set", "image", "pod/old", "side=registry.example/side:2.0"),
                ("patch", "pod", "old", "-p", '{"metadata":{"finalizers":["kaudit.dev/e2e"]}}'),
                ("delete", "pod", "old", "--wait=false", "--grace-period=0", "--force"),
                # Now it is being deleted, and its finalizer has to go.
                ("patch", "pod", "old", "-p", '{"metadata":{"finalizers":null}}')):
            with self.subTest(does=arguments):
                self.cluster.kubectl("-n", namespace, *arguments)
        self.cluster.kubectl("-n", namespace, "get", "pod", "old", code=1)

    def test_a_deployment_lives_on_but_takes_no_new_violation(self):
        namespace = self.made(objects.deployment("old", objects.privileged()))
        for arguments in (
                ("scale", "deployment", "old", "--replicas=3"),
                ("set", "env", "deployment/old", "A=b"),
                ("set", "image", "deployment/old", "app=registry.example/app:2.0"),
                ("rollout", "restart", "deployment/old")):
            with self.subTest(does=arguments):
                self.cluster.kubectl("-n", namespace, *arguments)
        self.denied(says("host-network", "Deployment", "old"), "-n", namespace, "patch",
                    "deployment", "old", "-p",
                    '{"spec":{"template":{"spec":{"hostNetwork":true}}}}', does="")


class EphemeralContainers(DefaultCase):
    def debug(self, namespace, pod, profile, container, code=0):
        return self.cluster.kubectl(
            "-n", namespace, "debug", pod, "--image=registry.example/debug:1.0", "--attach=false",
            f"--profile={profile}", f"--container={container}", code=code)

    def names(self, namespace, pod):
        spec = self.cluster.must("GET", f"/api/v1/namespaces/{namespace}/pods/{pod}")["spec"]
        return [one["name"] for one in spec.get("ephemeralContainers", [])]

    def test_a_privileged_debugger_is_denied_and_a_plain_one_is_not(self):
        namespace = self.ours()
        self.cluster.must("POST", f"/api/v1/namespaces/{namespace}/pods", objects.pod("app"))
        self.debug(namespace, "app", "general", "plain")
        _, errors = self.debug(namespace, "app", "sysadmin", "mighty", code=1)
        self.assertEqual(
            errors.splitlines()[-1], f"Error from server (Forbidden): {denied_by()}"
            'Pod "app" breaks a rule. Ephemeral container "mighty": privileged-container (KA1001) '
            "at spec.ephemeralContainers[1].securityContext.privileged: sets "
            "securityContext.privileged to true; it must be false or unset. Fix: privileged: "
            "false.")
        self.debug(namespace, "app", "restricted", "meek")
        self.assertEqual(self.names(namespace, "app"), ["plain", "meek"])

    def test_an_old_privileged_debugger_does_not_block_a_new_plain_one(self):
        namespace = self.not_yet_ours()
        self.cluster.must("POST", f"/api/v1/namespaces/{namespace}/pods", objects.pod("app"))
        self.debug(namespace, "app", "sysadmin", "mighty")
        self.adopt(namespace)
        self.debug(namespace, "app", "restricted", "meek")
        self.debug(namespace, "app", "sysadmin", "mightier", code=1)
        self.assertEqual(self.names(namespace, "app"), ["mighty", "meek"])


class AuditMode(Case):
    def test_everything_is_allowed_and_what_would_be_denied_is_counted(self):
        server = self.webhook("--mode=audit")
        self.configure(hook(HOOK, at_url(server.port, self.authority), self.selector))
        namespace = self.ours()
        pod = objects.pod("bad", objects.privileged())

        def judged():
            self.cluster.create_pod(namespace, objects.pod("probe"), dry_run=True)
            return server.metrics()["kaudit_http_requests_total"] > 0
        wait_for("the API server to call", judged)
        self.assertEqual(
            self.cluster.kubectl("apply", "-n", namespace, "-f", "-", stdin=pod)[0],
            "pod/bad created\n")
        self.assertEqual(self.annotations(namespace)["bad"]["would-deny"],
                         "privileged-container spec.containers[0].securityContext.privileged")
        self.assertEqual(
            server.metrics()['kaudit_rule_denials_total{mode="audit",rule="privileged-container"}'],
            1)


class Templates(Case):
    def test_a_policy_may_warn_of_templates_and_still_deny_pods(self):
        server = self.webhook(policy="workload-templates: warn\n")
        self.configure(hook(HOOK, at_url(server.port, self.authority), self.selector))
        namespace = self.ours()
        self.until(namespace, 403)
        self.assertEqual(
            self.cluster.kubectl("apply", "-n", namespace, "-f", "-",
                                 stdin=objects.deployment("bad", objects.host_network())),
            ("deployment.apps/bad created\n",
             "Warning: host-network: pod sets hostNetwork to true; it must be false or unset\n"))
