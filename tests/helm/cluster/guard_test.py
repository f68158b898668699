"""Who may change how a namespace is judged, and what of nodes is not."""
import json

import objects
from cluster import wait_for
from release import ChartCase


class Guard(ChartCase):
    """Nobody exempts a namespace from what it is held to who may merely edit it."""

    def test_labels_are_kept(self):
        self.release("guarded", webhook={"namespaceSelector": [
            {"key": "stage", "operator": "NotIn", "values": ["lab"]}]})
        everything = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "rules": [
            {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]}
        editor = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
                  "metadata": {"name": "namespace-editor"}, "rules": [
                      {"apiGroups": [""], "verbs": ["get", "create", "update", "patch"],
                       "resources": ["namespaces", "namespaces/status", "namespaces/finalize"]}]}
        self.cluster.kubectl("create", "-f", "-", stdin=editor)
        for user in ("editor", "assigner"):
            self.cluster.kubectl("create", "clusterrolebinding", f"{user}-edits",
                                 "--clusterrole=namespace-editor", f"--user={user}")
        self.cluster.kubectl("create", "clusterrolebinding", "assigner-assigns",
                             "--clusterrole=guarded-profiles", "--user=assigner")
        namespace = self.make("restricted")
        # The owner of a namespace, as many clusters make one.
        self.cluster.kubectl("create", "-n", namespace, "-f", "-",
                             stdin=everything | {"metadata": {"name": "owner"}})
        self.cluster.kubectl("create", "rolebinding", "owner", "-n", namespace, "--role=owner",
                             "--user=editor")
        key = "kaudit.dev/profile"

        def label(user, value, *options, of=key):
            patch = json.dumps({"metadata": {"labels": {of: value}}})
            return self.as_user(user, "patch", "namespace", namespace, "--type=merge", f"-p={patch}",
                                *options)
        wait_for("the guard", lambda: label("editor", "core", "--dry-run=server"))
        refusal = (f"the label {key} decides how kaudit judges the namespace: to change it takes the "
                   'right to "assign" "profiles" of the group kaudit.dev, as the ClusterRole '
                   "guarded-profiles gives it")
        for value in ("core", "baseline", "none-such", None):
            self.assertIn(refusal, label("editor", value), value)
        self.assertIn(refusal, label("editor", "core", "--subresource=status"))
        finalized = self.cluster.must("GET", f"/api/v1/namespaces/{namespace}")
        finalized["metadata"]["labels"][key] = "core"
        self.assertIn(refusal, self.as_user(
            "editor", "replace", "--raw", f"/api/v1/namespaces/{namespace}/finalize", "-f", "-",
            stdin=finalized))
        self.assertIn("the label stage decides", label("editor", "lab", of="stage"))
        self.assertEqual(label("editor", "shop", of="team"), "")
        self.assertEqual(label("editor", "restricted"), "")
        self.assertEqual(label("assigner", "core"), "")
        self.assertIn(refusal, label("editor", "baseline"))
        self.assertEqual(label("editor", "restricted"), "")
        # The label by which names are selected nobody can forge.
        own = "kubernetes.io/metadata.name"
        self.assertEqual(label("assigner", "kube-system", of=own), "")
        forged = self.cluster.must("GET", f"/api/v1/namespaces/{namespace}")
        self.assertEqual(forged["metadata"]["labels"][own], namespace)
        for labels in ({"name": "forged"}, {"generateName": "forged-"}):
            made = self.cluster.must("POST", "/api/v1/namespaces", {
                "apiVersion": "v1", "kind": "Namespace",
                "metadata": labels | {"labels": {own: "kube-system"}}})["metadata"]
            self.assertEqual(made["labels"][own], made["name"])
        for name, labels, refused in (("new-1", {key: "core"}, True), ("new-2", {}, False),
                                      ("new-3", {key: "restricted"}, False),
                                      ("new-4", {"stage": "lab"}, True)):
            answer = self.as_user("editor", "create", "--dry-run=server", "-f", "-", stdin={
                "apiVersion": "v1", "kind": "Namespace",
                "metadata": {"name": name, "labels": labels}})
            self.assertEqual("decides how kaudit judges" in answer, refused, (name, answer))

    def test_mirror_pods_only_of_nodes(self):
        release = self.release("mirrored")
        self.run_it(release)
        namespace = self.make()
        self.until(namespace, 403)
        self.cluster.kubectl("create", "clusterrole", "pod-maker", "--verb=create",
                             "--resource=pods")
        self.cluster.kubectl("create", "clusterrolebinding", "pod-makers",
                             "--clusterrole=pod-maker", "--user=alice", "--group=system:nodes")
        mirror = objects.pod("mirror", objects.privileged() | {"nodeName": "a"}, annotations={
            "kubernetes.io/config.mirror": "x"}, namespace=namespace)
        arguments = ("create", "--dry-run=server", "-f", "-")
        self.assertEqual(self.as_user("system:node:a", *arguments, group="system:nodes",
                                      stdin=mirror), "")
        self.assertIn('"pods.kaudit.dev" denied', self.as_user("alice", *arguments, stdin=mirror))
        del mirror["metadata"]["annotations"]
        self.assertIn('"pods.kaudit.dev" denied', self.as_user(
            "system:node:a", *arguments, group="system:nodes", stdin=mirror))
