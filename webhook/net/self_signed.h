// A certificate authority and a serving certificate of our own, for trying kaudit out
// (--self-signed-dir): ca.crt, tls.crt and tls.key in one directory.
//
// Thread-safety: none; called before anything is served. Errors: a directory that cannot be
// written, files of somebody else that do not fit.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "core/result.h"

namespace kaudit {

struct SelfSigned {
  std::string ca_file, certificate_file, key_file;
  bool reused = false;  // what was there is still valid for these names
};

// Makes the directory where it is missing. The authority's key is thrown away: nothing else can be
// signed with it. Files that belong together, name `names` and are valid for another day are used
// again; others are written anew, whole or not at all, with mode 0600.
[[nodiscard]] Result<SelfSigned> self_signed(const std::string& directory,
                                             const std::vector<std::string>& names,
                                             std::chrono::hours validity);

}  // namespace kaudit
