// Completion scripts for shells, made from the tables of commands, options and rules.
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"

namespace kaudit {

// `shell`: bash, zsh or fish.
[[nodiscard]] Result<std::string> completion_script(std::string_view shell);

}  // namespace kaudit
