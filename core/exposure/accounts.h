// Which service account holds what, of the roles and bindings that were examined. Private to
// core/exposure.
//
// Ownership: owns its keys. Thread-safety: const after construction.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "core/exposure/records.h"

namespace kaudit {

class Accounts {
 public:
  explicit Accounts(const ExposureFacts& facts);
  // `name` empty: the default account of the namespace.
  [[nodiscard]] AccountPower power_of(std::string_view ns, std::string_view name) const;

 private:
  using Key = std::pair<std::string, std::string>;
  std::map<Key, AccountPower> powers_;
  AccountPower of_all_ = AccountPower::none;
  std::map<std::string, AccountPower, std::less<>> of_namespace_;
};

}  // namespace kaudit
