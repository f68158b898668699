// What an answer may hold, whatever an object holds.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>

#include "core/report/escape.h"
#include "core/report/json_writer.h"
#include "tests/support/reviews.h"
#include "webhook/admission.h"
#include "webhook/wording.h"

namespace kaudit {
namespace {

using testing::pod_of;
using testing::review_of;
using Json = nlohmann::json;

std::string literal(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

Policy everything() {
  Policy policy;
  for (const Rule* rule : all_rules()) {
    policy.settings.emplace_back(rule, RuleSetting{.has_action = true, .action = Action::warn});
  }
  return policy;
}

// The promises about any answer at all; gives the parsed response.
Json check(const std::string& text) {
  const Json review = Json::parse(text);
  const Json& response = review.at("response");
  const auto is_visible = [](std::string_view shown) {
    for (std::size_t at = 0; at < shown.size();) {
      const char32_t c = next_code_point(shown, at);
      if (is_hidden(c) || c == kNotACharacter) return false;
    }
    return true;
  };
  std::size_t sum = 0;
  const Json warnings = response.value("warnings", Json::array());
  const Json annotations = response.value("auditAnnotations", Json::object());
  for (const std::string warning : warnings) {
    EXPECT_LE(length_of(warning), 120U) << warning;
    EXPECT_TRUE(is_visible(warning)) << warning;
    sum += length_of(warning);
  }
  EXPECT_LE(sum, 4096U);
  EXPECT_LE(annotations.size(), 10U);
  static const std::regex kKey("[A-Za-z0-9][-A-Za-z0-9_.]{0,61}[A-Za-z0-9]");
  for (const auto& [key, value] : annotations.items()) {
    EXPECT_TRUE(std::regex_match(key, kKey)) << key;
    EXPECT_LE(value.get<std::string>().size(), 512U) << value;
    EXPECT_TRUE(is_visible(value.get<std::string>())) << value;
  }
  if (response.contains("status")) {
    const std::string message = response.at("status").at("message");
    EXPECT_LE(length_of(message), 1024U) << message;
    EXPECT_TRUE(is_visible(message)) << message;
    const Json causes = response.at("status").at("details").value("causes", Json::array());
    EXPECT_LE(causes.size(), 64U);
    for (const Json& cause : causes) {
      EXPECT_TRUE(is_visible(cause.at("message").get<std::string>()));
      EXPECT_TRUE(is_visible(cause.value("field", "")));
    }
  }
  return response;
}

Json review(const std::string& object, const Policy& policy, Route route) {
  const Admission admission(policy, {});
  return check(Reviewer().review(admission, route, review_of({.object = object}), nullptr).body);
}

TEST(Limits, HoldWhateverTheNamesAre) {
  const std::string names[] = {
      "",
      "a",
      std::string(300, 'n'),
      std::string(100'000, 'x'),
      "\x1b[31mred\x1b[0m",
      "two\nlines\r\n\ttab",
      std::string("nul\0byte", 8),
      "\u202egnol\u2066",
      "\u200b\ufeff",
      "\u0085\u009b31m",
      "\"quotes\" and \\ and </script>",
      "::error::x ##[group]",
      "\U0001F600\U0001F600 \u00e9\u6f22",
      std::string(5000, '\n'),
      [] {
        std::string s;
        for (int n = 0; n < 3000; ++n) s += "\u6f22";
        return s;
      }(),
  };
  for (const std::string& name : names) {
    SCOPED_TRACE(literal(name.substr(0, 60)));
    const std::string n = literal(name);
    const std::string spec =
        R"("hostNetwork":true,"serviceAccountName":)" + n + R"(,"containers":[{"name":)" + n +
        R"(,"image":)" + n + R"(,"ports":[{"name":)" + n + R"(,"hostPort":1}],"env":[{"name":)" +
        n + R"(,"value":)" + n +
        R"(}],"securityContext":{"privileged":true,"capabilities":{"add":[)" + n +
        R"(]},"seLinuxOptions":{"type":)" + n + R"(},"procMount":)" + n +
        R"(}}],"volumes":[{"name":)" + n + R"(,"hostPath":{"path":"/"}},{"name":)" + n +
        R"(,"hostPath":{"path":)" + n + "}}]";
    const std::string object = R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":)" + n +
                               R"(,"annotations":{)" + n + ":" + n + R"(}},"spec":{)" + spec + "}}";
    for (const Route route : {Route::core, Route::restricted}) {
      EXPECT_EQ(review(object, {}, route).at("allowed"), false);
    }
    review(object, everything(), Route::core);
    // Fields that cannot be judged are named as well.
    review(R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":)" + n + R"(},"spec":{)" + n +
               R"(:1,"hostPID":)" + n + "}}",
           {}, Route::core);
  }
}

TEST(Limits, ManyViolationsAreCountedNotListed) {
  std::string containers;
  for (int n = 0; n < 300; ++n) {
    containers += (n == 0 ? "" : ",") + std::string(R"({"name":"c)") + std::to_string(n) +
                  R"(","image":"a:1","securityContext":{"privileged":true}})";
  }
  const std::string object = pod_of(R"("containers":[)" + containers + "]");
  const Json denied = review(object, {}, Route::core);
  const std::string message = denied.at("status").at("message");
  EXPECT_TRUE(
      message.starts_with("Pod \"shop\" breaks rules in 300 places. Container \"c0\": "
                          "privileged-container (KA1001) at "
                          "spec.containers[0].securityContext.privileged: sets "))
      << message;
  EXPECT_TRUE(std::regex_search(message, std::regex(R"( \+\d+ more$)"))) << message;
  EXPECT_EQ(denied.at("status").at("details").at("causes").size(), 64U);
  const Json& warnings = denied.at("warnings");
  EXPECT_TRUE(std::regex_match(warnings.back().get<std::string>(), std::regex(R"(\+\d+ more)")));
  const std::string annotation = denied.at("auditAnnotations").at("denied");
  EXPECT_TRUE(std::regex_search(annotation, std::regex(R"(; \+\d+ more$)"))) << annotation;
}

TEST(Limits, TheWorstComesFirst) {
  Policy policy;
  policy.include = {find_rule("host-port"), find_rule("privileged-container"),
                    find_rule("host-pid")};
  for (const Rule* rule : *policy.include) {
    policy.settings.emplace_back(rule, RuleSetting{.has_action = true, .action = Action::warn});
  }
  const std::string object =
      pod_of(R"("hostPID":true,"containers":[{"name":"a","image":"a:1","ports":[{"hostPort":1}],)"
             R"("securityContext":{"privileged":true}}])");
  EXPECT_EQ(
      review(object, policy, Route::core).at("warnings"),
      Json::parse(
          R"(["privileged-container: container \"a\" sets securityContext.privileged to true; it must be false or unset; it works on the…",
                            "host-pid: pod sets hostPID to true; it must be false or unset",
                            "host-port: container \"a\" uses hostPort 1; it must be unset"])"));
}

TEST(Limits, NoSecretIsInAnAnswer) {
  const std::string secrets[] = {"hunter2-Zx81qW", "AKIAIOSFODNN7EXAMPLQ",
                                 "c2VjcmV0LXBhc3N3b3JkLTE5"};
  for (const std::string& secret : secrets) {
    const std::string object = pod_of(
        R"("hostNetwork":true,"containers":[{"name":"app","image":"a:1","command":["sh","-c",)"
        R"("mysql --password=)" +
            secret + R"("],"args":["--token=)" + secret +
            R"("],"env":[{"name":"DB_PASSWORD","value":")" + secret +
            R"("}],"securityContext":{"privileged":true,"seLinuxOptions":{"type":")" + secret +
            R"("}}}])",
        R"(,"annotations":{"password":")" + secret + R"("})");
    for (const Policy& policy : {Policy{}, everything()}) {
      const Json response = review(object, policy, Route::restricted);
      EXPECT_EQ(response.dump().find(secret), std::string::npos) << response.dump(2);
    }
  }
}

TEST(Limits, UnjudgeableObjectsSayWhere) {
  struct Row {
    std::string object, message;
  };
  const std::string containers = R"("containers":[{"name":"a","image":"a:1"}])";
  const Row table[] = {
      {pod_of(R"("hostPID":"true",)" + containers),
       "spec.hostPID: it is a string; it must be a boolean"},
      {pod_of(R"("containers":"none")"),
       "spec.containers: it is a string; it must be a list of containers"},
      {pod_of(R"("volumes":{},)" + containers), "spec.volumes: it is a mapping; it must be a list"},
      {R"({"apiVersion":"v1","kind":"Pod","spec":null})", "spec: it is null; it must be a mapping"},
      {R"({"apiVersion":"v1","kind":"Pod","spec":[]})", "spec: it is a list; it must be a mapping"},
      {R"({"apiVersion":"v1","kind":"Pod"})", "it holds no pod specification"},
      {R"({"apiVersion":"v1","kind":"ConfigMap"})",
       "its kind and apiVersion are not those of the request"},
      {R"({"apiVersion":"v2","kind":"Pod"})",
       "its kind and apiVersion are not those of the request"},
      {R"({"kind":"Pod"})", "its kind and apiVersion are not those of the request"},
  };
  for (const Row& row : table) {
    SCOPED_TRACE(row.object);
    const Json response = review(row.object, {}, Route::core);
    EXPECT_EQ(response.at("allowed"), false);
    const Json& status = response.at("status");
    EXPECT_EQ(status.at("code"), 422);
    EXPECT_EQ(status.at("message"),
              "Pod \"shop\" cannot be judged, so it is denied: " + row.message);
  }
  // With a violation that is denied anyway, that is what is said.
  const Json both =
      review(pod_of(R"("hostPID":"true","hostNetwork":"false",)" + containers), {}, Route::core);
  EXPECT_EQ(both.at("status").at("code"), 403);
}

}  // namespace
}  // namespace kaudit
