// Merging as the Compose Specification has it: override files, `extends`, `include`.
//
// Mappings merge, lists grow, commands are replaced, `environment` and its like merge by name
// whichever way they are written; of what must be unique (a volume's target, a port) the last
// counts. `!reset` takes out, `!override` replaces.
//
// Thread-safety: as the Tree. Time: linear in both sides, but for a hash of the larger mappings.
#pragma once

#include "manifests/adapt/compose_tree.h"

namespace kaudit::compose {

// `over` over `base`: two whole files. Both are used up; the result is one of them. Where they do
// not fit (a list over a mapping) `over` wins and tree.errors says so.
[[nodiscard]] Ref merge_files(Tree& tree, Ref base, Ref over);
// The same for two services.
[[nodiscard]] Ref merge_services(Tree& tree, Ref base, Ref over);
// For two members of a top-level section other than services (a volume, a secret).
[[nodiscard]] Ref merge_resources(Tree& tree, Ref base, Ref over);

// Of every list in which something must be unique, keeps the last. For a file's `services`.
void enforce_unique(Tree& tree, Ref services);

}  // namespace kaudit::compose
