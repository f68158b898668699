#include "webhook/service.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/support/allocations.h"
#include "webhook/net/workers.h"
#include "webhook/reload.h"
#include "webhook/routes.h"

namespace kaudit {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr std::string_view kReview =
    R"({"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"u-1",)"
    R"("kind":{"group":"","version":"v1","kind":"Pod"},)"
    R"("resource":{"group":"","version":"v1","resource":"pods"},"name":"web","namespace":"shop",)"
    R"("operation":"CREATE","userInfo":{"username":"alice"},"object":{"apiVersion":"v1",)"
    R"("kind":"Pod","metadata":{"name":"web"},"spec":{"hostNetwork":true,)"
    R"("containers":[{"name":"c","image":"i:1"}]}}}})";

class Service : public ::testing::Test {
 protected:
  static std::shared_ptr<const Admission> admission(const std::string& text) {
    return make_admission(text, "policy.yaml", {}, 0)->admission;
  }
  ~Service() override { ::close(descriptor_); }

  static FramedRequest request(seconds waited = seconds(0)) {
    FramedRequest made;
    made.body = kReview;
    made.received = steady_clock::now() - waited;
    return made;
  }
  [[nodiscard]] bool counts(const std::string& line) const {
    return metrics_.text().find('\n' + line + '\n') != std::string::npos;
  }
  // Status line and headers, or the whole response where the line says so.
  std::string serve(const std::string& line, const std::string& headers, seconds waited = {}) {
    const std::string head = line + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n";
    FramedRequest framed = request(waited);
    framed.head = head;
    std::string response;
    admission_handler(service_)(framed, response);
    return response;
  }

  int descriptor_ = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  Log log_{descriptor_, {}};
  Metrics metrics_{Mode::enforce};
  Current<Admission> current_{admission("")};
  ReviewService service_{current_, metrics_, log_};
};

TEST_F(Service, ShedsWhatHasWaitedForFourFifthsOfItsTime) {
  struct Case {
    seconds waited;
    milliseconds timeout;
    int status;
  };
  double shed = 0;
  for (const Case& c : {Case{seconds(0), seconds(10), 200}, Case{seconds(5), seconds(10), 200},
                        Case{seconds(8), seconds(10), 503}, Case{seconds(60), seconds(10), 503},
                        Case{seconds(60), milliseconds(0), 200}}) {
    const Answer answer = service_.review(Route::policy, request(c.waited), c.timeout);
    EXPECT_EQ(answer.status, c.status) << c.waited.count();
    shed += c.status == 503 ? 1 : 0;
  }
  FrontCounters front;
  MetricSources sources;
  sources.front = &front;
  metrics_.observe(sources);
  EXPECT_TRUE(counts("kaudit_requests_shed_total 2"));
  EXPECT_EQ(shed, 2);
  EXPECT_TRUE(counts("kaudit_admission_duration_seconds_count 3"));
}

TEST_F(Service, ReviewsByThePolicyOfTheMoment) {
  const auto allowed = [&] {
    const Answer answer = service_.review(Route::policy, request(), milliseconds(0));
    return answer.body.find("\"allowed\":true") != std::string::npos;
  };
  EXPECT_FALSE(allowed());
  current_.set(admission("rules:\n  host-network: {action: off}\n"));
  EXPECT_TRUE(allowed());
  current_.set(admission(""));
  EXPECT_FALSE(allowed());
}

TEST_F(Service, DeniesTheBeginningOfWhatIsTooLarge) {
  FramedRequest framed = request();
  framed.body = kReview.substr(0, 200);
  framed.oversized = true;
  const Answer answer = service_.review(Route::policy, framed, milliseconds(0));
  EXPECT_EQ(answer.status, 200);
  EXPECT_NE(answer.body.find("\"uid\":\"u-1\",\"allowed\":false"), std::string::npos)
      << answer.body;
}

TEST_F(Service, RoutesByPathMethodAndType) {
  struct Case {
    std::string line, headers, expect;
  };
  const std::string json = "Content-Type: application/json\r\n";
  for (const Case& c :
       {Case{"POST /validate?timeout=10s", json, "HTTP/1.1 200 OK\r\n"},
        Case{"POST /validate/restricted", json, "HTTP/1.1 200 OK\r\n"},
        Case{"POST /validate", "content-type:application/JSON;charset=utf-8\r\n",
             "HTTP/1.1 200 OK\r\n"},
        Case{"POST /validate", "", "HTTP/1.1 415 "},
        Case{"POST /validate", "Content-Type: application/json-patch+json\r\n", "HTTP/1.1 415 "},
        Case{"POST /validate", "Content-Type: application/jso\r\n", "HTTP/1.1 415 "},
        Case{"POST /validate/", json, "HTTP/1.1 404 "},
        Case{"POST /validate/core/x", json, "HTTP/1.1 404 "},
        Case{"PUT /validate", json, "HTTP/1.1 405 "}}) {
    const std::string response = serve(c.line, c.headers);
    EXPECT_TRUE(response.starts_with(c.expect)) << c.line << '\n' << response;
  }
}

TEST_F(Service, AnOverloadMayBeTriedAgain) {
  const std::string json = "Content-Type: application/json\r\n";
  const std::string shed = serve("POST /validate?timeout=10s", json, seconds(9));
  EXPECT_TRUE(shed.starts_with("HTTP/1.1 503 ")) << shed;
  EXPECT_NE(shed.find("\r\nRetry-After: 1\r\n"), std::string::npos) << shed;
  // A timeout that nobody can read is none.
  for (const std::string query : {"", "?timeout", "?timeout=", "?timeout=x", "?timeout=-1s",
                                  "?x=1&timeout=30s", "?timeouts=1s"}) {
    const std::string response = serve("POST /validate" + query, json, seconds(9));
    EXPECT_TRUE(response.starts_with("HTTP/1.1 200 ")) << query << '\n' << response;
    EXPECT_EQ(response.find("Retry-After"), std::string::npos);
  }
}

// Wherever memory runs out in a request: it is answered with 500, or as if nothing had happened,
// and the next one as ever.
TEST_F(Service, AFailedAllocationCostsOneAnswerAtMost) {
  if (!testing::counts_allocations()) GTEST_SKIP() << "SKIPPED: a sanitizer keeps the heap";
  const FrontHandler handler = admission_handler(service_);
  const auto respond = [&](std::size_t failing) {
    Job job;
    job.head = "POST /validate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\r\n";
    job.body = kReview;
    job.received = steady_clock::now();
    bool failed = false;
    {
      const testing::FailedAllocation fault(failing);
      answer(job, handler);
      failed = failing != 0 && fault.happened();
    }
    return std::pair(job.response, failed);
  };
  const std::string good = respond(0).first;
  ASSERT_TRUE(good.starts_with("HTTP/1.1 200 ")) << good;
  std::size_t errors = 0;
  bool failed = true;
  for (std::size_t n = 1; failed; ++n) {
    std::string response;
    std::tie(response, failed) = respond(n);
    const bool error = response.starts_with("HTTP/1.1 500 ");
    EXPECT_TRUE(error || response == good) << n << ": " << response;
    errors += error ? 1 : 0;
    ASSERT_EQ(respond(0).first, good) << "after the failure of allocation " << n;
  }
  EXPECT_GT(errors, 10U);
}

}  // namespace
}  // namespace kaudit
