#!/usr/bin/env python3
"""Compares our readers with kubectl's own Go modules, document by document.

usage: compare.py KAUDIT_DOCUMENTS [FILE...]
Without FILEs: the inputs of the readers' test tables, our rules' fixtures and, where it is there,
the shared data ($KAUDIT_SHARED, else ../shared beside the clone): its real manifests and a sample
of its conformance fixtures. Exits with 77, which ctest shows as skipped, where there is no Go.
"""
import collections
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SAMPLE = 5  # every so many-th conformance fixture

# Where we and kubectl differ on purpose: a pattern of our error, one of kubectl's, and why.
KNOWN = [
    ("text after the end of the document", None,
     "kubectl drops that text silently; a workload in it would go unseen"),
    ("a byte order mark begins a line inside", None,
     "kubectl makes the mark a part of the next key, so that the field is another one"),
    ("is not valid UTF-8", None,
     "in JSON, and there alone, kubectl puts U+FFFD in the place of such bytes"),
    ("the text is UTF-16", None,
     "kubectl reads UTF-16 by accident, where its line reader does not cut a character in two"),
    ("which YAML readers take differently", None,
     "libyaml and kubectl's port of it end a tag or a text before a comma or bracket differently"),
    (r"expected a value, found|comments are not allowed in JSON|a number must be written", None,
     "kubectl reads what follows a JSON value as YAML, where junk is a text of its own"),
    (None, "decoding failed as both JSON and YAML",
     "kubectl loses its place after a JSON value that is followed by something else"),
    (None, "invalid Yaml document separator",
     "YAML lets a document begin on the line of its ---; kubectl refuses that"),
    (None, "did not find expected <document start>|incompatible YAML document",
     "kubectl cuts the text at --- and so tears directives from their document"),
    (None, "found invalid Unicode character escape code",
     "kubectl does not know JSON with a byte order mark for JSON, nor its surrogate pairs"),
]
# The same, told by the input: a pattern of the text, and why.
KNOWN_INPUTS = [
    (rb"\r---", "YAML 1.1 ends a line at a lone CR; kubectl drops a document that begins after one"),
]


def skip(reason):
    if os.environ.get("KAUDIT_REQUIRE_GO"):
        sys.exit(f"nothing was compared: {reason}")
    print(f"SKIPPED, nothing was compared: {reason}")
    sys.exit(77)


def oracle():
    """Builds the Go program once for each state of its sources, outside the clone."""
    sources = [HERE / name for name in ("yaml/main.go", "go.mod", "go.sum")]
    state = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:16]
    cache = os.environ.get("KAUDIT_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "kaudit")
    program = pathlib.Path(cache) / f"oracle-{state}"
    if not program.exists():
        program.parent.mkdir(parents=True, exist_ok=True)
        built = program.with_suffix(f".{os.getpid()}")
        go = subprocess.run(["go", "build", "-mod=readonly", "-o", built, "./yaml"], cwd=HERE,
                            env=os.environ | {"GOFLAGS": "", "GOWORK": "off"})
        if go.returncode != 0:
            skip("go did not build the oracle; it needs the module proxy once")
        built.rename(program)
    return program


def inputs(documents, scratch):
    subprocess.run([documents, "--cases", scratch], check=True)
    yield from sorted(pathlib.Path(scratch).iterdir())
    yield from sorted((ROOT / "tests" / "rules").glob("*/*/*.yaml"))
    for surface in ("adapter", "json", "yaml"):
        yield from sorted((ROOT / "tests" / "fuzz" / "corpus" / surface).glob("*"))
    shared = pathlib.Path(os.environ.get("KAUDIT_SHARED") or ROOT.parent / "shared")
    if not shared.is_dir():
        print(f"SKIPPED the shared data: there is no {shared}")
        return
    yield from sorted(path for path in (shared / "corpus" / "k8s").rglob("*") if path.is_file())
    fixtures = sorted((shared / "conformance" / "psa").rglob("*.yaml"))
    yield from fixtures[::SAMPLE]


def read(program, files):
    names = "".join(f"{name}\n" for name in files)
    output = subprocess.run([program], input=names.encode(), stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in output.stdout.splitlines()]


def same(value):
    """A value in a form in which equal means equal to Kubernetes: a number without a fraction is an
    integer, and beyond 2^53 numbers are compared as doubles."""
    if isinstance(value, dict):
        return {name: same(member) for name, member in value.items()}
    if isinstance(value, list):
        return [same(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**53:
        return float(value)
    return value


def difference(ours, theirs):
    """How the two readings differ, or nothing."""
    if bool(ours["errors"]) != bool(theirs["errors"]):
        return "we alone find it wrong" if ours["errors"] else "kubectl alone finds it wrong"
    if same(ours["documents"]) != same(theirs["documents"]):
        return "other documents"
    return None


def known(ours, theirs):
    """The reason listed above why they may."""
    def found(pattern, errors):
        return pattern is None or any(re.search(pattern, error) for error in errors)
    for our_error, their_error, reason in KNOWN:
        if found(our_error, ours["errors"]) and found(their_error, theirs["errors"]):
            return reason
    text = pathlib.Path(ours["file"]).read_bytes()
    for pattern, reason in KNOWN_INPUTS:
        if re.search(pattern, text):
            return reason
    return None


def main():
    documents, files = sys.argv[1], sys.argv[2:]
    if not shutil.which("go"):
        skip("there is no go to build the oracle with")
    program = oracle()
    with tempfile.TemporaryDirectory() as scratch:
        files = files or list(inputs(documents, scratch))
        differ = 0
        totals = collections.Counter()
        for ours, theirs in zip(read(documents, files), read(program, files), strict=True):
            totals["documents"] += len(ours["documents"])
            totals["files with errors"] += bool(ours["errors"])
            reason = difference(ours, theirs)
            if not reason:
                continue
            if expected := known(ours, theirs):
                totals[expected] += 1
                continue
            differ += 1
            print(f"{ours['file']}: {reason}")
            if ours["file"].startswith(scratch):
                print("  input:  ", repr(pathlib.Path(ours["file"]).read_bytes()[:400]))
            for name, side in (("ours", ours), ("kubectl", theirs)):
                print(f"  {name}:".ljust(11), json.dumps(side["documents"])[:600],
                      [re.sub(r"^.*/", "", error) for error in side["errors"]][:5])
    print(f"{len(files)} files, {totals.pop('documents')} documents, "
          f"{totals.pop('files with errors', 0)} files with errors")
    for reason, count in totals.items():
        print(f"  {count} known: {reason}")
    print(f"{differ} differences")
    sys.exit(differ != 0)


if __name__ == "__main__":
    main()
