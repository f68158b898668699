"""Certificates that the chart does not make, and a process that it does not run."""
import json

import objects
import pki
import support
from cluster import wait_for
from release import WEAK, ChartCase
from webhook import Webhook, bundle


class Certificates(ChartCase):
    def test_an_existing_pair_is_used_and_checked(self):
        namespace = self.cluster.namespace("existing")
        pair = self.authority.serving("existing", f"DNS:existing.{namespace}.svc")
        self.cluster.kubectl("create", "secret", "tls", "pair", "-n", namespace,
                             f"--cert={pair.certificate}", f"--key={pair.key}")
        other = pki.Authority(self.cluster.folder, "existing-next-ca")
        # Old and new at a time, as during a rotation.
        both = other.certificate.read_text() + self.authority.certificate.read_text()
        release = self.release("existing", namespace, certificates={
            "mode": "existing", "existing": {"secretName": "pair", "caBundle": both}})
        node, _ = self.run_it(release)
        judged = self.make()
        self.until(judged, 403)
        # A bundle that does not fit is noticed: the alert KauditCertificateRefused is of this.
        release.upgrade("certificates.existing.caBundle=" + other.certificate.read_text())
        for replica in node.replicas:
            wait_for("the refusal", lambda r=replica: "is not used: the certificate does not chain"
                     in r.process.text())

    def test_what_cert_manager_injects_is_kept(self):
        """cert-manager's part is played here: it fills the Secret, and writes caBundle."""
        self.define()
        release = self.release("managed", certificates={"mode": "certManager"})
        [annotation] = release.configuration()["metadata"]["annotations"].keys() & {
            "cert-manager.io/inject-ca-from"}
        wanted = release.configuration()["metadata"]["annotations"][annotation].split("/")
        certificate = self.cluster.must(
            "GET", "/apis/cert-manager.io/v1/namespaces/{}/certificates/{}".format(*wanted))["spec"]
        pair = self.authority.serving("managed", *(f"DNS:{name}"
                                                   for name in certificate["dnsNames"]))
        self.cluster.kubectl(
            "create", "secret", "generic", certificate["secretName"], "-n", release.namespace,
            f"--from-file=tls.crt={pair.certificate}", f"--from-file=tls.key={pair.key}",
            f"--from-file=ca.crt={self.authority.certificate}")
        self.cluster.kubectl("patch", "validatingwebhookconfiguration", "managed", "--type=json",
                             "--field-manager=cainjector", "-p", json.dumps([
                                 {"op": "add", "path": f"/webhooks/{number}/clientConfig/caBundle",
                                  "value": bundle(self.authority)}
                                 for number in range(len(release.configuration()["webhooks"]))]))
        self.run_it(release)
        judged = self.make()
        self.until(judged, 403)
        release.upgrade("policy.profile=restricted")
        self.until(judged, 403, WEAK)
        self.assertEqual(len(release.bundle()), 1)


class OutsideTheCluster(ChartCase):
    def test_by_url(self):
        with Webhook(support.PROGRAM, self.cluster.folder, self.pair) as server:
            release = self.release("outside", certificates={"mode": "existing", "existing": {
                "caBundle": self.authority.certificate.read_text()}},
                webhook={"url": f"https://127.0.0.1:{server.port}/"})
            namespace = self.make("restricted")
            self.until(namespace, 403)
            self.assertEqual(self.answer(namespace, WEAK)[0], 403)
            self.assertEqual(self.answer(namespace, objects.good())[0], 201)
            # Nothing of ours runs in the release's namespace, so it is judged too.
            self.until(release.namespace, 403)
