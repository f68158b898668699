#include "core/exposure/accounts.h"

#include <algorithm>

#include "core/exposure/role_power.h"
#include "core/exposure/shown_hop.h"

namespace kaudit {

Accounts::Accounts(const ExposureFacts& facts) {
  std::map<Key, AccountPower> roles;  // of a ClusterRole the namespace is empty
  for (const RoleRecord& role : facts.roles) {
    const std::string ns = role.cluster ? "" : role.ns.empty() ? "default" : role.ns;
    AccountPower& power = roles[{ns, role.name}];
    power = std::max(power, role.power);
  }
  for (const BindingRecord& binding : facts.bindings) {
    const std::string ns(namespace_of(binding));
    const auto role = roles.find({binding.to_cluster_role ? "" : ns, binding.role});
    AccountPower power = role != roles.end()       ? role->second
                         : binding.to_cluster_role ? power_of_builtin(binding.role)
                                                   : AccountPower::none;
    // Everything in one namespace is not everything.
    if (!binding.cluster) power = std::min(power, AccountPower::powerful);
    const auto raise = [&](AccountPower& to) { to = std::max(to, power); };
    for (const BindingRecord::Account& account : binding.accounts) {
      raise(powers_[{account.ns.empty() ? ns : account.ns, account.name}]);
    }
    if (binding.every_account && binding.cluster) raise(of_all_);
    if (binding.every_account && !binding.cluster) raise(of_namespace_[ns]);
  }
}

AccountPower Accounts::power_of(std::string_view ns, std::string_view name) const {
  AccountPower power = of_all_;
  const Key key{ns, name.empty() ? std::string_view("default") : name};
  if (const auto found = powers_.find(key); found != powers_.end()) {
    power = std::max(power, found->second);
  }
  if (const auto found = of_namespace_.find(ns); found != of_namespace_.end()) {
    power = std::max(power, found->second);
  }
  return power;
}

}  // namespace kaudit
