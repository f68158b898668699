"""`kaudit review`: a recorded AdmissionReview in, the webhook's answer out."""

import json
import unittest

import support


def review(privileged=False, **request):
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "shop", "namespace": "prod"},
        "spec": {"containers": [{"name": "app", "image": "registry.example/app:1.0",
                                 "securityContext": {"privileged": privileged}}]},
    }
    return json.dumps({
        "apiVersion": "admission.k8s.io/v1",
        "kind": "AdmissionReview",
        "request": {
            "uid": "42",
            "kind": {"group": "", "version": "v1", "kind": "Pod"},
            "resource": {"group": "", "version": "v1", "resource": "pods"},
            "name": "shop",
            "namespace": "prod",
            "operation": "CREATE",
            "userInfo": {"username": "ann", "groups": ["developers"]},
            "object": pod,
            "oldObject": None,
            "dryRun": False,
            **request,
        },
    })


class Review(support.Case):
    def answer(self, arguments, code, text):
        self.write("review.json", text)
        return json.loads(self.check(["review", "review.json", *arguments], code))["response"]

    def test_the_exit_code_is_the_verdict(self):
        allowed = self.answer(["--route", "core"], 0, review())
        self.assertEqual((allowed["uid"], allowed["allowed"]), ("42", True))
        denied = self.answer(["--route", "core"], 1, review(privileged=True))
        self.assertEqual((denied["uid"], denied["allowed"]), ("42", False))
        self.assertEqual(denied["status"]["message"],
                         'Pod "shop" breaks a rule. Container "app": privileged-container (KA1001) '
                         "at spec.containers[0].securityContext.privileged: sets "
                         "securityContext.privileged to true; it must be false or unset. "
                         "Fix: privileged: false.")
        unjudgeable = self.answer([], 1, review(privileged="yes")[:-9])
        self.assertEqual((unjudgeable["uid"], unjudgeable["status"]["code"]), ("42", 422))

    def test_options(self):
        bad = review(privileged=True)
        for arguments, code in [
            ([], 1),
            (["--route", "restricted"], 1),
            (["--mode", "audit"], 0),
            (["--mode=enforce"], 1),
            (["--config", "exempt.yaml"], 0),
            (["--config", "exempt.yaml", "--no-config"], 1),
        ]:
            self.write("exempt.yaml", "exemptions:\n  - {rules: [privileged-container], "
                                      "users: [ann], reason: the storage driver}\n")
            self.assertEqual(self.answer(arguments, code, bad)["allowed"], code == 0, arguments)
        audit = self.answer(["--mode", "audit"], 0, bad)
        self.assertIn("privileged-container", audit["auditAnnotations"]["would-deny"])
        unjudged = self.answer([], 0, review(operation="DELETE", object=None))
        self.assertEqual(unjudged, {"uid": "42", "allowed": True})
        self.assertIs(self.answer(["--route", "restricted"], 1, review())["allowed"], False)

    def test_pretty_is_the_same_content(self):
        for text in [review(), review(privileged=True), review(uid='\\"{[,:]}')]:
            self.write("review.json", text)
            plain = self.run_kaudit("review", "review.json")[1]
            pretty = self.run_kaudit("review", "review.json", "--pretty")[1]
            self.assertEqual(json.loads(pretty), json.loads(plain))
            self.assertEqual(plain.count("\n"), 1)
            self.assertEqual(pretty, json.dumps(json.loads(plain), indent=2,
                                                ensure_ascii=False) + "\n")

    def test_standard_input(self):
        self.check(["review", "-", "--route", "core"], 0, stdin=review())

    def test_what_is_no_review_is_trouble(self):
        for arguments, text, stderr in [
            (["review"], "", "kaudit: `kaudit review` needs one file, or - for standard input\n"),
            (["review", "a", "b"], "",
             "kaudit: `kaudit review` needs one file, or - for standard input\n"),
            (["review", "none.json"], "", "kaudit: none.json: no such file or directory\n"),
            (["review", "-", "--route", "strict"], "",
             'kaudit: --route: "strict" is no route (policy, core, baseline, restricted); '
             'did you mean "restricted"?\n'),
            (["review", "-", "--mode", "on"], "",
             'kaudit: --mode: "on" is no mode (enforce, audit)\n'),
            (["review", "-"], "",
             "kaudit: answered with HTTP status 400: the body is empty\n"),
            (["review", "-"], '{"kind": "Pod"}',
             "kaudit: answered with HTTP status 400: the body's kind is not AdmissionReview\n"),
        ]:
            self.check(arguments, 2, stderr, stdin=text)


if __name__ == "__main__":
    unittest.main()
