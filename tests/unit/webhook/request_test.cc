#include "webhook/request.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/reviews.h"
#include "webhook/admission.h"

namespace kaudit {
namespace {

using testing::pod_of;
using testing::review_of;
using testing::ReviewParts;
using Json = nlohmann::json;

Answer answer_to(std::string_view body, Mode mode = Mode::enforce) {
  const Admission admission(Policy{}, {.mode = mode});
  return Reviewer().review(admission, Route::core, body, nullptr);
}

std::string good() {
  return review_of({.object = pod_of(R"("containers":[{"name":"a","image":"a:1"}])")});
}

// The review with one text in it replaced.
std::string with(std::string_view part, std::string_view other) {
  std::string text = good();
  const std::size_t at = text.find(part);
  EXPECT_NE(at, std::string::npos) << part;
  return text.replace(at, part.size(), other);
}

TEST(Request, AMalformedEnvelopeIsAnsweredWith400) {
  struct Row {
    std::string body, message;
  };
  const std::string uid = R"("uid":"705ab4f5-6393-11e8-b7cc-42010a800002")";
  const Row table[] = {
      {"", "the body is empty"},
      {"{}", "the body's kind is not AdmissionReview"},
      {"[]", "the body is no AdmissionReview"},
      {"null", "the body is no AdmissionReview"},
      {"7", "the body is no AdmissionReview"},
      {R"({"kind":"AdmissionReview"})",
       "the body's apiVersion is neither admission.k8s.io/v1 nor admission.k8s.io/v1beta1"},
      {R"({"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1"})", "request is missing"},
      {R"({"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":null})",
       "request is missing"},
      {R"({"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":[]})",
       "request is a list; it must be a mapping"},
      {R"({"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{}})",
       "request.uid is missing"},
      {with(R"("kind":"AdmissionReview")", R"("kind":"Review")"),
       "the body's kind is not AdmissionReview"},
      {with(R"("kind":"AdmissionReview")", R"("kind":7)"),
       "the body's kind is not AdmissionReview"},
      {with("admission.k8s.io/v1", "admission.k8s.io/v2"),
       "the body's apiVersion is neither admission.k8s.io/v1 nor admission.k8s.io/v1beta1"},
      {with("admission.k8s.io/v1", "v1"),
       "the body's apiVersion is neither admission.k8s.io/v1 nor admission.k8s.io/v1beta1"},
      {with(uid, R"("uid":7)"), "request.uid is an integer; it must be a string"},
      {with(uid, R"("uid":"")"), "request.uid is missing"},
      {with(uid, R"("uid":")" + std::string(257, 'a') + '"'), "request.uid is too long"},
      {with(R"("operation":"CREATE")", R"("operation":"PATCH")"),
       "request.operation is none of CREATE, UPDATE, DELETE and CONNECT"},
      {with(R"("operation":"CREATE")", R"("operation":"create")"),
       "request.operation is none of CREATE, UPDATE, DELETE and CONNECT"},
      {with(R"("operation":"CREATE",)", ""),
       "request.operation is none of CREATE, UPDATE, DELETE and CONNECT"},
      {with(R"("operation":"CREATE")", R"("operation":["CREATE"])"),
       "request.operation is a list; it must be a string"},
      {with(R"("kind":{"group":"","version":"v1","kind":"Pod"},)", ""), "request.kind is missing"},
      {with(R"("kind":{"group":"","version":"v1","kind":"Pod"})", R"("kind":"Pod")"),
       "request.kind is a string; it must be a mapping"},
      {with(R"("version":"v1","kind":"Pod"})", R"("version":1,"kind":"Pod"})"),
       "request.kind.version is an integer; it must be a string"},
      {with(R"("resource":"pods"})", R"("resource":null})"),
       "request.resource.resource is missing"},
      {with(R"("name":"shop","namespace":"prod","operation")",
            R"("name":"shop","namespace":{},"operation")"),
       "request.namespace is a mapping; it must be a string"},
      {with(R"("name":"shop","namespace":"prod","operation")",
            R"("name":1,"namespace":"prod","operation")"),
       "request.name is an integer; it must be a string"},
      {with(R"("dryRun":false)", R"("dryRun":"true")"),
       "request.dryRun is a string; it must be a boolean"},
      {with(R"("groups":["developers"])", R"("groups":"developers")"),
       "request.userInfo.groups is a string; it must be a list"},
      {with(R"("groups":["developers"])", R"("groups":["a",1])"),
       "request.userInfo.groups[*] is an integer; it must be a string"},
      {with(R"("username":"ann")", R"("username":[])"),
       "request.userInfo.username is a list; it must be a string"},
      {with(R"("userInfo":{"username":"ann","groups":["developers"]})", R"("userInfo":[])"),
       "request.userInfo is a list; it must be a mapping"},
      // Twice: which one is meant?
      {with(R"("operation":"CREATE")", R"("operation":"DELETE","operation":"CREATE")"),
       "a member of the review is written twice"},
      {with(uid, uid + "," + uid), "a member of the review is written twice"},
      {with(R"("oldObject":null)", R"("object":{},"oldObject":null)"),
       "a member of the review is written twice"},
      {with(R"("resource":"pods")", R"("resource":"configmaps","resource":"pods")"),
       "a member of the review is written twice"},
      {with(R"("kind":"AdmissionReview",)", R"("request":{},"kind":"AdmissionReview",)"),
       "a member of the review is written twice"},
  };
  for (const Row& row : table) {
    SCOPED_TRACE(row.body);
    const Answer answer = answer_to(row.body);
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.content_type, "application/json");
    EXPECT_EQ(Json::parse(answer.body), (Json{{"kind", "Status"},
                                              {"apiVersion", "v1"},
                                              {"status", "Failure"},
                                              {"message", row.message},
                                              {"reason", "BadRequest"},
                                              {"code", 400}}));
  }
}

TEST(Request, TheVersionIsEchoed) {
  for (const char* version : {"admission.k8s.io/v1", "admission.k8s.io/v1beta1"}) {
    ReviewParts parts{.review_version = version};
    EXPECT_EQ(Json::parse(answer_to(review_of(parts)).body).at("apiVersion"), version);
  }
}

TEST(Request, TheUidIsEchoedWhateverItHolds) {
  for (const std::string& uid : {std::string("a"), std::string(R"(\"},\"allowed\":true,{\")"),
                                 std::string(R"(\u0000\n\u202e)"), std::string("</script>"),
                                 std::string("\xF0\x9F\x98\x80"), std::string(256, 'a')}) {
    ReviewParts parts{.uid = uid};
    const Json sent = Json::parse(review_of(parts)).at("request").at("uid");
    EXPECT_EQ(Json::parse(answer_to(review_of(parts)).body).at("response").at("uid"), sent) << uid;
  }
}

// ---- Bodies that break after the uid -----------------------------------------------------------

TEST(Request, WhatCannotBeReadIsDeniedByItsUid) {
  const std::string text = good();
  const std::string deep = std::string(600, '[') + std::string(600, ']');
  std::string many = "[0";
  for (int n = 0; n < 1'000'001; ++n) many += ",0";
  many += "]";
  const std::string bodies[] = {
      text.substr(0, text.size() - 1),
      text.substr(0, text.find("\"operation\"")),
      text + "}",
      text + text,
      text + "\xff",
      with(R"("options":null)", R"("options":nul)"),
      with(R"("options":null)", R"("options":01)"),
      with(R"("options":null)", "\"options\":\"\n\""),
      with(R"("options":null)", "\"options\":\"\xff\""),
      with(R"("options":null)", R"("options":"\x")"),
      with(R"("options":null)", R"("options":NaN)"),
      with(R"("options":null)", R"("options":)" + deep),
      with(R"("options":null)", R"("options":)" + many),
      with(R"("image":"a:1")", R"("image":"a:1)"),
  };
  for (const std::string& body : bodies) {
    SCOPED_TRACE(body.substr(0, 2000));
    const Answer answer = answer_to(body);
    EXPECT_EQ(answer.status, 200);
    const Json review = Json::parse(answer.body);
    const Json& response = review.at("response");
    EXPECT_EQ(review.at("apiVersion"), "admission.k8s.io/v1");
    EXPECT_EQ(response.at("uid"), "705ab4f5-6393-11e8-b7cc-42010a800002");
    EXPECT_EQ(response.at("allowed"), false);
    EXPECT_EQ(response.at("status").at("code"), 422);
    EXPECT_EQ(response.at("status").at("reason"), "Invalid");
    const Json audit = Json::parse(answer_to(body, Mode::audit).body);
    EXPECT_EQ(audit.at("response").at("allowed"), true);
    EXPECT_TRUE(audit.at("response").at("auditAnnotations").contains("would-deny"));
  }
  EXPECT_EQ(Json::parse(answer_to(bodies[0]).body).at("response").at("status").at("message"),
            "the request cannot be judged, so it is denied: body:1:" +
                std::to_string(bodies[0].size() + 1) +
                ": expected ',' or '}', found the end of the text");
}

TEST(Request, ScanFindsTheUidInWhatThereIs) {
  constexpr std::string_view kNothing = "-";
  struct Row {
    std::string text;
    std::string_view uid;
    std::string_view version = "admission.k8s.io/v1";
  };
  const std::string head = R"({"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1",)";
  const Row table[] = {
      {good(), "705ab4f5-6393-11e8-b7cc-42010a800002"},
      {head + R"("request":{"uid":"7")", "7"},
      {head + R"("request":{"uid":"7",)", "7"},
      {head + R"( "request" : { "x" : [ { "uid" : "8" } , 1 ] , "uid" : "7" )", "7"},
      {head + R"("request":{"object":{"uid":"8","x":[{}]},"uid":"7")", "7"},
      {head + R"("request":{"uid":"7)", kNothing},
      {head + R"("request":{"uid":7)", kNothing},
      {head + R"("request":{"uid":"")", kNothing},
      {head + R"("request":{"uid":"a b")", kNothing},
      {head + R"("request":{"uid":"a\u0041")", kNothing},
      {head + "\"request\":{\"uid\":\"\xC3\xA9\"", kNothing},
      {head + R"("request":{"uid":")" + std::string(257, 'a') + '"', kNothing},
      {head + R"("request":{"object":{"uid":"7"}})", kNothing},
      {head + R"("request":[{"uid":"7"}])", kNothing},
      {head + R"("request":["uid","7"])", kNothing},
      {head + R"("other":{"uid":"7"})", kNothing},
      {head + R"("uid":"7")", kNothing},
      {head + R"("request":{"a" "uid":"7")", kNothing},
      {head + R"("request":{"a":1 "uid":"7")", kNothing},
      {head + R"("request":{"a":],"uid":"7")", kNothing},
      {head + R"("request":{,"uid":"7")", kNothing},
      {R"({"request":{"uid":"7"},"apiVersion":"admission.k8s.io/v1beta1","x)", "7",
       "admission.k8s.io/v1beta1"},
      {R"({"request":{"uid":"7"})", "7"},
      {R"({"kind":"Pod","request":{"uid":"7"}})", kNothing},
      {R"({"request":{"uid":"7"},"kind":"Pod","x)", kNothing},
      {R"({"apiVersion":"v1","request":{"uid":"7"}})", kNothing},
      {R"([{"request":{"uid":"7"}}])", kNothing},
      {"", kNothing},
      {"{", kNothing},
      {"\"uid\"", kNothing},
      {std::string(100'000, '['), kNothing},
  };
  for (const Row& row : table) {
    SCOPED_TRACE(row.text.substr(0, 200));
    const auto found = scan_envelope(row.text);
    EXPECT_EQ(found ? found->uid : kNothing, row.uid);
    if (found) {
      EXPECT_EQ(found->review_version, row.version);
    }
  }
  // Each prefix gives the uid or nothing, never a part of it.
  const std::string text = good();
  for (std::size_t size = 0; size <= text.size(); ++size) {
    const auto found = scan_envelope(std::string_view(text).substr(0, size));
    if (found) {
      EXPECT_EQ(found->uid, "705ab4f5-6393-11e8-b7cc-42010a800002");
    }
  }
}

TEST(Request, ABodyThatWasNotReadToItsEndIsDenied) {
  const Admission admission(Policy{}, {});
  Reviewer reviewer;
  const std::string beginning = good().substr(0, 300);
  const Answer denied = reviewer.refuse(admission, beginning, Refusal::too_large, nullptr);
  EXPECT_EQ(denied.status, 200);
  EXPECT_EQ(Json::parse(denied.body).at("response"), Json::parse(R"({
      "uid": "705ab4f5-6393-11e8-b7cc-42010a800002", "allowed": false,
      "status": {"status": "Failure", "reason": "RequestEntityTooLarge", "code": 413, "details": {},
                 "message": "the request cannot be judged, so it is denied: its body is too large"}
      })"));
  EXPECT_EQ(reviewer.refuse(admission, "{\"a\"", Refusal::too_large, nullptr).status, 413);
  const std::string large =
      with(R"("options":null)", R"("options":")" + std::string(std::size_t{8} << 20, 'x') + '"');
  EXPECT_EQ(reviewer.review(admission, Route::core, large, nullptr).body, denied.body);
}

}  // namespace
}  // namespace kaudit
