// From one framed request to one complete response: cpp-httplib parses the request line, finds the
// handler and writes the response; the front below has already made sure of everything else.
//
// Ownership: owns its handlers. Thread-safety: get and post before serve; serve from any number of
// threads, if the handlers may be. Errors: a handler's exception is a 500 that says nothing of it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "webhook/net/front.h"

namespace kaudit {

// Valid during the handler's call.
struct RoutedRequest {
  std::string_view method;
  std::string_view path;   // decoded
  std::string_view query;  // as sent, without the question mark
  const FramedRequest& framed;

  // The first header of that name (in any case), trimmed; empty where there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const;
  // The first `name=value` of the query, as sent; empty where there is none.
  [[nodiscard]] std::string_view parameter(std::string_view name) const;
};

struct RoutedResponse {
  int status = 200;
  std::string body;
  std::string_view content_type = "text/plain";  // must outlive the response: a literal
  std::vector<std::pair<std::string, std::string>> headers;
};

class Router {
 public:
  using Handler = std::function<void(const RoutedRequest& request, RoutedResponse& response)>;

  Router();
  ~Router();
  // An exact path. GET answers HEAD too. Other methods of a known path are answered with 405,
  // other paths with 404.
  void get(const std::string& path, Handler handler);
  void post(const std::string& path, Handler handler);
  // Sets `response` to a complete response: a FrontHandler.
  void serve(const FramedRequest& request, std::string& response) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kaudit
