"""The verdicts of kaudit and of PodSecurity admission, both live in one API server."""
import json

from support import Case, shared_data
from webhook import at_url, hook

LEVELS = ("baseline", "restricted")


def folders():
    """The fixtures of the newest version and of the API server's own."""
    for level in LEVELS:
        versions = shared_data("conformance", "psa", level).glob("v1.*")
        yield max(versions, key=lambda path: int(path.name.removeprefix("v1.")))
        yield shared_data("conformance", "psa", level, f"v1.{PodSecurity.minor}")


class PodSecurity(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.minor = cls.cluster.must("GET", "/version")["minor"]
        # Both judge by the rules of the API server's version.
        server = cls.webhook(policy=f'kube-version: "1.{cls.minor}"\n')
        cls.configure(*(
            hook(f"{level}.kaudit.dev", at_url(server.port, cls.authority, f"/validate/{level}"),
                 {"matchLabels": cls.label | {"kaudit.dev/profile": level}})
            for level in LEVELS))

    def pods(self):
        """Pairs of a name and a Pod."""
        paths = sorted({path for folder in folders() for path in folder.glob("*/*.yaml")})
        # kubectl reads the YAML, all in one process.
        output, _ = self.cluster.kubectl("annotate", "--local", "kaudit-e2e=1", "-o", "json",
                                         *(part for path in paths for part in ("-f", str(path))))
        decoder, pods = json.JSONDecoder(), []
        output = output.lstrip()
        while output:
            pod, end = decoder.raw_decode(output)
            pods.append(pod)
            output = output[end:].lstrip()
        self.assertEqual(len(pods), len(paths))
        for path, pod in zip(paths, pods):
            # Some names are those of a fixture and of no possible pod.
            pod["metadata"]["name"] = "fixture"
            del pod["metadata"]["annotations"]["kaudit-e2e"]
            if path.name.startswith("procmount"):
                pod["spec"]["hostUsers"] = False  # else it is none that Kubernetes would create
            yield "/".join(path.parts[-4:]), pod

    def test_same_verdict_on_every_fixture(self):
        pods = list(self.pods())
        self.assertGreater(len(pods), 100)
        for level in LEVELS:
            theirs = self.cluster.namespace("theirs", {"pod-security.kubernetes.io/enforce": level})
            ours = self.ours({"kaudit.dev/profile": level})
            self.until(theirs, 403)
            self.until(ours, 403)
            verdicts = {201: 0, 403: 0}
            for name, pod in pods:
                with self.subTest(level=level, fixture=name):
                    their, our = (self.cluster.create_pod(namespace, pod, dry_run=True)
                                  for namespace in (theirs, ours))
                    self.assertEqual(our.status, their.status,
                                     f"\n{their.body.get('message')}\n{our.body.get('message')}")
                    verdicts[our.status] += 1
            self.assertGreater(min(verdicts.values()), 20)
            print(f"{level}: of {len(pods)} fixtures both allow {verdicts[201]} and deny "
                  f"{verdicts[403]}")
