// Chains: what several findings of one object and its exposure make together, such as an exposed
// service that runs as root beside the runtime's socket. Each is a rule of the run (KA9...) without
// a check of its own. Its parts are looked for even where nobody asks for them, and are listed only
// where somebody does. Evaluation puts a finding where the parts are; whether the object is as
// exposed as the chain wants is settled by core/exposure/run_rules.h.
//
// Thread-safety: none of its own.
#pragma once

#include <array>
#include <span>
#include <string_view>

namespace kaudit {

struct Exposure;
struct Finding;
struct Rule;

struct Chain {
  std::string_view rule;       // its slug
  bool exposed = false;        // beyond its cluster or host
  bool cluster_admin = false;  // its service account may do everything
  bool console = false;        // it runs an admin console
  bool ci_runner = false;      // it runs what others push
  bool in_image = false;       // only what was found in a Dockerfile or an image counts
  // Of one pod template, service or file: one rule of `first` must have found something, which is
  // where the finding stands, and one of `second` too, where there is any; by slug, unused places
  // are empty.
  std::array<std::string_view, 6> first;
  std::array<std::string_view, 2> second = {};
  std::string_view says;  // what follows from it, half a sentence
};
[[nodiscard]] std::span<const Chain> all_chains() noexcept;

// Null where the rule is none.
[[nodiscard]] const Chain* find_chain(const Rule& rule) noexcept;
// Whether what is known of the object is what the chain wants.
[[nodiscard]] bool meets(const Chain& chain, const Exposure& exposure) noexcept;
// Whether the finding of one of its rules may be a part of it.
[[nodiscard]] bool counts_for(const Chain& chain, const Finding& finding) noexcept;

}  // namespace kaudit
