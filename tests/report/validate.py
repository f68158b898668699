#!/usr/bin/env python3
"""Reads the sample reports of every format with an independent reader and checks their schemas.

usage: validate.py KAUDIT_REPORT_SAMPLES   (the program built from main.cc)
Exits with 77, which ctest shows as skipped, where a reader is missing.
"""
import base64
import collections
import csv
import hashlib
import html.parser
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree
from urllib.parse import unquote

try:
    import jsonschema
    import junitparser
except ImportError as missing:
    print(f"SKIPPED, nothing was validated: {missing}; "
          "install python3-jsonschema and python3-junitparser")
    sys.exit(77)
if not shutil.which("cmark-gfm"):
    print("SKIPPED, nothing was validated: there is no cmark-gfm; install cmark-gfm")
    sys.exit(77)

HERE = pathlib.Path(__file__).resolve().parent
CORE = HERE.parent.parent / "core" / "report"


def validator(schema):
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


def closed(schema):
    """The schema, refusing members that it does not describe: those of a report are all described."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: closed(value) for key, value in schema.items()}
    if "properties" in schema and "type" in schema:
        result["additionalProperties"] = False
    return result


REPORT = validator(closed(json.loads((CORE / "kaudit-report-1.schema.json").read_text())))
SARIF = validator(json.loads((HERE / "sarif-2.1.0.schema.json").read_text()))
# What https://docs.gitlab.com/ci/testing/code_quality/ demands of an issue.
GITLAB = validator({
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string"},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "content": {"type": "object", "required": ["body"], "properties": {"body": {"type": "string"}}},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string"},
                    "lines": {"type": "object", "required": ["begin"],
                              "properties": {"begin": {"type": "integer", "minimum": 1}}},
                },
            },
        },
    },
})
HIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def no_duplicates(pairs):
    members = dict(pairs)
    assert len(members) == len(pairs), f"a member twice: {pairs}"
    return members


def read_json(text):
    return json.loads(text, object_pairs_hook=no_duplicates)


def check_json(text, _):
    report = read_json(text)
    REPORT.validate(report)
    prints = [finding["fingerprint"] for finding in report["findings"]]
    summary = report["summary"]
    assert len(prints) == sum(f["findings"] for f in report["files"])
    assert len(prints) == summary["findings"] - summary["left_out"]
    assert not any("exemption" in finding for finding in report["findings"])
    exempted = len(report["exempted"])
    assert exempted == summary["exempted"] == sum(f["exempted"] for f in report["files"])
    assert len(report["files"]) == summary["files"]


def check_sarif(text, name):
    log = read_json(text)
    SARIF.validate(log)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    for rule in rules:
        assert float(rule["properties"]["security-severity"]) > 0
        assert rule["helpUri"].startswith("https://"), rule["helpUri"]
    suppressed = ["suppressions" in result for result in run["results"]]
    assert all(suppressed) or not any(suppressed), "for all results or for none"
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        for location in result["locations"] + result.get("relatedLocations", []):
            place = location["physicalLocation"]
            assert all(number >= 1 for number in place["region"].values()), place
            uri = place["artifactLocation"]["uri"]
            assert re.fullmatch(r"[\w./~%:-]*", uri, re.ASCII), uri
            snippet = place.get("contextRegion", {}).get("snippet", {}).get("text", "x")
            assert snippet.strip(" \t"), place
        assert ("rank" in result) == ("priority" in result["properties"])
        assert 0 < result.get("rank", 1) <= 100, result["rank"]
        assert re.fullmatch(r"[0-9a-f]{16}:[1-9][0-9]*",
                            result["partialFingerprints"]["primaryLocationLineHash"])
    if name == "shop":
        uris = {r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
                for r in run["results"]}
        assert {unquote(uri) for uri in uris} == {"shop/web.yaml"}, uris


def check_junit(text, _):
    root = xml.etree.ElementTree.fromstring(text)
    suites = junitparser.JUnitXml.fromstring(text.encode())
    assert len(list(suites)) == len(root)
    for suite in suites:
        cases = list(suite)
        kinds = [type(result) for case in cases for result in case.result]
        assert suite.tests == len(cases)
        assert suite.failures == kinds.count(junitparser.Failure)
        assert suite.errors == kinds.count(junitparser.Error)
        assert suite.skipped == kinds.count(junitparser.Skipped)


def check_github(text, _):
    *commands, last = text.splitlines()
    assert last.startswith("kaudit: ")
    for line in commands:
        assert re.match(r"::(error|warning|notice) file=[^:,]*"
                        r"(,(line|col|endLine|endColumn)=[1-9][0-9]*)*,title=[^:,]*::", line), line


def check_gitlab(text, _):
    GITLAB.validate(read_json(text))


def check_csv(text, _):
    assert text.replace("\r\n", "").count("\n") == 0
    header, *records = csv.reader(text.splitlines(), strict=True)
    for record in records:
        assert len(record) == len(header) == 22, record
        assert not any(field.lstrip().startswith(("=", "+", "-", "@")) for field in record), record


def check_text(text, _):
    for line in text.splitlines():
        assert not re.match(r"\s*(::|section_start:|section_end:)", line), line
        assert not re.search(r"##[a-z]*\[", line, re.IGNORECASE), line


class Tags(html.parser.HTMLParser):
    """Collects the names of all elements, and the cells of each table row."""

    def __init__(self):
        super().__init__()
        self.names, self.rows = set(), []

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        if tag == "tr":
            self.rows.append(0)
        elif tag in ("td", "th"):
            self.rows[-1] += 1


def check_markdown(text, name):
    assert len(text) < 65536
    # GitHub's own renderer, which leaves raw HTML as it stands.
    rendered = subprocess.run(
        ["cmark-gfm", "--unsafe", "-e", "table", "-e", "autolink", "-e", "strikethrough"],
        input=text.encode(), stdout=subprocess.PIPE, check=True).stdout.decode()
    tags = Tags()
    tags.feed(rendered)
    extra = tags.names - {"h2", "h3", "p", "strong", "table", "thead", "tbody", "tr", "th", "td",
                          "code", "br", "ul", "li", "sub", "details", "summary"}
    assert not extra, extra
    assert set(tags.rows) <= {4, 5, 6}, tags.rows
    if name == "shop":
        assert tags.rows == [5, 5, 4] + 7 * [4] + 12 * [6], tags.rows


def check_checklist(text, _):
    answers = re.findall(r"^  (pass|fail|not applicable|not examined) +(\d+)  \S", text, re.M)
    assert [int(number) for _, number in answers] == (len(answers) // 11) * list(range(1, 12))
    counted = re.search(r"^Checklist: .*; (\d+) pass, (\d+) fail, (\d+) not applicable, "
                        r"(\d+) not examined", text, re.M)
    assert sum(map(int, counted.groups())) == len(answers)


def check_prometheus(text, _):
    # The text format, version 0.0.4: every sample belongs to a family that was described before it.
    described = set()
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            described.add(line.split()[2])
            assert line.endswith(" gauge"), line
        elif not line.startswith("# HELP "):
            sample = re.fullmatch(r'(\w+)(\{\w+="[^"\\\n]*"(,\w+="[^"\\\n]*")*\})? \d+', line)
            assert sample and sample[1] in described, line


class Page(html.parser.HTMLParser):
    """The elements of a page, each with its attributes; of two of them the text."""

    def __init__(self):
        super().__init__()
        self.elements, self.texts, self.open = [], {}, None

    def handle_starttag(self, tag, attrs):
        assert len(dict(attrs)) == len(attrs), attrs
        self.elements.append((tag, dict(attrs)))
        self.open = tag if tag in ("style", "script") else None

    def handle_data(self, data):
        if self.open:
            self.texts[self.open] = self.texts.get(self.open, "") + data

    def handle_endtag(self, tag):
        self.open = None


def check_html(text, _):
    page = Page()
    page.feed(text)
    (policy,) = (attributes["content"] for tag, attributes in page.elements
                 if attributes.get("http-equiv") == "Content-Security-Policy")
    for tag, name in (("style", "style-src"), ("script", "script-src")):
        digest = base64.b64encode(hashlib.sha256(page.texts[tag].encode()).digest()).decode()
        assert f"; {name} 'sha256-{digest}';" in policy, name
    assert policy.startswith("default-src 'none';") and "unsafe" not in policy
    counts = collections.Counter(tag for tag, _ in page.elements)
    assert counts["style"] == counts["script"] == counts["main"] == counts["h1"] == 1, counts
    # Nothing that loads, frames or submits; no handler and no style beside ours.
    assert not counts.keys() & {"img", "iframe", "object", "embed", "link", "base", "video", "audio"}
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(set(ids)) == len(ids), "an id twice"
    for tag, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on") or name == "style"], tag
        for name in ("href", "src", "action"):
            target = attributes.get(name, "#")
            assert target.startswith("https://") or target[1:] in ids + [""], (tag, target)


def check_dot(text, _):
    assert text.startswith("digraph exposure {\n") and text.endswith("}\n")
    if shutil.which("dot"):
        drawn = subprocess.run(["dot", "-Tdot"], input=text.encode(), stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, check=True)
        assert not drawn.stderr, drawn.stderr
    for line in text.splitlines()[3:-1]:
        assert re.fullmatch(r'  n\d+ (-> n\d+|\[label="([^"\\]|\\.)*", color="#\w{6}"(, shape=ellipse)?\]);',
                            line), line


def check_mermaid(text, _):
    head, *lines = text.splitlines()
    assert head == "flowchart LR"
    for line in lines:
        assert re.fullmatch(r'  (n\d+ --> n\d+|classDef [\w:#,-]+ [\w:#,-]+|n\d+\(?\['
                            r'"([\w /.:,()=@+-]|[^\x00-\x7f]|#\d+;|<br/>)*"\]\)?:::\w+)', line), line


def check_policyreport(text, _):
    listed = read_json(text)
    assert (listed["apiVersion"], listed["kind"]) == ("v1", "List")
    for report in listed["items"]:
        assert report["apiVersion"] == "wgpolicyk8s.io/v1alpha2"
        namespaced = "namespace" in report["metadata"]
        assert report["kind"] == ("PolicyReport" if namespaced else "ClusterPolicyReport")
        results = [one["result"] for one in report["results"]]
        assert report["summary"] == {one: results.count(one)
                                     for one in ("pass", "fail", "warn", "error", "skip")}
        for one in report["results"]:
            assert set(one) <= {"source", "result", "policy", "rule", "category", "severity",
                                "message", "resources", "properties"}, one
            assert one["policy"] and "message" in one
            assert one.get("severity") in {None, "info", "low", "medium", "high", "critical"}
            assert all(isinstance(value, str) for value in one["properties"].values())


def main():
    checks = {name.removeprefix("check_"): function for name, function in globals().items()
              if name.startswith("check_")}
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.argv[1], folder], check=True)
        files = sorted(pathlib.Path(folder).iterdir())
        for file in files:
            kind = file.suffix[1:]
            try:
                text = file.read_bytes().decode("utf-8")
                assert not HIDDEN.search(text.replace("\r\n", "\n")), "a hidden character"
                checks[kind](text, file.stem)
            except Exception as problem:
                raise SystemExit(f"{file.name}: {problem!r}") from problem
        kinds = {file.suffix[1:] for file in files}
        assert kinds == set(checks), kinds ^ set(checks)
        print(f"{len(files)} reports in {len(kinds)} formats are valid")


if __name__ == "__main__":
    main()
