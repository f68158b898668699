"""--shard: several runs share the work, and together they are the whole."""

import json
import unittest

import support
from support import BAD


class Shards(support.Case):
    def report(self, *arguments, stdin=b"", codes=(0, 1)):
        code, stdout, stderr = self.run_kaudit("--format", "json", "-q", *arguments, stdin=stdin)
        self.assertIn(code, codes, stderr)
        return json.loads(stdout)

    def together(self, count, *arguments, stdin=b""):
        parts = [self.report("--shard", f"{i}/{count}", *arguments, stdin=stdin)
                 for i in range(count)]
        found = sorted(json.dumps(f) for part in parts for f in part["findings"])
        return parts, found

    def test_of_many_files_each_is_in_one(self):
        for i in range(40):
            self.write(f"{i % 4}/pod{i}.yaml", BAD.replace("name: bad", f"name: bad{i}"))
        whole = self.report(".")
        parts, found = self.together(3, ".")
        self.assertEqual(found, sorted(json.dumps(f) for f in whole["findings"]))
        names = sorted(f["file"] for part in parts for f in part["files"])
        self.assertEqual(names, sorted(f["file"] for f in whole["files"]))
        self.assertTrue(all(part["files"] for part in parts))

    def test_of_one_stream_each_object_is_in_one(self):
        pods = [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": f"p{i}"},
                 "spec": {"containers": [{"name": "a", "image": "a:1"}], "hostNetwork": True}}
                for i in range(40)]
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": pods}).encode()
        whole = self.report("-", stdin=text)
        parts, found = self.together(4, "-", stdin=text)
        self.assertEqual(found, sorted(json.dumps(f) for f in whole["findings"]))
        self.assertEqual(sum(part["summary"]["workloads"] for part in parts), 40)
        self.assertTrue(all(part["summary"]["workloads"] for part in parts))

    def test_what_another_shard_judges_leads_to_an_object_all_the_same(self):
        def item(version, kind, name, spec):
            return {"apiVersion": version, "kind": kind, "metadata": {"name": name}, "spec": spec}
        items = []
        for i in range(8):
            app = {"app": f"a{i}"}
            items += [
                item("v1", "Service", f"s{i}", {
                    "type": "NodePort" if i % 2 else "LoadBalancer", "selector": app,
                    "ports": [{"port": 80}]}),
                item("apps/v1", "Deployment", f"d{i}", {"template": {
                    "metadata": {"labels": app},
                    "spec": {"containers": [{"name": "a", "image": "a:1"}]}}})]
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": items}).encode()
        whole = self.report("-", stdin=text)
        _, found = self.together(3, "-", stdin=text)
        self.assertEqual(found, sorted(json.dumps(f) for f in whole["findings"]))
        self.assertEqual({f["exposure"]["level"] for f in whole["findings"]},
                         {"internet", "network"})

    def test_files_that_belong_together_stay_together(self):
        self.write("compose.yaml", "services:\n  web: {image: 'a:1'}\n")
        self.write("compose.override.yaml", "services:\n  web:\n    privileged: true\n")
        self.write("part.yaml", "services:\n  db: {image: 'a:1', privileged: true}\n")
        self.write("all.compose.yaml", "include: [part.yaml]\n")
        whole = self.report(".")
        _, found = self.together(5, ".")
        self.assertEqual(found, sorted(json.dumps(f) for f in whole["findings"]))

    def test_a_shard_without_work_is_fine(self):
        self.write("pod.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
        for i in range(3):
            self.report("--shard", f"{i}/3", ".", codes=(0,))

    def test_exemptions_that_another_shard_uses_are_not_called_unused(self):
        self.write("pod.yaml", BAD)
        self.write("other.yaml", BAD.replace("name: bad", "name: other"))
        self.write(".kaudit.yaml", "exemptions:\n  - rules: [privileged-container]\n"
                   "    names: [bad]\n    reason: known\n")
        for i in range(2):
            rules = {f["rule"] for f in self.report("--shard", f"{i}/2", ".")["findings"]}
            self.assertNotIn("exception-problem", rules)

    def test_what_is_no_shard(self):
        for text in ["4/4", "1", "/4", "1/", "-1/4", "1/0", "a/b", "0/10001", "1/4/2"]:
            with self.subTest(text=text):
                code, _, stderr = self.run_kaudit("--shard", text, ".")
                self.assertEqual((code, stderr.splitlines()[0]),
                                 (2, f'kaudit: --shard: "{text}" is no shard: write INDEX/COUNT, '
                                  'such as 0/4 to 3/4, of at most 10000'))


if __name__ == "__main__":
    unittest.main()
