"""Files of others, out of modules that the Go proxy serves; each pinned by its content."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

PROMETHEUS_OPERATOR = (
    "github.com/prometheus-operator/prometheus-operator@v0.85.0",
    "h1:M5xLCLEoaW2IJfnuCwFzzpL+jSVQu3KGT84Pye+fW8s=")
CERT_MANAGER = ("github.com/cert-manager/cert-manager@v1.19.1",
                "h1:Txh8L/nLWTDcb7ZnXuXbTe15BxQnLbLirXmbNk0fGgY=")

# The policy working group's own module is not served; this one has its definitions unchanged.
KYVERNO = ("github.com/kyverno/kyverno@v1.13.4", "h1:2zUi+eszlisLdCir+WIf2NtuUfFPvJtjUNpewdtLjVw=")

# By minor version of Kubernetes, from the oldest that the chart is for to the newest there is.
CLIENT_GO = {28 + number: (f"k8s.io/client-go@v0.{28 + number}.{patch}", f"h1:{content}")
             for number, (patch, content) in enumerate([
                 (8, "TE59Tjd87WKvS2FPBTfIKLFX0nQJ4SSHsnDo5IHjgOw="),
                 (15, "zCBOXKCtz9Hl8boKUGs8zbtZEP6pc7O8Ov3ma+gnS6o="),
                 (14, "D81QZvBtv897JU4HRsx4YoaCDnzeZSvB8eApgmbtXVA="),
                 (14, "d4/G0xfksNIbMWH7ghjzOwC5bTAwQ20gABTjZw7fLlQ="),
                 (13, "FxVdGzgrWW8QBprX/xJjoxs9tE06UJIbuy8IfNoxn0c="),
                 (13, "gyirIFpLEF9RltmrUkkObQFkxeumU2hRcxiDsVfrf1w="),
                 (13, "47Nf1YByDhpYtyOB9zd56FB9bEDxsozH1ic3VyU7zV0="),
                 (10, "HXF+042qTnXFFISMiuMHiM5yN2lVonVQQAkpIWxSGPk="),
                 (6, "/nxcosTtar7svq4xjpzMPirzoShNK2+nSZ7AGDL6c3k="),
                 (2, "sgFtyRZukGkOrsu+QgS7LYnbFFJ5ut3MchdBNduD//E=")])}


def folder(module):
    """The folder of a module's files; the test is skipped where it cannot be had."""
    name, content = module
    with tempfile.TemporaryDirectory() as nowhere:
        environment = {**os.environ, "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=mod", "GOWORK": "off",
                       "GONOSUMDB": "*"}  # what it must be stands above
        done = subprocess.run(["go", "mod", "download", "-json", name], cwd=nowhere, text=True,
                              env=environment, check=False, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE)
    if done.returncode != 0:
        if os.environ.get("KAUDIT_REQUIRE_GO"):
            raise AssertionError(done.stdout + done.stderr)
        raise unittest.SkipTest(f"SKIPPED: {name} cannot be had: {done.stdout}{done.stderr}")
    got = json.loads(done.stdout)
    if got["Sum"] != content:
        raise AssertionError(f"{name} is {got['Sum']}, and not {content}")
    return pathlib.Path(got["Dir"])


def definitions():
    """The CustomResourceDefinitions of what the chart may make, as their projects write them."""
    operator = folder(PROMETHEUS_OPERATOR) / "example/prometheus-operator-crd"
    manager = folder(CERT_MANAGER) / "deploy/crds"
    return [operator / "monitoring.coreos.com_prometheusrules.yaml",
            operator / "monitoring.coreos.com_servicemonitors.yaml",
            manager / "cert-manager.io_certificates.yaml", manager / "cert-manager.io_issuers.yaml"]


def report_definitions():
    """Those of PolicyReports, v1alpha2."""
    crds = folder(KYVERNO) / "config/crds/policyreport"
    return [crds / "wgpolicyk8s.io_policyreports.yaml",
            crds / "wgpolicyk8s.io_clusterpolicyreports.yaml"]
