// Revisions of the git repository around this directory, through the git program.
//
// Thread-safety: one thread. Errors: one sentence, what git itself says where it says something.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/result.h"

namespace kaudit {

// `main`, `v1.2:deploy/web.yaml`: what stands before the first colon, and after it.
struct Revision {
  std::string commit;  // its full name
  std::string path;    // from the top of the repository; empty: all of it
};

// `text` as the user wrote it: REVISION or REVISION:PATH. A PATH that begins with ./ or ../ is
// taken from this directory, as git does; without PATH, it is this directory's.
[[nodiscard]] Result<Revision> find_revision(const std::string& text);

// Writes all files of that commit below `directory`, which is empty. Links and submodules are not
// followed by what reads them later. Runs no hook and fetches nothing.
[[nodiscard]] Result<bool> check_out(const Revision& revision, const std::string& directory);

}  // namespace kaudit
