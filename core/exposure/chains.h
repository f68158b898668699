// Chains: what several findings of one object and its exposure make together, such as an exposed
// service that runs as root beside the runtime's socket. Each is a rule (KA9...) without a check of
// its own; its parts must be among the rules of the plan.
//
// Thread-safety: none of its own.
#pragma once

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "core/engine.h"

namespace kaudit {

struct Chain {
  std::string_view rule;       // its slug
  bool exposed = false;        // beyond its cluster or host
  bool cluster_admin = false;  // its service account may do everything
  bool console = false;        // it runs an admin console
  bool ci_runner = false;      // it runs what others push
  bool in_image = false;       // only what was found in a Dockerfile or an image counts
  // One rule of `first` must have found something, which is where the finding stands, and one of
  // `second` too, where there is any; by slug, unused places are empty.
  std::array<std::string_view, 6> first;
  std::array<std::string_view, 2> second = {};
  std::string_view says;  // what follows from it, half a sentence
};
[[nodiscard]] std::span<const Chain> all_chains() noexcept;

// Adds the chains of the plan that hold for the objects of these findings, each once an object,
// where its first part was found. Exempted findings are no part of any. Finding::exposure is set.
void add_chains(const Plan& plan, std::vector<Finding>& findings);

}  // namespace kaudit
