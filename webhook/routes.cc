#include "webhook/routes.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "webhook/router.h"

namespace kaudit {
namespace {

constexpr std::string_view kText = "text/plain; charset=utf-8";
// What Prometheus calls its text format.
constexpr std::string_view kMetricsText = "text/plain; version=0.0.4; charset=utf-8";

struct Path {
  const char* path;
  Route route;
};
constexpr Path kPaths[] = {{"/validate", Route::policy},
                           {"/validate/core", Route::core},
                           {"/validate/baseline", Route::baseline},
                           {"/validate/restricted", Route::restricted}};
static_assert(std::size(kPaths) == kRoutes);

// Media types are the same in any case; parameters such as charset say nothing here.
bool is_json(std::string_view content_type) {
  constexpr std::string_view kJson = "application/json";
  const std::string_view type = content_type.substr(0, content_type.find_first_of("; \t"));
  return std::equal(type.begin(), type.end(), kJson.begin(), kJson.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  });
}

void review(ReviewService& service, Route route, const RoutedRequest& request,
            RoutedResponse& response) {
  if (!is_json(request.header("Content-Type"))) {
    response = {415, "an AdmissionReview is application/json\n", kText, {}};
    return;
  }
  Answer answer = service.review(route, request.framed, timeout_of(request.parameter("timeout")));
  response.status = answer.status;
  response.body = std::move(answer.body);
  response.content_type = answer.content_type;
  // The API server then asks once more within its time; without the header it gives up.
  if (answer.status == 503) response.headers.emplace_back("Retry-After", "1");
}

FrontHandler serve(std::shared_ptr<const Router> router) {
  return [router = std::move(router)](const FramedRequest& request, std::string& response) {
    router->serve(request, response);
  };
}

}  // namespace

FrontHandler admission_handler(ReviewService& service) {
  auto router = std::make_shared<Router>();
  for (const Path& path : kPaths) {
    router->post(path.path, [&service, route = path.route](const RoutedRequest& request,
                                                           RoutedResponse& response) {
      review(service, route, request, response);
    });
  }
  return serve(std::move(router));
}

FrontHandler metrics_handler(const Metrics& metrics) {
  auto router = std::make_shared<Router>();
  router->get("/metrics", [&metrics](const RoutedRequest&, RoutedResponse& response) {
    response.body = metrics.text();
    response.content_type = kMetricsText;
  });
  return serve(std::move(router));
}

FrontHandler health_handler(std::function<std::vector<Check>()> checks) {
  auto router = std::make_shared<Router>();
  const auto add = [&](const char* path, std::function<std::vector<Check>()> ask) {
    router->get(
        path, [path, ask = std::move(ask)](const RoutedRequest& request, RoutedResponse& response) {
          const std::string_view query = request.query;
          const bool verbose =
              query == "verbose" || query.starts_with("verbose=") || query.starts_with("verbose&");
          Probe answer = probe(path + 1, ask(), verbose);
          response = {answer.status, std::move(answer.body), kText, {}};
        });
  };
  const auto nothing = [] { return std::vector<Check>(); };
  add("/livez", nothing);
  add("/healthz", nothing);
  add("/readyz", std::move(checks));
  return serve(std::move(router));
}

FrontOptions side_options(const Listen& listen) {
  FrontOptions options;
  options.address = listen.address;
  options.port = listen.port;
  options.workers = 0;
  options.body = options.discard = options.bodies_in_flight = 4096;
  options.connections = options.connections_per_address = kSideConnections;
  options.idle = std::chrono::minutes(2);
  return options;
}

}  // namespace kaudit
