// Hostile objects: ten times the input takes about ten times the memory from the heap, whatever
// there is much of. Bytes are counted, not seconds; tests/bench/hostile shows the seconds.
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "core/engine.h"
#include "tests/support/allocations.h"
#include "tests/support/audit.h"

namespace kaudit {
namespace {

using Unit = std::function<std::string(std::size_t)>;

std::string many(std::size_t count, const Unit& unit) {
  std::string out;
  for (std::size_t n = 0; n < count; ++n) (out += unit(n)) += ',';
  out.pop_back();
  return out;
}

std::string pod(const std::string& spec, const std::string& name = "a") {
  return R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":")" + name + R"("},"spec":{)" +
         spec + "}}";
}

std::string privileged(std::size_t n) {
  return R"({"name":"c)" + std::to_string(n) +
         R"(","image":"a:1","securityContext":{"privileged":true}})";
}

struct Case {
  const char* name;
  std::string (*text)(std::size_t count);
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

const Case kCases[] = {
    {"Containers",
     [](std::size_t n) { return pod("\"containers\":[" + many(n, privileged) + "]"); }},
    {"ContainersOfALongName",
     [](std::size_t n) {
       return pod("\"containers\":[" + many(n, privileged) + "]", std::string(40 * n, 'n'));
     }},
    {"MountsOfOneVolumeName",
     [](std::size_t n) {
       return pod(
           R"("containers":[{"name":"a","volumeMounts":[)" +
           many(n, [](std::size_t) { return R"({"name":"v","subPath":"docker.sock"})"; }) +
           R"(]}],"volumes":[)" +
           many(n, [](std::size_t) { return R"({"name":"v","hostPath":{"path":"/opt"}})"; }) + "]");
     }},
    {"SubjectsOfALongRole",
     [](std::size_t n) {
       return R"({"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleBinding",)"
              R"("metadata":{"name":"a"},"roleRef":{"kind":"ClusterRole","name":")" +
              std::string(40 * n, 'r') + R"("},"subjects":[)" +
              many(n, [](std::size_t) { return R"({"kind":"User","name":"system:anonymous"})"; }) +
              "]}";
     }},
    {"DuplicateKeysBelowLongNames",
     [](std::size_t n) {
       return R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"x":{")" +
              std::string(7 * n, 'k') + R"(":{)" + many(n, [](std::size_t) { return R"("b":1)"; }) +
              "}}}";
     }},
};

std::size_t bytes_for(const Plan& plan, std::string text) {
  const std::size_t before = testing::allocated_bytes();
  EXPECT_FALSE(testing::audit(plan, "object.json", std::move(text)).findings.empty());
  return testing::allocated_bytes() - before;
}

class Growth : public ::testing::TestWithParam<Case> {};

TEST_P(Growth, IsLinear) {
  if (!testing::counts_allocations()) GTEST_SKIP() << "the sanitizers keep the heap themselves";
  const Plan plan{PlanOptions{}};
  const std::size_t few = bytes_for(plan, GetParam().text(900));
  const std::size_t more = bytes_for(plan, GetParam().text(9000));
  EXPECT_LT(more, few * 15) << few << " bytes, then " << more;
}

INSTANTIATE_TEST_SUITE_P(Hostile, Growth, ::testing::ValuesIn(kCases),
                         [](const auto& c) { return std::string(c.param.name); });

}  // namespace
}  // namespace kaudit
