// What a hostile body costs in memory while it is answered: bytes of the heap are counted.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/allocations.h"
#include "tests/support/reviews.h"
#include "webhook/admission.h"

namespace kaudit {
namespace {

using testing::pod_of;
using testing::review_of;
using Json = nlohmann::json;

struct Case {
  const char* name;
  std::size_t bytes;              // of the body
  std::string open, unit, close;  // of the pod's spec; `#` in the unit is a number
  bool read;                      // or refused before memory is taken for its values
  std::size_t most_mib;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

// A review of at most that size that is full of the unit.
std::string filled(const Case& c) {
  const std::string empty = review_of({.object = pod_of(c.open + c.close)});
  const auto number = c.unit.find('#');
  std::string units;
  units.reserve(c.bytes);
  for (std::size_t n = 0; empty.size() + units.size() + c.unit.size() + 7 <= c.bytes; ++n) {
    if (number == std::string::npos) {
      units += c.unit;
    } else {
      units.append(c.unit, 0, number).append(std::to_string(n)).append(c.unit, number + 1);
    }
  }
  units.pop_back();
  return review_of({.object = pod_of(c.open + units + c.close)});
}

class Memory : public ::testing::TestWithParam<Case> {};

TEST_P(Memory, IsBounded) {
  const Case& c = GetParam();
  const Admission admission(Policy{}, {});
  const std::string body = filled(c);
  Reviewer reviewer;
  const testing::HeapPeak peak;
  const Answer answer = reviewer.review(admission, Route::restricted, body, nullptr);
  if (testing::counts_allocations()) {
    EXPECT_LE(peak.bytes() >> 20, c.most_mib);
  }
  const Json response = Json::parse(answer.body).at("response");
  const std::string message =
      response.contains("status") ? response.at("status").at("message") : Json("");
  const std::string refused = "the request cannot be judged, so it is denied: body:1:";
  EXPECT_EQ(message.starts_with(refused), !c.read) << message;
}

constexpr std::size_t kLargest = std::size_t{8} << 20;

const Case kCases[] = {
    {"Lists", kLargest, R"("x":[)", "[],", "]", false, 64},
    {"Numbers", kLargest, R"("x":[)", "0,", "]", false, 64},
    {"Members", kLargest, R"("x":[)", R"({"a":0},)", "]", false, 64},
    // The most values that are read.
    {"FewerLists", 2'990'000, R"("x":[)", "[],", "]", true, 96},
    {"Names", kLargest, R"("x":{)", R"("#":0,)", "}", true, 160},
    {"Containers", kLargest, R"("containers":[)", R"({"securityContext":{"privileged":true}},)",
     "]", true, 160},
    {"HostPaths", kLargest, R"("volumes":[)", R"({"hostPath":{"path":"/"}},)", "]", true, 160},
    {"Sysctls", kLargest, R"("securityContext":{"sysctls":[)", R"({"name":"kernel.a"},)", "]}",
     true, 160},
    {"Capabilities", kLargest, R"("containers":[{"securityContext":{"capabilities":{"add":[)",
     R"("A#",)", "]}}}]", true, 160},
};

INSTANTIATE_TEST_SUITE_P(Hostile, Memory, ::testing::ValuesIn(kCases),
                         [](const auto& c) { return std::string(c.param.name); });

TEST(MemberNames, AreNoLongerThanTheirLimit) {
  const Admission admission(Policy{}, {});
  for (const auto& [size, says] :
       {std::pair{std::size_t{64} << 10, std::string()},
        std::pair{(std::size_t{64} << 10) + 1,
                  std::string("the request cannot be judged, so it is denied: body:1:508: a "
                              "member's name of more than 65536 bytes")}}) {
    const std::string body = review_of(
        {.object = pod_of(
             R"("containers":[{"name":"a","image":"a:1","securityContext":{"runAsNonRoot":true}}],")" +
             std::string(size, 'k') + R"(":1)")});
    const Answer answer = Reviewer().review(admission, Route::core, body, nullptr);
    const Json response = Json::parse(answer.body).at("response");
    EXPECT_EQ(response.contains("status") ? response.at("status").at("message") : Json(""), says);
  }
}

}  // namespace
}  // namespace kaudit
