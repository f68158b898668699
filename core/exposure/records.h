// What files say of who reaches whom, kept beyond their documents: small records that the
// ExposureCollector makes of facts and the ExposureGraph joins.
//
// Ownership: own their text. Thread-safety: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/document.h"
#include "core/exposure/exposure.h"
#include "core/facts.h"

namespace kaudit {

// Which object a finding is about: its document (Document::serial()) and its place in it. What was
// read of one object in several parts is one object.
struct ObjectKey {
  std::uint64_t document = 0;
  NodeId at = kNoNode;
  friend bool operator==(const ObjectKey&, const ObjectKey&) = default;
};
struct ObjectKeyHash {
  std::size_t operator()(const ObjectKey& key) const noexcept {
    return (key.document * 0x9e3779b97f4a7c15U) ^ key.at;
  }
};

using Labels = std::vector<std::pair<std::string, std::string>>;  // sorted by name, each once

// A label selector, or a part of it that Kubernetes would refuse and that therefore matches
// nothing.
struct LabelSelector {
  enum class Op : std::uint8_t { in, not_in, exists, does_not_exist, nothing };
  struct Term {
    std::string key;
    Op op = Op::nothing;
    std::vector<std::string> values;  // sorted
  };
  bool written = false;
  std::vector<Term> terms;  // matchLabels are `in` with one value; empty: everything
};

struct ObjectRecord {
  ObjectKey key;
  Surface surface = Surface::kubernetes;
  std::string kind, ns, name;  // as written: compared, shown through shown()
  Location where;              // of its beginning; without pointer
};

struct PortRecord {
  std::string name;
  std::int64_t number = 0;  // 0: not known
  std::int64_t last = 0;    // of a range, else 0
  std::int64_t host = 0;    // 0: none
  std::string host_ip;
  bool published = false;  // Compose: on the host
  Location where;          // where it is one of the host, else empty
};

// A ConfigMap or a Secret of the namespace, a config or a secret of the Compose project.
struct ConfigName {
  std::string name;
  bool secret = false;
};

struct WorkloadRecord : ObjectRecord {
  std::string controller_kind, controller_name;  // what keeps it; empty: nothing
  std::string api_version;
  Labels labels;  // of its pods; Compose: of the service
  std::vector<PortRecord> ports;
  Lifetime lifetime = Lifetime::always;
  Gains gains;
  std::int64_t replicas = 1;
  bool host_network = false;
  bool patch = false;          // of another object
  bool proxy = false;          // its image is that of an ingress controller or reverse proxy
  bool console = false;        // its image is that of an admin console
  bool ci_runner = false;      // its image is that of a CI system's runner
  bool proxied = false;        // Compose: labels or variables have a reverse proxy publish it
  bool always_public = false;  // a Knative Service
  std::string account;         // empty: its namespace's default
  bool takes_token = true;     // the account's token is mounted
  std::string network_mode;    // Compose
  bool internal_only = false;  // Compose: all its networks are internal
  std::optional<ExposureLevel> stated;
  std::string stated_by;
  std::vector<std::string> dockerfiles;  // that build what it runs, as reports name them
  std::vector<ConfigName> configs;       // that it is handed
};

struct ServiceRecord : ObjectRecord {
  struct Port {
    std::string name, target;  // target: a number or a name; empty: `number`
    std::int64_t number = 0;
    std::int64_t node = 0;
  };
  std::string type, external_name;
  bool headless = false;
  bool internal = false;    // its load balancer has a private address
  bool unresolved = false;  // its type or selector holds a variable
  Labels selector;          // empty: selects nothing
  std::vector<std::string> external_ips, source_ranges;
  std::vector<Port> ports;
};

struct RouteRecord : ObjectRecord {
  struct Target {
    std::string ns, name, port;
  };
  bool attached = true;
  bool internal = false;  // its controller serves the private network alone
  std::vector<Target> gateways, backends;
};

struct GatewayRecord : ObjectRecord {
  bool internal = false;
};

struct PolicyRecord : ObjectRecord {
  struct Peer {
    LabelSelector pods, namespaces;
    std::string cidr;
  };
  struct Port {
    std::string name;  // of a container's port
    std::int64_t first = 0, last = 0;
  };
  struct Rule {
    std::vector<Peer> from;
    std::vector<Port> ports;
  };
  LabelSelector pods;
  std::vector<Rule> rules;
};

struct NamespaceRecord {
  std::string name;
  Labels labels;
};

struct RoleRecord {
  bool cluster = false;
  std::string ns, name;
  AccountPower power = AccountPower::none;
};

struct BindingRecord : ObjectRecord {
  struct Account {
    std::string ns, name;
  };
  bool cluster = false;
  bool to_cluster_role = false;
  std::string role;
  std::vector<Account> accounts;
  bool every_account = false;  // the group of all service accounts, or of all users
};

struct AccountRecord : ObjectRecord {
  std::vector<ConfigName> configs;  // that its pods get through it
};

// A Dockerfile or an image archive.
struct BuildRecord : ObjectRecord {
  std::optional<ExposureLevel> stated;  // by a LABEL
  // Lines, first and last, of stages that the image is not made of.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> aside;
};

// Everything that one file says.
struct ExposureFacts {
  std::vector<WorkloadRecord> workloads;
  std::vector<ServiceRecord> services;
  std::vector<RouteRecord> routes;
  std::vector<GatewayRecord> gateways;
  std::vector<PolicyRecord> policies;
  std::vector<NamespaceRecord> namespaces;
  std::vector<RoleRecord> roles;
  std::vector<BindingRecord> bindings;
  std::vector<AccountRecord> accounts;
  std::vector<BuildRecord> builds;
  bool unread_policies =
      false;  // of a kind that a network plugin brings: who knows what they let in
  std::vector<ObjectRecord> others;  // that are as exposed as who uses them: ConfigMaps, roles
};

}  // namespace kaudit
