"""What the chart renders, held against the types of every version of Kubernetes that it is for: no
field that one of them does not know, none of a wrong type. (That values are sensible too, the API
server of `helm.cluster` says, of its own version.)"""
import re
import unittest

import yaml

import chart
import modules
from chart import merged, objects, rendered
from matrix import MATRIX

SCALARS = {"string": str, "boolean": bool, "numeric": (int, float),
           "untyped": (str, bool, int, float)}


class Types:
    """The types of one version, out of its client library."""

    def __init__(self, minor):
        source = modules.folder(modules.CLIENT_GO[minor]) / "applyconfigurations/internal/internal.go"
        text = re.search(r"typed.YAMLObject\(`(.*?)`\)", source.read_text(), re.DOTALL)[1]
        self._types = {one["name"]: one for one in yaml.load(
            text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))["types"]}

    def problems(self, one):
        """What is wrong with an object, a sentence each; of kinds that are not Kubernetes' own,
        None."""
        group, _, version = one["apiVersion"].rpartition("/")
        if group in ("cert-manager.io", "monitoring.coreos.com"):
            return None
        name = f"io.k8s.api.{group.split('.')[0] or 'core'}.{version}.{one['kind']}"
        if name not in self._types:
            return [f"there is no {one['apiVersion']} {one['kind']}"]
        return list(self._check(one, {"namedType": name}, one["kind"]))

    def _check(self, value, kind, path):
        if value is None:
            return
        if "namedType" in kind:
            kind = self._types[kind["namedType"]]
        if "scalar" in kind and not isinstance(value, (dict, list)):
            if not isinstance(value, SCALARS[kind["scalar"]]):
                yield f"{path} is {value!r}, no {kind['scalar']}"
        elif "map" in kind and isinstance(value, dict):
            fields = {field["name"]: field["type"] for field in kind["map"].get("fields", [])}
            for key, inner in value.items():
                if key in fields:
                    yield from self._check(inner, fields[key], f"{path}.{key}")
                elif "elementType" in kind["map"]:
                    yield from self._check(inner, kind["map"]["elementType"], f"{path}.{key}")
                else:
                    yield f"{path}.{key} is unknown"
        elif "list" in kind and isinstance(value, list):
            for number, inner in enumerate(value):
                yield from self._check(inner, kind["list"]["elementType"], f"{path}[{number}]")
        else:
            yield f"{path} has the wrong form"


class Versions(unittest.TestCase):
    def test_every_version_knows_every_field(self):
        for minor in modules.CLIENT_GO:
            types = Types(minor)
            checked = 0
            for name, values in MATRIX.items():
                # What the chart asks of whoever has so old a cluster.
                text = (rendered(values) if minor >= 30 else
                        rendered(merged(values, {"guard": {"enabled": False}}), "kaudit",
                                 "--kube-version=1.28.0"))
                for one in objects(text):
                    with self.subTest(version=minor, values=name, kind=one["kind"]):
                        problems = types.problems(one)
                        self.assertFalse(problems)
                        checked += problems is not None
            self.assertGreater(checked, 150)

    def test_the_check_sees_what_it_should(self):
        types = Types(28)
        [deployment] = [one for one in objects(rendered()) if one["kind"] == "Deployment"]
        pod = deployment["spec"]["template"]["spec"]
        pod["hostUser"] = False
        pod["containers"][0]["ports"] = {"name": "https"}
        deployment["spec"]["replicas"] = "2"
        self.assertEqual(types.problems(deployment), [
            "Deployment.spec.replicas is '2', no numeric",
            "Deployment.spec.template.spec.containers[0].ports has the wrong form",
            "Deployment.spec.template.spec.hostUser is unknown"])
        self.assertEqual(types.problems({"apiVersion": "policy/v1beta9", "kind": "Eviction"}),
                         ["there is no policy/v1beta9 Eviction"])
        self.assertEqual(Types(28).problems({
            "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingAdmissionPolicy"}),
            ["there is no admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy"])


if __name__ == "__main__":
    chart.programs()
    unittest.main()
