#include "webhook/router.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace kaudit {
namespace {

class RouterTest : public ::testing::Test {
 protected:
  RouterTest() {
    router_.post("/validate", [](const RoutedRequest& request, RoutedResponse& response) {
      response.body = std::string(request.method) + ' ' + std::string(request.path) + '?' +
                      std::string(request.parameter("timeout")) + ' ' +
                      std::string(request.header("content-type")) + ' ' +
                      std::string(request.framed.body);
      response.content_type = "application/json";
    });
    router_.get("/a.b",
                [](const RoutedRequest&, RoutedResponse& response) { response.body = "dot"; });
    router_.get("/none", [](const RoutedRequest&, RoutedResponse& response) {
      response.status = 404;
      response.body = "mine";
      response.headers.emplace_back("X-Own", "value");
    });
    router_.get("/throws", [](const RoutedRequest&, RoutedResponse&) {
      throw std::runtime_error("secret detail");
    });
  }

  std::string serve(std::string_view head, std::string_view body = "") {
    FramedRequest request;
    request.head = head;
    request.body = body;
    std::string response = "left over";
    router_.serve(request, response);
    return response;
  }

  Router router_;
};

std::string text(std::string_view status, std::string_view headers, std::string_view body) {
  return "HTTP/1.1 " + std::string(status) + "\r\n" + std::string(headers) + "\r\n" +
         std::string(body);
}

std::string plain(std::string_view status, std::string_view body, std::string_view allow = "") {
  return text(status,
              std::string(allow) + "Content-Length: " + std::to_string(body.size()) +
                  "\r\nContent-Type: text/plain\r\n",
              body);
}

TEST_F(RouterTest, FindsTheHandlerOrSaysWhyNot) {
  const std::string not_found = plain("404 Not Found", "not found\n");
  const std::string get_only =
      plain("405 Method Not Allowed", "method not allowed\n", "Allow: GET, HEAD\r\n");
  const std::string post_only =
      plain("405 Method Not Allowed", "method not allowed\n", "Allow: POST\r\n");
  const std::string unknown_method = text("501 Not Implemented", "Content-Length: 0\r\n", "");
  struct Case {
    std::string line, expect;
  };
  for (const Case& c : {
           Case{"GET /a.b", plain("200 OK", "dot")},
           Case{"GET /a.b?x=%zz&&=", plain("200 OK", "dot")},
           Case{"GET /a%2eb", plain("200 OK", "dot")},
           Case{"GET http://host:1/a.b", plain("200 OK", "dot")},
           Case{"GET https://host", not_found},
           Case{"HEAD /a.b",
                text("200 OK", "Content-Length: 3\r\nContent-Type: text/plain\r\n", "")},
           Case{"HEAD /x",
                text("404 Not Found", "Content-Length: 10\r\nContent-Type: text/plain\r\n", "")},
           Case{"GET /aXb", not_found},
           Case{"GET /a.b/", not_found},
           Case{"GET /a.bc", not_found},
           Case{"GET /x/a.b", not_found},
           Case{"GET /", not_found},
           Case{"GET //a.b", not_found},
           Case{"GET /a.b%00", not_found},
           Case{"GET /%0d%0aX:%20y", not_found},
           Case{"GET /%zz%", not_found},
           Case{"OPTIONS *", not_found},
           Case{"GET /validate", post_only},
           Case{"HEAD /validate", text("405 Method Not Allowed",
                                       "Allow: POST\r\nContent-Length: 19\r\n"
                                       "Content-Type: text/plain\r\n",
                                       "")},
           Case{"PATCH /validate", post_only},
           Case{"POST /a.b", get_only},
           Case{"PUT /a.b", get_only},
           Case{"DELETE /a.b", get_only},
           Case{"OPTIONS /a.b", get_only},
           Case{"TRACE /a.b", unknown_method},
           Case{"CONNECT host:1", unknown_method},
           Case{"get /a.b", unknown_method},
           Case{"BREW /a.b", unknown_method},
           Case{"GET /none",
                text("404 Not Found",
                     "Content-Length: 4\r\nContent-Type: text/plain\r\nX-Own: value\r\n", "mine")},
           Case{"GET /throws", plain("500 Internal Server Error", "internal error\n")},
       }) {
    EXPECT_EQ(serve(c.line + " HTTP/1.1\r\nHost: h\r\n\r\n"), c.expect) << c.line;
  }
}

TEST_F(RouterTest, HandsOverTheRequest) {
  const auto answer = [](std::string_view body) {
    return text(
        "200 OK",
        "Content-Length: " + std::to_string(body.size()) + "\r\nContent-Type: application/json\r\n",
        body);
  };
  struct Case {
    std::string name, head, body, expect;
  };
  for (const Case& c : {
           Case{"nothing", "POST /validate HTTP/1.1\r\n\r\n", "", "POST /validate?  "},
           Case{"header, trimmed, in any case",
                "POST /validate HTTP/1.1\r\nA: b\r\nCONTENT-type: \tx/y \r\n\r\n", "{}",
                "POST /validate? x/y {}"},
           Case{"the first header counts",
                "POST /validate HTTP/1.1\r\nContent-Type: a\r\nContent-Type: b\r\n\r\n", "",
                "POST /validate? a "},
           Case{"empty header", "POST /validate HTTP/1.1\r\nContent-Type:\r\n\r\n", "",
                "POST /validate?  "},
           Case{"parameter", "POST /validate?x=1&timeout=5s&timeout=6s HTTP/1.1\r\n\r\n", "",
                "POST /validate?5s  "},
           Case{"no such parameter", "POST /validate?xtimeout=5s&timeout HTTP/1.1\r\n\r\n", "",
                "POST /validate?  "},
           Case{"what httplib would act on",
                "POST /validate HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                "Range: bytes=0-1\r\nAccept-Encoding: gzip\r\nExpect: 100-continue\r\n"
                "Connection: close\r\nREMOTE_ADDR: 1.2.3.4\r\nContent-Length: 3\r\n\r\n",
                "a=b", "POST /validate? application/x-www-form-urlencoded a=b"},
           Case{"body with anything in it", "POST /validate HTTP/1.1\r\n\r\n",
                std::string("\0\r\n\r\nGET / HTTP/1.1\r\n\r\n", 23),
                "POST /validate?  " + std::string("\0\r\n\r\nGET / HTTP/1.1\r\n\r\n", 23)},
       }) {
    EXPECT_EQ(serve(c.head, c.body), answer(c.expect)) << c.name;
  }
}

}  // namespace
}  // namespace kaudit
