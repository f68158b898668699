#include "tests/support/front.h"

#include <gtest/gtest.h>

#include <thread>

namespace kaudit::testing {

std::string ok(std::string_view body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

void echo(const FramedRequest& request, std::string& response) { response = ok(request.body); }

bool eventually(const std::function<bool()>& holds) {
  const auto until = std::chrono::steady_clock::now() + Client::kPatience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

void Gate::operator()(const FramedRequest& request, std::string& response) {
  ++waiting_;
  EXPECT_TRUE(eventually([&] { return open_.load(); }));
  --waiting_;
  echo(request, response);
}

FrontHandler Gate::handler() {
  return
      [this](const FramedRequest& request, std::string& response) { (*this)(request, response); };
}

Served::Served(const FrontOptions& options, FrontHandler handler, TlsContext* tls)
    : front_(options, tls, std::move(handler)) {
  const Result<std::uint16_t> port = front_.start();
  EXPECT_TRUE(port) << port.error().message;
  if (port) port_ = port.value();
}

ServedTls::ServedTls(TlsOptions options) {
  directory_.write("ca.crt", authority_.pem());
  authority_.write(directory_, "tls", {});
  options.certificate_file = directory_ / "tls.crt";
  options.key_file = directory_ / "tls.key";
  auto context = TlsContext::load(options);
  EXPECT_TRUE(context);
  if (context) context_ = *std::move(context);
}

ClientOptions ServedTls::client() const { return {.tls = true, .ca_file = directory_ / "ca.crt"}; }

}  // namespace kaudit::testing
