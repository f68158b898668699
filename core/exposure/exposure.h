// How far away an object can be reached from, for how long, and what is gained there: what findings
// are ranked by. core/exposure/README.md says how it is worked out.
//
// Ownership: owns its text; findings of the same object share one. Thread-safety: const data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace kaudit {

enum class Severity : std::uint8_t;

// From where it can be reached, the nearest first.
enum class ExposureLevel : std::uint8_t {
  isolated,  // nothing gets in
  unknown,   // nothing of what was examined leads to it; more than nothing all the same
  cluster,   // pods of the cluster, services of the Compose network, this host
  network,   // the network of the nodes: node ports, ports of the host, a private load balancer
  internet,
};
[[nodiscard]] std::string_view name_of(ExposureLevel level) noexcept;
// The names, and `internal` for network, `public` for internet, `none` for isolated.
[[nodiscard]] std::optional<ExposureLevel> parse_exposure(std::string_view text) noexcept;

// How long it runs, the shortest first.
enum class Lifetime : std::uint8_t {
  build,      // a stage of a Dockerfile that no image is made of
  once,       // a Job, a bare pod that is not restarted, an init container
  scheduled,  // a CronJob
  unknown,    // an image that nothing examined runs
  always,     // a Deployment, a DaemonSet, a service that is restarted
};
[[nodiscard]] std::string_view name_of(Lifetime lifetime) noexcept;

// What the service account of a workload may do.
enum class AccountPower : std::uint8_t {
  none,
  powerful,       // reads secrets, starts or enters pods, gives rights away
  cluster_admin,  // everything
};

// What whoever takes the workload over has besides.
struct Gains {
  bool node_wide = false;  // one on every node
  bool replicas = false;   // more than one
  bool node = false;       // privileged, a runtime's socket, the processes of the host
  bool secrets = false;    // it is given secrets
  AccountPower account = AccountPower::none;
};

// One step on the way from outside. `what` is written by others: escape it as any name.
struct Hop {
  std::string what;  // "Ingress shop/web", "Service shop/web:80"
  Location where;
};

struct ObjectName {
  std::string kind, ns, name;
};

struct Exposure {
  ExposureLevel level = ExposureLevel::unknown;
  Lifetime lifetime = Lifetime::always;
  Gains gains;
  bool console = false;    // it runs an admin console
  bool ci_runner = false;  // it runs what others push
  bool unguarded = false;  // no NetworkPolicy among what was examined selects its pods for ingress
  std::vector<Hop> path;   // the object itself comes last; never empty
  // The topmost object that keeps it: of a Deployment's pod the Deployment. No kind: nothing does.
  ObjectName controller;
  // Who says so, where it was not worked out: "annotation kaudit.dev/exposure", "app.yaml:3".
  std::string stated_by;
  std::string note;    // why it is unknown, what keeps it in: half a sentence; may be empty
  unsigned score = 1;  // 1 to 100: Weights::score()
};

// "internet: Ingress shop/web -> Service shop/web:80 -> Deployment shop/web (3 replicas, always
// running)". One line but for what names hold.
[[nodiscard]] std::string reason_of(const Exposure& exposure);

// What a score is made of; every number is from 1 to 10 but those of severities, 1 to 100. In each
// table a later entry never weighs less than an earlier one, so that neither more exposure nor a
// longer life lowers a score.
struct Weights {
  unsigned level[5] = {2, 3, 4, 7, 10};     // by ExposureLevel
  unsigned lifetime[5] = {2, 4, 6, 8, 10};  // by Lifetime
  unsigned severity[5] = {1, 3, 10, 30, 100};

  // Of an object: level * lifetime * (10 + gains) / 20, rounded up: 1 to 100.
  [[nodiscard]] unsigned score(const Exposure& exposure) const noexcept {
    return score(exposure, exposure.lifetime);
  }
  // The same of a part of it that lives that long: of an init container.
  [[nodiscard]] unsigned score(const Exposure& exposure, Lifetime part) const noexcept;
  // Of a finding: severity * score / 10, rounded up: 1 to 1000.
  [[nodiscard]] unsigned priority(Severity of, unsigned score) const noexcept;
};

}  // namespace kaudit
