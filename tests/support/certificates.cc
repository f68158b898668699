#include "tests/support/certificates.h"

namespace kaudit::testing {

Authority::Authority(const std::string& name, std::chrono::hours ends) {
  IssueRequest request;
  request.common_name = name;
  request.authority = true;
  request.not_before = std::chrono::system_clock::now() - std::chrono::hours(1);
  request.not_after = std::chrono::system_clock::now() + ends;
  own_ = kaudit::issue(request);
}

Issued Authority::issue(const Leaf& leaf) const {
  IssueRequest request;
  request.common_name = leaf.common_name;
  request.names = leaf.names;
  request.for_client = leaf.for_client;
  request.not_before = std::chrono::system_clock::now() + leaf.begins;
  request.not_after = std::chrono::system_clock::now() + leaf.ends;
  request.issuer = &own_;
  return kaudit::issue(request);
}

void Authority::write(const TemporaryDirectory& directory, const std::string& name,
                      const Leaf& leaf) const {
  const Issued issued = issue(leaf);
  directory.write(name + ".crt", to_pem(issued.certificate.get()));
  directory.write(name + ".key", to_pem(issued.key.get()));
}

}  // namespace kaudit::testing
