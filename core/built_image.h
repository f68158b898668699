// An image that a Dockerfile in the tree builds or that an archive among the inputs holds: what a
// workload that runs it inherits from there.
//
// Ownership: owns its text, for it outlives the Dockerfile's Document. Thread-safety: const data.
#pragma once

#include <string>
#include <vector>

#include "core/build_user.h"
#include "core/effective.h"
#include "core/rule.h"

namespace kaudit {

// A secret in a layer.
struct ImageLeak {
  std::string what;  // `layer 2 (COPY .env /app/): "app/.env" holds a password in line 1`
  Location where;
  Severity severity = Severity::critical;
};

struct BuiltImage {
  std::string dockerfile;  // as reports name it; empty: only the archive is known
  std::string target;      // the stage, where not the last
  std::string said_by;     // who says that it builds the image: `compose.yaml:12`
  BuildUser::Kind user = BuildUser::Kind::unknown;
  std::string user_name;  // what USER says; empty: nothing does
  std::string why_root;   // of root: see why_root()
  Location where;         // of what decides the user
  std::string archive;    // that holds it, as reports name it; empty: none that was examined
  std::vector<ImageLeak> leaks;
};

// Nothing that the workload says takes effect in place of the image's user, which is root. With
// runAsNonRoot the kubelet would not start it.
[[nodiscard]] inline bool built_as_root(const Workload& workload,
                                        const Container& container) noexcept {
  return container.built != nullptr && container.built->user == BuildUser::Kind::root &&
         effective_run_as_user(workload, container).state == Number::State::absent &&
         container.security.user_name.state == Text::State::absent &&
         !effective_run_as_non_root(workload, container).is(true);
}

}  // namespace kaudit
