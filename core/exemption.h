// Exemptions: findings that somebody accepts, for a reason, mostly until a day.
//
// One type and one evaluator for every door: kyverno's users found that an exception which its
// admission no longer honoured was still honoured by its command line. An exempted finding stays a
// finding: it is reported as exempted, counted, and denies nothing.
//
// Ownership: owns its text, points into the rule table. Thread-safety: immutable once in a Plan.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace kaudit {

struct Rule;

// Days since 1970-01-01 (proleptic Gregorian, UTC).
using Day = std::int32_t;

// Every list that is not empty must have one entry that matches; `*` and `?` in an entry are
// wildcards (a name without them matches only itself). Images match as whole references or, with
// wildcards, segment by segment: `reg.io/*` never matches `reg.io.evil.com/x`.
struct Exemption {
  std::vector<const Rule*> rules;  // empty: `rules: ["*"]` was written
  std::vector<std::string> namespaces, kinds, names, containers, images;
  // Of the request; an audit of files has no user, so that one with these never applies offline.
  std::vector<std::string> users, groups;
  std::vector<std::string> runtime_classes;
  std::string reason;  // mandatory
  std::string owner;
  std::optional<Day> expires;  // the last day on which it counts
  Location where;              // in the policy file
};

// Who asks: what an AdmissionReview says beside the object. Views of the caller's text.
struct Requester {
  std::string_view user;
  std::vector<std::string_view> groups;
  // Counts instead of the objects' own metadata.namespace, when there is a request.
  std::optional<std::string_view> ns;
};

}  // namespace kaudit
