"""The chart, and helm to render it; what the tests of the chart share."""
import functools
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHART = ROOT / "helm"
NAMESPACE = "kaudit-system"
DIGEST = "sha256:" + "0" * 64


@functools.cache
def programs():
    """The folder with helm and an API server; ends this process as skipped where there is none."""
    built = subprocess.run([ROOT / "tests/e2e/build", "--cached"], stdout=subprocess.PIPE,
                           text=True, check=False)
    if built.returncode != 0:
        sys.exit(built.returncode)
    return pathlib.Path(built.stdout.strip())


@functools.cache
def _home():
    # helm keeps caches in its home; this one goes away with the process.
    return tempfile.TemporaryDirectory(prefix="kaudit-helm-")


def helm(*arguments, values=None, kubeconfig="/dev/null"):
    """Runs helm; gives the finished process. `values`: a dictionary of values."""
    environment = {"PATH": os.environ["PATH"], "HOME": _home().name, "KUBECONFIG": str(kubeconfig)}
    if values is not None:
        arguments = (*arguments, "--values=-")
    return subprocess.run(
        [programs() / "helm", *map(str, arguments)], env=environment, text=True, check=False,
        input=yaml.safe_dump(values or {}), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        timeout=120)


def rendered(values=None, release="kaudit", *options):
    """The chart's objects as text; raises where it does not render."""
    return _rendered(json.dumps(values or {}), release, *options)


@functools.cache
def _rendered(values, release, *options):
    done = helm("template", release, CHART, f"--namespace={NAMESPACE}", *options,
                values=json.loads(values))
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return done.stdout


def objects(text):
    return [one for one in yaml.safe_load_all(text) if one]


def of_kind(text, kind):
    return [one for one in objects(text) if one["kind"] == kind]


def merged(*dictionaries):
    """One dictionary, nested ones merged too; the later wins."""
    result = {}
    for dictionary in dictionaries:
        for key, value in dictionary.items():
            both = isinstance(value, dict) and isinstance(result.get(key), dict)
            result[key] = merged(result[key], value) if both else value
    return result
