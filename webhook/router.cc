#include "webhook/router.h"

#include <httplib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>

namespace kaudit {
namespace {

// The methods that httplib routes; it takes a request with another for a broken one.
constexpr std::array<std::string_view, 7> kMethods = {"GET",    "HEAD",    "POST", "PUT",
                                                      "DELETE", "OPTIONS", "PATCH"};

bool same(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

// What httplib sees of a request: its line with the bare path. No header reaches it: none may
// choose a compression, a range, a form or an address, and none costs it time.
struct Head {
  explicit Head(std::string_view head) {
    method = head.substr(0, head.find(' '));
    std::string_view target = head.substr(std::min(method.size() + 1, head.size()));
    target = target.substr(0, target.find(' '));
    // The absolute form: RFC 9112 3.2.2 has servers take it.
    if (const std::size_t scheme = target.find("://");
        !target.starts_with('/') && scheme != target.npos) {
      const std::size_t slash = target.find('/', scheme + 3);
      target = slash == target.npos ? "/" : target.substr(slash);
    }
    const std::size_t question = std::min(target.find('?'), target.size());
    path = target.substr(0, question);
    query = target.substr(std::min(question + 1, target.size()));
  }
  std::string_view method, path, query;
};

// A request in memory, read, and the response, written.
class MemoryStream final : public httplib::Stream {
 public:
  MemoryStream(std::string_view input, std::string& output) : input_(input), output_(output) {}

  [[nodiscard]] bool is_readable() const override { return !input_.empty(); }
  [[nodiscard]] bool is_writable() const override { return true; }
  ssize_t read(char* data, std::size_t size) override {
    const std::size_t count = std::min(size, input_.size());
    std::memcpy(data, input_.data(), count);
    input_.remove_prefix(count);
    return static_cast<ssize_t>(count);
  }
  ssize_t write(const char* data, std::size_t size) override {
    output_.append(data, size);
    return static_cast<ssize_t>(size);
  }
  // The handlers get the true address from the front.
  void get_remote_ip_and_port(std::string& /*ip*/, int& /*port*/) const override {}
  void get_local_ip_and_port(std::string& /*ip*/, int& /*port*/) const override {}
  [[nodiscard]] socket_t socket() const override { return 0; }

 private:
  std::string_view input_;
  std::string& output_;
};

// The request that this thread serves: httplib hands nothing of ours to its handlers.
struct Current {
  const FramedRequest* framed = nullptr;
  std::string_view query;
};
thread_local Current t_current;

std::string literal_pattern(const std::string& path) {
  std::string pattern;
  for (const char c : path) {
    if (std::strchr(".^$|()[]{}*+?\\", c) != nullptr) pattern += '\\';
    pattern += c;
  }
  return pattern;
}

httplib::Server::Handler adapt(Router::Handler handler) {
  return [handler = std::move(handler)](const httplib::Request& in, httplib::Response& out) {
    RoutedResponse response;
    handler({in.method, in.path, t_current.query, *t_current.framed}, response);
    out.status = response.status;
    for (const auto& [name, value] : response.headers) out.set_header(name, value);
    out.set_header("Content-Type", std::string(response.content_type));
    out.body = std::move(response.body);
  };
}

class Engine final : public httplib::Server {
 public:
  Engine() {
    set_exception_handler([](const httplib::Request&, httplib::Response& response,
                             const std::exception_ptr&) { response.status = 500; });
    set_error_handler(httplib::Server::Handler(
        [this](const httplib::Request& request, httplib::Response& response) {
          explain(request, response);
        }));
    // The connection is the front's affair.
    set_post_routing_handler([](const httplib::Request&, httplib::Response& response) {
      response.headers.erase("Connection");
      response.headers.erase("Keep-Alive");
      response.headers.erase("Accept-Ranges");
    });
  }

  void allow(const std::string& path, std::string_view methods) {
    std::string& allowed = allowed_[path];
    allowed.append(allowed.empty() ? "" : ", ").append(methods);
  }

  [[nodiscard]] const std::string* allowed(const std::string& path) const {
    const auto found = allowed_.find(path);
    return found == allowed_.end() ? nullptr : &found->second;
  }

  void process(std::string_view request, std::string& response) {
    MemoryStream stream(request, response);
    bool closed = false;
    // `true` saves it a header that it would format and we would erase.
    process_request(stream, true, closed, nullptr);
  }

 private:
  void explain(const httplib::Request& request, httplib::Response& response) const {
    if (response.status == 404) {
      const std::string* methods = allowed(request.path);
      if (methods != nullptr && methods->find(request.method) == methods->npos) {
        response.status = 405;
        response.set_header("Allow", *methods);
      }
    }
    // What a handler wrote itself stays.
    if (!response.body.empty()) return;
    switch (response.status) {
      case 404: response.set_content("not found\n", "text/plain"); break;
      case 405: response.set_content("method not allowed\n", "text/plain"); break;
      case 500: response.set_content("internal error\n", "text/plain"); break;
      default: break;
    }
  }

  std::map<std::string, std::string> allowed_;  // paths and their methods
};

}  // namespace

std::string_view RoutedRequest::header(std::string_view name) const {
  constexpr std::string_view kEnd = "\r\n";
  std::string_view rest = framed.head;
  for (std::size_t end = rest.find(kEnd); end != rest.npos; end = rest.find(kEnd)) {
    rest.remove_prefix(end + kEnd.size());
    const std::string_view line = rest.substr(0, rest.find(kEnd));
    const std::size_t colon = line.find(':');
    if (colon == line.npos || !same(line.substr(0, colon), name)) continue;
    std::string_view value = line.substr(colon + 1);
    value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
    return value.substr(0, value.find_last_not_of(" \t") + 1);
  }
  return {};
}

std::string_view RoutedRequest::parameter(std::string_view name) const {
  std::string_view rest = query;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('&'), rest.size());
    const std::string_view pair = rest.substr(0, end);
    if (pair.starts_with(name) && pair.substr(name.size()).starts_with('=')) {
      return pair.substr(name.size() + 1);
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return {};
}

struct Router::Impl {
  Engine engine;
};

Router::Router() : impl_(std::make_unique<Impl>()) {}
Router::~Router() = default;

void Router::get(const std::string& path, Handler handler) {
  impl_->engine.Get(literal_pattern(path), adapt(std::move(handler)));
  impl_->engine.allow(path, "GET, HEAD");
}

void Router::post(const std::string& path, Handler handler) {
  impl_->engine.Post(literal_pattern(path), adapt(std::move(handler)));
  impl_->engine.allow(path, "POST");
}

void Router::serve(const FramedRequest& request, std::string& response) const {
  const Head head(request.head);
  response.clear();
  if (std::find(kMethods.begin(), kMethods.end(), head.method) == kMethods.end()) {
    response = "HTTP/1.1 501 Not Implemented\r\nContent-Length: 0\r\n\r\n";
    return;
  }
  // The body goes past httplib, which would copy it.
  std::string line;
  line.reserve(head.method.size() + head.path.size() + 40);
  line.append(head.method).append(" ").append(head.path).append(" HTTP/1.1\r\n");
  line.append("Content-Length: 0\r\n\r\n");
  t_current = {&request, head.query};
  impl_->engine.process(line, response);
  t_current = {};
}

}  // namespace kaudit
