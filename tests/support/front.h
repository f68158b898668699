// A running front for tests, and handlers for it.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "tests/support/certificates.h"
#include "tests/support/client.h"
#include "tests/support/temporary.h"
#include "webhook/net/front.h"
#include "webhook/net/tls.h"

namespace kaudit::testing {

std::string ok(std::string_view body);
// Answers with the body it got.
void echo(const FramedRequest& request, std::string& response);
// Waits until it holds, at most Client::kPatience.
bool eventually(const std::function<bool()>& holds);

// Answers as echo() once it is let go; counts those that wait.
class Gate {
 public:
  void operator()(const FramedRequest& request, std::string& response);
  // A handler that refers to this.
  FrontHandler handler();
  void open() { open_ = true; }
  [[nodiscard]] std::size_t waiting() const { return waiting_; }

 private:
  std::atomic<bool> open_{false};
  std::atomic<std::size_t> waiting_{0};
};

// A front that serves, on a port of its own, TLS where `tls` is given.
class Served {
 public:
  explicit Served(const FrontOptions& options, FrontHandler handler = echo,
                  TlsContext* tls = nullptr);
  [[nodiscard]] std::uint16_t port() const { return port_; }
  Front* operator->() { return &front_; }

 private:
  Front front_;
  std::uint16_t port_ = 0;
};

// An authority, a serving certificate for localhost and what they are loaded into.
class ServedTls {
 public:
  explicit ServedTls(TlsOptions options = {});
  [[nodiscard]] TlsContext* context() { return context_.get(); }
  [[nodiscard]] ClientOptions client() const;
  [[nodiscard]] const TemporaryDirectory& directory() const { return directory_; }
  [[nodiscard]] const Authority& authority() const { return authority_; }

 private:
  TemporaryDirectory directory_;
  Authority authority_;
  std::unique_ptr<TlsContext> context_;
};

}  // namespace kaudit::testing
