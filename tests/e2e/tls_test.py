"""Certificates and restarts, as the API server lives through them."""
import os
import shutil
import ssl

import objects
import pki
from cluster import wait_for
from service import Service
from support import HOOK, Case, Load
from webhook import at_url, bundle, hook


class MutualTls(Case):
    """The API server introduces itself with the certificate of its admission configuration."""

    def answer(self, *options):
        server = self.webhook(*options)
        label = {"mtls": str(server.port)}
        self.configure(hook(HOOK, at_url(server.port, self.authority),
                            {"matchLabels": self.label | label}))
        return self.ours(label)

    def test_the_right_client_is_served(self):
        authority = self.cluster.client_authority
        namespace = self.answer(f"--client-ca-file={authority.certificate}",
                                "--client-name=kube-apiserver")
        self.until(namespace, 403)
        self.until(namespace, 201, objects.good())

    def test_another_authority_is_not(self):
        other = pki.Authority(self.cluster.folder, "other-client-ca")
        namespace = self.answer(f"--client-ca-file={other.certificate}")
        self.until(namespace, 500, objects.good())
        message = self.cluster.create_pod(namespace, objects.pod("good")).body["message"]
        self.assertRegex(message, "failed to call webhook: .*remote error: tls: ")

    def test_another_name_is_not(self):
        authority = self.cluster.client_authority
        namespace = self.answer(f"--client-ca-file={authority.certificate}",
                                "--client-name=somebody-else")
        self.until(namespace, 500, objects.good())
        message = self.cluster.create_pod(namespace, objects.pod("good")).body["message"]
        self.assertEqual(
            message, f'Internal error occurred: failed calling webhook "{HOOK}": failed to call '
            "webhook: 403 Forbidden: the client's certificate is for a name that may not call")


class Mounted:
    """A folder in which files change as a Secret's do: all at once, by a swapped link."""

    def __init__(self, folder):
        self._folder, self._version = folder, 0
        folder.mkdir()
        self.certificate, self.key = folder / "tls.crt", folder / "tls.key"
        for path in (self.certificate, self.key):
            path.symlink_to(f"..data/{path.name}")

    def put(self, pair):
        self._version += 1
        version = self._folder / f"..{self._version}"
        version.mkdir()
        shutil.copy(pair.certificate, version / "tls.crt")
        shutil.copy(pair.key, version / "tls.key")
        link = self._folder / "..data_tmp"
        link.symlink_to(version.name)
        os.rename(link, self._folder / "..data")


class Rotation(Case):
    def test_a_new_authority_under_load_fails_no_call(self):
        mounted = Mounted(self.cluster.folder / "rotation")
        mounted.put(self.pair)
        authority = pki.Authority(self.cluster.folder, "next-ca")
        pair = authority.serving("next-webhook", "IP:127.0.0.1")
        served = ssl.PEM_cert_to_DER_cert(pair.certificate.read_text())
        # Two that keep their certificates tell whom the API server trusts by now.
        servers = {"rotated": self.webhook(pair=mounted), "old": self.webhook(),
                   "new": self.webhook(pair=pair)}

        def trusting(*authorities):
            return [hook(f"{name}.kaudit.dev",
                         at_url(server.port, self.authority) | {"caBundle": bundle(*authorities)},
                         {"matchLabels": self.label | {"served-by": name}})
                    for name, server in servers.items()]
        configuration = self.configure(*trusting(self.authority))
        namespaces = {name: self.ours({"served-by": name}) for name in servers}
        self.until(namespaces["rotated"], 403)
        self.until(namespaces["new"], 500)
        with Load(self.cluster, namespaces["rotated"]) as load:
            load.more(200)
            configuration.apply(*trusting(self.authority, authority))
            self.until(namespaces["new"], 403)
            load.more(200)
            mounted.put(pair)
            wait_for("the new certificate", lambda: servers["rotated"].served() == served, 15)
            load.more(200)
            configuration.apply(*trusting(authority))
            self.until(namespaces["old"], 500)
            load.more(200)
        self.assertEqual(load.failures[:3], [], f"{len(load.failures)} failed")
        print(f"rotation: {load.calls} calls, none failed")


class Replicas(Case):
    """Two replicas behind a Service: what stands for kube-proxy is tests/e2e/service.py."""

    PORT = 8443

    def serve(self, address, policy="Fail"):
        """Gives the Service, how to make one more replica of it, and a namespace that is judged."""
        backing = self.cluster.namespace("kaudit")
        self.cluster.must("POST", f"/api/v1/namespaces/{backing}/services", {
            "apiVersion": "v1", "kind": "Service", "metadata": {"name": "webhook"},
            "spec": {"clusterIP": address, "ports": [{"port": self.PORT}]}})
        name = f"webhook.{backing}.svc"
        pair = self.authority.serving(backing, f"DNS:{name}")

        def replica():
            return self.webhook("--shutdown-delay=2s", f"--service-name={name}", pair=pair)
        service = self.enterContext(Service(address, self.PORT))
        service.backends = [replica(), replica()]
        label = {"backing": backing}
        self.configure(hook(HOOK, {
            "service": {"namespace": backing, "name": "webhook", "port": self.PORT,
                        "path": "/validate"}, "caBundle": bundle(self.authority)},
            {"matchLabels": self.label | label}, policy=policy))
        namespace = self.ours(label)
        self.until(namespace, 403)
        return service, replica, namespace

    def test_they_are_replaced_under_load_and_no_call_fails(self):
        service, replica, namespace = self.serve("127.96.0.10")
        with Load(self.cluster, namespace) as load:
            load.more(1000)
            for old in list(service.backends):
                # As a Deployment does it: first one more, then one is asked to end.
                service.backends = [*service.backends, replica()]
                old.terminate()
                wait_for("the old replica to be seen as not ready", lambda: not old.ready(), 5)
                service.backends = [one for one in service.backends if one is not old]
                self.assertEqual(old.wait(30), 0, old.log())
                load.more(1000)
        self.assertEqual((load.failures[:3], service.refused), ([], 0),
                         f"{len(load.failures)} failed")
        self.assertGreater(load.calls, 3000)
        print(f"rolling restart: {load.calls} calls, none failed")

    def test_one_is_killed_under_load_and_what_was_on_its_way_is_all_that_is_lost(self):
        for address, policy in (("127.96.0.11", "Fail"), ("127.96.0.12", "Ignore")):
            with self.subTest(policy):
                service, _, namespace = self.serve(address, policy)
                with Load(self.cluster, namespace) as load:
                    load.more(500)
                    service.backends[0].kill()
                    load.more(100)
                    lost = len(load.failures)
                    load.more(1000)
                # In flight, or sent on an idle connection before its end was seen: at most both for
                # each who calls.
                self.assertLessEqual(lost, 2 * load.threads, load.failures)
                self.assertEqual(len(load.failures), lost, load.failures[lost:])
                for answer in load.failures:
                    if policy == "Fail":
                        self.assertEqual(answer.status, 500)
                        self.assertIn("failed calling webhook", answer.body["message"])
                    else:  # let in unjudged, as this policy says; good ones are never refused
                        self.assertEqual((answer.status, answer.body["metadata"]["name"]),
                                         (201, "bad"))
                print(f"one of two killed, failurePolicy {policy}: {load.calls} calls, {lost} "
                      f"{'failed' if policy == 'Fail' else 'not judged'}")
