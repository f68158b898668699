// The program: a command line in, an exit code out.
#pragma once

#include <string>
#include <vector>

namespace kaudit {

// 0: nothing at or above the threshold; 1: findings; 2: something could not be examined, or wrong
// usage. 2 beats 1. `arguments` without the program's name. Call once, from main.
[[nodiscard]] int run_program(std::vector<std::string> arguments);

}  // namespace kaudit
