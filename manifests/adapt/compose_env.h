// `.env` and `env_file:` files, as Compose reads them: `NAME=value` a line, `export` before it,
// `#` comments, single quotes as they are, double quotes with escapes, values over several lines in
// quotes, variables in all but single quotes.
//
// Thread-safety: pure functions. Time: linear in the text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "manifests/adapt/compose_text.h"

namespace kaudit::compose {

struct EnvEntry {
  std::string name;
  std::string value;  // may hold holes (compose_text.h)
  bool given = true;  // false: `NAME` alone, which passes the environment's own value on
};

// Lines that are none of this are left out: Compose refuses such a file, and says so itself.
// `raw`: an env_file with `format: raw`, where nothing is unquoted and no variable replaced.
// `variables`: known before; entries may also refer to those above them.
[[nodiscard]] std::vector<EnvEntry> read_env(std::string_view text, const Variables& variables,
                                             bool raw = false);

}  // namespace kaudit::compose
