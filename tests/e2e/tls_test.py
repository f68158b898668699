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


class RollingRestart(Case):
    """Two replicas behind a Service: what stands for kube-proxy is tests/e2e/service.py."""

    ADDRESS, PORT = "127.96.0.10", 8443

    def test_two_replicas_are_replaced_under_load_and_no_call_fails(self):
        backing = self.cluster.namespace("kaudit")
        self.cluster.must("POST", f"/api/v1/namespaces/{backing}/services", {
            "apiVersion": "v1", "kind": "Service", "metadata": {"name": "webhook"},
            "spec": {"clusterIP": self.ADDRESS, "ports": [{"port": self.PORT}]}})
        pair = self.authority.serving("service", f"DNS:webhook.{backing}.svc")

        name = f"webhook.{backing}.svc"
        pair = self.authority.serving("service", f"DNS:{name}")

        def replica():
            return self.webhook("--shutdown-delay=2s", f"--service-name={name}", pair=pair)
        service = self.enterContext(Service(self.ADDRESS, self.PORT))
        service.backends = [replica(), replica()]
        self.configure(hook(HOOK, {
            "service": {"namespace": backing, "name": "webhook", "port": self.PORT,
                        "path": "/validate"}, "caBundle": bundle(self.authority)}, self.selector))
        namespace = self.ours()
        self.until(namespace, 403)
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
