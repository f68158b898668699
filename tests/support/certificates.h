// Certificates for tests, written as files.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "tests/support/temporary.h"
#include "webhook/net/issue.h"

namespace kaudit::testing {

struct Leaf {
  std::vector<std::string> names = {"localhost", "127.0.0.1"};
  std::string common_name = "test";
  std::chrono::hours begins{-1}, ends{24};  // from now
  bool for_client = false;
};

// An authority that issues into a directory of its own.
class Authority {
 public:
  explicit Authority(const std::string& name = "test CA",
                     std::chrono::hours ends = std::chrono::hours(48));
  [[nodiscard]] Issued issue(const Leaf& leaf) const;
  [[nodiscard]] std::string pem() const { return to_pem(own_.certificate.get()); }
  // Writes NAME.crt and NAME.key below the directory.
  void write(const TemporaryDirectory& directory, const std::string& name, const Leaf& leaf) const;

 private:
  Issued own_;
};

}  // namespace kaudit::testing
