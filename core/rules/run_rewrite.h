// A RUN of a Dockerfile as it is to be written: its secrets are mounted instead of written down.
//
// Thread-safety: pure functions. Time and size: bounded, whatever the length of the script.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/build.h"
#include "core/secrets.h"

namespace kaudit {

// `RUN --mount=type=secret,id=PASSWORD,env=PASSWORD curl -u shop:$PASSWORD https://…`, of a long
// script the command that `found[which]` stands in. `script` is the instruction's own, or the body
// of one of its heredocs; `found` are its secrets in their order.
[[nodiscard]] std::string rewritten_run(const Instruction& run, const Script& script,
                                        std::span<const SecretMatch> found, std::size_t which);

// The same for the JSON form, which knows no variables: as a line of the shell.
[[nodiscard]] std::string rewritten_run(const Instruction& run);

}  // namespace kaudit
